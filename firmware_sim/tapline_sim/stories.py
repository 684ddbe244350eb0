"""Scenarios as files: TOML or JSON, completed by what only this run knows.

A file says everything that `Scenario` has, or leaves it to

- `[fleet]`: `count` dispensers, and what they have in common: any field of a dispenser; a list of
  values is dealt out in turn (`fw = ["2.4.1", "1.9.0"]`);
- `[crowd]`: `count` cards from number `first_no` on, each with `balance_fen`, and their `kind`;
- the keys file, which names dispensers and cards as the platform knows them, with their secrets.

In the plan `"#3"` is the fourth dispenser or card, whatever its name.
"""

import hashlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from tapline_sim.scenario import Scenario, ScenarioError

Document = dict[str, Any]

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_OF_DEVICES = (
    "stuck_valves",
    "outages",
    "clocks",
    "reboots",
    "rollbacks",
    "clones",
    "worn",
    "lamps",
)
_OF_CARDS = ("late_pours", "thefts")


class Given(NamedTuple):
    """What the command line says over the file: where the broker is (`mqtt://…`, `mqtts://…`), the
    keys file, how many dispensers, which seed."""

    broker: str | None = None
    keys: Path | None = None
    devices: int | None = None
    seed: int | None = None


def shipped() -> list[str]:
    """The names of the scenarios that come along."""
    folder = files("tapline_sim").joinpath("scenarios")
    return sorted(one.name.removesuffix(".toml") for one in folder.iterdir())


def read(name: str, given: Given = Given()) -> Scenario:  # noqa: B008 (immutable)
    """The scenario of a file, or a shipped one by its name; ScenarioError says what to change."""
    story = _document(name)
    keys = {} if given.keys is None else _keys(given.keys)
    broker = {} if given.broker is None else _broker(given.broker)
    if given.seed is not None:
        story["seed"] = given.seed
    if "mqtt" in broker:
        story["mqtt"] = broker["mqtt"]
    for field in ("tenant", "claim", "tieshan", "yunshui"):
        if field in keys:
            story[field] = keys[field]
    story.setdefault("seed", 1)
    story["devices"] = _devices(story, keys, given.devices, broker.get("login", {}))
    story["cards"] = _cards(story, keys)
    story["plan"] = _named(story)
    try:
        return msgspec.convert(story, Scenario)
    except msgspec.ValidationError as error:
        raise ScenarioError(f"{name} is no scenario: {error}; correct it and start again") from None


def _document(name: str) -> Document:
    path = Path(name)
    if path.suffix not in {".toml", ".json"} and name in shipped():
        text = files("tapline_sim").joinpath("scenarios", f"{name}.toml").read_text("utf-8")
        return tomllib.loads(text)
    if not path.exists():
        raise ScenarioError(
            f"cannot read {name}: no such file; give one, or one of {', '.join(shipped())}"
        )
    return _parsed(path, tomllib.loads if path.suffix == ".toml" else msgspec.json.decode)


def _parsed(path: Path, parse: Callable[[str], Any]) -> Document:
    try:
        content = parse(path.read_text("utf-8"))
    except OSError as error:
        raise ScenarioError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, msgspec.DecodeError) as error:
        raise ScenarioError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise ScenarioError(f"{path}: an object with names is wanted")
    return content


def _keys(path: Path) -> Document:
    """One object with `devices` and `cards`, or what `tapline device create --json` printed, a line
    each."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    if len(lines) > 1 and all(line.startswith("{") for line in lines):
        made = [_parsed_line(path, line) for line in lines]
        return {"tenant": made[0].get("tenant"), "devices": [_created(one) for one in made]}
    content = _parsed(path, msgspec.json.decode)
    return {"devices": [_created(content)]} if "device_id" in content else content


def _parsed_line(path: Path, line: str) -> Document:
    try:
        return msgspec.json.decode(line, type=Document)
    except msgspec.DecodeError as error:
        raise ScenarioError(f"{path}: a line that cannot be read: {error}") from error


def _created(made: Document) -> Document:
    login = made.get("mqtt", {})
    named = {field: made[field] for field in ("device_id", "key_hex") if field in made}
    return named | {name: login[name] for name in ("username", "password") if name in login}


def _broker(url: str) -> Document:
    """Where to connect, and the one login of all where the address has one."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ScenarioError(f"{url}: say mqtt://host:port, or mqtts://host:port?ca=file for TLS")
    mqtt: Document = {"host": parts.hostname, "port": parts.port or _PORTS[parts.scheme]}
    if parts.scheme == "mqtts":
        mqtt["tls"] = {"ca_file": parse_qs(parts.query).get("ca", [None])[0]}
    if parts.username is None:
        return {"mqtt": mqtt}
    login = {"username": unquote(parts.username), "password": unquote(parts.password or "")}
    return {"mqtt": mqtt, "login": login}


def _devices(
    story: Document, keys: Document, wanted: int | None, login: Mapping[str, str]
) -> list[Document]:
    """The first so many of those that are named, or else made from the seed."""
    common = story.pop("fleet", {})
    count = wanted if wanted is not None else common.pop("count", None)
    common.pop("count", None)
    named = story.get("devices") or keys.get("devices")
    if named is None:
        named = [_made_up(story["seed"], number) for number in range(count or 1)]
    if count is not None and count > len(named):
        raise ScenarioError(f"{count} dispensers are wanted, and only {len(named)} have keys")
    return [
        _dealt(common, place) | one | login
        for place, one in enumerate(named[: count or len(named)])
    ]


def _dealt(common: Mapping[str, Any], place: int) -> Document:
    """What is in common, of lists one value in turn."""
    return {
        name: value[place % len(value)] if isinstance(value, list) and value else value
        for name, value in common.items()
    }


def _made_up(seed: int, number: int) -> Document:
    device_id = f"SIM-{number + 1:05}"
    key = hashlib.sha256(f"{seed}/{device_id}".encode()).hexdigest()
    return {"device_id": device_id, "key_hex": key, "mqtt_version": 4 + number % 2}


def _cards(story: Document, keys: Document) -> list[Document]:
    crowd = story.pop("crowd", {})
    first, count = crowd.pop("first_no", 88_000_001), crowd.pop("count", 0)
    given: Sequence[Document] = story.get("cards") or keys.get("cards", [])
    return [
        *given,
        *({"no": str(first + number), "balance_fen": 10_000} | crowd for number in range(count)),
    ]


def _named(story: Document) -> Document:
    """The plan with names where the file has places."""
    plan = dict(story.get("plan", {}))
    devices = [device.get("device_id") for device in story["devices"]]
    cards = [card["no"] for card in story["cards"]]
    for field in _OF_DEVICES:
        if isinstance(plan.get(field), dict):
            plan[field] = {_name(one, devices): value for one, value in plan[field].items()}
    for field in _OF_CARDS:
        if isinstance(plan.get(field), dict):
            plan[field] = {
                _name(card, cards): _name(device, devices) for card, device in plan[field].items()
            }
    for field, known in (("drifting", devices), ("spared", cards), ("strangers", cards)):
        if isinstance(plan.get(field), list):
            plan[field] = [_name(one, known) for one in plan[field]]
    return plan


def _name(said: Any, known: Sequence[Any]) -> Any:
    if not isinstance(said, str) or not said.startswith("#"):
        return said
    place = said[1:]
    if not place.isdecimal() or int(place) >= len(known):
        raise ScenarioError(f"{said}: there are {len(known)}, from #0 to #{len(known) - 1}")
    return known[int(place)]
