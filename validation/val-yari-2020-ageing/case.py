"""Ageing of the cells of Yari et al., by laws whose constants are fitted in val-yari-2020-ageing-fit."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from electrosim import load, run
from electrosim.base.observer import Observer
from electrosim.study.validation.metrics import Comparison, Row

CELLS = {
    "single": (0.025,),
    "{4,1}": (0.04, 0.01),
    "{1,4}": (0.01, 0.04),
}
"""Carbon of the layers, bottom first."""
BILAYERS = {
    "{2,3}": (0.02, 0.03),
    "{1.5,3.5}": (0.015, 0.035),
    "{1,4}": (0.01, 0.04),
    "{3,2}": (0.03, 0.02),
    "{3.5,1.5}": (0.035, 0.015),
    "{4,1}": (0.04, 0.01),
}
RETENTION = {"single": 84.3, "{4,1}": 89.2, "{1,4}": 53.0}  # %, after 200 cycles; that of {1,4} is a bound
SLOW_LOSS = {"single": 7.5, "{4,1}": 4.8, "{1,4}": 10.0}  # %, of C/10
FITTED = {
    "single-layer": ("single",),
    "single-and-4-1": ("single", "{4,1}"),
    "single-and-1-4": ("single", "{1,4}"),
}


def compare(folder: Path, observer: Observer) -> Comparison:
    laws = tomllib.loads((folder / "laws.toml").read_text(encoding="utf-8"))
    rows: list[Row] = []
    figures: dict[str, Figure] = {}
    for variant, constants in laws.items():
        lives = {}
        for number, (name, carbon) in enumerate(CELLS.items()):
            observer(f"{variant}, {name}", number / len(CELLS))
            lives[name] = life(folder / "lto.toml", carbon, constants)
        rows += [*against_print(lives, variant), *consistency(lives, variant), *causes(lives, variant)]
        figures[variant] = retention(lives, variant)
        observer(f"{variant}, half cells", 0.9)
        half = {name: life(folder / "lithium.toml", carbon, constants) for name, carbon in BILAYERS.items()}
        half["single"] = life(folder / "lithium.toml", CELLS["single"], constants)
        rows += half_cells(half, variant)
    rows += [*used_side(folder / "lto.toml", laws["single-layer"]), *print_against_itself()]
    return Comparison(rows, figures)


def life(scenario: Path, carbon: tuple[float, ...], laws: Mapping[str, Any], **overrides: Any) -> xr.Dataset:
    """Return the life of a cell whose layers have so much carbon."""
    layers = [{"carbon": share} for share in carbon]
    return run(load(scenario, {"electrode.layers": layers, "ageing.laws": dict(laws), **overrides}))


def retained(found: xr.Dataset) -> float:
    return 100 * float(found["retention"][-1])


def lost_when_slow(found: xr.Dataset) -> float:
    return 100 * float(found["check_loss"][-1])


def against_print(lives: Mapping[str, xr.Dataset], variant: str) -> Iterator[Row]:
    """Compare retention and slow loss with what is printed: put in where fitted, predicted elsewhere."""
    for name, found in lives.items():
        way = "put in" if name in FITTED[variant] else "predicted"
        if name == "{1,4}" and way == "predicted":
            label, bound = f"{name} retention, %", RETENTION[name]
            yield Row(f"{variant}: {way} bound", label, retained(found), bound, "bound")
        else:
            yield Row(f"{variant}: {way} retention", f"{name}, %", retained(found), RETENTION[name], "published", 0.05)
        slow = lost_when_slow(found)
        yield Row(f"{variant}: {way} slow loss", f"{name}, %", slow, SLOW_LOSS[name], "published", 0.05)


def consistency(lives: Mapping[str, xr.Dataset], variant: str) -> Iterator[Row]:
    """Compare orders of the cells and the part of the fade that comes back when slow; lower before higher."""
    kept = {name: retained(found) for name, found in lives.items()}
    slow = {name: lost_when_slow(found) for name, found in lives.items()}
    order = f"{variant}: order"
    yield Row(order, "1C retention of {1,4} and single, %", kept["{1,4}"], kept["single"], "bound")
    yield Row(order, "1C retention of single and {4,1}, %", kept["single"], kept["{4,1}"], "bound")
    yield Row(order, "slow loss of {4,1} and single, %", slow["{4,1}"], slow["single"], "bound")
    yield Row(order, "slow loss of single and {1,4}, %", slow["single"], slow["{1,4}"], "bound")
    back = {name: 100 * float(found["rate_dependent_loss"][-1]) for name, found in lives.items()}
    if "{1,4}" not in FITTED[variant]:
        yield Row(f"{variant}: comes back when slow", "37 points at least, {1,4}", 37.0, back["{1,4}"], "bound")
    for name, printed in (("single", 8.2), ("{4,1}", 6.0)):
        yield Row(f"{variant}: comes back when slow, beside", f"{name}, points", back[name], printed, "recomputed", 0.1)


def causes(lives: Mapping[str, xr.Dataset], variant: str) -> Iterator[Row]:
    """Compare what was lost: {4,1} hardly loses material, the others both; the last block of {4,1} is slower."""
    told = {n: [100 * float(f[f"titrated_{what}_loss"]) for what in ("material", "lithium")] for n, f in lives.items()}
    name = f"{variant}: causes"
    for other in ("single", "{1,4}"):
        share = [told[cell][0] / sum(told[cell]) for cell in ("{4,1}", other)]
        yield Row(name, f"share of material in the titrated losses of {{4,1}} and {other}", *share, "bound")
    for cell, (material, lithium) in told.items():
        true = [100 * float(lives[cell][f"{what}_loss"]) for what in ("material", "lithium")]
        beside = f"{variant}: titrated and true"
        yield Row(beside, f"material lost by {cell}, %", material, true[0], "recomputed")
        yield Row(beside, f"lithium lost by {cell}, %", lithium, true[1], "recomputed")
    for cell, found in lives.items():
        blocks = np.diff(100 * found["check_loss"].values)
        label = f"slow loss of {cell} in cycles 150 to 200 over that in 100 to 150"
        yield Row(f"{variant}: levelling off", label, blocks[-1] / blocks[-2], 1.0, "published")


def half_cells(half: Mapping[str, xr.Dataset], variant: str) -> Iterator[Row]:
    """Compare signs of the 50 cycles against lithium; lower before higher."""
    kept = {name: retained(found) for name, found in half.items()}
    worn = {name: energy_loss(found) for name, found in half.items()}
    material = {name: material_loss(found) for name, found in half.items()}
    order = f"{variant}: half cells, order"
    yield Row(order, "retention of {1,4} and single, %", kept["{1,4}"], kept["single"], "bound")
    yield Row(order, "retention of single and {4,1}, %", kept["single"], kept["{4,1}"], "bound")
    poor = f"{variant}: half cells, poor bottom"
    chain = ["single", "{2,3}", "{1.5,3.5}", "{1,4}"]
    for less, more in pairwise(chain):
        yield Row(poor, f"energy loss of {less} and {more}, % per Ah/g", worn[less], worn[more], "bound")
    rich = f"{variant}: half cells, rich bottom"
    for name in ("{3.5,1.5}", "{4,1}"):
        yield Row(rich, f"energy loss of {name} and single, % per Ah/g", worn[name], worn["single"], "bound")
    for name in ("{3,2}", "{3.5,1.5}", "{4,1}"):
        label = f"material lost by {name} and single, %"
        yield Row(f"{variant}: half cells, material", label, material[name], material["single"], "bound")
    none = f"{variant}: half cells, no benefit at 0.2"
    yield Row(none, "energy loss of {3,2} over single", worn["{3,2}"] / worn["single"], 1.0, "published")
    grown = {name: resistance_growth(half[name]) for name in ("{4,1}", "{1,4}")}
    name = f"{variant}: half cells, resistance"
    yield Row(name, "growth of {4,1} and a tenth of that of {1,4}, %", grown["{4,1}"], grown["{1,4}"] / 10, "bound")


def energy_loss(found: xr.Dataset) -> float:
    """Return the energy lost from first to last cycle per charge passed [% per Ah/g]."""
    lost = 100 * (1 - float(found["energy"][-1] / found["energy"][0]))
    return lost / (float(found["throughput"][-1]) / 3600 / 110)  # 110 g/m2


def material_loss(found: xr.Dataset) -> float:
    """Return the loss of capacity of the recovered electrode [%]."""
    fresh, aged = found["half_cell_capacity"].values
    return 100 * (1 - aged / fresh)


def resistance_growth(found: xr.Dataset) -> float:
    """Return the growth of the resistance of the discharged half cell [%]."""
    fresh, aged = found["half_cell_resistance"].values
    return 100 * (aged / fresh - 1)


def used_side(scenario: Path, laws: Mapping[str, Any]) -> Iterator[Row]:
    """Compare two halves of a single layer, limited by electrons as it is, or by ions; lower before higher."""
    by_ions = {"conductivity": {"value": "10 S/m"}, "electrode.tortuosity": 30, "negative.tortuosity": 3}
    damage = dict(laws) | {"active_material": {"rate": 1e-4, "driver": "reaction"}}
    for words, changed, less in (("electrons", {}, "top"), ("ions", by_ions, "bottom")):
        more = "bottom" if less == "top" else "top"
        found = life(scenario, (0.025, 0.025), damage, **changed, **{"ageing.cycles": 10})
        for name, label in (("layer_throughput", "cycles of particles"), ("material_lost", "material lost")):
            value = {layer: float(found[name].sel(layer=f"positive {layer}")[-1]) for layer in (less, more)}
            yield Row("used side", f"limited by {words}: {label}, {less}, {more}", value[less], value[more], "bound")


def print_against_itself() -> Iterator[Row]:
    """Recompute what the paper prints from what else it prints; none of it is simulated."""
    fade = {name: 100 - kept for name, kept in RETENTION.items()}
    slow = {name: lost / SLOW_LOSS["single"] for name, lost in SLOW_LOSS.items()}
    kept = {name: retained / RETENTION["single"] for name, retained in RETENTION.items()}
    clash = "print: loss rate and disparity"
    for name, printed in (("{4,1}", -0.06), ("{1,4}", 0.38)):
        yield Row(clash, f"Y82: change of slow loss rate, {name}", slow[name] - 1, printed, "published")
        yield Row(clash, f"Y82: or change of 1C retention, {name}", kept[name] - 1, -printed, "published")
    slopes = [np.log(slow[name]) / deviation for name, deviation in (("{4,1}", 0.01), ("{1,4}", 0.04))]
    yield Row("print: exponential", "Y83: slope of {4,1}; of {1,4}, in disparity", *slopes, "published")
    rates = "print: fivefold and halved"
    yield Row(rates, "Y84: fade of {1,4} over single at 1C", fade["{1,4}"] / fade["single"], 5.0, "published")
    yield Row(rates, "Y84: fade of single over {4,1} at 1C", fade["single"] / fade["{4,1}"], 2.0, "published")
    for name, printed in (("single", 0.038), ("{1,4}", 0.05), ("{4,1}", 0.024)):
        label = f"Y86: {name}, % per cycle"
        yield Row("print: loss per cycle", label, SLOW_LOSS[name] / 200, printed, "published", 0.0005)


def retention(lives: Mapping[str, xr.Dataset], variant: str) -> Figure:
    """Draw retention at 1C and of check-ups for the three cells, and what is printed."""
    figure = Figure(figsize=(7.2, 4.6), layout="constrained")
    axes = figure.subplots()
    colours = {"single": "#3b3b40", "{4,1}": "#1b6ca8", "{1,4}": "#b5523b"}
    for name, found in lives.items():
        fitted = " (fitted)" if name in FITTED[variant] else " (predicted)"
        axes.plot(found["cycle"], 100 * found["retention"], color=colours[name], label=f"{name}{fitted}, 1C")
        axes.plot(found["check"], 100 * (1 - found["check_loss"]), "--", color=colours[name], marker=".", label="C/10")
        mark = "v" if name == "{1,4}" else "o"
        axes.plot(200, RETENTION[name], mark, color=colours[name], markersize=9, clip_on=False)
        axes.plot(200, 100 - SLOW_LOSS[name], "D", color=colours[name], markersize=6, clip_on=False)
    axes.set(xlabel="cycles", ylabel="capacity retention / %", title=f"Constants of {variant}; marks: print (v: below)")
    axes.legend(frameon=False, ncols=3, fontsize=8)
    axes.grid(alpha=0.25)
    return figure
