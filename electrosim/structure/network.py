"""The pore space as a network of pores and throats, and what the network conducts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.memory import check_memory
from electrosim.base.observer import Observer
from electrosim.base.result import variable
from electrosim.structure.analysis import Network
from electrosim.structure.problem import Problem
from electrosim.structure.regions import PoreRegions, pore_regions
from electrosim.voxels.guarded_porespy import guarded_porespy

_BOUNDARY = 3  # voxels that each face is extended by to make its boundary pores; PoreSpy's default
_BYTES_PER_VOXEL = 45  # of the extended image: regions twice, phases, distance; 36 were measured on 200^3

Extracted = dict[str, NDArray[Any]]


def network_variables(problem: Problem, network: Network, observer: Observer) -> dict[str, Any]:
    """Return the network that SNOW2 makes of the pore space.

    Each region of `regions.pore_regions` is a pore, each face that two regions share a throat. For the conductance,
    boundary pores are added on all faces of the image; they are not among the pores and throats returned.

    Parameters
    ----------
    problem : Problem
        The labelled volume.
    network : Network
        Parameters of the partition.
    observer : callable
        Hears the progress.

    Returns
    -------
    dict of str to variables
        With dimension `pore`: `pore_centre` [m] (and `axis`), `pore_volume` [m3], `pore_inscribed_diameter` [m],
        `coordination`; with dimension `throat`: `throat_pores` (and `end`), `throat_inscribed_diameter` [m],
        `throat_area` [m2], `throat_length` [m] from pore centre to pore centre by way of the throat; `pores`,
        `throats`, `mean_coordination`; with dimension `axis`: `network_relative_conductivity`, the effective
        conductivity over that of what fills the pores; `pore_region`, the region of each voxel, with x, y, z.

    Raises
    ------
    InputError
        If the memory does not suffice.

    References
    ----------
    J. T. Gostick, Phys. Rev. E 96 (2017) 023307, doi:10.1103/PhysRevE.96.023307 (SNOW); J. Gostick et al., Comput.
    Sci. Eng. 18 (2016) 60, doi:10.1109/MCSE.2016.49 (OpenPNM).
    """
    observer("parting the pore space", 0.0)
    regions = pore_regions(
        problem.pore_space, problem.edge, peak_radius=network.peak_radius, smoothing=network.smoothing
    )
    return network_of(problem, regions, observer)


def network_of(problem: Problem, regions: PoreRegions, observer: Observer) -> dict[str, Any]:
    """Return the network of regions that are known; see `network_variables`."""
    observer("pores and throats", 0.0)
    extracted = _extract(problem, regions)
    side = _sides(extracted, problem)
    observer("conductance of the network", 0.0)
    conductivity = np.array([_conductivity(extracted, side, problem, axis) for axis in range(3)])
    inner = np.asarray(~side.any(axis=(0, 1)))
    return (
        _pore_variables(regions, extracted, inner)
        | _throat_variables(extracted, inner)
        | {
            "network_relative_conductivity": variable(
                "axis", conductivity, "1", "effective conductivity of the network over that of what fills the pores"
            ),
            "pore_region": variable(("x", "y", "z"), regions.labels, "1", "number of the pore that a voxel is part of"),
        }
    )


def _extract(problem: Problem, regions: PoreRegions) -> Extracted:
    """Return PoreSpy's network of the regions, with boundary pores on all faces."""
    extended = int(np.prod([size + 2 * _BOUNDARY for size in problem.image.shape]))
    check_memory(_BYTES_PER_VOXEL * extended, f"extracting the network of {problem.image.size} voxels")
    labels = _with_boundary(regions)
    with guarded_porespy() as porespy:
        network: Extracted = porespy.networks.regions_to_network(
            labels, phases=(labels > 0).astype(np.int8), voxel_size=problem.edge, accuracy="standard"
        )
    inner = (network["throat.conns"] < len(regions.volume)).any(axis=1)  # the others would be paths along a face
    return {name: values[inner] if name.startswith("throat") else values for name, values in network.items()}


def _with_boundary(regions: PoreRegions) -> NDArray[np.int32]:
    """Return the regions, each continued beyond each face that it meets by a region of its own: its boundary pore.

    PoreSpy's `add_boundary_regions` first strips the rims of all regions, so that small ones get no boundary pore.
    """
    labels = np.pad(regions.labels, _BOUNDARY, mode="edge")
    outside = np.zeros(labels.shape, np.int8)
    for axis in range(3):
        for side, face in enumerate((slice(None, _BOUNDARY), slice(-_BOUNDARY, None))):
            place = (slice(None),) * axis + (face,)
            labels[place] += np.int32((2 * axis + side + 1) * len(regions.volume)) * (labels[place] > 0)
            outside[place] += 1
    labels[outside > 1] = 0
    return labels


def _sides(network: Extracted, problem: Problem) -> NDArray[np.bool_]:
    """Return which pores are the boundary pores of each face; shape (3, 2, pores).

    Told from where they lie. PoreSpy's own labels take the outermost pores along an axis, also where none is a
    boundary pore since no pore meets that face.
    """
    place = network["pore.coords"].T / problem.edge - _BOUNDARY + 0.5
    return np.stack([place < 0, place > np.array(problem.image.shape)[:, None]], axis=1)


def _pore_variables(regions: PoreRegions, network: Extracted, inner: NDArray[np.bool_]) -> dict[str, Any]:
    """Return what there is to say about the pores; the extraction numbers them as `regions` does."""
    ends = network["throat.conns"]
    within = inner[ends].all(axis=1)
    coordination = np.bincount(ends[within].ravel(), minlength=inner.size)[inner]
    return {
        "pore_centre": variable(("pore", "axis"), regions.centre, "m", "centre of mass of a pore"),
        "pore_volume": variable("pore", regions.volume, "m3", "volume of a pore"),
        "pore_inscribed_diameter": variable("pore", regions.inscribed_diameter, "m", "largest ball inside a pore"),
        "coordination": variable("pore", coordination, "1", "throats of a pore"),
        "pores": variable((), len(regions.volume), "1", "number of pores"),
        "mean_coordination": variable((), coordination.mean(), "1", "mean number of throats of a pore"),
    }


def _throat_variables(network: Extracted, inner: NDArray[np.bool_]) -> dict[str, Any]:
    """Return what there is to say about the throats between pores that are not boundary pores."""
    within = inner[network["throat.conns"]].all(axis=1)
    numbers = np.cumsum(inner) - 1
    ends = numbers[network["throat.conns"][within]]
    diameter, area, length = (
        network[f"throat.{name}"][within] for name in ("inscribed_diameter", "cross_sectional_area", "total_length")
    )
    return {
        "throat_pores": variable(("throat", "end"), ends, "1", "the two pores of a throat, counted from 0"),
        "throat_inscribed_diameter": variable("throat", diameter, "m", "largest ball that passes a throat"),
        "throat_area": variable("throat", area, "m2", "area of a throat in voxel faces"),
        "throat_length": variable("throat", length, "m", "distance of the pores of a throat by way of its middle"),
        "throats": variable((), len(ends), "1", "number of throats"),
    }


def _conductivity(network: Extracted, side: NDArray[np.bool_], problem: Problem, axis: int) -> float:
    """Return the effective conductivity along an axis over that of the pores, by OpenPNM.

    As in OpenPNM's own example of an extracted network: pores as wide as balls of their volume, throats as wide as
    their inscribed ball, truncated pyramids and cuboids between them, fixed potentials at the boundary pores.
    """
    kept = _joining(network, *side[axis])
    if not kept.any():
        return 0.0
    with guarded_porespy():  # OpenPNM and what it imports change the same global things
        import openpnm

        part = openpnm.io.network_from_porespy(network)
        try:
            part["pore.diameter"] = part["pore.equivalent_diameter"]
            part["throat.diameter"] = part["throat.inscribed_diameter"]
            part["throat.spacing"] = part["throat.total_length"]
            part["pore.inlet"], part["pore.outlet"] = side[axis]
            openpnm.topotools.trim(network=part, pores=np.flatnonzero(~kept))
            part.add_model(
                propname="throat.diffusive_size_factors",
                model=openpnm.models.geometry.diffusive_size_factors.pyramids_and_cuboids,
            )
            filling = openpnm.phase.Phase(network=part)
            filling["pore.electrical_conductivity"] = filling["throat.electrical_conductivity"] = 1.0
            filling.add_model(
                propname="throat.electrical_conductance",
                model=openpnm.models.physics.electrical_conductance.generic_electrical,
                size_factors="throat.diffusive_size_factors",
            )
            conduction = openpnm.algorithms.OhmicConduction(network=part, phase=filling)
            conduction.set_value_BC(pores=part.pores("inlet"), values=1.0)
            conduction.set_value_BC(pores=part.pores("outlet"), values=0.0)
            conduction.run()
            current = float(conduction.rate(pores=part.pores("inlet"))[0])
        finally:
            openpnm.Workspace().close_project(part.project)
    shape = problem.image.shape
    length = shape[axis] + _BOUNDARY  # between the middles of the boundary pores
    return float(current * length / (problem.image.size / shape[axis] * problem.edge))


def _joining(network: Extracted, inlet: NDArray[np.bool_], outlet: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which pores belong to a part of the network that joins inlet and outlet."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    one, other = network["throat.conns"].T
    links = coo_array((np.ones(one.size), (one, other)), shape=(inlet.size, inlet.size))
    count, cluster = connected_components(links, directed=False)
    joins = np.zeros((2, count), bool)
    joins[0, cluster[inlet]] = joins[1, cluster[outlet]] = True
    return np.asarray((joins[0] & joins[1])[cluster])
