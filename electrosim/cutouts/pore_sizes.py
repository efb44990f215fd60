"""Pore sizes and mercury intrusion of volumes and cutouts, on one scale so that they can be laid over each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim import structure
from electrosim.base.observer import Observer, silent
from electrosim.base.result import variable

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Record = Mapping[str, NDArray[Any]]

SAMPLES = ("first volume", "conducting pores of cutouts kept")

_SIZES = 24  # diameters told apart in one sample; each costs distance transforms
_PER_DECADE = 20
_DECADES = 3  # from one voxel on
_SMOOTHING = 0.06  # decades; the diameters told apart leave steps of about that width
_PROMINENCE = 0.1  # of a peak's own height: less is such a step


def diameters(voxel_size: float) -> Array:
    """Return the diameters at which shares are tabulated, from one voxel upwards [m]."""
    return np.asarray(voxel_size * np.geomspace(1, 10**_DECADES, _DECADES * _PER_DECADE + 1))


def pore_sizes(pores: Mask, voxel_size: float, at: Array, observer: Observer = silent) -> dict[str, NDArray[Any]]:
    """Measure a pore space by the balls that fit in and by the mercury that comes in from all faces.

    Parameters
    ----------
    pores : ndarray of bool, shape (nx, ny, nz)
        True in the pores.
    voxel_size : float
        Edge of a voxel [m].
    at : ndarray
        Diameters to tabulate at [m].
    observer : callable
        Hears the progress.

    Returns
    -------
    dict of str to ndarray
        `pore_volume` [m3]; `wider` and `intruded`, the shares of it in pores of at least each diameter, and filled with
        mercury at the pressure for it; linear in the logarithm of the diameter between those that were told apart.
        All zero without a pore or without a wall.
    """
    nothing = np.zeros(at.size)
    if not pores.any() or pores.all():
        return {"pore_volume": np.array(0.0), "wider": nothing, "intruded": nothing}
    analysis = structure.Analysis(
        surface=False, chords=False, correlation=False, sizes=_SIZES, porosimetry=structure.Porosimetry()
    )
    volume = structure.Problem(pores.view(np.uint8), voxel_size, {"pore": 1, "solid": 0})
    found = structure.solve(volume, method=analysis, observer=observer)
    lower = found["diameter_lower"].values
    shares = {
        "wider": np.interp(np.log(at), np.log(lower), found["pore_size_cumulative"].values, right=0.0),
        "intruded": np.interp(np.log(at), np.log(lower), found["intruded_share"].values, right=0.0),
    }
    return {"pore_volume": np.array(np.count_nonzero(pores) * voxel_size**3), **shares}


def conducting(pores: Mask) -> Mask:
    """Return the pores of a cutout that join two opposite faces of it."""
    from scipy.ndimage import label

    clusters, count = label(pores)
    joins = np.zeros(count + 1, bool)
    for axis in range(3):
        first, last = (np.unique(np.take(clusters, end, axis=axis)) for end in (0, -1))
        joins[np.intersect1d(first, last)] = True
    joins[0] = False
    return joins[clusters]


def pore_size_variables(
    volume: Record, cutouts: Sequence[Record], voxel_size: float, macropore_diameter: float
) -> dict[str, Any]:
    """Return the distributions of the first volume and of the cutouts together, weighed by their pore volume.

    Parameters
    ----------
    volume : record
        Of the first volume, with what `pore_sizes` returns.
    cutouts : sequence of records
        Of the cutouts that were measured.
    voxel_size : float
        Edge of a voxel [m].
    macropore_diameter : float
        What parts fine pores from wide ones [m].

    Returns
    -------
    dict of str to variables
        With dimensions `sample` and `pore_diameter`: `wider_share`, `intruded_share` and, per decade of diameter,
        `pore_size_per_decade`, `intrusion_per_decade`; with `sample`: the diameters `pore_diameter_05`, `_50`, `_95`
        [m] below which that share of the pore volume lies, and `intrusion_peak_fine`, `intrusion_peak_wide` [m], where
        most mercury comes in below and above the macropore diameter.
    """
    at = diameters(voxel_size)
    together = _weighed(cutouts, at.size)
    shares = {name: np.stack([volume[name], together[name]]) for name in ("wider", "intruded")}
    density = {name: -np.diff(share, axis=1, append=0.0) * _PER_DECADE for name, share in shares.items()}
    middle = at * 10 ** (0.5 / _PER_DECADE)
    both = ("sample", "pore_diameter")
    variables = {
        "sample": variable("sample", list(SAMPLES), "1", "whose pores"),
        "pore_diameter": variable("pore_diameter", at, "m", "pore diameter"),
        "wider_share": variable(both, shares["wider"], "1", "share of the pore volume in pores of at least a diameter"),
        "intruded_share": variable(both, shares["intruded"], "1", "share of the pore volume that mercury has filled"),
        "pore_size_per_decade": variable(both, density["wider"], "1", "share of the pore volume per decade from there"),
        "intrusion_per_decade": variable(both, density["intruded"], "1", "share filled per decade from there"),
    }
    for per_cent in (5, 50, 95):
        values = [_diameter_of(at, share, 1 - per_cent / 100) for share in shares["wider"]]
        words = f"pore diameter below which {per_cent} % of the pore volume lies"
        variables[f"pore_diameter_{per_cent:02d}"] = variable("sample", values, "m", words)
    for name, inside in (("fine", middle <= macropore_diameter), ("wide", middle > macropore_diameter)):
        values = [_peak(middle, one, inside) for one in density["intruded"]]
        words = f"highest peak of mercury intrusion among {name} pores"
        variables[f"intrusion_peak_{name}"] = variable("sample", values, "m", words)
    return variables


def _weighed(parts: Sequence[Record], count: int) -> dict[str, Array]:
    """Return the shares of several pore spaces together."""
    weight = np.array([float(part["pore_volume"]) for part in parts])
    if not weight.sum() > 0:
        return {name: np.zeros(count) for name in ("wider", "intruded")}
    return {name: np.average([part[name] for part in parts], axis=0, weights=weight) for name in ("wider", "intruded")}


def _diameter_of(at: Array, wider: Array, share: float) -> float:
    """Return the diameter that a share of the pore volume exceeds, NaN without pores."""
    if not wider[0] > 0:
        return float("nan")
    return float(np.exp(np.interp(-share, -wider, np.log(at))))


def _peak(diameter: Array, density: Array, inside: Mask) -> float:
    """Return where a smoothed distribution has its highest local maximum within a range, NaN without one."""
    from scipy.ndimage import gaussian_filter1d
    from scipy.signal import find_peaks

    smooth = gaussian_filter1d(density, _SMOOTHING * _PER_DECADE, mode="constant")
    peaks, found = find_peaks(smooth, prominence=0)
    peaks = peaks[inside[peaks] & (found["prominences"] >= _PROMINENCE * smooth[peaks])]
    return float(diameter[peaks[smooth[peaks].argmax()]]) if peaks.size else float("nan")
