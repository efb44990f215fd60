"""Pictures of what tells a film from its substrate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from electrosim.backscatter.plot_style import colours, energy_name
from electrosim.base.plot_style import tidy

if TYPE_CHECKING:
    import xarray as xr

_BRACKET = "#e0a33b"
_LARGEST_RATIO = 3.0


def film(dataset: xr.Dataset) -> Figure:
    """Draw share, ratio and grey level of the film over its thickness, a curve per energy with its errors."""
    figure = Figure(figsize=(15, 4.8), layout="constrained")
    shown = {
        "film_share": "turned in the film / counted",
        "film_to_substrate_ratio": "turned in the film / turned below",
        "grey_level_ratio": "grey level / that of the bare substrate",
    }
    thickness = 1e9 * dataset["thickness"].values
    rows = range(dataset.sizes["energy"])
    for (name, words), axes in zip(shown.items(), figure.subplots(1, len(shown)), strict=True):
        for row, colour in zip(rows, colours(len(rows) + 1), strict=False):
            value, error = dataset[name].values[row], dataset[f"{name}_standard_error"].values[row]
            finite = np.isfinite(value)
            axes.plot(
                thickness[finite], value[finite], "o-", markersize=3, color=colour, label=energy_name(dataset, row)
            )
            axes.fill_between(thickness, value - 3 * error, value + 3 * error, where=finite, color=colour, alpha=0.25)
        axes.set(xlabel="thickness of the film / nm", ylabel=words)
        axes.set_xlim(0, thickness[-1])
        tidy(axes)
        if name != "grey_level_ratio":
            axes.axhline(0.5, color="grey", linestyle=":", linewidth=1)
            axes.set_ylim(0, 1.02 if name == "film_share" else _LARGEST_RATIO)
        if "inferred_thickness" in dataset:
            lower, upper = (1e9 * float(dataset[f"inferred_thickness_{end}"]) for end in ("lower", "upper"))
            axes.axvspan(lower, upper, color=_BRACKET, alpha=0.18, linewidth=0)
        axes.legend(frameon=False, fontsize="small")
    figure.suptitle(
        "When the film shows" + (" (shaded: inferred thickness)" if "inferred_thickness" in dataset else "")
    )
    return figure


def inference(dataset: xr.Dataset) -> Figure:
    """Draw what the inferred thickness is uncertain by, and what other readings of the criterion say."""
    figure = Figure(figsize=(11, 4.4), layout="constrained")
    parts, readings = figure.subplots(1, 2, width_ratios=(1.2, 1))
    sources = [str(name) for name in dataset["source"].values]
    place = np.arange(len(sources))
    for shift, end, colour in ((-0.2, "lower", "#1b6ca8"), (0.2, "upper", "#d1701c")):
        values = 1e9 * dataset["inferred_uncertainty"].sel(end=end).values
        bars = parts.bar(place + shift, values, 0.38, color=colour, label=f"{end} end")
        parts.bar_label(bars, [f"{value:.2g}" for value in values], fontsize="small")
    parts.set_xticks(place, sources, rotation=20)
    parts.set(ylabel="uncertainty / nm", title="Where the uncertainty comes from")
    parts.legend(frameon=False)
    tidy(parts)
    lower, best, upper = (1e9 * float(dataset[f"inferred_thickness{end}"]) for end in ("_lower", "", "_upper"))
    readings.axvspan(lower, upper, color=_BRACKET, alpha=0.25, linewidth=0)
    readings.axvline(best, color=_BRACKET)
    if "inferred_bracket" in dataset:
        names: list[str] = []
        for reading in dataset["criterion"].values:
            for rule in dataset["unseen_is"].values:
                low, high = 1e9 * dataset["inferred_bracket"].sel(criterion=reading, unseen_is=rule).values
                if np.isfinite([low, high]).all():
                    readings.plot([low, high], [len(names)] * 2, color="#3b3b40", marker="|", markersize=10)
                names.append(f"{reading},\nunseen is {rule}")
        readings.set_yticks(range(len(names)), names, fontsize="small")
    else:
        readings.set_yticks([])
    readings.set(xlabel="thickness / nm", title=f"{lower:.1f} to {upper:.1f} nm; bars: each reading of the criterion")
    readings.set_xlim(left=0)
    tidy(readings)
    return figure


def plan(dataset: xr.Dataset) -> Figure:
    """Draw how many electrons tell two thicknesses apart at each energy."""
    figure = Figure(figsize=(6.4, 4.4), layout="constrained")
    axes = figure.subplots()
    needed = dataset["electrons_to_tell_apart"].values
    names = [energy_name(dataset, row) for row in range(needed.size)]
    shown = np.where(np.isfinite(needed), needed, 0)
    bars = axes.bar(names, shown, color="#4f9d8f")
    axes.bar_label(bars, [f"{value:.0f}" if np.isfinite(value) else "never" for value in needed])
    axes.set(ylabel="electrons per place", title=str(dataset["electrons_to_tell_apart"].attrs["long_name"]))
    axes.title.set_fontsize("medium")
    tidy(axes)
    return figure
