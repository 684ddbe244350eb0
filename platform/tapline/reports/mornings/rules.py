"""What broke on a day, and the words for it. Pure.

The words go into the residents' own group: Chinese, short, and nobody's name, phone or card.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tapline import clock
from tapline.sites import Site

BRIEF = timedelta(minutes=10)
"""An alarm that was over so soon is nothing to write to a group about."""

TROUBLES: Mapping[str, str] = {
    # alarms with which a machine gives no water, or none that may be drunk
    "valve_stuck": "水阀打不开",
    "valve_stuck_open": "水阀关不上",
    "pump_fault": "水泵故障",
    "leak": "漏水",
    "tds_out_high": "水质指标偏高，已停用",
    "uv_failed": "紫外灯故障，已停用",
    "membrane_leak": "滤膜破损，已停用",
    "mains_lost": "停电",
    "inlet_lost": "停水",
    # cases about a machine
    "device_fault": "不能正常取水",
    "no_water": "扣费未出水",
    "water_quality": "水质待检查",
    "card_reader": "刷卡无反应",
    "noise": "有异响",
    "machine_other": "报修处理中",
}
"""What counts, by the code of an alarm or the category of a case, as residents read it."""


class Sign(NamedTuple):
    """An alarm or a case about a machine."""

    site_id: object
    device_id: str
    spot: str
    code: str
    began_at: datetime
    ended_at: datetime | None
    promised_at: datetime | None
    """By when a case is to be put right."""


class Trouble(NamedTuple):
    """What was wrong with one machine, all signs of it together."""

    device_id: str
    spot: str
    codes: Sequence[str]
    began_at: datetime
    fixed_at: datetime | None
    promised_at: datetime | None


class Morning(NamedTuple):
    """One site after one business day."""

    site: Site
    day: date
    machines: int
    troubles: Sequence[Trouble]

    @property
    def fixed(self) -> int:
        """How many are over."""
        return sum(trouble.fixed_at is not None for trouble in self.troubles)

    @property
    def words(self) -> str:
        """For the residents' group, to paste as they are."""
        title = f"【{self.site.name} 饮水机】{self.day.month}月{self.day.day}日"
        if not self.troubles:
            return f"{title}：{self.machines} 台设备全部正常。"
        lines = [f"{at}. {_line(trouble)}" for at, trouble in enumerate(self.troubles, 1)]
        rest = self.machines - len(self.troubles)
        end = [f"其余 {rest} 台正常。"] if rest > 0 else []
        return "\n".join([f"{title}情况：", *lines, *end, "如有问题，请扫机身二维码报修。"])


def gathered(signs: Iterable[Sign]) -> list[Trouble]:
    """Signs by machine, the ones not over first, then by when they began."""
    by_machine: dict[str, list[Sign]] = defaultdict(list)
    for sign in signs:
        if sign.ended_at is None or sign.ended_at - sign.began_at >= BRIEF:
            by_machine[sign.device_id].append(sign)
    troubles = [_trouble(found) for found in by_machine.values()]
    return sorted(troubles, key=lambda one: (one.fixed_at is not None, one.began_at))


def _trouble(signs: Sequence[Sign]) -> Trouble:
    first = min(signs, key=lambda sign: sign.began_at)
    ends = [sign.ended_at for sign in signs]
    promised = [sign.promised_at for sign in signs if sign.promised_at and not sign.ended_at]
    return Trouble(
        first.device_id,
        first.spot,
        sorted({sign.code for sign in signs}, key=list(TROUBLES).index),
        first.began_at,
        None if None in ends else max(end for end in ends if end is not None),
        max(promised, default=None),
    )


def _line(trouble: Trouble) -> str:
    what = "、".join(TROUBLES[code] for code in trouble.codes)
    where = trouble.spot or trouble.device_id
    if trouble.fixed_at is not None:
        then = f"已于 {_moment(trouble.fixed_at)} 恢复"
    elif trouble.promised_at is not None and trouble.promised_at > clock.now():
        then = f"已安排维修，预计 {_moment(trouble.promised_at)} 前修好"
    else:
        then = "正在处理，修好后另行通知"
    return f"{where}：{what}，{_moment(trouble.began_at)} 发现，{then}。"


def _moment(moment: datetime) -> str:
    local = moment.astimezone(clock.BUSINESS_ZONE)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def message(mornings: Sequence[Morning]) -> str:
    """A text message to the manager: a line a site. Where nothing broke, one line for all."""
    if not any(morning.troubles for morning in mornings):
        return f"晨报：昨日 {sum(morning.machines for morning in mornings)} 台饮水机全部正常。"
    said = [
        f"{one.site.name} {len(one.troubles)} 台有问题（{one.fixed} 台已恢复）"
        for one in mornings
        if one.troubles
    ]
    return f"晨报：{'；'.join(said)}。登录物业端可复制给住户群的通知。"
