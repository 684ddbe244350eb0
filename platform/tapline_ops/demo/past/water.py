"""Water that was looked after: filters, disinfections and samples. One sample failed, and its
machine stood still until a colleague let it sell again on a better one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from tapline import clock, devices, water
from tapline.devices import commands
from tapline.devices.commands import CommandState
from tapline.uow import UnitOfWork
from tapline.water import FilterKind, Sample, TreatmentKind, Verdict, samples, stops
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past
from tapline_ops.demo.past.upkeep import photo
from tapline_ops.provision import DEMO

_MACHINES = 12
_FAILED = 5
"""Of the machines from 0 on: the first one of whose pours nothing is told."""
_TECHNICIAN, _COLLEAGUE, _SUPERVISOR = "shi.fu", "demo.xiu", "he.qing"
_LABORATORY = "钱塘水质检测中心"
_BEYOND: Final = {"bacteria": 160, "coliforms": 4}
_HEARD = timedelta(seconds=4)
"""So soon a machine carries out what it is told."""
_Act = Callable[[UnitOfWork, str], object]
"""What is done to the machine of an id."""


def scenes(past: Past) -> Iterator[Scene]:
    """Three months of filters, two of samples; the last one is still at the laboratory."""
    for number in range(_MACHINES):
        yield _scene(past, 84 - 7 * number, number, _change(FilterKind.PREFILTER))
        yield _scene(past, 58 - 4 * number, number, _change(FilterKind.CARBON))
        if number % 3 == 0:
            yield _scene(past, 61 - number, number, _change(FilterKind.UV_LAMP))
        for days in (46, 16):
            yield _scene(past, days - number, number, _treat(TreatmentKind.DISINFECTION))
        yield _scene(past, 59 - 2 * number, number, _take)
        yield _scene(past, 55 - 2 * number, number, _report(_found(number)), hour=15)
    yield from _failed(past)
    yield _scene(past, 1, 1, _take)


def _failed(past: Past) -> Iterator[Scene]:
    yield _scene(past, 26, _FAILED, _take)
    stopped = _scene(past, 23, _FAILED, _report(_found(_FAILED) | _BEYOND), hour=15)
    yield stopped
    yield Scene(stopped.at + _HEARD, partial(_at, _FAILED, _obey))
    yield _scene(past, 22, _FAILED, _treat(TreatmentKind.DISINFECTION, "整机消毒", pictures=1))
    yield _scene(past, 22, _FAILED, _change(FilterKind.POSTFILTER), hour=11)
    yield _scene(past, 21, _FAILED, _take)
    yield _scene(past, 18, _FAILED, _report(_found(_FAILED)), hour=15)
    released = _scene(past, 18, _FAILED, partial(_release, past), hour=16)
    yield released
    yield Scene(released.at + _HEARD, partial(_at, _FAILED, _obey))


def _scene(past: Past, days: int, number: int, act: _Act, *, hour: int = 9) -> Scene:
    return Scene(past.ago(days, hour, 4 * number), partial(_at, number, act))


def _at(number: int, act: _Act, uow: UnitOfWork) -> None:
    """To one machine, where there are so many."""
    for machine in devices.listed(uow, tenant_id=DEMO)[number : number + 1]:
        act(uow, machine.device_id)


def _change(kind: FilterKind) -> _Act:
    return _treat(TreatmentKind.FILTER_CHANGE, filter_kind=kind)


def _treat(
    kind: TreatmentKind, note: str = "", *, filter_kind: FilterKind | None = None, pictures: int = 0
) -> _Act:
    def act(uow: UnitOfWork, device_id: str) -> None:
        today = clock.business_date(clock.now()).toordinal()
        water.record_treatment(
            uow,
            tenant_id=DEMO,
            device_id=device_id,
            kind=kind,
            filter_kind=filter_kind,
            actor=_TECHNICIAN,
            at=clock.now(),
            note=note,
            file_ids=[photo(uow, device_id, today + count) for count in range(pictures)],
        )

    return act


def _take(uow: UnitOfWork, device_id: str) -> None:
    water.record_sample(
        uow,
        tenant_id=DEMO,
        device_id=device_id,
        actor=_TECHNICIAN,
        at=clock.now(),
        laboratory=_LABORATORY,
    )


def _report(readings: Mapping[str, int]) -> _Act:
    def act(uow: UnitOfWork, device_id: str) -> None:
        (waiting,) = _of(uow, device_id, Verdict.WAITING)
        water.report(
            uow,
            tenant_id=DEMO,
            sample_id=waiting.sample_id,
            laboratory=_LABORATORY,
            report_no=f"QT-{waiting.taken_at:%y%m%d}-{device_id[-2:]}",
            readings=readings,
            actor=_COLLEAGUE,
        )

    return act


def _release(past: Past, uow: UnitOfWork, device_id: str) -> None:
    passed, *_ = _of(uow, device_id, Verdict.PASSED)
    stops.release(
        uow,
        staff=past.people[_SUPERVISOR],
        device_id=device_id,
        sample_id=passed.sample_id,
        words="消毒并更换后置滤芯，复检合格",
    )


def _obey(uow: UnitOfWork, device_id: str) -> None:
    for op in ("stop_sale", "resume_sale"):
        for told in commands.open_commands(uow, device_id=device_id, op=op):
            commands.answer(
                uow,
                device_id=device_id,
                command_id=told.command_id,
                state=CommandState.DONE,
                rc=0,
                out={},
            )


def _of(uow: UnitOfWork, device_id: str, verdict: Verdict) -> Sequence[Sample]:
    return samples.listed(uow, tenant_id=DEMO, device_ids=[device_id], verdict=verdict)


def _found(number: int) -> dict[str, int]:
    """What a laboratory finds in water behind a membrane, a little else in each machine."""
    return {
        "bacteria": 3 * number % 11,
        "coliforms": 0,
        "e_coli": 0,
        "turbidity": 9 + 5 * number % 13,
        "tds": 11 + 7 * number % 19,
        "ph": 668 + 11 * number % 47,
        "oxygen_demand": 42 + 9 * number % 38,
        "chlorine": 1 + number % 4,
    }
