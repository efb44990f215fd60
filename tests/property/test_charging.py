"""The electrode tortuosity against a plain twin: the same sum of powers, assembled and solved with scipy."""

import numpy as np
import scipy.sparse as sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve

from electrosim.conduction import Multigrid, Problem, solve

shapes = array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=6)
images = arrays(np.uint8, shapes, elements=st.integers(0, 2)).filter(lambda image: {1, 2} <= set(image.flat))


def twin(image, spacing, sigma, axis, *, periodic, reverse):
    """Return the electrode tortuosity relative to a conductivity of 1."""
    if reverse:
        image = np.flip(image, axis)
    count, edges = image.size, np.array(spacing)
    number = np.arange(count).reshape(image.shape)
    along = np.array([np.array([0.0, *(phase[a] for phase in sigma)])[image] for a in range(image.ndim)])
    area = np.prod(edges) / edges
    graph, charge, lost = sparse.csr_array((count, count)), np.zeros(count), 0.0
    for a in range(image.ndim):
        for step in (1, -1):
            there = np.roll(number, -step, a)
            outside = np.zeros(image.shape, bool)
            np.moveaxis(outside, a, 0)[-1 if step == 1 else 0] = not periodic or a == axis
            first, second = along[a], along[a].ravel()[there]
            total = np.where(first + second > 0, first + second, 1.0)
            g = np.where(outside, 0.0, 2 * first * second / total * area[a] / edges[a])
            graph += sparse.csr_array((g.ravel(), (number.ravel(), there.ravel())), (count, count))
            wall = (image > 0) & (image.ravel()[there] == 0) & ~outside & (first > 0)
            charge += area[a] * wall.ravel()
            resistance = np.divide(edges[a], 2 * first * area[a], out=np.zeros(image.shape), where=wall)
            lost = lost + area[a] ** 2 * resistance
    ground = np.zeros(image.shape)
    np.moveaxis(ground, axis, 0)[0] = 2 * np.moveaxis(along[axis], axis, 0)[0] * area[axis] / edges[axis]
    ground = ground.ravel()
    _, cluster = connected_components(graph, directed=False)
    reached = np.isin(cluster, cluster[ground > 0])
    if not reached.any():
        return np.inf
    if not charge[reached].any():
        return np.nan
    matrix = sparse.diags_array(graph.sum(axis=1) + ground) - graph
    q = charge[reached]
    u = np.atleast_1d(spsolve(matrix.tocsc()[reached][:, reached], q))
    resistance = (q @ u + np.ravel(lost)[reached].sum()) / q.sum() ** 2
    length, section = image.shape[axis] * edges[axis], image.size / image.shape[axis] * area[axis]
    return 3 * np.mean(image > 0) * resistance * section / length


@settings(max_examples=80)
@given(images, st.sampled_from(["no-flux", "periodic"]), st.data())
def test_electrode_tortuosity_equals_its_plain_twin(image, sides, data):
    spacing = tuple(data.draw(st.sampled_from([1.0, 0.4])) for _ in image.shape)
    second = tuple(data.draw(st.sampled_from([0.05, 0.0, 0.8])) for _ in image.shape)
    sigma = [(1.0,) * image.ndim, second]
    if not any(second):
        image = np.where(image == 2, 0, image)
    conductivity = {1: 1.0} | ({2: second} if any(second) else {})
    boundary = data.draw(st.sampled_from(["constant-potential", "periodic"]))
    axis = data.draw(st.integers(0, image.ndim - 1))
    problem = Problem(image, spacing, conductivity, directions="xyz"[axis], boundary=boundary, sides=sides)
    result = solve(problem, method=Multigrid(rtol=1e-9), electrode_tortuosity=True)
    for reverse, name in ((False, "electrode_tortuosity"), (True, "electrode_tortuosity_reversed")):
        expected = twin(image, spacing, sigma, axis, periodic=sides == "periodic", reverse=reverse)
        np.testing.assert_allclose(result[name], [expected], rtol=1e-7)
