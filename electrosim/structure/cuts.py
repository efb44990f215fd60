"""What is drawn of the plane in the middle of the image, across z."""

from __future__ import annotations

from typing import Any

from electrosim.base.result import variable
from electrosim.structure.problem import Problem

_DRAWN = ("local_thickness", "intrusion_diameter", "pore_region")


def cut_variables(problem: Problem, found: dict[str, Any]) -> dict[str, Any]:
    """Return the phases in the middle plane, and what of the fields of all voxels was found.

    Parameters
    ----------
    problem : Problem
        The labelled volume.
    found : dict of str to variables
        All that was found.
    """
    middle = problem.image.shape[2] // 2
    cuts = {
        "phase_cut": variable(("x", "y"), problem.phase_number[:, :, middle], "1", "number of the phase in the middle")
    }
    for name in _DRAWN:
        if name in found:
            _, values, attributes = found[name]
            words = f"{attributes['long_name']}, in the middle"
            cuts[f"{name}_cut"] = variable(("x", "y"), values[:, :, middle], attributes["units"], words)
    return cuts
