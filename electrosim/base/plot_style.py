"""How all pictures look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, ORANGE, GREY = "#1b6ca8", "#d1701c", "#5b6470"


def tidy(axes: Axes, grid: Literal["both", "x", "y"] = "both") -> None:
    """Draw a faint grid and no frame above and to the right."""
    axes.grid(axis=grid, alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
