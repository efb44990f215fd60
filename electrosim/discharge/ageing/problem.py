"""What a cell goes through while it ages: cycles, check-ups and the opening at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from electrosim.base.errors import InputError
from electrosim.discharge.ageing.cycling import Cycling
from electrosim.discharge.ageing.jumps import CycleJumps
from electrosim.discharge.ageing.laws import Laws
from electrosim.materials.electrochemical import LithiumMetal


@dataclass(frozen=True)
class PostMortem:
    """Cells with the positive electrode before and after, fresh electrolyte and lithium, which are cycled once.

    Parameters
    ----------
    metal : LithiumMetal
        The fresh counter electrode.
    cycling : Cycling
        Of the slow cycle.
    """

    metal: LithiumMetal
    cycling: Cycling


@dataclass(frozen=True)
class Ageing:
    """Long cycling of a cell.

    Parameters
    ----------
    cycling : Cycling
        What ages the cell.
    cycles : int
        How many.
    laws : Laws
        How it does.
    check_up : Cycling
        Of the slow cycles that measure what is left; they do not age the cell.
    check_every : int
        After how many cycles, and before the first one.
    post_mortem : PostMortem or None
        What is measured against lithium in the end.
    jumps : CycleJumps
        Which cycles are resolved.

    Raises
    ------
    InputError
        If a number of cycles is not positive.
    """

    cycling: Cycling
    cycles: int
    laws: Laws
    check_up: Cycling
    check_every: int
    post_mortem: PostMortem | None = None
    jumps: CycleJumps = field(default_factory=CycleJumps)

    def __post_init__(self) -> None:
        """Check what is given."""
        for key in ("cycles", "check_every"):
            if getattr(self, key) < 1:
                raise InputError(f"{key} = {getattr(self, key)}: must be at least 1", ("ageing", key))

    @property
    def checks(self) -> tuple[int, ...]:
        """After how many cycles the cell is checked, before the first one and after the last one too."""
        return (*range(0, self.cycles, self.check_every), self.cycles)
