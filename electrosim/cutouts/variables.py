"""Volumes and cutouts as variables of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.conduction.problem import AXES
from electrosim.cutouts.macropores import OTHER_DIAMETERS
from electrosim.cutouts.problem import Problem
from electrosim.cutouts.transport import CONDITIONS, SHIFTS

Record = Mapping[str, NDArray[Any]]

RULES = ("share of macropores", "centre inside", "image closing")
"""When a cutout is dropped; the first is the one that counts."""

_DIRECTION = ("cutout", "direction")
_CONDITION = ("cutout", "condition")
_SHIFT = ("cutout", "shift")
_VOLUMES = {
    "volume": ("volume", "1", "number of the volume"),
    "volume_extent": (("volume", "direction"), "m", "edges of the volume"),
    "volume_sha256": ("volume", "1", "checksum of the labels"),
    "volume_porosity": ("volume", "1", "share of all pores in the volume"),
    "volume_solid": ("volume", "1", "share of the solid of the carbon-binder domain in the volume"),
    "candidates": ("volume", "1", "places where a cutout fits"),
    "cutouts_in_volume": ("volume", "1", "cutouts taken out of the volume"),
    "groups_in_volume": ("volume", "1", "groups of overlapping cutouts"),
    "macropore_precision": ("volume", "1", "share of macropore voxels found in cutouts that are macropores"),
    "macropore_recall": ("volume", "1", "share of macropore voxels in cutouts that are found"),
    "map": (("volume", "map_x", "map_y"), "1", "plane that meets most cutouts kept: 0 solid, 1 pore, 3 other"),
    "map_position": ("volume", "m", "position of that plane along z"),
    "map_pixel": ("volume", "m", "edge of a pixel of the map"),
}
_CUTOUTS = {
    "cutout": ("cutout", "1", "number of the cutout"),
    "direction": ("direction", "1", "direction of the current"),
    "condition": ("condition", "1", "what drives the current"),
    "rule": ("rule", "1", "when a cutout is dropped"),
    "shift": ("shift", "m", "how far the surface of the pores is moved"),
    "cutout_edge": ((), "m", "edge of a cutout"),
    "macropore_limit": ((), "1", "share of macropores above which a cutout is dropped"),
    "cutout_volume": ("cutout", "1", "volume that the cutout lies in"),
    "position": (_DIRECTION, "m", "centre of the cutout"),
    "overlap_group": ("cutout", "1", "group of overlapping cutouts that it belongs to"),
    "porosity": ("cutout", "1", "share of all pores in the cutout"),
    "percolating_porosity": (_DIRECTION, "1", "share of the pores on a path"),
    "macropore_share": ("cutout", "1", "share of the cutout that macropores fill"),
    "macropore_diameter": ("macropore_diameter", "m", "inscribed diameter above which a pore is a macropore"),
    "macropore_share_by_diameter": (("cutout", "macropore_diameter"), "1", "share that pores above a diameter fill"),
    "known_macropore_share": ("cutout", "1", "share that macropores fill, as the volume knows it"),
    "opened_share": ("cutout", "1", "share of the cutout that image closing leaves open"),
    "pore_regions": ("cutout", "1", "pore regions that reach into the cutout"),
    "widest_pore": ("cutout", "m", "largest inscribed diameter of one of them"),
    "surroundings_clipped": ("cutout", "1", "share of the surroundings that lies beyond the volume"),
    "kept": ("cutout", "1", "whether the cutout passes the filter"),
    "kept_by_rule": (("cutout", "rule"), "1", "whether it passes by each rule"),
    "cutout_solved": ("cutout", "1", "whether every solve of it reached its tolerance"),
    "relative_conductivity": (_DIRECTION, "1", "effective over bulk ionic conductivity, constant current"),
    "tortuosity": (_DIRECTION, "1", "tortuosity tau = eps/s of it"),
    "conductivity_by_condition": ((*_DIRECTION, "condition"), "1", "effective over bulk ionic conductivity"),
    "mean_conductivity": (_CONDITION, "1", "mean of it over the directions"),
    "conductivity_deviation": (_CONDITION, "1", "standard deviation of it over the directions"),
    "anisotropy": (_CONDITION, "1", "standard deviation over directions over their mean"),
    "beyond_isotropic_bound": (
        "cutout",
        "1",
        "whether the mean exceeds 2 eps/(3 - eps), which no isotropic medium does",
    ),
    "electronic_conductivity": (_DIRECTION, "1", "effective conductivity of the solid over its own"),
    "moved_porosity": (_SHIFT, "1", "porosity with the surface moved"),
    "moved_conductivity": ((*_DIRECTION, "shift"), "1", "relative conductivity with the surface moved"),
    "section": (("cutout", "section_x", "section_y"), "1", "middle plane along z: 0 solid, 1 pore, 2 macropore"),
}


def volume_variables(problem: Problem, surveys: Sequence[Record]) -> dict[str, Any]:
    """Return what was found in each volume.

    Parameters
    ----------
    problem : Problem
        What was studied.
    surveys : sequence of records
        As `survey.survey` returns them.

    Returns
    -------
    dict of str to variables
        With dimension `volume`; scores of the filter are NaN where the macropores are not known.
    """

    def each(name: str) -> NDArray[Any]:
        return np.array([found[name] for found in surveys])

    edge, both = problem.voxel_size, each("found_and_known")
    return _named(
        _VOLUMES,
        volume=np.arange(1, len(surveys) + 1),
        volume_extent=each("shape") * edge,
        volume_sha256=each("checksum"),
        volume_porosity=each("pores"),
        volume_solid=each("solid"),
        candidates=each("candidates"),
        cutouts_in_volume=[len(found["corner"]) for found in surveys],
        groups_in_volume=[len(np.unique(found["overlap_group"])) for found in surveys],
        macropore_precision=_share(both, each("found")),
        macropore_recall=_share(both, each("known")),
        map=_stacked([found["map"] for found in surveys]),
        map_position=(each("map_plane") + 0.5) * edge,
        map_pixel=each("map_step") * edge,
    )


def cutout_variables(problem: Problem, surveys: Sequence[Record], cutouts: Sequence[Record]) -> dict[str, Any]:
    """Return what was found in each cutout.

    Parameters
    ----------
    problem : Problem
        What was studied.
    surveys : sequence of records
        As `survey.survey` returns them.
    cutouts : sequence of records
        As `transport.transport` returns them, in the order of volumes and of cutouts in them.

    Returns
    -------
    dict of str to variables
        With dimension `cutout`.
    """

    def joined(name: str) -> NDArray[Any]:
        return np.concatenate([found[name] for found in surveys])

    def stacked(name: str) -> NDArray[Any]:
        return np.stack([one[name] for one in cutouts])

    size, edge, limit = problem.selection.size, problem.voxel_size, problem.macropores.share
    conductivity, porosity = stacked("relative_conductivity"), joined("porosity")
    mean, deviation = conductivity.mean(axis=1), conductivity.std(axis=1, ddof=1)
    dropped = [joined("macropore_share") > limit, joined("macropore_centred"), stacked("opened_share") > limit]
    as_surveyed = (
        "macropore_share", "macropore_share_by_diameter", "known_macropore_share", "pore_regions", "widest_pore",
        "surroundings_clipped", "section",
    )  # fmt: skip
    as_solved = (
        "percolating_porosity", "opened_share", "electronic_conductivity", "moved_porosity", "moved_conductivity",
    )  # fmt: skip
    return _named(
        _CUTOUTS,
        cutout=np.arange(1, len(cutouts) + 1),
        direction=list(AXES),
        condition=list(CONDITIONS),
        rule=list(RULES),
        shift=np.array(SHIFTS) * edge,
        macropore_diameter=np.array(OTHER_DIAMETERS) * problem.macropores.diameter,
        cutout_edge=size * edge,
        macropore_limit=limit,
        cutout_volume=np.repeat(np.arange(1, len(surveys) + 1), [len(found["corner"]) for found in surveys]),
        position=(joined("corner") + size / 2) * edge,
        overlap_group=_numbered_on([found["overlap_group"] for found in surveys]),
        porosity=porosity,
        kept=~dropped[0],
        kept_by_rule=~np.stack(dropped, axis=1),
        cutout_solved=stacked("converged"),
        relative_conductivity=conductivity[..., 0],
        tortuosity=over(porosity[:, None], conductivity[..., 0]),
        conductivity_by_condition=conductivity,
        mean_conductivity=mean,
        conductivity_deviation=deviation,
        anisotropy=_share(deviation, mean),
        beyond_isotropic_bound=mean[:, 0] > 2 * porosity / (3 - porosity),
        **{name: joined(name) for name in as_surveyed},
        **{name: stacked(name) for name in as_solved},
    )


def over(numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a quotient, infinite where the denominator is zero: a tortuosity without a path."""
    numerator = np.broadcast_to(numerator, denominator.shape)
    result = np.full(denominator.shape, np.inf)
    np.divide(numerator, denominator, out=result, where=denominator != 0)
    return result


def _named(words: Mapping[str, tuple[Any, str, str]], **values: Any) -> dict[str, Any]:
    """Give values their dimensions, units and names in words, in the order of these."""
    return {name: variable(dims, values[name], units, text) for name, (dims, units, text) in words.items()}


def _share(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    """Return a quotient, NaN where there is nothing to divide by."""
    result = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result


def _numbered_on(groups: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Join group numbers so that no two volumes share one."""
    before = np.cumsum([0, *(int(group.max(initial=-1)) + 1 for group in groups[:-1])])
    return np.concatenate([group + shift for group, shift in zip(groups, before, strict=True)])


def _stacked(maps: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Return maps of different sizes as one array, filled up with what is no part of a volume."""
    shape = np.max([one.shape for one in maps], axis=0)
    filled = np.full((len(maps), *shape), 255, np.uint8)
    for number, one in enumerate(maps):
        filled[number, : one.shape[0], : one.shape[1]] = one
    return filled
