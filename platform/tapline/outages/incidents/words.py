"""What people are told of an outage that nobody planned. Chinese, as residents read it."""

from datetime import datetime

from tapline import clock
from tapline.outages.incidents.model import Cause, Incident

_CAUSES = {
    Cause.UNKNOWN: "原因正在查找",
    Cause.POWER: "疑似停电",
    Cause.LINE: "疑似网络中断",
    Cause.OURS: "平台故障",
}


def proposed(incident: Incident, site_name: str) -> str:
    """Words ready to be sent to the residents of a site."""
    return (
        f"{site_name} {incident.machines} 台直饮水机自 {when(incident.began_at)} 起暂停服务"
        f"（{_CAUSES[incident.cause]}），我们正在处理，恢复后可照常取水。给您带来不便，敬请谅解。"
    )


def to_manager(incident: Incident, site_name: str, machines: int) -> str:
    """A text to the property manager."""
    return (
        f"{site_name} {machines}/{incident.machines_all} 台直饮水机自 {when(incident.began_at)} "
        f"起同时失去联系（{_CAUSES[incident.cause]}）。请查看现场供电与网络；"
        "告知住户的通知已备好，请登录管理页面。"
    )


def when(moment: datetime) -> str:
    """A moment as people here write it: 11月22日 14:05."""
    local = moment.astimezone(clock.BUSINESS_ZONE)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
