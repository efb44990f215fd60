"""A phantom of a whole electrode: active material, carbon-binder domain with its pores, macropores, each known.

Made plane by plane, so that beside the labels only coarse grids are held.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.voxels import electrode_kernels as kernels
from electrosim.voxels.gaussian_planes import GaussianPlanes, check_length
from electrosim.voxels.spheres import ball_volume

PHASES = {"active": 0, "cbd": 1, "cbd-pore": 2, "macropore": 3}
"""Labels; the pores of the electrode are cbd-pore and macropore together."""

_OCTAVES = 3
_SIZE_SPREAD = 0.25  # standard deviation of the logarithm of the diameters
_LOW, _WIDTH, _BINS = -8.0, 2.0**-14, 1 << 18  # of scores: standard normal values, or shares of one
Score = Callable[[int], NDArray[np.float32]]
_Result = TypeVar("_Result")


def check_shares(active_share: float, macropore_share: float) -> None:
    """Refuse shares that leave no room for the carbon-binder domain.

    Raises
    ------
    InputError
        With their sum.
    """
    if active_share + macropore_share >= 1:
        raise InputError(
            f"active_share ({active_share:.4g}) and macropore_share ({macropore_share:.4g}) add up to "
            f"{active_share + macropore_share:.4g}; keep the sum below 1, the rest is the carbon-binder domain"
        )


def check_axes(shape: Sequence[int]) -> None:
    """Refuse an image that does not have three axes.

    Raises
    ------
    InputError
        With how many it has.
    """
    if len(shape) != 3:
        raise InputError(f"an electrode has three axes, and the image has {len(shape)}; give three")


def check_particles(shape: Sequence[int], active_share: float, particle_diameter: float) -> None:
    """Refuse particles that do not fit.

    Raises
    ------
    InputError
        If a particle is smaller than a voxel or larger than the image, there would be too many, or all of them
        together are less than a voxel.
    """
    if active_share == 0:
        return
    if active_share * math.prod(shape) < 1:
        raise InputError(f"an active_share of {active_share:.4g} is less than a voxel; raise it, or give 0")
    if particle_diameter < 1:
        raise InputError(f"a particle of {particle_diameter:.4g} voxels is smaller than a voxel; raise the diameter")
    if particle_diameter > min(shape):
        raise InputError(
            f"a particle of {particle_diameter:.4g} voxels does not fit in an image of {min(shape)} voxels; "
            "lower the diameter or enlarge the image"
        )
    wanted = active_share * math.prod(shape) / ball_volume(particle_diameter / 2, 3)
    if wanted > 1e5:
        raise InputError(f"{wanted:.3g} particles would be needed, more than 100000; raise the diameter")


def check_pore_length(shape: Sequence[int], pore_length: float) -> None:
    """Refuse pores that the image cannot show.

    Raises
    ------
    InputError
        If the least correlation length is shorter than a voxel, or the greatest longer than half the shortest edge.
    """
    check_length(shape, "pore_length", pore_length)
    check_length(shape, f"pore_length, {2 ** (_OCTAVES - 1)} times over,", pore_length * 2 ** (_OCTAVES - 1))


def electrode(
    shape: Sequence[int],
    *,
    active_share: float = 0.575,
    particle_diameter: float = 600.0,
    macropore_share: float = 0.187,
    macropore_length: float = 60.0,
    cbd_porosity: float = 0.337,
    cbd_porosity_spread: float = 0.1,
    porosity_length: float = 120.0,
    pore_length: float = 4.0,
    seed: int = 0,
) -> NDArray[np.uint8]:
    """Generate an electrode: 0 active material, 1 carbon and binder, 2 their pores, 3 macropores.

    The active material is made of balls of log-normal diameter, placed at random and pushed apart until few overlap;
    then all are scaled until their union has its share. Macropores are the highest values of a Gaussian random field
    in the space left, the rest is the carbon-binder domain. Its local porosity is a Gaussian random field too. Its
    pores are of three sizes, united: of three further fields, of correlation lengths l, 2 l and 4 l, the lowest value
    at each voxel is taken, and the voxel belongs to a pore if that is among the lowest of the volume, whose share is
    the local porosity.

    Everything is periodic along every axis, so opposite faces are as closely correlated as neighbouring planes. Each
    share is met to 1e-4 of the volume. The voxels depend on the arguments alone, not on the number of threads. The
    memory taken is one byte per voxel, and 40 bytes per cube whose edge is `pore_length`.

    Parameters
    ----------
    shape : sequence of int
        Voxels along x, y and z.
    active_share : float
        Share of the active material in the volume; may be zero.
    particle_diameter : float
        Diameter of the ball that has the mean volume of the particles [voxels].
    macropore_share : float
        Share of the macropores in the volume; may be zero.
    macropore_length : float
        Correlation length of their field [voxels]; their median diameter is about twice as large.
    cbd_porosity : float
        Mean porosity of the carbon-binder domain.
    cbd_porosity_spread : float
        Standard deviation of its local porosity, before what lies beyond 0 and 1 is cut off.
    porosity_length : float
        Correlation length of the local porosity [voxels].
    pore_length : float
        l [voxels]; the median pore diameter is about 4.5 l.
    seed : int
        Of `numpy.random.default_rng`.

    Returns
    -------
    ndarray of uint8
        Labels as in `PHASES`.

    Raises
    ------
    InputError
        If shares, particles or correlation lengths do not fit.

    References
    ----------
    Composition, porosities and pore sizes: Prasad et al. (2026), "Analysis of carbon-binder domain morphology and
    correlation to effective ion transport properties", table 1 and conclusions. Level sets of Gaussian fields as
    carbon-binder domain: Graefensteiner et al., arXiv:2409.11080.

    Examples
    --------
    >>> labels = electrode((64, 64, 64), particle_diameter=48, macropore_length=8, porosity_length=12, pore_length=1)
    >>> [round(float(np.mean(labels == label)), 3) for label in PHASES.values()]
    [0.575, 0.158, 0.08, 0.187]
    """
    check_axes(shape)
    check_shares(active_share, macropore_share)
    check_particles(shape, active_share, particle_diameter)
    check_length(shape, "macropore_length", macropore_length)
    check_length(shape, "porosity_length", porosity_length)
    check_pore_length(shape, pore_length)
    rng = np.random.default_rng(seed)
    labels = np.full(tuple(shape), PHASES["cbd"], np.uint8)
    if active_share > 0:
        _add_particles(labels, active_share, particle_diameter, rng)
    macropores = GaussianPlanes.draw(shape, macropore_length, rng)
    local_porosity = GaussianPlanes.draw(shape, porosity_length, rng)
    octaves = [GaussianPlanes.draw(shape, pore_length * 2**octave, rng) for octave in range(_OCTAVES)]

    def above_porosity(x: int) -> NDArray[np.float32]:
        fields = np.stack([octave.plane(x) for octave in octaves])
        porosity = np.float32(cbd_porosity_spread) * local_porosity.plane(x)  # the count of pores sets its mean
        score = np.empty_like(porosity)
        kernels.above_porosity(fields, porosity, labels[x], PHASES["cbd"], score)
        return score

    _move_lowest(labels, lambda x: -macropores.plane(x), round(macropore_share * labels.size), PHASES["macropore"])
    domain = round((1 - active_share - macropore_share) * labels.size)
    _move_lowest(labels, above_porosity, round(cbd_porosity * domain), PHASES["cbd-pore"])
    return labels


def _each_plane(work: Callable[[int], _Result], planes: int) -> Iterator[_Result]:
    """Work on every plane across x, on as many threads as compiled loops may use; give the results in order."""
    with ThreadPoolExecutor(numba.config.NUMBA_NUM_THREADS) as pool:  # type: ignore[attr-defined]
        yield from pool.map(work, range(planes))


def _move_lowest(labels: NDArray[np.uint8], score: Score, count: int, label: int) -> None:
    """Give the `count` voxels of carbon and binder with the lowest scores another label, to a bin of their histogram.

    The scores are computed twice, which takes less than their memory would.
    """

    def histogram_of(x: int) -> NDArray[np.int64]:
        histogram = np.zeros(_BINS, np.int64)
        kernels.count(score(x), labels[x], PHASES["cbd"], _LOW, _WIDTH, histogram)
        return histogram

    def relabel(x: int) -> None:
        kernels.relabel(score(x), labels[x], PHASES["cbd"], label, _LOW, _WIDTH, bins)

    histogram: NDArray[np.int64] = sum(_each_plane(histogram_of, len(labels)))  # type: ignore[assignment]
    bins = int(np.searchsorted(np.cumsum(histogram), count, side="right"))
    for _ in _each_plane(relabel, len(labels)):
        pass


def _add_particles(labels: NDArray[np.uint8], share: float, diameter: float, rng: np.random.Generator) -> None:
    """Fill balls, scaled until their union has the share."""
    from scipy.optimize import brentq

    shape = labels.shape
    count = max(1, round(share * labels.size / ball_volume(diameter / 2, 3)))
    radii = np.exp(_SIZE_SPREAD * rng.standard_normal(count))
    radii *= (share * labels.size / sum(ball_volume(radius, 3) for radius in radii)) ** (1 / 3)
    centres = _pushed_apart(rng.random((count, 3)) * shape, radii, np.array(shape, float))

    def fill(x: int, scale: float) -> int:
        return int(kernels.fill_balls(centres, scale * radii, shape, x, PHASES["active"], labels[x]))

    def excess(scale: float) -> float:
        labels[:] = PHASES["cbd"]
        return sum(_each_plane(lambda x: fill(x, scale), len(labels))) / labels.size - share

    excess(brentq(excess, 0.0, 4.0, xtol=1e-6))


def _pushed_apart(
    centres: NDArray[np.float64], radii: NDArray[np.float64], edges: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Move overlapping balls away from each other, each by a quarter of the overlap at a time."""
    from scipy.spatial import KDTree

    for _ in range(300):
        pairs = KDTree(centres, boxsize=edges).query_pairs(2 * radii.max(), output_type="ndarray")
        first, second = pairs[:, 0], pairs[:, 1]
        between = centres[first] - centres[second]
        between -= edges * np.round(between / edges)
        distance = np.maximum(np.linalg.norm(between, axis=1), 1e-9)
        overlap = np.maximum(radii[first] + radii[second] - distance, 0)
        if not overlap.any():
            break
        step = (0.25 * overlap / distance)[:, None] * between
        np.add.at(centres, first, step)
        np.subtract.at(centres, second, step)
        centres %= edges
        centres[centres == edges] = 0  # of a remainder of minus nearly nothing
    return centres
