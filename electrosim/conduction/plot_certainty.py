"""Pictures of how far a conductivity may be off, and of how far it stands for the material."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from electrosim.base.palette import DIRECTION, SOLID
from electrosim.base.plot_style import tidy

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_PARTS = {
    "error_iteration": "iteration\n(estimate)",
    "error_discretisation": "discretisation\n(half the interval)",
    "error_discretisation_estimate": "discretisation\n(estimate)",
    "error_cutout": "end conditions\n(half the range)",
    "error_segmentation": "segmentation\n(half the range)",
    "rev_standard_error": "sample\n(standard error)",
}
_LEAST = 1e-5  # of the axis; smaller parts matter to nobody


def error_budget(dataset: xr.Dataset) -> Figure:
    """Draw the parts of the error budget that a result holds, a bar per direction."""
    parts = [name for name in _PARTS if name in dataset]
    directions = [str(direction) for direction in dataset["direction"].values]
    width = 0.8 / len(directions)
    figure = Figure(figsize=(1.7 * len(parts) + 1.6, 4.4), layout="constrained")
    axes = figure.subplots()
    for number, direction in enumerate(directions):
        place = np.arange(len(parts)) + width * (number - (len(directions) - 1) / 2)
        size = np.array([float(dataset[name].sel(direction=direction)) for name in parts])
        shown = np.isfinite(size)
        axes.bar(
            place[shown], np.maximum(size[shown], _LEAST), width * 0.92, color=DIRECTION[direction], label=direction
        )
        for at, value in zip(place, size, strict=True):
            words = f"{100 * value:.2g} %" if np.isfinite(value) else "none"
            axes.annotate(words, (at, value if _LEAST < value < np.inf else _LEAST), (0, 3), "data", "offset points",
                          ha="center", fontsize=7)  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(_LEAST, max(2.0, 2 * axes.get_ylim()[1]) if axes.get_ylim()[1] > 1 else 2.0)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g} %"))
    axes.set_xticks(range(len(parts)), [_PARTS[name] for name in parts])
    axes.set(title="Parts of the error of the conductivity (not to be added up)", ylabel="relative to the conductivity")
    tidy(axes, "y")
    axes.legend(frameon=False, title="direction", ncols=len(directions), loc="upper left")
    return figure


def representative_volume(dataset: xr.Dataset) -> Figure:
    """Draw conductivity against sub-volume size: single sub-volumes, their mean and scatter, and the law beyond."""
    directions = [str(direction) for direction in dataset["direction"].values]
    figure = Figure(figsize=(4.4 * len(directions) + 0.6, 4.6), layout="constrained")
    panels = figure.subplots(1, len(directions), squeeze=False, sharey=True)[0]
    for axes, direction in zip(panels, directions, strict=True):
        _curve(axes, dataset.sel(direction=direction), direction)
    panels[0].set_ylabel("conductivity / reference")
    panels[-1].legend(frameon=False, fontsize=8, loc="upper right")
    figure.suptitle("\n".join(_two_lines(str(dataset["rev_status"].values))), fontsize=9)
    return figure


def _curve(axes: Axes, dataset: xr.Dataset, direction: str) -> None:
    """Draw one direction; the points of a size lie side by side so that they can be told apart."""
    size, mean, deviation = (
        dataset[name].values for name in ("rev_size", "rev_conductivity_mean", "rev_conductivity_standard_deviation")
    )
    colour = DIRECTION[direction]
    sample = dataset["rev_sample_size"].values.astype(float)
    beside = np.linspace(-0.03, 0.03, 7)[np.arange(sample.size) % 7]
    style: dict[str, Any] = {"color": colour, "alpha": 0.45, "linewidths": 0}
    axes.scatter(sample * (1 + beside), dataset["rev_conductivity"], s=9, **style, label="one sub-volume")
    axes.fill_between(
        size, np.maximum(mean - deviation, 0), mean + deviation, color=colour, alpha=0.15, label="± standard deviation"
    )
    axes.plot(size, mean, color=colour, marker="o", label="mean")
    whole = float(np.prod([dataset.sizes[axis] for axis in "xyz" if axis in dataset.sizes])) ** (
        1 / _dimensions(dataset)
    )
    value, error = float(dataset["relative_conductivity"]), float(dataset["rev_standard_error"])
    axes.errorbar([whole], [value], [value * error], color=SOLID, marker="D", capsize=5, linestyle="",
                  label="whole image ± standard error")  # fmt: skip
    for at, share in zip(size, dataset["rev_no_path_share"].values, strict=True):
        if share > 0:
            axes.annotate(f"{share:.0%}", (at, 0), (0, -11), "data", "offset points", ha="center", fontsize=7)
    axes.set_xscale("log")
    axes.set_xticks([*size, whole], [f"{tick:.0f}" for tick in (*size, whole)], minor=False)
    axes.xaxis.minorticks_off()
    axes.set_ylim(-0.08 * axes.get_ylim()[1], axes.get_ylim()[1])
    axes.set(title=f"{direction}", xlabel="edge / voxels (share without a path above)")
    tidy(axes, "y")


def _dimensions(dataset: xr.Dataset) -> int:
    return sum(axis in dataset.sizes for axis in "xyz")


def _two_lines(sentence: str) -> list[str]:
    """Break a sentence at its colon."""
    head, colon, tail = sentence.partition(": ")
    return [head + colon.strip(), tail] if colon else [sentence]
