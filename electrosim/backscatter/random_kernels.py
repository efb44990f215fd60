"""Compiled random numbers: a stream per history, numbered by a counter, so that no order of work can change them.

Legend. `state` is a 64-bit counter that goes on by GOLDEN at every draw; `mixed` scrambles it (splitmix64: G. L.
Steele, D. Lea, C. H. Flood, OOPSLA 2014, doi 10.1145/2660193.2660195). Exponential numbers come from a ziggurat of 256
layers (G. Marsaglia, W. W. Tsang, J. Stat. Softw. 5 (2000) 8, doi 10.18637/jss.v005.i08) whose tables are constants.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
BETWEEN_HISTORIES = np.uint64(0xD1342543DE82EF95)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _32, _11 = (np.uint64(bits) for bits in (30, 27, 31, 32, 11))
_LOW_BYTE = np.uint64(0xFF)
_OF_53_BITS = 2.0**-53

_TAIL = 7.69711747013105  # where the lowest layer of the ziggurat ends
_AREA = 0.00394965982258156  # of each layer


def _ziggurat() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return by layer: width per unit of a 32-bit number, number below which it is taken at once, edge, exp(-edge)."""
    edges = np.zeros(257)
    edges[0], edges[1] = _AREA * math.exp(_TAIL), _TAIL
    for layer in range(2, 256):
        edges[layer] = -math.log(math.exp(-edges[layer - 1]) + _AREA / edges[layer - 1])
    return edges[:256] * 2.0**-32, edges[1:] / edges[:256] * 2.0**32, edges, np.exp(-edges)


WIDTH, AT_ONCE, _EDGE, _HEIGHT = _ziggurat()


@njit(cache=True, nogil=True, inline="always")
def mixed(state):
    """Return 64 random bits of a counter."""
    state = (state ^ (state >> _30)) * _FIRST
    state = (state ^ (state >> _27)) * _SECOND
    return state ^ (state >> _31)


@njit(cache=True, nogil=True, inline="always")
def stream(key, history):
    """Return the counter that a history starts from."""
    return mixed(key + history * BETWEEN_HISTORIES)


@njit(cache=True, nogil=True)
def seldom(state, layer, value):
    """Return the counter and an exponential number where the ziggurat could not take `value` at once."""
    layer = np.int64(layer)
    while True:
        state += GOLDEN
        uniform = (mixed(state) >> _11) * _OF_53_BITS
        if layer == 0:
            return state, _TAIL - math.log(1.0 - uniform)
        height = _HEIGHT[layer] + uniform * (_HEIGHT[layer + 1] - _HEIGHT[layer])
        if height < math.exp(-value):
            return state, value
        state += GOLDEN
        bits = mixed(state)
        layer = np.int64(bits & _LOW_BYTE)
        value = (bits >> _32) * WIDTH[layer]
        if (bits >> _32) < AT_ONCE[layer]:
            return state, value


@njit(cache=True, nogil=True)
def uniform(state):
    """Return the next counter and a number of [0, 1)."""
    state += GOLDEN
    return state, (mixed(state) >> _11) * _OF_53_BITS
