"""What a recipe is asked for: slurries, and a dry coating."""

from __future__ import annotations

from dataclasses import dataclass

from electrosim.base.errors import InputError
from electrosim.recipe.coating import Coating
from electrosim.recipe.slurry import Slurry


@dataclass(frozen=True)
class Problem:
    """Slurries by name and a coating; at least one of either.

    Parameters
    ----------
    slurries : tuple of (str, Slurry)
        Slurries, each with the series to which it belongs.
    coating : Coating, optional
        A dry coating.
    specific_capacity : float, optional
        Nominal, of the active material [C kg-1].

    Raises
    ------
    InputError
        If there is neither a slurry nor a coating.
    """

    slurries: tuple[tuple[str, Slurry], ...] = ()
    coating: Coating | None = None
    specific_capacity: float | None = None

    def __post_init__(self) -> None:
        """Check once."""
        if not self.slurries and self.coating is None:
            raise InputError("there is neither a slurry nor an electrode; add one of the two")
