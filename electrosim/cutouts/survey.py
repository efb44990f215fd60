"""What is found in one volume before anything is solved: the cutouts, and the macropores in them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.observer import Observer
from electrosim.cutouts.macropores import OTHER_DIAMETERS, Pores, pores_of
from electrosim.cutouts.pore_sizes import diameters, pore_sizes
from electrosim.cutouts.problem import Labels, Problem, marked, sha256
from electrosim.cutouts.selection import candidates, groups, largest_cube, place
from electrosim.voxels.coarsen import coarsened

Record = dict[str, NDArray[Any]]

SOLID, PORE, MACROPORE, OTHER = 0, 1, 2, 3
"""Values of `section` and `map`."""

_MAP = 400  # pixels along the longer edge


def survey(problem: Problem, number: int, labels: Labels, rng: np.random.Generator, observer: Observer) -> Record:
    """Choose the cutouts of a volume and look their macropores up.

    Parameters
    ----------
    problem : Problem
        What is looked for.
    number : int
        Of the volume, from 0; the pore sizes of the first one are measured, if asked for.
    labels : ndarray, shape (nx, ny, nz)
        The volume.
    rng : numpy.random.Generator
        Of the choice.
    observer : callable
        Hears the progress.

    Returns
    -------
    dict of str to ndarray
        One row per cutout of `corner` (its first voxel), `overlap_group`, `porosity`, `macropore_share`,
        `macropore_share_by_diameter`, `known_macropore_share` (NaN where it is not known), `pore_regions`,
        `widest_pore` [m], `macropore_centred`, `surroundings_clipped` and `section` (its middle plane along z). For the
        volume `shape`, `checksum`, `candidates`, `largest_cutout` (0 if there are cutouts), shares of `pores` and
        `solid`, `map` (the plane along z that meets most cutouts kept) with `map_plane` and `map_step` [voxels], and
        the voxels of macropores in the cutouts: `found`, `known` and `found_and_known`; and what
        `pore_sizes.pore_sizes` finds.
    """
    size = problem.selection.size
    observer("choosing cutouts", 0.0, "candidates")
    pores = marked(labels, problem.pores)
    free = marked(labels, problem.solid)
    solid_share = np.count_nonzero(free) / free.size
    free |= pores
    candidate = candidates(free, size)
    observer("choosing cutouts", 0.5, "places")
    corner = place(candidate, problem.selection, rng)
    count = len(corner)
    observer("choosing cutouts", 1.0, f"{count} cutouts")
    record: Record = {
        "corner": corner,
        "overlap_group": groups(corner, size),
        "porosity": np.array([pores[_part(at, size)].mean() for at in corner]),
        "shape": np.array(labels.shape),
        "checksum": np.array(sha256(labels)),
        "candidates": np.array(np.count_nonzero(candidate)),
        "largest_cutout": np.array(0 if count else largest_cube(free)),
        "pores": np.array(pores.mean()),
        "solid": np.array(solid_share),
    }
    del free, candidate
    record |= _macropores(problem, labels, pores, corner, observer)
    kept = record["macropore_share"] <= problem.macropores.share
    record |= _map(problem, labels, corner[kept, 2] if kept.any() else corner[:, 2])
    factor = problem.macropores.coarsening
    measured = coarsened(pores, factor) if problem.pore_sizes and number == 0 else np.zeros((1, 1, 1), bool)
    return record | pore_sizes(measured, problem.voxel_size * factor, diameters(problem.voxel_size), observer)


def _macropores(
    problem: Problem, labels: Labels, pores: NDArray[np.bool_], corner: NDArray[np.int64], observer: Observer
) -> Record:
    """Look the macropores of every cutout up, and score them where the volume knows its own."""
    count, size = len(corner), problem.selection.size
    numbers = {name: np.zeros(count) for name in ("macropore_share", "widest_pore", "surroundings_clipped")}
    known_share = np.full(count, np.nan)
    by_diameter = np.zeros((count, len(OTHER_DIAMETERS)))
    regions, centred = np.zeros(count, int), np.zeros(count, bool)
    section = np.zeros((count, size, size), np.uint8)
    found = known = both = 0
    for number, inside in pores_of(pores, corner, size, problem.voxel_size, problem.macropores, observer):
        part = _part(corner[number], size)
        numbers["macropore_share"][number] = inside.macropores.mean()
        numbers["widest_pore"][number] = inside.widest
        numbers["surroundings_clipped"][number] = inside.clipped
        by_diameter[number] = inside.by_diameter
        regions[number], centred[number] = inside.count, inside.centred
        section[number] = _section(pores[part], inside)
        if problem.known_macropores:
            true = marked(labels[part], problem.known_macropores)
            known_share[number] = true.mean()
            found += int(inside.macropores.sum())
            known += int(true.sum())
            both += int((true & inside.macropores).sum())
    return numbers | {
        "known_macropore_share": known_share,
        "macropore_share_by_diameter": by_diameter,
        "pore_regions": regions,
        "macropore_centred": centred,
        "section": section,
        "found": np.array(found),
        "known": np.array(known),
        "found_and_known": np.array(both),
    }


def _part(corner: NDArray[np.int64], size: int) -> tuple[slice, ...]:
    return tuple(slice(start, start + size) for start in corner)


def _section(pores: NDArray[np.bool_], inside: Pores) -> NDArray[np.uint8]:
    middle = (slice(None), slice(None), pores.shape[2] // 2)
    return np.where(inside.macropores[middle], MACROPORE, np.where(pores[middle], PORE, SOLID)).astype(np.uint8)


def _map(problem: Problem, labels: Labels, first: NDArray[np.int64]) -> Record:
    """Return the plane along z that meets most of the cutouts that begin at `first`."""
    plane = _busiest_plane(first, problem.selection.size, labels.shape[2])
    step = -(-max(labels.shape[:2]) // _MAP)
    shown = labels[::step, ::step, plane]
    solid_or_other = np.where(marked(shown, problem.solid), SOLID, OTHER)
    return {
        "map": np.where(marked(shown, problem.pores), PORE, solid_or_other).astype(np.uint8),
        "map_plane": np.array(plane),
        "map_step": np.array(step),
    }


def _busiest_plane(first: NDArray[np.int64], size: int, length: int) -> int:
    """Return the plane that meets most cutouts, the middle one of several."""
    met = np.zeros(length, int)
    for start in first:
        met[start : start + size] += 1
    best = np.flatnonzero(met == met.max())
    return int(best[best.size // 2])
