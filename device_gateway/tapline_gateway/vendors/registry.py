"""All adapters, by name: a new one is a module here and a line below."""

from collections.abc import Mapping
from types import MappingProxyType

from tapline.devices.vendors import Clouds
from tapline_gateway.vendors import lanjing, tieshan, yunshui
from tapline_gateway.vendors.adapter import Adapter, Commander

_ALL: tuple[Adapter, ...] = (lanjing, tieshan, yunshui)

ADAPTERS: Mapping[str, Adapter] = MappingProxyType({adapter.NAME: adapter for adapter in _ALL})
OVER_MQTT: Mapping[str, Commander] = MappingProxyType({lanjing.ROOT: lanjing})
"""By the first level of their topics."""
TOLD_OVER_MQTT: Mapping[str, Commander] = MappingProxyType({lanjing.NAME: lanjing})
"""By name, those whose machines hear commands on the broker."""
SUBSCRIPTIONS = [(topic, 1) for topic in lanjing.TOPICS]
CLOUDS: Clouds = MappingProxyType({yunshui.NAME: yunshui.Signing()})
"""Those whose clouds push to us."""
