"""The study of Prasad et al. at its own resolution, on six phantom electrodes of 800^3 voxels."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path

import xarray as xr

from electrosim import load, run
from electrosim.base.observer import Observer
from electrosim.cutouts.plot import figures
from electrosim.study.validation.metrics import Comparison, Row


def compare(folder: Path, observer: Observer) -> Comparison:
    of_small = runpy.run_path(str(folder.parent / "val-prasad-2026-small" / "case.py"))
    result = run(load("prasad"), observer=observer)
    drawn = figures(result)
    shown = ("conductivity", "porosity", "pore_sizes")
    return Comparison(
        [*of_small["claims"](result), *of_this_size(result)],
        {name.replace("_", "-"): drawn[name] for name in shown},
    )


def of_this_size(result: xr.Dataset) -> Iterator[Row]:
    """Compare what needs the paper's resolution, number of cutouts and pore sizes."""
    yield Row("number", "151, cutouts", 151, result.sizes["cutout"], "bound")
    conducting = result.sel(sample="conducting pores of cutouts kept")
    volume = result.sel(sample="first volume")
    for per_cent, published in (("05", 60), ("95", 400)):
        value = float(conducting[f"pore_diameter_{per_cent}"]) * 1e9
        yield Row(
            "built in: pore widths", f"{per_cent} % of the conducting pores below, nm", value, published, "published"
        )
    for peak, published in (("fine", 100), ("wide", 1000)):
        value = float(volume[f"intrusion_peak_{peak}"]) * 1e9
        yield Row("built in: intrusion peaks", f"{peak} pores, nm", value, published, "published")
    aic = result["aic"].sel(selection="all")
    line, power = (float(aic.sel(correlation=name)) for name in ("power-then-linear", "power"))
    yield Row("line above", "AIC of all cutouts, power law that turns linear, power law", line, power, "bound")
    of_break = (
        (result["estimate_selection"] == "all")
        & (result["estimate_correlation"] == "power-then-linear")
        & (result["estimate_parameter"] == "breakpoint")
    )
    turn = float(result["estimate_value"].values[of_break.values][0])
    yield Row("beside the paper", "porosity where the law turns linear", turn, 0.56, "published")
