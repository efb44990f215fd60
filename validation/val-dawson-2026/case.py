"""Drying films of NMC622 on a pin: what follows from the print, what one fit predicts, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from electrosim import load, run
from electrosim.base.observer import Observer
from electrosim.drying import stress as laws
from electrosim.drying.film import mean_cap_height, stokes_velocity
from electrosim.drying.plot import film as draw_film
from electrosim.materials.solvents import solvent
from electrosim.study.validation.metrics import Comparison, Row

if TYPE_CHECKING:
    import xarray as xr

UM, MINUTE = 1e-6, 60.0
DRY, EXCESS = {300: 129.0, 800: 298.0}, {300: 30.0, 800: 180.0}  # um, by blade gap
FIRST, LAST = 0.21, 0.27  # active material, from porosities of 79 and 73 %
REST, ONSET, SCAN = 37.0, {300: 39.0, 500: 45.0, 800: 74.0}, 2.4  # min
RADIUS, DENSITY = 2e-3, solvent("nmp").density
EQUATION_1 = {  # kPa at 10, 20, 0.5 and 0.2 um, by fraction
    0.27: (2.20, 1.10, 44.1, 110),
    0.40: (3.26, 1.63, 65.3, 163),
    0.64: (5.22, 2.61, 104, 261),
}
GAMMA, BOUND = 0.0408, {(0.64, 10e-6): 83.0, (0.27, 10e-6): 35.0, (0.27, 20e-6): 17.5}  # N/m; Pa m^0.5


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    observer("film of 300 um", 0.0)
    thin = dried(300)
    observer("film of 800 um", 0.2)
    thick = dried(800)
    rows = [*recipe(thin), *levels(thin, thick), *porosity(thin), *cracks(thin, thick, observer)]
    rows += [*own_loss(observer), *first_motion(thin, thick, observer), *stress(thin, thick), *migration(thin)]
    return Comparison(rows, {"film-300um": draw_film(thin), "film-800um": draw_film(thick)})


def mean_excess(gap: int, meniscus: str = "cap") -> float:
    """Return the mean height of the clear liquid at the start [um]; what is printed is its highest point."""
    return mean_cap_height(EXCESS[gap] * UM, RADIUS) / UM if meniscus == "cap" else EXCESS[gap]


def fitted_rate(meniscus: str = "cap") -> float:
    """Return the loss of liquid that brings the film of 300 um to rest at 37 min [um/min]."""
    return (mean_excess(300, meniscus) + DRY[300] * (LAST / FIRST - 1)) / REST


def loss_of_800um() -> float:
    """Return the loss of liquid that would bring the film of 800 um to rest at 72 min [um/min]."""
    return (mean_excess(800) + DRY[800] * (LAST / FIRST - 1)) / 72


def early_loss() -> float:
    """Return how fast the film of 800 um lost liquid in its first 24 min, while its solid did not move [um/min]."""
    return (mean_excess(800) - mean_cap_height(50 * UM, RADIUS) / UM) / 24


def wet_area(solid: float) -> float:
    """Return the wet surface over that of the pin, of a film whose rim stands free up to its solid's height [um]."""
    return 1 + 2 * solid * UM / RADIUS


def loss_with_rim(dry: float) -> float:
    """Return the mean loss while a solid shrinks, per wet surface that of the film of 800 um at first [um/min].

    The height of the rim falls in proportion to what is lost, so the mean over time is the logarithmic one.
    """
    first, last = wet_area(dry * LAST / FIRST), wet_area(dry)
    per_surface = early_loss() / wet_area(DRY[800] * LAST / FIRST)
    return float(per_surface * (first - last) / np.log(first / last))


def middle() -> tuple[float, float]:
    """Return height at rest and clear liquid of the film of 500 um, between those of the other two [um]."""
    share = np.interp(500, list(DRY), [DRY[gap] / gap for gap in DRY])
    return 500 * float(share), float(np.interp(500, list(EXCESS), list(EXCESS.values())))


def settling() -> float:
    return DRY[300] * (LAST / FIRST - 1) / REST


def dried(gap: int, *losses: float, change: float = 24.0, **more: Any) -> xr.Dataset:
    """Return a film with the settling speed of that of 300 um.

    It has the loss of that film if none is given, or one [um/min], or two and the time at which it changes [min].
    """
    dry, excess = middle() if gap == 500 else (DRY[gap], EXCESS[gap])
    zones = [
        {"flux": f"{loss * UM / MINUTE * DENSITY} kg/m^2/s", "temperature": "22 degC"}
        for loss in losses or (fitted_rate(),)
    ]
    for zone in zones[:-1]:
        zone["time"] = f"{change} min"
    overrides: dict[str, Any] = {
        "film.dry_thickness": f"{dry} um",
        "film.excess": f"{excess} um",
        "film.settling": f"{settling()} um/min",
        "zones": zones,
    }
    return run(load("drying-300um", overrides | more))


def minutes(result: xr.Dataset, stage: str) -> float:
    return float(result["stage_end_times"].sel(stage=stage)) / MINUTE


def crack_onset(result: xr.Dataset) -> float:
    """Return when the stress by eq. 1 reaches the critical one of eq. 2 [min]."""
    return float(result["crack_onset_time"].sel(model="capillary")) / MINUTE


def recipe(thin: xr.Dataset) -> Iterator[Row]:
    coating = load("drying-300um").problem.coating
    parts = [item.weight / item.density / coating.slurry_volume for item in coating.components]
    for name, value, reference in zip(("NMC622", "C65", "PVDF"), parts, (0.1229, 0.0326, 0.0270), strict=True):
        yield Row("closure", f"D2 slurry fraction of {name}", value, reference, "recomputed")
    yield Row("closure", "D2 slurry fraction of NMP", 1 - sum(parts), 0.8175, "recomputed")
    density = 1 / (0.45 * coating.slurry_volume)
    yield Row("closure", "D2 slurry density, kg/m3", density, 1528, "recomputed")
    yield Row("closure", "D50 solvent in the pores at rest", float(thin["dry_porosity"]), 0.599, "recomputed")
    loading = float(thin["loading"]) * 100
    yield Row("closure", "D42 loading of 300 um, mg/cm2", loading, 19.5, "recomputed")
    mixed = DRY[300] * LAST / parts[0]
    yield Row("closure", "D37 well mixed wet film of 300 um", mixed, 283, "recomputed")
    first = DRY[300] * LAST / FIRST + EXCESS[300]
    yield Row("closure", "D37 liquid that is missing, um", mixed - first, 88, "recomputed")
    mixed = DRY[800] * LAST / parts[0]
    yield Row("closure", "D38 well mixed wet film of 800 um", mixed, 655, "recomputed")


def levels(thin: xr.Dataset, thick: xr.Dataset) -> Iterator[Row]:
    for gap, result, first, liquid in ((300, thin, 166, 181), (800, thick, 383, 473)):
        solid, level = (float(result[name][0]) / UM for name in ("solid_height", "film_thickness"))
        yield Row("closure", f"D31, D33 first solid of {gap} um", solid, first, "recomputed", 7)
        yield Row("closure", f"D31, D38 first mean level of {gap} um", level, liquid, "recomputed")
    yield Row("closure", "D31 recession of the solid, um/min", settling(), 1.00, "recomputed", 0.19)
    yield Row("closure", "D32 loss, cap, um/min", fitted_rate(), 1.40, "recomputed")
    yield Row("closure", "D32 loss, flat, um/min", fitted_rate("flat"), 1.81, "recomputed")
    yield Row("closure", "D33 loss of 800 um in 24 min, um/min", (180 - 50) / 24, 5.42, "recomputed")
    yield Row("closure", "D36 least loss of 800 um, cap", mean_excess(800) / 72, 1.25, "recomputed")
    yield Row("reported", "D36 loss of 800 um against that of 300 um", loss_of_800um(), fitted_rate(), "recomputed")
    for viscosity, speed in ((1.0, 12.0), (10.0, 1.2)):
        value = stokes_velocity(10 * UM, 4700 - DENSITY, viscosity) / UM * MINUTE
        yield Row("closure", f"D35 Stokes at {viscosity:g} Pa s, um/min", value, speed, "recomputed")
    left = float(thin["solvent_inventory"].sel(time=REST * MINUTE, method="nearest") / thin["initial_solvent"])
    yield Row("closure", "D41 solvent left at rest", left, 0.60, "recomputed")
    to_the_end = {"drying.critical_saturation": 0.0, "drying.final_saturation": 0.0}
    empty = minutes(dried(300, **to_the_end), "falling rate")
    yield Row("closure", "D41 pores empty, min", empty, 92, "recomputed")
    yield Row("reported", "D41 end of linear crack growth, min", empty, 75, "published")


def porosity(thin: xr.Dataset) -> Iterator[Row]:
    """D44: between the two ends, which are inputs."""
    for time, value in ((8, 77.9), (10, 77.7), (18.5, 76.4), (25, 75.3)):
        found = float(thin["porosity"].interp(time=time * MINUTE))
        yield Row("porosity", f"D44 after {time} min", found, value / 100, "recomputed")
    held = thin["solid_height"] * (1 - thin["porosity"])
    worst = float(np.abs(held / held[0] - 1).max())
    yield Row("signs", "D44 h (1 - porosity), worst change", worst, 1e-12, "bound")
    early = thin["particle_profile"].sel(time=10 * MINUTE, method="nearest")
    yield Row("signs", "D45 fraction at the top below that at the base", float(early[-1]), float(early[0]), "bound")
    base = thin["particle_profile"][1:, 0]
    yield Row("signs", "D46 change of the base's fraction", float(base.max() - base.min()), 1e-12, "bound")
    yield Row("signs", "D49 active material at rest below random packing", LAST, 0.64, "bound")


def cracks(thin: xr.Dataset, thick: xr.Dataset, observer: Observer) -> Iterator[Row]:
    """When stress by eq. 1 reaches that of eq. 2; the toughness is unknown, see case.toml."""
    for toughness in (1.0, 25.0):
        result = thin if toughness == 25 else dried(300, **{"cracking.toughness": f"{toughness} Pa*m^0.5"})
        label = f"K = {toughness:g} Pa m^0.5, min"
        yield Row("crack onset, 300 um", label, crack_onset(result), ONSET[300], "published", SCAN)
    yield Row("reported", "D57 rest of 800 um, min", minutes(thick, "shrinkage"), 72, "published")
    yield Row("reported", "D57 solid of 800 um at rest, min", minutes(thick, "consolidation"), 72, "published")
    yield Row("crack onset, other films", "800 um, min", crack_onset(thick), ONSET[800], "published", SCAN)
    observer("film of 500 um", 0.4)
    onset = crack_onset(dried(500))
    yield Row("crack onset, other films", "500 um, min", onset, ONSET[500], "published", SCAN)
    onset = crack_onset(dried(500, loss_of_800um()))
    yield Row("reported", "D57 crack of 500 um with the loss of 800 um over 72 min", onset, ONSET[500], "published")
    over = (thick["thickness_over_critical"] / thin["thickness_over_critical"]).sel(model="capillary")
    yield Row("closure", "D18 thickness over critical, 800 over 300", float(over), 298 / 129, "recomputed")


def stress(thin: xr.Dataset, thick: xr.Dataset) -> Iterator[Row]:
    for phi, values in EQUATION_1.items():
        for diameter, reference in zip((10, 20, 0.5, 0.2), values, strict=True):
            value = laws.capillary_stress(GAMMA, phi, diameter * UM) / 1e3
            yield Row("closure", f"D9 eq. 1, phi {phi}, {diameter} um, kPa", value, reference, "recomputed")
    for (phi, diameter), reference in BOUND.items():
        value = laws.CHANNEL * laws.capillary_stress(GAMMA, phi, diameter) * np.sqrt(129 * UM)
        yield Row("closure", f"D14 highest K, phi {phi}, {diameter / UM:g} um", value, reference, "recomputed")
    for diameter, reference in ((83e-9, 129 * UM), (10e-6, 1.87)):
        value = laws.griffith_thickness(1e4, laws.capillary_stress(GAMMA, 0.64, diameter))
        yield Row("closure", f"D15 thickness at K = 10 kPa m^0.5, {diameter:g} m", value, reference, "recomputed")
    for words, stated in (("diameter", 20), ("NMP to water", 72 / 40.8)):
        value = 20**2 if words == "diameter" else stated**2
        yield Row("reported", f"D12 thickness over {words}, by equations and text", value, stated, "published")
    load = thin["stress"].sel(model="capillary")
    entry = float(thin["stage_end_times"].sel(stage="shrinkage"))
    before = float(load.where(load["time"] <= entry, 0.0).max())
    yield Row("signs", "D16, D59 stress before air enters", before, 0.0, "bound")
    highest = float(load["time"].values[load.values.argmax()]) / MINUTE
    yield Row("signs", "D16 highest stress within two scans of air entry", highest, REST + 2 * SCAN, "bound")
    yield Row("signs", "D16 stress at the end below a tenth", float(load[-1] / load.max()), 0.1, "bound")
    small, large = (laws.griffith_thickness(1.0, laws.capillary_stress(GAMMA, 0.64, d)) for d in (0.3e-6, 10e-6))
    yield Row("signs", "D17 smaller particles crack thinner", small, large, "bound")
    nmp = solvent("nmp")
    for kelvin, rise in ((1, 1.08), (3, 1.27)):
        value = nmp.vapour_pressure(298.15 + kelvin) / nmp.vapour_pressure(298.15)
        yield Row("closure", f"D8 evaporation, {kelvin} K warmer", value, rise, "recomputed")
    hotter = nmp.surface_tension(353.15) / nmp.surface_tension(298.15)
    yield Row("cited trends", "D95 critical thickness at 80 C over that at 25 C, below 1", 1 / hotter**2, 1.0, "bound")
    over = [dataset["thickness_over_critical"].sel(model="capillary").item() for dataset in (thin, thick)]
    yield Row("cited trends", "D95 thickness over critical rises with thickness", *over, "bound")


def own_loss(observer: Observer) -> Iterator[Row]:
    """D57: what follows from how fast the clear liquid of 800 um fell in its first 24 min, and from nothing later."""
    observer("films with the early loss of that of 800 um", 0.6)
    yield Row("closure", "D33 early loss of 800 um, cap, um/min", early_loss(), 2.71, "recomputed")
    plain = dried(800, early_loss())
    yield Row("closure", "D57 rest of 800 um by its early loss, min", minutes(plain, "shrinkage"), 64.6, "recomputed")
    yield Row("reported", "D57 rest of 800 um by its early loss, min", minutes(plain, "shrinkage"), 72, "published")
    yield Row(
        "reported", "D57 crack of 500 um by that loss, min", crack_onset(dried(500, early_loss())), 45, "published"
    )
    thick = dried(800, early_loss(), loss_with_rim(DRY[800]))
    middling = dried(500, loss_with_rim(middle()[0]))
    for gap, result in ((800, thick), (500, middling)):
        series = "crack onset, early loss of 800 um"
        yield Row(series, f"{gap} um, rim wet, min", crack_onset(result), ONSET[gap], "published", SCAN)
    thin = dried(300, loss_with_rim(DRY[300]))
    yield Row("reported", "D57 rest of 300 um by it, min", minutes(thin, "shrinkage"), REST, "published")
    ratio = loss_with_rim(DRY[300]) / fitted_rate()
    yield Row("reported", "D36 loss by it over that of 300 um; 3 K explain at most 1.27", ratio, 1.0, "published")


def first_motion(thin: xr.Dataset, thick: xr.Dataset, observer: Observer) -> Iterator[Row]:
    """D34: when the solid starts to shrink; D47 and D51: the profile that this leaves."""
    observer("flat films", 0.8)
    for gap, result, seen in ((300, thin, 0.0), (800, thick, 24.0)):
        solid = result["solid_height"].values
        start = float(result["time"].values[solid >= solid[0] * (1 - 1e-9)].max()) / MINUTE
        yield Row("first motion of the solid", f"{gap} um, min", start, seen, "published", SCAN)
    at_rest = thin["particle_profile"].sel(time=REST * MINUTE, method="nearest")
    bottom, top = ((1 - LAST * float(at_rest[end] / at_rest.mean())) for end in (0, -1))
    yield Row("profile at rest", "D47, D51 porosity at the top over that at the base", top / bottom, 0.96, "published")
    for gap, rate, seen in ((800, 130 / 24, 24.0), (300, fitted_rate("flat"), 0.0)):
        still = {"film.meniscus": "flat", "film.disc_diameter": None, "film.settling": "0 um/min"}
        result = dried(gap, rate, **still)
        value = minutes(result, "clear layer")
        if gap == 800:
            yield Row("closure", "D34 flat film of 800 um: solid moves after, min", value, 33.2, "recomputed")
        yield Row("reported", f"D34 flat film of {gap} um: solid moves after, min", value, seen, "published")


def migration(thin: xr.Dataset) -> Iterator[Row]:
    rate, level = fitted_rate() * UM / MINUTE, float(thin["film_thickness"][0])
    for diffusivity, reference in ((1e-10, 0.04), (1e-11, 0.4)):
        yield Row("reported", f"D94 q h/D at {diffusivity:g} m2/s", rate * level / diffusivity, reference, "recomputed")
    yield Row("signs", "D94 bottom below top of the binder", float(thin["binder_bottom_to_mean"][-1]),
              float(thin["binder_top_to_mean"][-1]), "bound")  # fmt: skip
