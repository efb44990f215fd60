"""The matrix of a conductance network, stored as a graph or, for one conducting phase, implied by the lattice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction import kernels, lattice

FloatArray = NDArray[np.float64]
SingleArray = NDArray[np.float32]
IntArray = NDArray[np.int32]


@dataclass(frozen=True)
class Graph:
    """Rows of any network: node n meets neighbour[start[n]:start[n+1]], from middle[n] on those of higher numbers.

    `ground` is the conductance to fixed potentials, `diagonal` the sum of all conductances of a node.
    """

    start: IntArray
    middle: IntArray
    neighbour: NDArray[np.uint32]
    conductance: FloatArray | SingleArray
    ground: FloatArray
    diagonal: FloatArray

    def apply(self, x: FloatArray, y: FloatArray, *, exact: bool = True) -> float:
        """Set y = A x and return (x, y), always exactly."""
        del exact
        product: float = kernels.apply(self.start, self.neighbour, self.conductance, self.diagonal, x, y)
        return product


@dataclass(frozen=True)
class Lattice:
    """Voxels whose faces all have the conductance `weight` of their axis, see `lattice`.

    `number` holds the node of every voxel, -1 for none; `field` is room for one vector.
    """

    number: IntArray
    position: NDArray[np.uint32]
    evens: int
    bounds: NDArray[np.int64]
    shape: tuple[int, ...]
    wrap: NDArray[np.bool_]
    strides: tuple[np.uint32, ...]
    weight: tuple[np.float64, ...]
    ground: FloatArray
    diagonal: FloatArray
    field: SingleArray

    def apply(self, x: FloatArray, y: FloatArray, *, exact: bool = True) -> float:
        """Set y = A x and return (x, y); neighbours may be rounded to single precision."""
        product: float = lattice.apply(
            self.field,
            self.position,
            self.bounds,
            self.shape,
            self.wrap,
            self.strides,
            self.weight,
            self.diagonal,
            x,
            y,
            exact,
        )
        return product

    def blocks(self) -> tuple[IntArray, IntArray, Graph]:
        """Return the part of every node in its block of 2 x 2 x 2, the block of every part, and the parts' network."""
        parent, block = lattice.aggregate_blocks(self.number, self.shape, self.diagonal.size)
        start, middle, neighbour, conductance = lattice.join_blocks(
            self.number, self.shape, self.wrap, self.weight, parent, block
        )
        ground = kernels.sums(parent, self.ground, block.size)
        diagonal = kernels.row_sums(start, conductance, ground)
        return parent, block, Graph(start, middle, neighbour, conductance, ground, diagonal)


def regular(face: FloatArray, shape: tuple[int, ...], wrap: NDArray[np.bool_], weak: float) -> bool:
    """Return whether the network is a lattice: one phase, no weak axis, and an even number of voxels in a period."""
    even = all(not wraps or length % 2 == 0 for wraps, length in zip(wrap, shape, strict=True))
    weight = face[:, -1, -1]
    return even and face.shape[1] == 2 and bool(weight.min() > 3 * weak * weight.max())


def lattice_matrix(
    number: IntArray, voxel: IntArray, shape: tuple[int, ...], wrap: NDArray[np.bool_], weight: tuple[np.float64, ...]
) -> Lattice:
    """Return the matrix of the numbered voxels; what grounds them is added to `ground` and `diagonal` later."""
    position, evens = lattice.place_nodes(voxel, shape)
    field = np.zeros((shape[0] + 2) * (shape[1] + 2) * (shape[2] + 2), np.float32)
    strides = (np.uint32((shape[1] + 2) * (shape[2] + 2)), np.uint32(shape[2] + 2), np.uint32(1))
    layers = strides[0] * np.arange(1, shape[0] + 2)
    bounds = np.array([np.searchsorted(position[:evens], layers), evens + np.searchsorted(position[evens:], layers)])
    nothing, ones, around = np.zeros(voxel.size), np.ones(voxel.size), np.empty(voxel.size)
    lattice.apply(field, position, bounds, shape, wrap, strides, weight, nothing, ones, around, False)
    return Lattice(number, position, evens, bounds, shape, wrap, strides, weight, nothing, -around, field)


def graph_matrix(
    phase: NDArray[np.uint8], face: FloatArray, wrap: NDArray[np.bool_], number: IntArray, voxel: IntArray
) -> Graph:
    """Return the matrix of the numbered voxels; what grounds them is added to `ground` and `diagonal` later."""
    start: NDArray[Any] = np.empty(voxel.size + 1, np.int32 if 6 * voxel.size < 2**31 else np.int64)
    middle, neighbour, conductance = kernels.build_rows(phase, face, wrap, number, voxel, start)
    ground = np.zeros(voxel.size)
    return Graph(start, middle, neighbour, conductance, ground, kernels.row_sums(start, conductance, ground))
