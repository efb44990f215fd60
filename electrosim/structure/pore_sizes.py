"""Local thickness of the pore space and its distribution, the continuous pore-size distribution."""

from __future__ import annotations

from typing import Any

from electrosim.base.result import variable
from electrosim.structure.problem import Problem
from electrosim.structure.size_classes import Distance, Radii, sorted_into
from electrosim.voxels.guarded_porespy import guarded_porespy


def size_variables(problem: Problem, radii: Radii, distance: Distance) -> dict[str, Any]:
    """Return the pore sizes.

    The local thickness of a voxel is the diameter of the largest ball that fits into the pore space and covers it
    (Hildebrand and Rueegsegger); the share of the pore space of at least a thickness is the continuous pore-size
    distribution (Muench and Holzer). PoreSpy returns radii in voxels; here all sizes are diameters in m.

    Parameters
    ----------
    problem : Problem
        The labelled volume.
    radii : ndarray of int
        Radii to tell apart [voxels].
    distance : ndarray of float32
        As `size_classes.distance_to_solid` returns it.

    Returns
    -------
    dict of str to variables
        With dimension `size_class`: `diameter_lower`, `diameter_upper` [m], `pore_size_cumulative`,
        `pore_size_per_decade`; `pore_diameter_mean` and the diameters `pore_diameter_10`, `_50`, `_90` [m] below which
        10, 50 and 90 % of the pore volume lie; `local_thickness` [m] with dimensions x, y, z.

    References
    ----------
    T. Hildebrand, P. Rueegsegger, J. Microsc. 185 (1997) 67, doi:10.1046/j.1365-2818.1997.1340694.x;
    B. Muench, L. Holzer, J. Am. Ceram. Soc. 91 (2008) 4059, doi:10.1111/j.1551-2916.2008.02736.x.
    """
    with guarded_porespy() as porespy:
        # its default method, brute force, is exact for all radii and takes minutes where this one takes seconds
        sizes, index = porespy.filters.local_thickness(
            problem.pore_space, dt=distance, method="dt", sizes=radii.tolist(), return_indices=True
        )
    found = sorted_into(problem, radii, sizes, index)
    mean = found.voxels @ found.middle / found.voxels.sum()
    words = "share of the pore space covered by balls of at least the smallest diameter of a class"
    variables = found.variables() | {
        "pore_size_cumulative": variable("size_class", found.cumulative, "1", words),
        "pore_size_per_decade": variable("size_class", found.per_decade, "1", "share of the pore space per decade"),
        "pore_diameter_mean": variable((), mean, "m", "mean pore diameter, weighted by volume"),
        "local_thickness": variable(("x", "y", "z"), found.image(), "m", "diameter of the largest ball that covers"),
    }
    for per_cent in (10, 50, 90):
        words = f"pore diameter below which {per_cent} % of the pore volume lie"
        diameter = found.diameter_of(1 - per_cent / 100)
        variables[f"pore_diameter_{per_cent}"] = variable((), diameter, "m", words)
    return variables
