"""How much of each phase there is, and how far it hangs together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.memory import check_memory
from electrosim.base.result import variable
from electrosim.structure.problem import Problem

_BYTES_PER_VOXEL = 14  # phase numbers, one mask, labels of its clusters twice


def share_variables(problem: Problem) -> dict[str, Any]:
    """Return volume fractions and connectivity.

    A cluster is a set of voxels of one phase joined through faces. The connected share of a phase along an axis is the
    share of its volume in clusters that touch both faces of the image across that axis; the isolated share is that in
    clusters that touch no face of the image at all. What touches some faces, but not two opposite ones, is neither: the
    image does not show where it leads.

    Parameters
    ----------
    problem : Problem
        The labelled volume.

    Returns
    -------
    dict of str to variables
        With dimension `phase`: `volume_fraction`, `isolated_share`, `largest_cluster_share`, `clusters`; with `phase`
        and `axis`: `connected_share`.

    Raises
    ------
    InputError
        If the memory does not suffice.
    """
    check_memory(_BYTES_PER_VOXEL * problem.image.size, f"finding the clusters of {problem.image.size} voxels")
    masks = (problem.phase_number == number for number in range(len(problem.names)))
    fraction, clusters, largest, isolated, connected = zip(*map(_clusters, masks), strict=True)
    words = "share of a phase in clusters that touch"
    return {
        "volume_fraction": variable("phase", np.array(fraction), "1", "volume fraction"),
        "connected_share": variable(
            ("phase", "axis"), np.array(connected), "1", f"{words} both faces of the image across an axis"
        ),
        "isolated_share": variable("phase", np.array(isolated), "1", f"{words} no face of the image"),
        "largest_cluster_share": variable("phase", np.array(largest), "1", "share of a phase in its largest cluster"),
        "clusters": variable("phase", np.array(clusters), "1", "number of clusters"),
    }


def _clusters(mask: NDArray[np.bool_]) -> tuple[float, int, float, float, list[float]]:
    """Return fraction, clusters, largest share, isolated share and, per axis, connected share of one phase."""
    import cc3d

    labels, count = cc3d.connected_components(mask, connectivity=6, binary_image=True, return_N=True)
    volume = cc3d.statistics(labels, no_slice_conversion=True)["voxel_counts"].astype(np.int64)
    volume[0] = 0  # of everything else
    total = int(volume.sum())
    touches = np.zeros((3, 2, count + 1), bool)
    for axis in range(3):
        for side, plane in enumerate((0, -1)):
            touches[axis, side, np.unique(labels.take(plane, axis))] = True
    connected = [volume[touches[axis].all(axis=0)].sum() / total for axis in range(3)]
    isolated = volume[~touches.any(axis=(0, 1))].sum() / total
    return total / mask.size, int(count), volume.max() / total, isolated, connected
