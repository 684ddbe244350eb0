"""The flow of a hotline for which nobody has published another: version 0."""

from collections.abc import Mapping
from typing import Any, Final

MAIN: Final = "main"

_MENU = "直饮水机问题请按 1，桶装水订单请按 2，水卡与退款请按 3，人工服务请按 0。"
_CHOICES = {"1": "water", "2": "barrels", "3": "cards", "0": "anyone"}

DEFAULT: Mapping[str, Any] = {
    "start": "hours",
    "nodes": {
        "hours": {
            "kind": "branch",
            "on": "period",
            "when": {"night": "night", "closed": "night", "peak": "peak"},
            "otherwise": "welcome",
        },
        "peak": {
            "kind": "say",
            "say": "您好，欢迎致电客户服务热线。现在来电较多，网上订水和退款更快。",
            "then": "menu",
        },
        "welcome": {"kind": "say", "say": "您好，欢迎致电客户服务热线。", "then": "menu"},
        "menu": {"kind": "menu", "say": _MENU, "choices": _CHOICES, "otherwise": "anyone"},
        "water": {"kind": "queue", "intent": "water", "skills": {"water": 1}},
        "barrels": {"kind": "queue", "intent": "barrels", "skills": {"barrels": 1}},
        "cards": {"kind": "queue", "intent": "cards", "skills": {"cards": 1}},
        "anyone": {"kind": "queue", "intent": "anyone"},
        "night": {
            "kind": "menu",
            "say": "您好，现在是夜间。漏水等紧急情况请按 1，其他需要请按 2 登记，我们早上回电。",
            "choices": {"1": "emergency", "2": "morning"},
            "otherwise": "morning",
        },
        "emergency": {
            "kind": "queue",
            "say": "正在为您接通值班人员，请不要挂机。",
            "intent": "emergency",
            "priority": 30,
            "urgent": True,
        },
        "morning": {
            "kind": "callback",
            "say": "您的来电已登记，工作人员将在早上给您回电。再见。",
            "intent": "anyone",
        },
    },
}
