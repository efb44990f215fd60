"""Pieces of a picture of conductivity, or tortuosity, against porosity; each draws into axes and returns them."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, PercentFormatter
from numpy.typing import ArrayLike

from electrosim.base import plot_style
from electrosim.correlations.limits import isotropic_upper_bound
from electrosim.correlations.literature import Published, literature

Quantity = Literal["relative_conductivity", "tortuosity"]

POINTS = "#3b3b40"
LAW = "#1b6ca8"
OTHERS = ("#d1701c", "#4a8f3c", "#8a4f9e", "#b23a48", "#5f7f8c")
PUBLISHED_CURVE = {"Bruggeman": "black", "Prasad": "#888888", "Ge": "#c9a227"}
PUBLISHED_POINT = {
    "Stephenson 63:37": ("v", "#b23a48"),
    "Stephenson 46:54": ("^", "#b23a48"),
    "Vierrath": ("D", "#4a8f3c"),
    "Prifling network": ("s", "#8a4f9e"),
    "Prifling EDX": ("P", "#8a4f9e"),
}


def _shown(quantity: Quantity, porosity: Any, conductivity: Any) -> Any:
    """Return what is drawn upwards."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(conductivity) if quantity == "relative_conductivity" else porosity / np.asarray(conductivity)


def points(
    axes: Axes,
    porosity: ArrayLike,
    conductivity: ArrayLike,
    deviation: ArrayLike | None = None,
    *,
    quantity: Quantity = "relative_conductivity",
    label: str = "points",
) -> Axes:
    """Draw points, with their standard deviation over directions if there is one."""
    eps, s = np.asarray(porosity, float), np.asarray(conductivity, float)
    spread = np.zeros_like(s) if deviation is None else np.nan_to_num(np.asarray(deviation, float))
    if quantity == "tortuosity":
        conducts = s > 0
        eps, s, spread = eps[conducts], s[conducts], spread[conducts]
        spread = eps / s * np.minimum(spread / s, 1.0)
    axes.errorbar(
        eps, _shown(quantity, eps, s), spread, fmt="o", ms=4, color=POINTS, elinewidth=0.8, alpha=0.75, label=label
    )
    return axes


def law(
    axes: Axes,
    porosity: ArrayLike,
    conductivity: ArrayLike,
    *,
    band: tuple[ArrayLike, ArrayLike] | None = None,
    quantity: Quantity = "relative_conductivity",
    label: str = "",
    color: str = LAW,
    **style: Any,
) -> Axes:
    """Draw a law and, if given, a band around it."""
    eps = np.asarray(porosity, float)
    if band is not None:
        lower, upper = (_shown(quantity, eps, end) for end in band)
        axes.fill_between(eps, lower, upper, color=color, alpha=0.16, linewidth=0, label=f"{label}, prediction band")
    axes.plot(eps, _shown(quantity, eps, conductivity), color=color, label=label, **style)
    return axes


def published(axes: Axes, *, quantity: Quantity = "relative_conductivity", lowest: float = 0.1) -> Axes:
    """Draw the literature's curves within their ranges, from a lowest porosity on, and those points that have one."""
    for item in literature():
        if item.alpha is not None and item.gamma is not None and item.porosity is not None:
            eps = np.linspace(max(item.porosity[0], lowest), item.porosity[1], 200)
            style: dict[str, Any] = {"ls": "--", "lw": 1.2, "color": PUBLISHED_CURVE[item.label]}
            axes.plot(eps, _shown(quantity, eps, item.gamma * eps**item.alpha), label=item.label, **style)
        elif item.porosity is not None:
            _published_point(axes, item, item.porosity[0], quantity)
    return axes


def _published_point(axes: Axes, item: Published, porosity: float, quantity: Quantity) -> None:
    """Draw a range of conductivity at one porosity."""
    marker, color = PUBLISHED_POINT[item.label]
    ends = _shown(quantity, porosity, np.array(item.conductivity))
    middle = float(ends.mean())
    reach = float(np.abs(ends - middle).max())
    axes.errorbar(
        porosity, middle, reach or None, fmt=marker, ms=6, mfc="none", color=color, capsize=3, label=item.label
    )


def bound(axes: Axes, *, quantity: Quantity = "relative_conductivity", lowest: float = 0.01) -> Axes:
    """Shade what no isotropic sample reaches."""
    eps = np.linspace(lowest, 1, 300)
    limit = _shown(quantity, eps, isotropic_upper_bound(eps))
    far = np.full_like(eps, 10.0 if quantity == "relative_conductivity" else 1e-3)
    axes.fill_between(eps, limit, far, color="#dddddd", alpha=0.6, linewidth=0, label="beyond the isotropic bound")
    return axes


def tidy(axes: Axes, title: str, ylabel: str, *, logarithmic: bool) -> Axes:
    """Set scales and words; porosity in per cent."""
    axes.set(title=title, xlabel="porosity", ylabel=ylabel)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    if logarithmic:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    plot_style.tidy(axes)
    return axes
