"""What all dispensers of a fleet share."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from tapline_sim import premises
from tapline_sim.crowd import Crowd
from tapline_sim.duty import Duties
from tapline_sim.mischief import CALM_TAPS, Mischief
from tapline_sim.plan import Plan, dice
from tapline_sim.premises import Premises
from tapline_sim.purse import Purse, Purses
from tapline_sim.reactor import Reactor
from tapline_sim.report import Latencies
from tapline_sim.scenario import Scenario
from tapline_sim.store import Store
from tapline_sim.truth import Truth
from tapline_sim.weather import Weather


@dataclass(slots=True)
class World:
    """One run: its scenario, its time, its cards, and what is going wrong in it."""

    scenario: Scenario
    store: Store
    reactor: Reactor
    truth: Truth
    plan: Plan
    purses: Purses
    duties: Duties
    mischief: Mischief
    crowd: Crowd
    weather: Weather
    weather_down: Weather
    sites: Mapping[str, Premises]
    standing: Mapping[str, str]
    """Device -> site."""
    latencies: Latencies = field(default_factory=Latencies)
    started_s: float = field(default_factory=time.monotonic)
    closing: bool = False  # no new customers but those whom the plan still needs

    def site_of(self, device_id: str) -> Premises | None:
        """Where a dispenser stands, where the scenario says so."""
        return self.sites.get(self.standing.get(device_id, ""))

    def close_sites(self) -> None:
        """No network fails any more, and each that has is back."""
        for site in self.sites.values():
            site.close()

    @property
    def run_s(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self.started_s

    @property
    def storm_s(self) -> float:
        """Over how many seconds the fleet spreads when all of it has lost the broker."""
        return len(self.scenario.devices) / self.scenario.connects_per_s


def build(scenario: Scenario, store: Store, truth: Truth) -> World:
    """The world of a scenario, as the store left it, or new."""
    purses = Purses(store)
    foreign = frozenset(device.device_id for device in scenario.devices if device.maker)
    plan, duties = Plan(scenario.seed, scenario.plan, foreign=foreign), Duties(store)
    nozzles = sum(device.nozzles for device in scenario.devices)
    mischief = Mischief(plan, duties, truth, nozzles=nozzles)
    with store.transaction():
        _issue_cards(scenario, purses, truth)
        mischief.recover()
    chance = dice(scenario.seed, "crowd")
    least_fen = min(scenario.tariff.amounts_fen)
    reactor = Reactor()
    standing = {device.device_id: device.site for device in scenario.devices if device.site}
    return World(
        scenario=scenario,
        store=store,
        reactor=reactor,
        truth=truth,
        plan=plan,
        purses=purses,
        duties=duties,
        mischief=mischief,
        weather=Weather(scenario.seed, "weather", scenario.plan.weather, reactor, truth),
        weather_down=Weather(scenario.seed, "down", scenario.plan.weather_down, reactor, truth),
        sites=_sites(scenario, standing, reactor, truth),
        standing=standing,
        crowd=Crowd(
            purses,
            duties,
            chance,
            least_fen=least_fen,
            appointments=scenario.plan.late_pours | scenario.plan.thefts,
        ),
    )


def _sites(
    scenario: Scenario, standing: Mapping[str, str], reactor: Reactor, truth: Truth
) -> dict[str, Premises]:
    opened_at = premises.now()
    return {
        name: Premises(
            name,
            spec,
            seed=scenario.seed,
            device_ids=[device_id for device_id, site in standing.items() if site == name],
            reactor=reactor,
            truth=truth,
            opened_at=opened_at,
        )
        for name, spec in scenario.sites.items()
    }


def _issue_cards(scenario: Scenario, purses: Purses, truth: Truth) -> None:
    """Cards that the store knows keep what is on them; the scenario only issues new ones."""
    for card in scenario.cards:
        if card.no not in purses:
            purses.save(
                Purse(
                    no=card.no,
                    kind=card.kind,
                    balance_fen=card.balance_fen,
                    calm=CALM_TAPS,
                    key_hex=card.key_hex,
                )
            )
            if card.no not in scenario.plan.strangers:
                truth.card(card.no, card.kind, card.balance_fen)
