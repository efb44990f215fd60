"""How pictures of a sweep look: large enough for a talk, in colours that all people can tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.patheffects import withStroke
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import NDArray

from electrosim.study.sweep.kept import hatched_name
from electrosim.study.sweep.shown import name_of, values_of

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#000000")
"""Of lines: M. Okabe's and K. Ito's, which all people can tell apart."""

_SAME = 1e-3


@contextmanager
def for_a_talk() -> Iterator[None]:
    """Draw with letters that can be read from the back of a room."""
    with mpl.rc_context({"font.size": 14, "axes.titlesize": 15, "hatch.linewidth": 0.6}):
        yield


def ticks(axes: Axes, dataset: xr.Dataset, dim: str, which: Literal["x", "y"] = "x") -> Any:
    """Return the places of a dimension's entries: their numbers, or 0, 1, 2 with the words as labels.

    Where each number is the same multiple of the one before, the axis is logarithmic.
    """
    if dim in dataset.coords and dataset[dim].dtype.kind in "fiu":
        numbers = values_of(dataset[dim])
        if _is_geometric(numbers):
            make_logarithmic(axes, which)
        return numbers
    places = np.arange(dataset.sizes[dim])
    labels = dataset[dim].values if dim in dataset.coords else places
    (axes.set_xticks if which == "x" else axes.set_yticks)(places, [str(label) for label in labels])
    return places


def make_logarithmic(axes: Axes, which: Literal["x", "y"]) -> None:
    """Give an axis a logarithmic scale with numbers that people read."""
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    line = axes.xaxis if which == "x" else axes.yaxis
    line.set_major_locator(LogLocator(subs=(1, 2, 5)))
    line.set_major_formatter("{x:g}")
    line.set_minor_formatter(NullFormatter())


def _is_geometric(numbers: NDArray[Any]) -> bool:
    """Tell whether there are three numbers or more, each the same multiple of the one before."""
    if numbers.size < 3 or numbers.min() <= 0:
        return False
    ratio = numbers[1:] / numbers[:-1]
    return bool(np.allclose(ratio, ratio[0], rtol=1e-6) and abs(ratio[0] - 1) > _SAME)


def axis_label(dataset: xr.Dataset, dim: str) -> str:
    """Return the name of a dimension with its unit."""
    return name_of(dataset[dim]) if dim in dataset.coords else dim


def outlined() -> list[Any]:
    """Return what keeps letters and lines legible on any ground."""
    return [withStroke(linewidth=3.5, foreground="white", alpha=0.8)]


def above_axes(axes: Axes, words: str, x: float) -> None:
    """Write a name above the axes, turned so that neighbours do not overlap."""
    style: dict[str, Any] = {"rotation": 45, "ha": "left", "va": "bottom", "fontsize": "small"}
    axes.annotate(words, (x, 1.03), xycoords=("data", "axes fraction"), **style)


def hatched_share(dataset: xr.Dataset, fixed: Mapping[str, int]) -> xr.DataArray | None:
    """Return the number above zero of which figures are hatched, other axes held; None if there is none."""
    name = hatched_name(dataset)
    if name is None:
        return None
    item = dataset[name]
    item = item.max("repeat") if "repeat" in item.dims else item
    return item.isel({dim: number for dim, number in fixed.items() if dim in item.dims})


def marks_at(dataset: xr.Dataset, fixed: Mapping[str, int]) -> list[int]:
    """Return the reference designs that stand where axes are held."""
    if "mark" not in dataset.dims:
        return []
    found = np.ones(dataset.sizes["mark"], bool)
    for dim, number in fixed.items():
        if f"mark_{dim}" in dataset:
            there, held = dataset[f"mark_{dim}"].values, dataset[dim].values[number]
            found &= np.isclose(there, held, rtol=1e-9, atol=1e-12) if there.dtype.kind == "f" else there == held
    return [int(number) for number in np.flatnonzero(found)]


def mark_place(dataset: xr.Dataset, dim: str, number: int) -> Any:
    """Return where a reference design stands along a dimension; nothing along a further one."""
    if f"mark_{dim}" not in dataset:
        return np.nan
    value = dataset[f"mark_{dim}"][number]
    if value.dtype.kind == "f":
        return values_of(value, dataset[dim])
    return float(np.flatnonzero(dataset[dim].values == value.item())[0])
