"""The coarse levels: a lattice of blocks conducts as the network it stands for, and the small inverse inverts."""

import numpy as np
import pytest

from electrosim.conduction import Problem, block_kernels, block_lattice, block_lattice_kernels, kernels
from electrosim.conduction.checkerboard import _diagonal, build
from electrosim.conduction.grid import grid_of
from electrosim.conduction.hierarchy import WEAK, Graph, coarsen
from electrosim.voxels.carbon_binder import carbon_binder

BRICK = (1.0, 1.0, 0.5)


def first_network(image):
    """Return blocks, network and places of an image's first coarse level."""
    grid = grid_of(Problem(image, BRICK, {1: 1.0}), (False, False, False))
    board = build(grid, grid.phase)
    mask, kind = block_kernels.survey(board.phase)
    strong = np.ones((2, 2), np.bool_)
    arguments = board.phase, _diagonal(board.phase, board.weights, board.table), grid.face, WEAK, mask, kind, strong
    node, split, place = block_kernels.number_parts(*arguments)
    nobody = np.zeros((0, 4), np.int32), np.zeros(1, np.int64)
    rows = block_kernels.join_parts(board.phase, grid.face, mask, kind, node, split, place, grid.wrap, *nobody)
    return grid, mask, node, place, Graph(*rows)


def test_the_lattice_of_blocks_conducts_as_its_network():
    image = np.asarray(carbon_binder((22, 26, 25), 0.6, correlation_length=4.0, large_pores=0.0, seed=3))
    grid, mask, node, place, graph = first_network(image.astype(np.uint8))
    assert not (node < -1).any()
    levels = coarsen(graph, place, np.array(mask.shape))
    lattice, position = block_lattice.block_lattice(mask, grid.face[:, 1, 1], place, levels)
    x = np.random.default_rng(1).random(graph.middle.size)
    expected = np.empty_like(x)
    diagonal = kernels.row_sums(graph.start, graph.conductance, np.zeros(x.size))
    kernels.apply(graph.start, graph.neighbour, graph.conductance.astype(float), diagonal, x, expected)
    on_lattice = np.zeros((2, lattice.first // 2), np.float32)
    on_lattice.ravel()[position] = x
    sums, total = np.zeros_like(on_lattice), np.zeros_like(on_lattice)
    arguments = lattice.faces, lattice.weight
    block_lattice_kernels._sums_on_red(*arguments, on_lattice[1], lattice.row, lattice.plane, sums[0])
    block_lattice_kernels._sums_on_black(*arguments, on_lattice[0], lattice.row, lattice.plane, sums[1])
    block_lattice_kernels.add_up(*arguments, lattice.row, lattice.plane, total)
    np.testing.assert_allclose(total.ravel()[position], diagonal, rtol=1e-6)
    np.testing.assert_allclose(diagonal * x - sums.ravel()[position], expected, atol=1e-4)


@pytest.mark.parametrize("tied", [True, False])
def test_the_small_inverse_of_a_network_in_two_clusters(tied):
    rng = np.random.default_rng(2)
    joined = rng.random((40, 40)) * (rng.random((40, 40)) < 0.3)
    joined[:15, 15:] = joined[15:, :15] = 0
    joined = np.triu(joined, 1) + np.triu(joined, 1).T
    matrix = np.diag(joined.sum(axis=0)) - joined
    matrix[:15, :15] += tied * np.diag(rng.random(15))
    np.testing.assert_allclose(hierarchy.inverse(matrix.copy()), np.linalg.pinv(matrix, rcond=1e-9), atol=1e-5)
