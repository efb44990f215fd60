"""How much solvent is left, and how warm the film is, at any time: the two-stage drying curve through an oven."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.observer import Observer
from electrosim.base.status import Status
from electrosim.drying.gas import air_heating, evaporation_flux
from electrosim.drying.problem import Problem, Zone

Array = NDArray[np.float64]

STAGES = ("clear layer", "consolidation", "shrinkage", "constant rate", "falling rate")
"""What ends: clear liquid above the solid, motion of the solid, of the liquid surface, gas-side control, drying."""

DRY = Status("The film is dry.", solved=True)
WET = Status("The film leaves the last zone before it is dry; lengthen a zone or raise its flux.", solved=True)
TOO_SLOW = Status(
    "The film is not dry after the longest time; raise a flux, warm or dry the air, or raise method.longest_time.",
    solved=False,
)
FAILED = Status("The integration over time failed; relax method.rtol.", solved=False)

_COLDEST = 200.0  # K

_SOLVENT, _TEMPERATURE, _EVAPORATED, _HEAT, _AIR_HEAT = range(5)  # of the state; per area


@dataclass(frozen=True)
class Stretch:
    """The part of a solution inside one zone.

    Parameters
    ----------
    zone : Zone
        The zone.
    begin, end : float
        Times [s].
    state : callable
        State at times within.
    """

    zone: Zone
    begin: float
    end: float
    state: Callable[[Array], Array]


@dataclass(frozen=True)
class DryingCurve:
    """What `dry` found.

    Parameters
    ----------
    problem : Problem
        What dried.
    stretches : tuple of Stretch
        In the order of the zones.
    ends : dict of str to float
        Time at which each of the `STAGES` ends; NaN if it did not [s].
    status : Status
        How it ended.
    """

    problem: Problem
    stretches: tuple[Stretch, ...]
    ends: dict[str, float]
    status: Status

    @property
    def end(self) -> float:
        """Last time [s]."""
        return self.stretches[-1].end

    def state(self, time: Array) -> Array:
        """Return solvent [m], temperature [K], evaporated solvent [kg m-2], heat to the film and to fresh air [J m-2].

        Parameters
        ----------
        time : ndarray, shape (times,)
            [s]
        """
        at = np.searchsorted([item.end for item in self.stretches[:-1]], time, side="left")
        found = np.empty((5, time.size))
        for number, item in enumerate(self.stretches):
            here = at == number
            if here.any():
                found[:, here] = item.state(time[here])
        return found

    def liquid(self, time: Array) -> Array:
        """Return the liquid per area, binder included [m]."""
        solvent: Array = self.state(time)[_SOLVENT]
        return solvent + self.problem.film.binder

    def mean_shrinkage(self) -> tuple[float, float]:
        """Return the mean volume flux [m s-1], and the last temperature [K], until air enters the pores or the end."""
        shrunk = self.ends["shrinkage"]
        end = self.end if math.isnan(shrunk) else shrunk
        first, last = self.state(np.array([0.0, end])).T
        return float(first[_SOLVENT] - last[_SOLVENT]) / end, float(last[_TEMPERATURE])

    def flux(self, time: Array) -> Array:
        """Return the evaporation flux [kg m-2 s-1]; at the border of two zones, that of the first."""
        at = np.searchsorted([item.end for item in self.stretches[:-1]], time, side="left")
        state = self.state(time)
        return np.array(
            [_flux(self.problem, self.stretches[number].zone, *state[:2, place]) for place, number in enumerate(at)]
        )


def dry(problem: Problem, *, rtol: float, longest_time: float, observer: Observer) -> DryingCurve:
    """Integrate solvent and temperature through all zones, and find the ends of the stages as events.

    d(rho L)/dt = -m, and where air is given C dT/dt = alpha (T_air - T) - m dh; where a flux is given the temperature
    is, too. m is the flux of a wet surface, times S/S_critical once the saturation S of the pores is below that.

    Parameters
    ----------
    problem : Problem
        What dries.
    rtol : float
        Relative tolerance of the integration.
    longest_time : float
        When to give up [s].
    observer : callable
        Hears of each zone.

    Returns
    -------
    DryingCurve
    """
    start = np.array([problem.initial_solvent / problem.coating.solvent.density, problem.initial_temperature, 0, 0, 0])
    amounts = _amounts(problem)
    found: dict[str, float] = {}
    stretches: list[Stretch] = []
    now, state, status = 0.0, start, WET
    for number, zone in enumerate(problem.zones):
        observer("drying", number / len(problem.zones), f"zone {number + 1}")
        until = longest_time if zone.duration is None else min(now + zone.duration, longest_time)
        solution = _through(problem, zone, (now, until), state, rtol)
        for name in amounts.keys() - found.keys():
            passed = _passing(amounts[name], solution.t, solution.sol)
            if passed is not None:
                found[name] = passed
        stretches.append(Stretch(zone, now, float(solution.t[-1]), solution.sol))
        now, state = float(solution.t[-1]), solution.y[:, -1]
        if solution.status == 1:
            found["falling rate"] = now
        status = _status(solution, state, until == longest_time)
        if status is not WET:
            break
    return DryingCurve(problem, tuple(stretches), _stage_ends(problem, found, now), status)


def _through(problem: Problem, zone: Zone, span: tuple[float, float], state: Array, rtol: float) -> Any:
    """Return scipy's solution through one zone, which ends early when the film is dry."""
    from scipy import integrate

    solve_ivp: Any = integrate.solve_ivp
    if zone.air is None:
        state = state.copy()
        state[_TEMPERATURE] = zone.temperature
    is_dry: Any = functools.partial(_excess, _amounts(problem)["falling rate"])
    is_dry.terminal, is_dry.direction = True, -1
    whole = problem.initial_solvent
    return solve_ivp(
        functools.partial(_rates, problem, zone),
        span,
        state,
        method="LSODA",
        rtol=rtol,
        atol=np.array([whole / problem.coating.solvent.density, 1.0, whole, 1e3, 1e3]) * rtol * 1e-3,
        dense_output=True,
        events=is_dry,
        first_step=min(1e-3, 1e-3 * (span[1] - span[0])),
    )


def _status(solution: Any, state: Array, at_the_end: bool) -> Status:
    """Return how a zone left the film; `WET` if it may go on."""
    if not solution.success or not np.isfinite(state).all():
        return FAILED
    if solution.status == 1:
        return DRY
    return TOO_SLOW if at_the_end else WET


def _flux(problem: Problem, zone: Zone, amount: float, temperature: float) -> float:
    """Return the evaporation flux [kg m-2 s-1]."""
    air, solvent = zone.air, problem.coating.solvent
    wet = (zone.flux or 0.0) if air is None else evaporation_flux(air, solvent, _liquid(problem, temperature))
    if problem.critical_saturation == 0:
        return wet
    film = problem.film
    saturation = max(amount, 0.0) / (film.pore_liquid - film.binder)
    return wet * min(saturation / problem.critical_saturation, 1.0)


def _liquid(problem: Problem, temperature: float) -> float:
    """Return a temperature at which there is liquid: a trial step of the integration may leave the range [K]."""
    return min(max(temperature, _COLDEST), problem.coating.solvent.critical_point - 1)


def _rates(problem: Problem, zone: Zone, time: float, state: Array) -> Array:
    """Return the rate of change of the state."""
    del time
    solvent = problem.coating.solvent
    flux = _flux(problem, zone, state[_SOLVENT], state[_TEMPERATURE])
    rates = np.zeros(5)
    rates[_SOLVENT] = -flux / solvent.density
    rates[_EVAPORATED] = flux
    latent = flux * solvent.heat_of_vaporisation(_liquid(problem, state[_TEMPERATURE]))
    if zone.air is None:
        rates[_HEAT] = latent
        return rates
    both = zone.air.heat_transfer + zone.air.heat_transfer_below
    heat = both * (zone.air.temperature - state[_TEMPERATURE])
    wet = max(state[_SOLVENT], 0.0) * solvent.density * solvent.heat_capacity
    capacity = problem.substrate_heat_capacity + problem.solids_mass * problem.solid_heat_capacity + wet
    rates[_TEMPERATURE] = (heat - latent) / capacity
    rates[_HEAT] = heat
    per_mass = air_heating(zone.air, solvent, problem.ambient)
    rates[_AIR_HEAT] = flux * per_mass if math.isfinite(per_mass) else 0.0
    return rates


def _amounts(problem: Problem) -> dict[str, Callable[[float], float]]:
    """Return the amount of solvent at which a stage ends, as a function of time [m]."""
    film = problem.film
    pores = film.pore_liquid - film.binder
    return {
        "touch": lambda time: float(film.free_top(time)) - film.particles - film.binder,
        "air entry": lambda _: pores,
        "constant rate": lambda _: problem.critical_saturation * pores,
        "falling rate": lambda _: problem.final_saturation * pores,
    }


def _excess(amount: Callable[[float], float], time: float, state: Array) -> float:
    """Return the solvent above an amount [m]."""
    return float(state[_SOLVENT]) - amount(time)


def _passing(amount: Callable[[float], float], times: Array, state: Callable[[Any], Array]) -> float | None:
    """Return the first time at which the solvent falls below an amount, None if it does not in these steps."""
    from scipy.optimize import brentq

    def excess(time: float) -> float:
        return _excess(amount, time, state(time))

    above = np.array([excess(time) > 0 for time in times])
    down = np.flatnonzero(above[:-1] & ~above[1:])
    if not down.size:
        return None
    return float(brentq(excess, times[down[0]], times[down[0] + 1], xtol=1e-12, rtol=1e-13))


def _stage_ends(problem: Problem, found: dict[str, float], end: float) -> dict[str, float]:
    """Return the time at which each stage ends: the solid is at rest once settled or pressed."""
    film = problem.film
    shrunk = found.get("air entry", math.inf)
    settled = (film.initial_height - film.dry_height) / film.settling if film.settling > 0 else math.inf
    at_rest = min(shrunk, settled if settled <= end else math.inf)
    clear = min(found.get("touch", 0.0 if film.excess == 0 else math.inf), shrunk)
    dry = found.get("falling rate", math.inf)
    constant = dry if problem.critical_saturation <= problem.final_saturation else found.get("constant rate", math.inf)
    ends = (clear, at_rest, shrunk, constant, dry)
    return {name: value if math.isfinite(value) else math.nan for name, value in zip(STAGES, ends, strict=True)}
