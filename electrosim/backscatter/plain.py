"""The walk of electrons on one page: the plain twin of the compiled one, to read and to hold it to."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from electrosim.backscatter.elastic import ElasticTables, elastic_tables
from electrosim.backscatter.job import Found, Job, empty_counts, radius_edges
from electrosim.backscatter.method import Plain
from electrosim.backscatter.problem import Layer, in_words
from electrosim.backscatter.stopping import stopping_power
from electrosim.base.observer import Observer
from electrosim.materials import Compound

Array = NDArray[np.float64]


def follow_plainly(job: Job, method: Plain, seed: int, observer: Observer) -> Found:
    """Follow the electrons of a job, each thickness of the film by itself.

    Parameters
    ----------
    job : Job
        The beam and what it meets.
    method : Plain
        How many electrons, and how long their steps are.
    seed : int
        Number of the experiment.
    observer : callable
        Hears the progress.
    """
    rng = np.random.default_rng(job.words(seed))
    thicknesses = () if job.film is None else (0.0, *job.thicknesses)
    counts = empty_counts(job, len(thicknesses) + 1, 1)[0]
    ends = {
        "depth": job.depth_edge,
        "energy": np.linspace(0, job.energy, counts.energy.shape[2] + 1),
        "angle": np.linspace(0, math.pi / 2, counts.angle.shape[2] + 1),
        "radius": radius_edges(job),
    }
    for k, thickness in enumerate(thicknesses or (math.inf,)):
        observer(f"{in_words(job.energy)}, plain walk", k / max(len(thicknesses), 1))
        layers = list(job.layers)
        if job.film is not None:
            layers[job.film] = Layer(layers[job.film].material, thickness)
        left = walk(layers, job, method, rng)
        seen = (left["cosine"] >= job.window.least_cosine) & (left["cosine"] <= job.window.greatest_cosine)
        seen &= left["energy"] * left["cosine"] ** 2 >= job.window.grid
        face = math.inf if job.film is None else sum(layer.thickness for layer in layers[: job.film + 1])
        for below, turned in enumerate((left["depth"] < face, left["depth"] >= face)):
            counts.left[below, k] = np.count_nonzero(turned)
            counts.counted[below, k] = np.count_nonzero(turned & seen)
            for name, edges in ends.items():
                getattr(counts, name)[below, k] = np.histogram(left[name][turned & seen], edges)[0]
    for item in counts[:6]:  # a sum over rows up to k is what turned in the film of thickness k
        item[0] = np.diff(item[0], axis=0, prepend=np.zeros_like(item[0][:1]))
    return Found(counts, method.electrons, np.full(len(thicknesses), method.electrons))


def walk(layers: list[Layer], job: Job, method: Plain, rng: np.random.Generator) -> dict[str, Array]:
    """Return energy [J], greatest depth [m], and so on, of the electrons that leave through the surface."""
    number, cut_off = method.electrons, job.detector.cut_off
    edge = np.cumsum([0.0, *(layer.thickness for layer in layers)])
    place = np.zeros((number, 3))
    place[:, :2] = job.beam.deviation * rng.standard_normal((number, 2))
    place[:, 0] /= math.cos(job.tilt)
    direction = np.tile([math.sin(job.tilt), 0.0, math.cos(job.tilt)], (number, 1))
    energy, layer = np.full(number, job.energy), np.zeros(number, int)
    deepest = np.zeros(number)
    scattering = [_Scattering(item.material, job.tables.elastic[0], job.elastic) for item in layers]
    left: list[Array] = []
    while energy.size:
        power, rate = np.empty((2, energy.size))
        for which, item in enumerate(layers):
            here = layer == which
            power[here] = stopping_power(item.material, energy[here], job.stopping)
            rate[here] = scattering[which].rate(energy[here])
        free = rng.exponential(size=energy.size) / rate
        w = direction[:, 2]
        with np.errstate(divide="ignore", invalid="ignore"):
            to_face = np.where(w > 0, edge[layer + 1] - place[:, 2], edge[layer] - place[:, 2]) / w
        to_face[w == 0] = math.inf
        step = np.minimum(np.minimum(free, method.loss * energy / power), to_face)
        collides, crosses = step == free, step == to_face
        middle = np.maximum(energy - power * step / 2, cut_off / 2)
        for which, item in enumerate(layers):
            here = layer == which
            energy[here] -= stopping_power(item.material, middle[here], job.stopping) * step[here]
        place += step[:, None] * direction
        for which in range(len(layers)):
            here = np.flatnonzero(collides & (layer == which) & (energy > cut_off))
            direction[here] = _turned(direction[here], scattering[which].half_versine(energy[here], rng), rng)
        place[crosses, 2] = edge[layer + (w > 0)][crosses]
        deepest = np.maximum(deepest, place[:, 2])
        layer[crosses] += np.where(w[crosses] > 0, 1, -1)
        out, alive = layer < 0, energy > cut_off
        cosine = -direction @ [math.sin(job.tilt), 0.0, math.cos(job.tilt)]
        angle = np.arccos(np.clip(-direction[:, 2], 0, 1))
        radius = np.hypot(place[:, 0], place[:, 1])
        left.append(np.column_stack([energy, deepest, angle, radius, cosine])[out & alive])
        stays = alive & ~out & (layer < len(layers))
        place, direction, energy, layer, deepest = (item[stays] for item in (place, direction, energy, layer, deepest))
    return dict(zip(("energy", "depth", "angle", "radius", "cosine"), np.concatenate(left).T, strict=True))


class _Scattering:
    """Collisions in a material, with each of its elements by itself."""

    def __init__(self, material: Compound, grid: ElasticTables, model: str) -> None:
        self.tables = [
            elastic_tables(Compound(symbol, {symbol: 1.0}, material.density * share), grid.energies, model)  # type: ignore[arg-type]
            for symbol, share in material.composition.items()
        ]

    def rate(self, energy: Array) -> Array:
        """Return collisions per path [m-1]."""
        return np.asarray(np.sum([table.inverse_mean_free_path(energy) for table in self.tables], axis=0))

    def half_versine(self, energy: Array, rng: np.random.Generator) -> Array:
        """Draw (1 - cos theta)/2: first the element that is hit, then its angle at one of two neighbouring energies."""
        odds = np.cumsum([table.inverse_mean_free_path(energy) for table in self.tables], axis=0)
        hit = np.sum(odds < rng.random(energy.size) * odds[-1], axis=0)
        found = np.empty(energy.size)
        for which, table in enumerate(self.tables):
            here = hit == which
            x = np.interp(np.log(energy[here]), np.log(table.energies), np.arange(table.energies.size))
            node = np.floor(x + rng.random(x.size)).astype(int)
            kappa, u = table.kappa[node], rng.random(x.size)
            cell = kappa * u / (1 + kappa - u) * (table.half_versine.shape[1] - 1)
            i = np.floor(cell).astype(int)
            low, high = table.half_versine[node, i], table.half_versine[node, i + 1]
            found[here] = low + (cell - i) * (high - low)
        return found


def _turned(direction: Array, half_versine: Array, rng: np.random.Generator) -> Array:
    """Return directions after a deflection, with any azimuth as likely as any other."""
    azimuth = rng.uniform(0, 2 * math.pi, half_versine.size)
    cosine, sine = 1 - 2 * half_versine, 2 * np.sqrt(half_versine * (1 - half_versine))
    helper = np.where(np.abs(direction[:, 2:]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    first = np.cross(direction, helper)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(direction, first)
    across = np.cos(azimuth)[:, None] * first + np.sin(azimuth)[:, None] * second
    new = cosine[:, None] * direction + sine[:, None] * across
    return np.asarray(new / np.linalg.norm(new, axis=1, keepdims=True))
