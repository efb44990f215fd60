"""Pictures of the cutouts themselves: where they lie, which are kept, what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import PercentFormatter

from electrosim.base.plot_style import tidy
from electrosim.cutouts.variables import RULES

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

KEPT, DROPPED, FOUND = "#1b6ca8", "#c8c3ba", "#4a8f3c"
_PHASES = {"solid": "#3b3b40", "pore": "#e8a13a", "macropore": "#4a8f3c", "active material": "#f1efe9"}
_MOST_MAPS, _SECTIONS = 3, 4


def places(dataset: xr.Dataset) -> Figure:
    """Draw the plane of each volume that meets most cutouts, with the cutouts in it."""
    count = min(dataset.sizes["volume"], _MOST_MAPS)
    figure = Figure(figsize=(5.2 * count + 0.6, 6.3), layout="compressed")
    edge = float(dataset["cutout_edge"])
    colours = ListedColormap(["#3b3b40", "#dfe9ee", "#000000", "#a9a396"])
    for axes, number in zip(figure.subplots(1, count, squeeze=False)[0], dataset["volume"].values, strict=False):
        one = dataset.sel(volume=number)
        long, wide = (float(one["volume_extent"].sel(direction=axis)) * 1e6 for axis in "xy")
        pixel = float(one["map_pixel"]) * 1e6
        picture = np.ma.masked_equal(one["map"].values, 255)
        extent = (0, picture.shape[0] * pixel, 0, picture.shape[1] * pixel)
        axes.imshow(picture.T, cmap=colours, vmin=0, vmax=3, origin="lower", extent=extent, interpolation="none")
        plane = float(one["map_position"])
        for place, kept in _in_plane(dataset, int(number), plane, edge):
            corner = (place[:2] - edge / 2) * 1e6
            colour, line = ("#ffb000", "-") if kept else ("#d4353c", "--")
            frame: dict[str, Any] = {"fill": False, "linewidth": 2.4, "edgecolor": colour, "linestyle": line}
            axes.add_patch(Rectangle(tuple(corner), edge * 1e6, edge * 1e6, **frame))
        axes.set(xlim=(0, long), ylim=(0, wide), xlabel="x / µm", ylabel="y / µm")
        axes.set_title(f"volume {number}, z = {plane * 1e6:.2f} µm: {int(one['cutouts_in_volume'])} cutouts in all")
    handles = [
        Patch(facecolor="#3b3b40", label="solid of the domain"),
        Patch(facecolor="#dfe9ee", edgecolor="#888888", label="pore"),
        Patch(facecolor="#a9a396", label="active material"),
        Patch(fill=False, edgecolor="#ffb000", linewidth=2.4, label="cutout kept"),
        Patch(fill=False, edgecolor="#d4353c", linestyle="--", linewidth=2.4, label="cutout dropped"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3 if count == 1 else 5, frameon=False, fontsize=9)
    return figure


def _in_plane(dataset: xr.Dataset, volume: int, plane: float, edge: float) -> list[tuple[np.ndarray, bool]]:
    """Return centres and verdicts of the cutouts of a volume that a plane along z meets."""
    position = dataset["position"].values
    here = (dataset["cutout_volume"].values == volume) & (np.abs(position[:, 2] - plane) < edge / 2)
    return list(zip(position[here], dataset["kept"].values[here].tolist(), strict=True))


def porosity(dataset: xr.Dataset) -> Figure:
    """Draw how the porosity is spread before and after the filter."""
    figure = Figure(figsize=(7.6, 4.6), layout="constrained")
    axes = figure.subplots()
    everything, kept = dataset["porosity"].values, dataset["kept"].values
    bins = np.linspace(0, 1, 21).tolist()
    axes.hist(everything, bins, color=DROPPED, edgecolor="white", label=f"all {everything.size} cutouts")
    axes.hist(everything[kept], bins, color=KEPT, edgecolor="white", label=f"{kept.sum()} kept by the filter")
    for selection, colour in (("all", "#6d675e"), ("kept", KEPT)):
        mean = float(dataset["mean_porosity"].sel(selection=selection))
        if np.isfinite(mean):
            axes.axvline(mean, color=colour, linestyle="--", label=f"mean {mean:.1%}")
    axes.set(title="Porosity of the cutouts", ylabel="cutouts", xlim=(0, 1))
    _per_cent(axes, "porosity")
    axes.legend(frameon=False)
    return figure


def rules(dataset: xr.Dataset) -> Figure:
    """Draw the share of macropores over porosity, the verdicts of the three rules, and the truth where it is known."""
    known = dataset["known_macropore_share"].values
    is_known = bool(np.isfinite(known).all())
    figure = Figure(figsize=(5.2 * (2 + is_known), 4.6), layout="constrained")
    panels = figure.subplots(1, 2 + is_known)
    eps, share, kept = (dataset[name].values for name in ("porosity", "macropore_share", "kept"))
    limit = float(dataset["macropore_limit"])
    panels[0].scatter(eps[~kept], share[~kept], s=18, color="#8b857a", label="dropped")
    panels[0].scatter(eps[kept], share[kept], s=18, color=KEPT, label="kept")
    panels[0].axhline(limit, color="black", linewidth=0.8, linestyle=":")
    panels[0].set(title="Macropores found in each cutout", ylabel="share of the cutout", xlim=(0, 1))
    panels[0].yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    _per_cent(panels[0], "porosity")
    panels[0].legend(frameon=False, loc="upper left")
    _by_rule(panels[1], dataset, known if is_known else None)
    if is_known:
        panels[2].plot([0, 1], [0, 1], color="black", linewidth=0.8)
        panels[2].scatter(known, share, s=18, color=FOUND)
        precision, recall = (_together(dataset, name) for name in ("macropore_precision", "macropore_recall"))
        panels[2].set(title=f"Against the truth: precision {precision:.1%}, recall {recall:.1%}",
                      ylabel="share of macropores found", xlim=(-0.02, 1.02))  # fmt: skip
        panels[2].yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        _per_cent(panels[2], "share of macropores in the cutout")
    return figure


def _together(dataset: xr.Dataset, name: str) -> float:
    """Return a score of the volumes with cutouts, averaged by their number."""
    score, weight = dataset[name].values, dataset["cutouts_in_volume"].values
    some = weight > 0
    return float(np.average(score[some], weights=weight[some]))


def _by_rule(axes: Axes, dataset: xr.Dataset, known: np.ndarray | None) -> None:
    """Draw the porosities that each rule keeps, one line per rule."""
    eps = dataset["porosity"].values
    verdicts = {name: dataset["kept_by_rule"].values[:, place] for place, name in enumerate(RULES)}
    if known is not None:
        verdicts["the truth"] = known <= float(dataset["macropore_limit"])
    for line, kept in enumerate(verdicts.values()):
        beside = line + 0.22 * np.linspace(-1, 1, 7)[np.arange(eps.size) % 7]
        axes.scatter(eps[~kept], beside[~kept], s=9, color=DROPPED)
        axes.scatter(eps[kept], beside[kept], s=9, color=KEPT if line == 0 else "#6d8fb0")
        if kept.any():
            axes.text(1.02, line, f"{kept.sum()} kept\nmean {eps[kept].mean():.0%}", va="center", fontsize=8,
                      transform=axes.get_yaxis_transform())  # fmt: skip
    axes.set_yticks(range(len(verdicts)), list(verdicts))
    axes.set(title="Kept (blue) by each rule", xlim=(0, 1), ylim=(len(verdicts) - 0.5, -0.5))
    _per_cent(axes, "porosity")


def sections(dataset: xr.Dataset) -> Figure:
    """Draw planes through some cutouts: kept ones from the lowest to the highest porosity, and dropped ones."""
    figure = Figure(figsize=(2.5 * _SECTIONS + 0.6, 5.9), layout="constrained")
    colours = ListedColormap(list(_PHASES.values())[:3])
    order = np.argsort(dataset["porosity"].values, kind="stable")
    edge = float(dataset["cutout_edge"]) * 1e6
    for row, (verdict, panels) in enumerate(zip((True, False), figure.subplots(2, _SECTIONS), strict=True)):
        some = order[dataset["kept"].values[order] == verdict]
        chosen = some[np.linspace(0, some.size - 1, min(_SECTIONS, some.size)).round().astype(int)]
        for axes in panels[chosen.size :]:
            axes.set_visible(False)
        for axes, place in zip(panels, chosen, strict=False):
            one = dataset.isel(cutout=place)
            picture = one["section"].values.T
            axes.imshow(
                picture, cmap=colours, vmin=0, vmax=2, origin="lower", extent=(0, edge, 0, edge), interpolation="none"
            )
            axes.set_title(f"{'kept' if verdict else 'dropped'}, porosity {float(one['porosity']):.0%}\n"
                           f"macropores {float(one['macropore_share']):.0%}", fontsize=9)  # fmt: skip
            axes.set(xticks=[], yticks=[])
            if row == 1:
                axes.set_xlabel(f"{edge:.2f} µm", fontsize=9)
    handles = [Patch(facecolor=colour, label=name) for name, colour in list(_PHASES.items())[:3]]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _per_cent(axes: Axes, label: str) -> None:
    axes.set_xlabel(label)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    tidy(axes)
