"""Volumes and cutouts as variables of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.conduction.problem import AXES
from electrosim.cutouts.problem import Problem
from electrosim.cutouts.transport import CONDITIONS, SHIFTS

Record = Mapping[str, NDArray[Any]]

RULES = ("share of macropores", "centre inside", "image closing")
"""When a cutout is dropped; the first is the one that counts."""


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
        With dimension `volume`.
    """

    def each(name: str, units: str, words: str) -> tuple[Any, ...]:
        return variable("volume", np.array([found[name] for found in surveys]), units, words)

    found, known, both = (
        np.array([float(record[name]) for record in surveys]) for name in ("found", "known", "found_and_known")
    )
    count = [len(record["corner"]) for record in surveys]
    group_count = [len(np.unique(record["overlap_group"])) for record in surveys]
    edge = problem.voxel_size
    return {
        "volume": variable("volume", np.arange(1, len(surveys) + 1), "1", "number of the volume"),
        "volume_extent": variable(
            ("volume", "direction"), np.array([record["shape"] for record in surveys]) * edge, "m", "edges of the volume"
        ),
        "volume_sha256": variable("volume", [str(record["checksum"]) for record in surveys], "1", "checksum of the labels"),
        "volume_porosity": each("pores", "1", "share of all pores in the volume"),
        "volume_solid": each("solid", "1", "share of the solid of the carbon-binder domain in the volume"),
        "candidates": each("candidates", "1", "places where a cutout fits"),
        "cutouts_in_volume": variable("volume", count, "1", "cutouts taken out of the volume"),
        "groups_in_volume": variable("volume", group_count, "1", "groups of overlapping cutouts"),
        "macropore_precision": variable(
            "volume", _share(both, found), "1", "share of macropore voxels found in cutouts that are macropores"
        ),
        "macropore_recall": variable(
            "volume", _share(both, known), "1", "share of macropore voxels in cutouts that are found"
        ),
        "map": variable(("volume", "map_x", "map_y"), _stacked([record["map"] for record in surveys]), "1",
                        "plane along z that meets most cutouts: 0 solid, 1 pore, 3 other"),
        "map_position": variable("volume", (np.array([int(r["map_plane"]) for r in surveys]) + 0.5) * edge, "m",
                                 "position of that plane along z"),
        "map_pixel": variable("volume", np.array([int(r["map_step"]) for r in surveys]) * edge, "m",
                              "edge of a pixel of the map"),
    }  # fmt: skip


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

    size, edge, rule = problem.selection.size, problem.voxel_size, problem.macropores
    conductivity = stacked("relative_conductivity")
    porosity, share = joined("porosity"), joined("macropore_share")
    opened = stacked("opened_share")
    dropped = np.stack([share > rule.share, joined("macropore_centred"), opened > rule.share], axis=1)
    mean = conductivity.mean(axis=1)
    deviation = conductivity.std(axis=1, ddof=1)
    groups = [found["overlap_group"] for found in surveys]
    before = np.cumsum([0, *(int(group.max(initial=-1)) + 1 for group in groups)])
    both = ("cutout", "direction")
    of_conditions = ("cutout", "direction", "condition")
    return {
        "cutout": variable("cutout", np.arange(1, len(cutouts) + 1), "1", "number of the cutout"),
        "direction": variable("direction", list(AXES), "1", "direction of the current"),
        "condition": variable("condition", list(CONDITIONS), "1", "what drives the current"),
        "rule": variable("rule", list(RULES), "1", "when a cutout is dropped"),
        "shift": variable("shift", np.array(SHIFTS) * edge, "m", "how far the surface of the pores is moved"),
        "cutout_volume": variable("cutout", np.repeat(np.arange(1, len(surveys) + 1), [len(g) for g in groups]), "1",
                                  "volume that the cutout lies in"),
        "position": variable(both, (joined("corner") + size / 2) * edge, "m", "centre of the cutout"),
        "cutout_edge": variable((), size * edge, "m", "edge of a cutout"),
        "overlap_group": variable("cutout", np.concatenate([g + b for g, b in zip(groups, before, strict=False)]), "1",
                                  "group of overlapping cutouts that it belongs to"),
        "porosity": variable("cutout", porosity, "1", "share of all pores in the cutout"),
        "percolating_porosity": variable(both, stacked("percolating_porosity"), "1", "share of the pores on a path"),
        "macropore_share": variable("cutout", share, "1", "share of the cutout that macropores fill"),
        "known_macropore_share": variable("cutout", joined("known_macropore_share"), "1",
                                          "share of the cutout that macropores fill, as the volume knows it"),
        "opened_share": variable("cutout", opened, "1", "share of the cutout that image closing leaves open"),
        "pore_regions": variable("cutout", joined("pore_regions"), "1", "pore regions that reach into the cutout"),
        "widest_pore": variable("cutout", joined("widest_pore"), "m", "largest inscribed diameter of one of them"),
        "surroundings_clipped": variable("cutout", joined("surroundings_clipped"), "1",
                                         "share of the surroundings that lies beyond the volume"),
        "macropore_limit": variable((), rule.share, "1", "share of macropores above which a cutout is dropped"),
        "kept": variable("cutout", ~dropped[:, 0], "1", "whether the cutout passes the filter"),
        "kept_by_rule": variable(("cutout", "rule"), ~dropped, "1", "whether it passes by each rule"),
        "cutout_solved": variable("cutout", stacked("converged"), "1", "whether every solve of it reached its tolerance"),
        "relative_conductivity": variable(both, conductivity[..., 0], "1",
                                          "effective over bulk ionic conductivity, constant current"),
        "tortuosity": variable(both, over(porosity[:, None], conductivity[..., 0]), "1", "tortuosity tau = eps/s of it"),
        "conductivity_by_condition": variable(of_conditions, conductivity, "1", "effective over bulk ionic conductivity"),
        "mean_conductivity": variable(("cutout", "condition"), mean, "1", "mean of it over the directions"),
        "conductivity_deviation": variable(("cutout", "condition"), deviation, "1", "standard deviation over the directions"),
        "anisotropy": variable(("cutout", "condition"), _share(deviation, mean), "1",
                               "standard deviation over directions over their mean"),
        "beyond_isotropic_bound": variable("cutout", mean[:, 0] > 2 * porosity / (3 - porosity), "1",
                                           "whether the mean exceeds 2 eps/(3 - eps), the bound of isotropic media"),
        "electronic_conductivity": variable(both, stacked("electronic_conductivity"), "1",
                                            "effective conductivity of the solid over its own"),
        "moved_porosity": variable(("cutout", "shift"), stacked("moved_porosity"), "1", "porosity with the surface moved"),
        "moved_conductivity": variable(("cutout", "direction", "shift"), stacked("moved_conductivity"), "1",
                                       "relative conductivity with the surface moved"),
        "section": variable(("cutout", "section_x", "section_y"), joined("section"), "1",
                            "middle plane along z: 0 solid, 1 pore, 2 macropore"),
    }  # fmt: skip


def over(numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a quotient, infinite where the denominator is zero: a tortuosity without a path."""
    numerator = np.broadcast_to(numerator, denominator.shape)
    result = np.full(denominator.shape, np.inf)
    np.divide(numerator, denominator, out=result, where=denominator > 0)
    return result


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a quotient, NaN where there is nothing to divide by."""
    result = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result


def _stacked(maps: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Return maps of different sizes as one array, filled up with what is no part of a volume."""
    shape = np.max([one.shape for one in maps], axis=0)
    filled = np.full((len(maps), *shape), 255, np.uint8)
    for number, one in enumerate(maps):
        filled[number, : one.shape[0], : one.shape[1]] = one
    return filled
