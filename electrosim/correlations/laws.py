"""All laws by name: of relative conductivity against porosity, and of capacity against rate."""

from __future__ import annotations

from collections.abc import Mapping

from electrosim.base.errors import InputError, nearest
from electrosim.correlations.conductivity_laws import CONDUCTIVITY_LAWS
from electrosim.correlations.law import Law
from electrosim.correlations.rate_laws import RATE_LAWS

LAWS = CONDUCTIVITY_LAWS | RATE_LAWS
"""All laws by name."""


def find_law(name: str, among: Mapping[str, Law] = LAWS) -> Law:
    """Return a law by its name, `among` all or some.

    Raises
    ------
    InputError
        If there is none; the sentence names the nearest.
    """
    if name not in among:
        raise InputError(f'"{name}" is not a correlation; {nearest(name, among)}', ("correlations",))
    return among[name]
