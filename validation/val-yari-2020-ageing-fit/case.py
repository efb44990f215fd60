"""Constants of the laws of ageing, fitted to single layer and bilayers of Yari et al.; other laws, other inputs."""

from __future__ import annotations

import runpy
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from electrosim import load
from electrosim.base.observer import Observer
from electrosim.discharge import solve
from electrosim.discharge.ageing.laws import Law, Laws
from electrosim.discharge.problem import Problem
from electrosim.study.validation.metrics import Comparison, Row

QUICK = Path(__file__).parent.parent / "val-yari-2020-ageing"
CASE = runpy.run_path(str(QUICK / "case.py"))
CELLS, RETENTION, SLOW_LOSS = CASE["CELLS"], CASE["RETENTION"], CASE["SLOW_LOSS"]
METHOD = load(QUICK / "lto.toml").method
MECHANISMS = {"contacts": 1.0, "film": 0.1, "collector": 1e-3}  # and the size of their rates beside that of contacts
DRIVERS = ("throughput", "reaction", "electrons")
START = (3.5e-4, 5e-3)  # rates of lithium and contacts

Floats = NDArray[np.float64]
Build = Callable[[Sequence[float]], Laws]

INPUTS: dict[str, dict[str, Any]] = {
    "conductivity at 1 % of 0.9e-3 S/m": {"conductivity.table": "0.9e-3"},
    "conductivity at 1 % of 1.5e-3 S/m": {"conductivity.table": "1.5e-3"},
    "loading less by a twentieth": {"electrode.loading": "10.45 mg/cm^2"},
    "loading more by a twentieth": {"electrode.loading": "11.55 mg/cm^2"},
    "diffusivity twice as high": {"electrode.active.diffusivity": "1.1e-14 m^2/s"},
    "LTO of 1.5 times the nominal charge": {"negative.loading": "17.1 mg/cm^2"},
    "LTO with a fiftieth of its lithium at first": {"cell.as_made": {"positive": 0.923, "negative": 0.02}},
}


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    rows = []
    parts = (single_layer, one_bilayer, other_bilayer, other_laws, other_shares, other_inputs, other_loadings)
    for number, part in enumerate(parts):
        observer(part.__name__.replace("_", " "), number / len(parts))
        rows += list(part())
    return Comparison(rows)


def problem(cell: str, overrides: Mapping[str, Any] | None = None) -> Problem:
    """Return a cell's problem, without laws."""
    overrides = dict(overrides or {})
    poorest = overrides.pop("conductivity.table", None)
    if poorest is not None:
        table = tomllib.loads((QUICK / "lto.toml").read_text(encoding="utf-8"))["conductivity"]["table"]
        overrides["conductivity.table"] = [{"carbon": "1 %", "sigma": f"{poorest} S/m"}, *table[1:]]
    layers = [{"carbon": share} for share in CELLS[cell]]
    found: Problem = load(QUICK / "lto.toml", {"electrode.layers": layers, **overrides}).problem
    return found


def outcome(asked: Problem, laws: Laws) -> tuple[float, float]:
    """Return retention and slow loss after 200 cycles [%]."""
    found = solve(with_ageing(asked, laws=laws), method=METHOD)
    return CASE["retained"](found), CASE["lost_when_slow"](found)


def fitted(build: Build, start: Sequence[float], asked: Mapping[str, Problem]) -> Floats:
    """Return the rates with which cells have the printed retention and slow loss, least squares of points."""

    def miss(logarithms: Floats) -> Floats:
        found = [outcome(one, build(np.exp(logarithms))) for one in asked.values()]
        return np.subtract(found, [(RETENTION[name], SLOW_LOSS[name]) for name in asked]).ravel()

    rates = least_squares(miss, np.log(start), diff_step=0.02, xtol=1e-4, ftol=1e-5, max_nfev=12).x
    return np.exp(rates)


def equal_rates(
    mechanism: str = "contacts", driver: str = "electrons", material_driver: str = "electrons", share: float = 1.0
) -> Build:
    """Return laws of two free rates: in the single layer's first cycle material and lithium go as `share` says."""
    first = solve(with_ageing(problem("single"), cycles=1, post_mortem=None), method=METHOD).isel(cycle=0, layer=0)
    work = {"throughput": 1.0}
    work |= {name: float(first[f"{word}_overpotential"]) / 0.05 for name, word in WORDS.items()}

    def build(rates: Sequence[float]) -> Laws:
        lithium, growth = rates
        material = Law(share * lithium / work[material_driver], material_driver)  # type: ignore[arg-type]
        grown = {mechanism: Law(growth * MECHANISMS[mechanism], driver)}  # type: ignore[arg-type]
        return Laws(lithium=Law(lithium), active_material=material, **grown)

    return build


WORDS = {"reaction": "reaction", "electrons": "electronic"}


def with_ageing(asked: Problem, **changed: Any) -> Problem:
    """Return a problem with its ageing changed."""
    return replace(asked, ageing=replace(asked.ageing, **changed))  # type: ignore[type-var]


def with_film(rates: Sequence[float]) -> Laws:
    """Return laws of four free rates."""
    lithium, material, contacts, film = rates
    return Laws(Law(lithium), Law(material, "electrons"), Law(contacts, "electrons"), Law(film))


def of_file(variant: str) -> list[float]:
    """Return the rates that the quick case uses: lithium, active material, contacts, film."""
    constants = tomllib.loads((QUICK / "laws.toml").read_text(encoding="utf-8"))[variant]
    laws = load(QUICK / "lto.toml", {"ageing.laws": constants}).problem.ageing.laws
    return [laws.lithium.rate, laws.active_material.rate, laws.contacts.rate, laws.film.rate]


def variant(name: str, build: Build, start: Sequence[float]) -> Iterator[Row]:
    """Fit the cells of a variant; compare the rates with those of laws.toml, and the outcome with print."""
    cells = CASE["FITTED"][name]
    laws = build(list(fitted(build, start, {cell: problem(cell) for cell in cells})))
    kinds = ("lithium", "active_material", "contacts", "film")
    for kind, used in zip(kinds, of_file(name), strict=True):
        if used:
            yield Row("constants of laws.toml", f"{name}, {kind}", used, getattr(laws, kind).rate, "recomputed")
    yield from outcomes(name, laws, put_in=cells)


def single_layer() -> Iterator[Row]:
    yield from variant("single-layer", equal_rates(), START)


def one_bilayer() -> Iterator[Row]:
    yield from variant("single-and-4-1", with_film, (2.6e-4, 3e-4, 4.5e-4, 7e-4))


def other_bilayer() -> Iterator[Row]:
    """Fit {1,4} as if the bound were its retention."""
    yield from variant("single-and-1-4", with_film, (3e-4, 3e-4, 2e-3, 3e-4))


def outcomes(
    series: str, laws: Laws, put_in: Sequence[str] = (), overrides: Mapping[str, Any] | None = None
) -> Iterator[Row]:
    """Return what laws say of the three cells, and whether the cells are in the printed order; lower before higher."""
    found = {name: outcome(problem(name, overrides), laws) for name in CELLS}
    for name, (kept, slow) in found.items():
        way = "put in" if name in put_in else "predicted"
        yield Row(f"{series}: {way}", f"{name} retention, %", kept, RETENTION[name], "published")
        yield Row(f"{series}: {way}", f"{name} slow loss, %", slow, SLOW_LOSS[name], "published")
    for worse, better in (("{1,4}", "single"), ("single", "{4,1}")):
        words = f"{worse} and {better}"
        yield Row(f"order: {series}", f"retention of {words}, %", found[worse][0], found[better][0], "bound")
        left = [100 - found[cell][1] for cell in (worse, better)]
        yield Row(f"order: {series}", f"left when slow of {words}, %", *left, "bound")
    yield Row(f"bound: {series}", "retention of {1,4}, %", found["{1,4}"][0], RETENTION["{1,4}"], "bound")


def other_laws() -> Iterator[Row]:
    """Fit every mechanism with every driver to the single layer; see what each says of the bilayers.

    The same measure drives the resistance and the loss of material; for contacts any pair of measures does, too.
    """
    forms = [(mechanism, driver, driver) for mechanism in MECHANISMS for driver in DRIVERS]
    forms += [("contacts", driver, material) for driver in DRIVERS for material in DRIVERS if material != driver]
    for mechanism, driver, material in forms:
        build = equal_rates(mechanism, driver, material)
        laws = build(list(fitted(build, START, {"single": problem("single")})))
        yield from outcomes(f"form: {mechanism} by {driver}, material by {material}", laws, put_in=("single",))


def other_shares() -> Iterator[Row]:
    for share in (0.5, 2.0):
        build = equal_rates(share=share)
        laws = build(list(fitted(build, START, {"single": problem("single")})))
        yield from outcomes(f"other share, material {share:g} times lithium", laws, put_in=("single",))


def other_inputs() -> Iterator[Row]:
    build = equal_rates()
    for words, overrides in INPUTS.items():
        laws = build(list(fitted(build, START, {"single": problem("single", overrides)})))
        yield from outcomes(f"other input, {words}", laws, put_in=("single",), overrides=overrides)


def other_loadings() -> Iterator[Row]:
    """Keep the constants, change the loading, and that of LTO with it: the C-rates stay."""
    rates = of_file("single-layer")
    laws = equal_rates()((rates[0], rates[2]))
    single = [RETENTION["single"]]
    for loading in (8, 14):
        changed = {"electrode.loading": f"{loading} mg/cm^2", "negative.loading": f"{1.191 * loading:.4g} mg/cm^2"}
        found = {name: outcome(problem(name, changed), laws) for name in CELLS}
        single.append(found["single"][0])
        for name, (kept, slow) in found.items():
            yield Row(f"loading of {loading} mg/cm2", f"{name} retention, %", kept, RETENTION[name], "published")
            yield Row(f"loading of {loading} mg/cm2", f"{name} slow loss, %", slow, SLOW_LOSS[name], "published")
    middle, thin, thick = single
    yield Row("loading", "retention of single with 14 and 11 mg/cm2, %", thick, middle, "bound")
    yield Row("loading", "retention of single with 11 and 8 mg/cm2, %", middle, thin, "bound")
