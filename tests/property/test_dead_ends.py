"""Dead ends against biconnected components found by another library, and against the currents themselves."""

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from electrosim.conduction import Direct, Problem
from electrosim.conduction.dead_ends import dead_ends
from electrosim.conduction.problem import AXES

NOTHING = 1e-9  # relative to the largest current; a factorisation leaves some 1e-13
boundaries = st.sampled_from(["constant-potential", "constant-current", "periodic"])
electrodes = st.sampled_from(["face", "first-voxel"])
sides = st.sampled_from(["no-flux", "periodic"])


def pores(least):
    shapes = array_shapes(min_dims=2, max_dims=3, min_side=least, max_side=6)
    return arrays(np.uint8, shapes, elements=st.integers(0, 2).map(bool)).filter(np.any)


def flow_of(problem, direction):
    return Direct().flow(problem, direction, lambda *_: None)


def backbone_by_networkx(image, axis, side):
    """Join all electrode faces of each end in a node, and the two nodes: what shares a component with that edge."""
    graph = nx.Graph()
    graph.add_edge("entry", "leave")
    conducting = set(map(tuple, np.argwhere(image)))
    for place in conducting:
        for along, length in enumerate(image.shape):
            other = list(place)
            other[along] += 1
            if other[along] == length and side == "periodic" and along != axis:
                other[along] = 0
            if tuple(other) in conducting and tuple(other) != place:
                graph.add_edge(place, tuple(other))
        if place[axis] == 0:
            graph.add_edge("entry", place)
        if place[axis] == image.shape[axis] - 1:
            graph.add_edge("leave", place)
    component = next(found for found in nx.biconnected_components(graph) if {"entry", "leave"} <= found)
    backbone = np.zeros(image.shape, bool)
    for place in component - {"entry", "leave"}:
        backbone[place] = True
    return backbone


@settings(max_examples=100)
@given(pores(1), st.sampled_from(["constant-potential", "constant-current"]), sides)
def test_what_is_no_dead_end_shares_a_biconnected_component_with_the_electrodes(image, boundary, side):
    problem = Problem(image, 1.0, {1: 1.0}, boundary=boundary, sides=side)
    for axis, direction in enumerate(problem.directions):
        flow = flow_of(problem, direction)
        carries = np.isfinite(flow.potential) & ~dead_ends(problem, direction, flow)
        np.testing.assert_array_equal(carries.reshape(image.shape), backbone_by_networkx(image, axis, side))


def face_currents(problem, direction, flow):
    """Return the sum over the faces of each voxel of what flows through them, whichever way."""
    phase, table = problem.phases
    passes = np.isfinite(flow.potential)
    potential = np.where(passes, flow.potential, 0.0)
    total = np.zeros(phase.shape)
    for axis, along in enumerate(AXES[: problem.image.ndim]):
        transport = along == direction
        sigma = np.where(passes, table[phase, axis], 0.0)
        following = np.roll(sigma, -1, axis)
        g = 2 * sigma * following / np.where(sigma + following > 0, sigma + following, 1.0)
        drop = potential - np.roll(potential, -1, axis)
        first, last = ((slice(None),) * axis + (end,) for end in (0, -1))
        if (problem.boundary if transport else problem.sides) == "periodic":
            drop[last] += transport
        else:
            g[last] = 0.0
        current = np.abs(g * drop)
        total += current + np.roll(current, 1, axis)
        if transport and problem.boundary == "constant-current":
            total[first] += sigma[first]
            total[last] += sigma[last]
        elif transport and problem.boundary == "constant-potential" and problem.electrode == "face":
            total[first] += sigma[first] * np.abs(1 - potential[first])
            total[last] += sigma[last] * np.abs(potential[last])
    return total


@settings(max_examples=100)
@given(pores(3), boundaries, electrodes, sides, st.integers(0, 2**32 - 1))
def test_current_flows_in_all_that_is_no_dead_end_and_in_nothing_else(image, boundary, electrode, side, seed):
    """Each voxel has a conductivity of its own, so no current is zero by symmetry; some block an axis.

    Two voxels in a period are such a symmetry (both ways around have the same conductance), hence three at least.
    Imposed currents may balance on both sides of a bridge; then it carries nothing and yet is no dead end.
    """
    chance = np.random.default_rng(seed)
    values = chance.uniform(0.3, 3.0, (image.size, image.ndim))
    values[chance.random(values.shape) < 0.1] = 0.0
    labels = np.where(image.ravel() & values.any(axis=1), np.arange(1, image.size + 1), 0)
    conductivity = {int(label): tuple(values[label - 1]) for label in labels[labels > 0]}
    if not conductivity:
        return
    labels = labels.reshape(image.shape)
    problem = Problem(labels, 1.0, conductivity, boundary=boundary, electrode=electrode, sides=side)
    for direction in problem.directions:
        flow = flow_of(problem, direction)
        if flow.carrying_clusters:
            currents = face_currents(problem, direction, flow)
            flows = currents > NOTHING * currents.max()
            dead = dead_ends(problem, direction, flow)
            assert not (flows & dead).any()
            if boundary != "constant-current":
                np.testing.assert_array_equal(flows, np.isfinite(flow.potential) & ~dead)
