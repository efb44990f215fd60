"""Compiled step from a voxel to the next, for searches that follow the faces of an image.

Legend. A way is one of the six faces of a voxel: 0 and 1 lie back and on along axis 2, 2 and 3 along axis 1, 4 and 5
along axis 0; way ^ 1 is the opposite, 2 - way // 2 the axis. wrap[a] whether the image repeats along axis a.
"""

from __future__ import annotations

from numba import njit

WAYS = 6


@njit(cache=True, nogil=True)
def adjacent(voxel, way, shape, wrap):
    """Return the voxel that lies that way, -1 for none, and the periods of axis 0 that are crossed."""
    nx, ny, nz = shape
    axis, step = 2 - way // 2, 2 * (way % 2) - 1
    if axis == 2:
        place, length, stride = voxel % nz, nz, 1
    elif axis == 1:
        place, length, stride = voxel // nz % ny, ny, nz
    else:
        place, length, stride = voxel // (ny * nz), nx, ny * nz
    if 0 <= place + step < length:
        return voxel + step * stride, 0
    if not wrap[axis]:
        return -1, 0
    return voxel - step * (length - 1) * stride, step if axis == 0 else 0
