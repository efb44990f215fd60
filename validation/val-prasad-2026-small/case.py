"""The study of Prasad et al. in small, on one phantom electrode: filter, tau, power law."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import xarray as xr

from electrosim import load, run
from electrosim.base.observer import Observer
from electrosim.cutouts.plot_transport import conductivity
from electrosim.study.validation.metrics import Comparison, Row

BRUGGEMAN, PRASAD = 1.5, 3.31  # exponents
FALL = 0.6411 - 0.3368  # of the mean porosity by the paper's filter
RISE = 6.41 / 1.85  # of tau


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    leave_out = {"errors.segmentation": False, "output.pore_sizes": False}  # not what this case is about
    result = run(load("prasad-small", leave_out), observer=observer)
    return Comparison(claims(result), {"conductivity": conductivity(result)})


def claims(result: xr.Dataset) -> list[Row]:
    """Return the rows of what the paper says of its filter, of tau and of the law, whether they are built in or not."""
    return [*built_in(result), *not_built_in(result), *beside_the_paper(result)]


def built_in(result: xr.Dataset) -> Iterator[Row]:
    """Compare what the phantom was given: composition, and macropores among pores of the domain."""
    everything, kept = (result.sel(selection=name) for name in ("all", "kept"))
    pore, solid = (float(result[name].mean()) for name in ("volume_porosity", "volume_solid"))
    mean = float(everything["mean_porosity"])
    error = float(everything["porosity_deviation"]) / np.sqrt(result.sizes["cutout"])
    label = "mean porosity of all; of all that is no active material"
    yield Row("built in: mean of all", label, mean, pore / (pore + solid), "recomputed", error)
    yield Row("built in: mean kept", "mean porosity kept", float(kept["mean_porosity"]), 0.3368, "published")


def not_built_in(result: xr.Dataset) -> Iterator[Row]:
    """Compare what filter and transport find in it."""
    everything, kept = (result.sel(selection=name) for name in ("all", "kept"))
    mean, mean_kept, highest = (
        float(one) for one in (everything["mean_porosity"], kept["mean_porosity"], kept["highest_porosity"])
    )
    yield Row("filter", "mean porosity kept, at least half of the paper's fall", mean_kept, mean - FALL / 2, "bound")
    yield Row("filter", "highest porosity kept, mean of all", highest, mean, "bound")
    for name, least in (("precision", 0.90), ("recall", 0.98)):
        score = float(np.average(result[f"macropore_{name}"], weights=result["cutouts_in_volume"]))
        yield Row("filter score", f"least {name} of macropore voxels, found", least, score, "bound")
    tau, tau_kept = (float(one["tortuosity_of_means"]) for one in (everything, kept))
    yield Row("rise of tau", "mean eps over mean s, kept over all", tau_kept / tau, RISE, "published")
    mean_of_tau = float(kept["mean_of_tortuosities"])
    yield Row("averages", "mean eps over mean s, mean of tau", tau_kept, mean_of_tau, "bound")
    power = (
        (result["estimate_selection"] == "kept")
        & (result["estimate_correlation"] == "power")
        & (result["estimate_parameter"] == "alpha")
    )
    alpha = result.isel(estimate=np.flatnonzero(power.values))
    chosen = alpha.isel(estimate=alpha["estimate_weights"].values == result["gamma"].attrs["weights"]).squeeze()
    label = "halfway from 1.5 to 3.31, alpha"
    yield Row("exponent", label, (BRUGGEMAN + PRASAD) / 2, float(chosen["estimate_value"]), "bound")
    lower = float(chosen["estimate_bootstrap_lower"])
    yield Row("exponent", "1.5, lower end of alpha's interval", BRUGGEMAN, lower, "bound")
    for weights, value in zip(alpha["estimate_weights"].values, alpha["estimate_value"].values, strict=True):
        yield Row("exponent", f"1.5, alpha with {weights} weights", BRUGGEMAN, float(value), "bound")


def beside_the_paper(result: xr.Dataset) -> Iterator[Row]:
    """Put the numbers beside the paper's; a phantom need not have them."""
    everything, kept = (result.sel(selection=name) for name in ("all", "kept"))
    beside = {
        "number of cutouts": (everything["cutouts"], 151),
        "mean porosity of all": (everything["mean_porosity"], 0.6411),
        "s of all": (everything["mean_relative_conductivity"], 0.35),
        "tau of all, mean eps over mean s": (everything["tortuosity_of_means"], 1.85),
        "lowest porosity kept": (kept["lowest_porosity"], 0.14),
        "highest porosity kept": (kept["highest_porosity"], 0.56),
        "s kept": (kept["mean_relative_conductivity"], 0.0532),
        "tau kept, mean of tau": (kept["mean_of_tortuosities"], 6.41),
        "tau kept, mean eps over mean s": (kept["tortuosity_of_means"], 6.33),
        "tau kept, law at the mean": (kept["tortuosity_of_law"], 6.32),
        "gamma": (kept["gamma"], 1.95),
        "alpha": (kept["alpha"], PRASAD),
        "porosity from which the law exceeds Bruggeman": (kept["exceeds_bruggeman"], 0.691),
        "porosity from which it exceeds the isotropic bound": (kept["exceeds_isotropic_upper_bound"], 0.706),
    }
    for label, (value, published) in beside.items():
        yield Row("beside the paper", label, float(value), published, "published")
    porosity, dropped = result["porosity"].values, ~result["kept"].values.astype(bool)
    between = float(np.mean((porosity > 0.6) & (porosity < 0.9)))
    yield Row("beside the paper", "share of cutouts from 60 to 90 %", between, 0.0, "published")
    below = float(np.mean(porosity[dropped] < float(kept["highest_porosity"])))
    yield Row("beside the paper", "share of those dropped below the highest kept", below, 0.0, "published")
