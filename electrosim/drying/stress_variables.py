"""Stress over time and critical thickness by every law, as variables with the dimension `model`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.drying.cracking import MODELS, Cracking, Recession
from electrosim.drying.evaporation import DryingCurve
from electrosim.drying.problem import Problem

Array = NDArray[np.float64]


def stress_variables(problem: Problem, curve: DryingCurve, times: Array, rng: np.random.Generator) -> dict[str, Any]:
    """Return stress and cracks.

    Returns
    -------
    dict of str to variables
        With dimension `model`: `peak_stress` [Pa], `critical_thickness` [m] with `critical_thickness_lower` and
        `_upper`, the shortest coverage interval over the given intervals of the inputs, `thickness_over_critical`,
        `needed_toughness` [Pa m^0.5], below which this film cracks, `cracks`, `crack_onset_time` [s], NaN if it does
        not, `critical_stress`, `residual_stress` [Pa]; over time and model `stress`, and `stress_whole` as it would be
        if cracks did not release it [Pa]. A model that lacks an input is NaN and does not crack.
    """
    cracking, film = _complete(problem, curve), problem.film
    peak, thickness = cracking.peak_stress(), cracking.critical_thickness()
    critical = cracking.critical_stress(film.dry_height)
    lower, upper = cracking.thickness_interval(rng)
    solvent = curve.state(times)[0]
    recession = recession_of(problem, cracking)
    stress = recession.history(solvent, peak, critical, cracking.residual)
    whole = recession.history(solvent, peak, np.full_like(critical, np.nan), cracking.residual)
    over = film.dry_height / thickness
    onset = [_onset(curve, recession, ratio) for ratio in critical / peak]
    level = (
        f"{cracking.level:.0%} interval" if cracking.intervals else "interval, of no width for no input is uncertain"
    )
    found = {
        "model": ("model", list(MODELS)),
        "stress": variable(("time", "model"), stress, "Pa", "tensile stress in the plane of the film"),
        "stress_whole": variable(("time", "model"), whole, "Pa", "stress if the film did not crack"),
        "peak_stress": variable("model", peak, "Pa", "highest stress without cracks"),
        "critical_stress": variable("model", critical, "Pa", "stress at which this film cracks"),
        "critical_thickness": variable("model", thickness, "m", "thickness above which a film cracks"),
        "critical_thickness_lower": variable("model", lower, "m", f"lower end of its {level}"),
        "critical_thickness_upper": variable("model", upper, "m", f"upper end of its {level}"),
        "thickness_over_critical": variable("model", over, "1", "thickness of this film over the critical one"),
        "needed_toughness": variable(
            "model", cracking.needed_toughness(film.dry_height), "Pa m^0.5", "toughness below which this film cracks"
        ),
        "cracks": variable("model", np.nan_to_num(over) > 1, "1", "whether this film cracks as it dries"),
        "crack_onset_time": variable("model", onset, "s", "time when stress reaches its critical value"),
        "residual_stress": variable("model", stress[-1], "Pa", "stress at the end"),
    }
    return found | _inputs(cracking)


def stress_times(problem: Problem, curve: DryingCurve) -> Array:
    """Return the times between which the stress rises, and those at which the film cracks [s]."""
    cracking, film = _complete(problem, curve), problem.film
    recession = recession_of(problem, cracking)
    ratios = cracking.critical_stress(film.dry_height) / cracking.peak_stress()
    found = np.array([_onset(curve, recession, ratio) for ratio in (*np.linspace(0.1, 0.999999, 10), *ratios)])
    return np.asarray(found[np.isfinite(found)])


def _complete(problem: Problem, curve: DryingCurve) -> Cracking:
    """Return what the laws take, with the solvent's surface tension at the time when air enters the pores."""
    cracking = problem.cracking
    if cracking is None:
        raise ValueError("the problem has nothing about cracking")
    if cracking.surface_tension is not None:
        return cracking
    entry = curve.ends["shrinkage"]
    time = np.array([curve.end if np.isnan(entry) else entry])
    tension = problem.coating.solvent.surface_tension(float(curve.state(time)[1, 0]))
    return replace(cracking, surface_tension=tension)


def recession_of(problem: Problem, cracking: Cracking) -> Recession:
    """Return how the liquid's withdrawal loads this film."""
    film = problem.film
    pores = film.pore_liquid - film.binder
    depth = cracking.diameter * film.pore_liquid / film.dry_height
    return Recession(pores, min(depth, pores / 2))


def _onset(curve: DryingCurve, recession: Recession, ratio: float) -> float:
    """Return the time at which the stress has risen to a share of its highest value [s]; NaN if it never does."""
    from scipy.optimize import brentq

    entry = curve.ends["shrinkage"]
    if not ratio < 1 or np.isnan(entry):
        return float("nan")
    wanted = recession.solvent_at(ratio)

    def excess(time: float) -> float:
        return float(curve.state(np.array([time]))[0, 0]) - wanted

    if excess(curve.end) > 0:
        return float("nan")
    return float(brentq(excess, entry, curve.end)) if excess(entry) > 0 else entry


def _inputs(cracking: Cracking) -> dict[str, Any]:
    """Return the inputs that all laws share, so that a result explains itself."""
    return {
        "effective_diameter": variable((), cracking.diameter, "m", "effective diameter of the particles in the laws"),
        "stress_fraction": variable((), cracking.fraction, "1", "volume fraction of the particles in the laws"),
        "surface_tension": variable((), cracking.surface_tension, "N m-1", "surface tension of the liquid"),
    }
