"""Mercury intrusion into the pore space, voxel by voxel."""

from __future__ import annotations

from typing import Any

import numpy as np

from electrosim.base.result import variable
from electrosim.structure.analysis import FACES, Porosimetry
from electrosim.structure.problem import Problem
from electrosim.structure.size_classes import Distance, Radii, sorted_into
from electrosim.voxels.guarded_porespy import guarded_porespy


def intrusion_variables(problem: Problem, radii: Radii, distance: Distance, porosimetry: Porosimetry) -> dict[str, Any]:
    """Return the intrusion curve.

    At a pressure p mercury fills what balls of the Washburn diameter D = -4 gamma cos(theta) / p cover on their way in
    from the given faces. A wide pore behind a narrow throat so counts with the diameter of the throat, unlike in the
    pore-size distribution. The faces themselves are open over their pores. No air is trapped: the sample is evacuated
    before.

    Parameters
    ----------
    problem : Problem
        The labelled volume.
    radii : ndarray of int
        Radii to tell apart [voxels].
    distance : ndarray of float32
        As `size_classes.distance_to_solid` returns it.
    porosimetry : Porosimetry
        Contact angle, surface tension and faces.

    Returns
    -------
    dict of str to variables
        With dimension `size_class`: `diameter_lower`, `diameter_upper` [m], `intrusion_pressure` [Pa] for the smallest
        diameter of a class, `intruded_share` of the pore space at that pressure, `intrusion_per_decade` (log-
        differential); `accessible_share`; `intrusion_diameter_median` [m], at which half of that is filled;
        `intrusion_diameter` [m] of each voxel with dimensions x, y, z, 0 where mercury does not come.

    References
    ----------
    PoreSpy's `porosimetry`: Gostick et al., J. Open Source Softw. 4 (2019) 1296, doi:10.21105/joss.01296.
    """
    inlets = np.zeros(problem.image.shape, bool)
    for face in porosimetry.faces:
        axis, side = divmod(FACES.index(face), 2)
        inlets[(slice(None),) * axis + (-side,)] = True
    with guarded_porespy() as porespy:
        sizes, index = porespy.filters.porosimetry(
            problem.pore_space, dt=distance, inlets=inlets, sizes=radii.tolist(), method="dt", return_indices=True
        )
    found = sorted_into(problem, radii, sizes, index)
    pressure = np.array([porosimetry.pressure(diameter) for diameter in found.lower])
    share = found.cumulative
    median, where = found.diameter_of(0.5), "diameter at which mercury fills a voxel"
    return found.variables() | {
        "intrusion_pressure": variable("size_class", pressure, "Pa", "pressure for the smallest diameter of a class"),
        "intruded_share": variable("size_class", share, "1", "share of the pore space filled at that pressure"),
        "intrusion_per_decade": variable("size_class", found.per_decade, "1", "share filled per decade of diameter"),
        "accessible_share": variable((), share[0], "1", "share of the pore space that mercury reaches"),
        "intrusion_diameter_median": variable((), median, "m", "diameter at which half of that is filled"),
        "intrusion_diameter": variable(("x", "y", "z"), found.image(), "m", where),
    }
