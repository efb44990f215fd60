"""The coarse levels: a lattice of blocks conducts as its voxels do and is joined by the rule; the small inverse."""

import numpy as np
import pytest
import scipy.sparse

from electrosim.conduction import Problem, block_lattice_kernels, hierarchy, kernels
from electrosim.conduction.checkerboard import build
from electrosim.conduction.grid import grid_of
from electrosim.conduction.hierarchy import WEAK
from electrosim.voxels.carbon_binder import carbon_binder

BRICK = (1.0, 1.0, 0.5)
SHAPE = (22, 26, 25)


def blocks_of(image, sigma):
    """Return the lattice of an image, the place in it of every block, and the blocks' conductances face by face."""
    grid = grid_of(Problem(image, BRICK, sigma), (False, False, False))
    board = build(grid, grid.phase)
    number = np.arange(board.node.size).reshape(board.node.shape)
    joined = scipy.sparse.lil_array((number.size, number.size))
    for axis in range(3):
        for low in np.ndindex(*(size - (a == axis) for a, size in enumerate(image.shape))):
            high = tuple(place + (a == axis) for a, place in enumerate(low))
            one, other = number[tuple(p // 2 for p in low)], number[tuple(p // 2 for p in high)]
            g = grid.face[axis, grid.phase[low], grid.phase[high]]
            if one != other and g > 0:
                joined[one, other] += g
                joined[other, one] += g
    return board.coarse, board.node.ravel(), joined.tocsr()


@pytest.mark.parametrize("sigma", [{1: 1.0}, {1: 1.0, 0: 0.4}, {1: 1.0, 0: 1e-4}])
def test_the_lattice_conducts_as_its_voxels_and_is_aggregated_by_the_rule(sigma):
    image = np.asarray(carbon_binder(SHAPE, 0.6, correlation_length=4.0, large_pores=0.0, seed=3))
    lattice, node, joined = blocks_of(image.astype(np.uint8), sigma)
    full = node >= 0
    joined, place = joined[full][:, full], node[full]
    total = joined.sum(axis=1)
    x = np.random.default_rng(1).random(place.size)
    on_lattice = np.zeros(lattice.parent.shape, np.float32)
    on_lattice.ravel()[place] = x
    image_of = np.zeros_like(on_lattice)
    inverse = np.divide(1, lattice.diagonal, out=np.zeros_like(lattice.diagonal), where=lattice.diagonal > 0)
    settings = lattice.faces, lattice.weight, inverse, lattice.row, lattice.plane
    block_lattice_kernels.image(*settings, on_lattice, on_lattice, image_of)  # on black; red takes the right-hand side
    np.testing.assert_allclose(lattice.diagonal.ravel()[place], total, rtol=1e-6)
    black = place >= lattice.parent.shape[1]
    np.testing.assert_allclose(image_of.ravel()[place][black], (total * x - joined @ x)[black], atol=1e-4)

    order = np.argsort(place)  # the listed rule takes nodes by colour, as the lattice does
    by_colour = joined[order][:, order].tocsr()
    i, j, k = np.unravel_index(np.flatnonzero(full)[order], [(size + 1) // 2 for size in SHAPE])
    block, colour = (i // 2 * 100 + j // 2) * 100 + k // 2, ((i // 2 + j // 2 + k // 2) & 1).astype(np.uint8)
    of, member = kernels.aggregate(
        by_colour.indptr.astype(np.int32),
        by_colour.indices.astype(np.uint32),
        by_colour.data.astype(np.float32),
        (1 / total[order]).astype(np.float32),
        block,
        colour,
        WEAK,
    )
    parent = lattice.parent.ravel()[place[order]]
    assert len(set(zip(parent, of, strict=True))) == len(set(parent)) == member.size  # one to one

    spread = scipy.sparse.csr_array((np.ones(parent.size), (np.arange(parent.size), parent)))
    expected = (spread.T @ by_colour @ spread).toarray()
    np.fill_diagonal(expected, 0)
    coarser = lattice.coarser
    start, _, neighbour, conductance, _ = coarser.network
    first = slice(0, coarser.entry[1])
    found = scipy.sparse.csr_array((conductance[first], neighbour[first], start[: coarser.first + 1]))
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("tied", [True, False])
def test_the_small_inverse_of_a_network_in_two_clusters(tied):
    rng = np.random.default_rng(2)
    joined = rng.random((40, 40)) * (rng.random((40, 40)) < 0.3)
    joined[:15, 15:] = joined[15:, :15] = 0
    joined = np.triu(joined, 1) + np.triu(joined, 1).T
    matrix = np.diag(joined.sum(axis=0)) - joined
    matrix[:15, :15] += tied * np.diag(rng.random(15))
    np.testing.assert_allclose(hierarchy.inverse(matrix), np.linalg.pinv(matrix, rcond=1e-9), atol=1e-10)
