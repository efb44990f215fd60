"""The tables of a study: all cutouts against those kept, beside what Prasad et al. print, and what choices change."""

from __future__ import annotations

import csv
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from electrosim.base.tables import Table

if TYPE_CHECKING:
    import xarray as xr

_SCALE = {"%": 100.0, "nm": 1e9, "": 1.0}


def tables(dataset: xr.Dataset) -> list[Table]:
    """Return the tables of a study.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.cutouts.solve`.

    Returns
    -------
    list of Table
    """
    parts = (_selections, _paper, _volumes, _rules, _thresholds, _weights, _laws)
    found = [part(dataset) for part in parts]
    return [*found, _moved(dataset)] if "moved_gamma" in dataset else found


def _selections(dataset: xr.Dataset) -> Table:
    rows = []
    for name, item in dataset.data_vars.items():
        if item.dims == ("selection",) and name not in ("status", "solved"):
            unit = str(item.attrs["units"])
            rows.append((str(item.attrs["long_name"]), *map(_text, item.values), "" if unit == "1" else unit))
    selections = [str(one) for one in dataset["selection"].values]
    remark = " ".join(f"{one}: {text}" for one, text in zip(selections, dataset["status"].values, strict=True))
    return Table("Cutouts", ("quantity", *selections, "unit"), tuple(rows), remark)


def _paper(dataset: xr.Dataset) -> Table:
    """Return the numbers of the paper with their counterparts; a number that was not asked for is left out."""
    rows = []
    with resources.files("electrosim.cutouts").joinpath("prasad.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            if line["variable"] not in dataset:
                continue
            item = dataset[line["variable"]]
            value = float(item.sel({str(item.dims[0]): line["selection"]})) * _SCALE[line["unit"]]
            unit = line["unit"]
            here = f"{_text(value)} {unit}".strip() if np.isfinite(value) else "none"
            rows.append((line["quantity"], here, f"{line['printed']} {unit}".strip(),
                         line["where"], line["remark"]))  # fmt: skip
    heads = ("quantity", "here", "Prasad et al.", "where", "remark")
    remark = (
        "The paper's volume is not public; a phantom stands in for it where the scenario says so, and what agrees then "
        "agrees because it was built to, or because the method gives it: docs/cutouts.md says which."
    )
    return Table("Beside the paper", heads, tuple(rows), remark)


def _volumes(dataset: xr.Dataset) -> Table:
    rows = []
    for number in dataset["volume"].values:
        one = dataset.sel(volume=number)
        inside = dataset["cutout_volume"].values == number
        clipped = dataset["surroundings_clipped"].values[inside]
        rows.append(
            (
                str(number),
                " x ".join(f"{edge * 1e6:.2f}" for edge in one["volume_extent"].values) + " µm",
                str(int(one["candidates"])),
                str(int(one["cutouts_in_volume"])),
                str(int(one["groups_in_volume"])),
                _text(clipped.mean() if clipped.size else np.nan, per_cent=True),
                _text(float(one["macropore_precision"]), per_cent=True),
                _text(float(one["macropore_recall"]), per_cent=True),
            )
        )
    heads = ("volume", "extent", "places for a cutout", "cutouts", "groups", "clipped", "precision", "recall")
    remark = (
        "Groups: cutouts that overlap. Clipped: mean share of the cutouts' surroundings that lies beyond the volume. "
        "Precision and recall: of macropore voxels in cutouts, where the volume knows its macropores."
    )
    return Table("Volumes", heads, tuple(rows), remark)


def _rules(dataset: xr.Dataset) -> Table:
    known = dataset["known_macropore_share"].values
    truth = known <= float(dataset["macropore_limit"]) if np.isfinite(known).all() else None
    rows = []
    for place, rule in enumerate(dataset["rule"].values):
        kept = dataset["kept_by_rule"].values[:, place]
        mean = dataset["porosity"].values[kept].mean() if kept.any() else np.nan
        scores = ("", "")
        if truth is not None:
            right = np.count_nonzero(kept & truth)
            scores = (f"{right} of {kept.sum()}", f"{right} of {truth.sum()}")
        rows.append((str(rule), str(kept.sum()), _text(mean, per_cent=True), *scores))
    heads = ("rule", "kept", "mean porosity", "rightly kept", "found of those to keep")
    return Table("Filter by rule", heads, tuple(rows), "The first rule decides; the others are for comparison.")


def _thresholds(dataset: xr.Dataset) -> Table:
    def cell(one: xr.Dataset) -> str:
        law = f"{float(one['gamma_by_threshold']):.2f} eps^{float(one['alpha_by_threshold']):.2f}"
        return f"{int(one['kept_by_threshold'])}: {law if np.isfinite(one['gamma_by_threshold']) else 'no law'}"

    limits = dataset["share_limit"].values
    rows = [
        (
            f"{diameter * 1e9:.0f} nm",
            *(cell(dataset.sel(macropore_diameter=diameter, share_limit=limit)) for limit in limits),
        )
        for diameter in dataset["macropore_diameter"].values
    ]
    heads = ("macropore above", *(f"share above {limit:.0%}" for limit in limits))
    remark = "How many cutouts other thresholds of the first rule would have kept, and the power law of those."
    return Table("Filter by threshold", heads, tuple(rows), remark)


def _weights(dataset: xr.Dataset) -> Table:
    kept = dataset.sel(selection="kept")
    rows = [
        (
            str(name),
            *(_text(float(kept[f"{one}_by_weights"].sel(weights=name))) for one in ("gamma", "alpha")),
            _text(float(kept["law_at_mean_by_weights"].sel(weights=name))),
            _text(float(kept["points_by_weights"].sel(weights=name))),
        )
        for name in dataset["weights"].values
    ]
    heads = ("weights", "gamma", "alpha", "s at mean porosity", "cutouts used")
    remark = (
        "gamma and alpha trade against each other; the law at the mean porosity shows what a choice really changes."
    )
    return Table("Power law of the cutouts kept, by weights", heads, tuple(rows), remark)


def _laws(dataset: xr.Dataset) -> Table:
    chosen = str(dataset["gamma"].attrs["weights"])
    aic = dataset["aic"].sel(selection="kept")
    rows = []
    for at in range(dataset.sizes["estimate"]):
        one = dataset.isel(estimate=at)
        if str(one["estimate_selection"].values) == "kept" and str(one["estimate_weights"].values) == chosen:
            law = str(one["estimate_correlation"].values)
            profile, bootstrap = (
                _interval(float(one[f"estimate_{kind}_lower"]), float(one[f"estimate_{kind}_upper"]))
                for kind in ("profile", "bootstrap")
            )
            rows.append((law, str(one["estimate_parameter"].values), _text(float(one["estimate_value"])), profile,
                         bootstrap, f"{float(aic.sel(correlation=law)) - float(aic.min()):.1f}"))  # fmt: skip
    heads = ("law", "parameter", "value", "by profile", "by bootstrap", "AIC above the best")
    remark = f"{chosen} weights; the bootstrap draws whole groups of overlapping cutouts."
    return Table("Correlations of the cutouts kept", heads, tuple(rows), remark)


def _moved(dataset: xr.Dataset) -> Table:
    rows = []
    for shift in dataset["shift"].values:
        one = dataset.sel(shift=shift)
        numbers = [
            (
                _text(float(one[f"moved_{name}"])),
                _interval(*(float(one[f"moved_{name}_{end}"]) for end in ("lower", "upper"))),
            )
            for name in ("gamma", "alpha")
        ]
        rows.append(
            (
                f"{shift * 1e9:+.0f} nm",
                _text(float(one["moved_mean_porosity"]), per_cent=True),
                *numbers[0],
                *numbers[1],
            )
        )
    heads = ("surface moved by", "mean porosity", "gamma", "interval", "alpha", "interval")
    remark = "Pores grow with a positive shift; verdicts of the filter are those of the volume as segmented."
    return Table("Sensitivity to the segmentation", heads, tuple(rows), remark)


def _text(value: float, *, per_cent: bool = False) -> str:
    if np.isnan(value):
        return "none"
    if per_cent:
        return f"{value:.1%}"
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e9 else f"{value:.4g}"


def _interval(lower: float, upper: float) -> str:
    return f"{lower:.4g} to {upper:.4g}" if np.isfinite([lower, upper]).all() else "none"
