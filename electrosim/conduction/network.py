"""From an image to the conductance network whose currents are sought, for one direction of transport.

The 7-point finite-volume scheme: one unknown per voxel, the conductance of a face is the harmonic mean of its two
voxels. Conductances are in units of (reference conductivity) x (face area)/(voxel edge) along the direction, so a row
of N full voxels between two planes has the conductance 1/N.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction import kernels
from electrosim.conduction.matrices import FloatArray, Graph, IntArray, Lattice, graph_matrix, lattice_matrix, regular
from electrosim.conduction.problem import AXES, Problem

WEAK = 0.02  # share of the larger diagonal below which a conductance does not join two nodes


@dataclass(frozen=True)
class Grid:
    """The image seen along one direction: axis 0 is the direction of transport.

    Parameters
    ----------
    phase : ndarray of uint8, shape (n0, n1, n2)
        Phase numbers; 0 insulates.
    face : ndarray, shape (3, phases, phases)
        Conductance of the face between two phases along each axis.
    half : ndarray, shape (phases,)
        Conductance from a voxel's centre to its outer face along axis 0.
    wrap : ndarray of bool, shape (3,)
        Axes along which the image repeats.
    """

    phase: NDArray[np.uint8]
    face: FloatArray
    half: FloatArray
    wrap: NDArray[np.bool_]


@dataclass(frozen=True)
class Network:
    """Linear system A phi = source, A the Laplacian of a weighted graph plus `ground` on its diagonal.

    The conductance between the electrodes follows from the energy of phi, see `conductance`.

    Parameters
    ----------
    matrix : Graph or Lattice
        A, with the conductance of every node to fixed potentials.
    source : ndarray, shape (nodes,)
        Current that electrodes or a periodic jump drive into each node.
    constant : float
        Energy of phi = 0 (potential driven), or power lost between end faces and first centres (current driven).
    voxel : ndarray of int, shape (nodes,)
        Flat index of each node's voxel in `Grid.phase`.
    layer : ndarray of int, shape (nodes,)
        Each node's layer across the direction.
    layers : int
        How many layers there are.
    planes : ndarray
        Conductance of each plane between layers, electrode planes included if potentials are imposed there.
    cluster : ndarray of int, shape (nodes,)
        Number of each node's cluster, from 1.
    shares : ndarray, shape (clusters,)
        Currents imposed on the clusters; empty if potentials drive.
    losses : ndarray, shape (clusters,)
        Each cluster's part of `constant`; empty if potentials drive.
    """

    matrix: Graph | Lattice
    source: FloatArray
    constant: float
    voxel: IntArray
    layer: IntArray
    layers: int
    planes: FloatArray
    cluster: IntArray
    shares: FloatArray
    losses: FloatArray

    @property
    def current_driven(self) -> bool:
        """Whether currents, not potentials, are imposed."""
        return self.shares.size > 0

    def energy(self, phi: FloatArray, residual: FloatArray) -> float:
        """Return the energy whose extremum is the solution; its error is the square of the field's error.

        Driven by a unit potential drop it is the conductance, from above; driven by currents it is the power, from
        below (Dirichlet's and Thomson's principles).
        """
        work: float = kernels.dot(self.source, phi) + kernels.dot(residual, phi)
        return self.constant + work if self.current_driven else self.constant - work

    def effective_conductance(self, phi: FloatArray, residual: FloatArray) -> float:
        """Return the conductance between the electrodes.

        Clusters conduct side by side: each carries a uniform current density on its own end faces, and their
        conductances (current squared over power) add up.
        """
        if not self.current_driven:
            return self.energy(phi, residual)
        return float(np.sum(self.shares**2 / self._power(phi, residual)))

    def balanced(self, residual: FloatArray) -> FloatArray:
        """Spread each cluster's surplus current evenly where no fixed potential can take it.

        Such a surplus is rounding; left in, it makes the singular system insoluble and grows from step to step.
        """
        if self.matrix.ground.any() or not residual.size:
            return residual
        of_node = self.cluster - 1
        surplus = np.bincount(of_node, weights=residual) / np.bincount(of_node)
        return residual - (surplus[of_node] if surplus.size > 1 else surplus)

    def unit_drop(self, phi: FloatArray, residual: FloatArray) -> FloatArray:
        """Return the potential scaled to a unit drop between the electrodes, its middle at 1/2."""
        if self.matrix.ground.any() or not phi.size:
            return phi
        scale = self.shares / self._power(phi, residual) if self.current_driven else np.ones(self.cluster.max())
        of_node = self.cluster - 1
        driven = np.bincount(of_node, weights=np.abs(self.source))[of_node] > 0
        weight = np.where(driven, np.abs(self.source), 1.0)
        middle = np.bincount(of_node, weights=weight * phi) / np.bincount(of_node, weights=weight)
        return (phi - middle[of_node]) * scale[of_node] + 0.5

    def _power(self, phi: FloatArray, residual: FloatArray) -> FloatArray:
        """Return the power lost in each cluster under the imposed currents."""
        work = np.bincount(self.cluster - 1, weights=(self.source + residual) * phi, minlength=self.shares.size)
        return work + self.losses

    def layer_currents(self, phi: FloatArray, residual: FloatArray) -> FloatArray:
        """Return the current through each plane between layers, from one end to the other.

        What a layer's residual sums to is what it takes in but does not pass on.
        """
        inflow = float(self.shares.sum()) if self.current_driven else self.constant - kernels.dot(self.source, phi)
        kept = kernels.sums(self.layer, residual, self.layers)
        return inflow - np.concatenate([[0.0], np.cumsum(kept)])

    def with_equal_currents(self, phi: FloatArray, residual: FloatArray) -> FloatArray:
        """Shift the potential of each layer as a whole so that every plane passes the same current.

        Of all such shifts these give the least energy, so the conductance comes nearer to the solution's, too.
        """
        currents = self.layer_currents(phi, residual)
        if self.current_driven:
            currents, common = currents[1:-1], currents[0]
            shift = np.concatenate([[0.0], -np.cumsum((common - currents) / self.planes)])
        elif self.planes.size == self.layers:  # periodic: the first plane is the last one, too
            currents = currents[1:]
            common = np.sum(currents / self.planes) / np.sum(1 / self.planes)
            shift = np.concatenate([[0.0], -np.cumsum((common - currents) / self.planes)[:-1]])
        else:
            common = np.sum(currents / self.planes) / np.sum(1 / self.planes)
            shift = -np.cumsum((common - currents) / self.planes)[:-1]
        shifted: FloatArray = phi + shift[self.layer]
        return shifted


def view(problem: Problem, direction: str) -> Grid:
    """Return the image with `direction` turned to axis 0, and the table of face conductances."""
    axis = AXES.index(direction)
    order = [axis, *(other for other in range(3) if other != axis)]
    phase, conductivity = problem.phases
    spacing = np.array(problem.spacing)[order]
    sigma = conductivity[:, order].T / problem.reference_conductivity
    sigma *= (spacing[0] / spacing)[:, None] ** 2
    total = sigma[:, :, None] + sigma[:, None, :]
    face = 2 * sigma[:, :, None] * sigma[:, None, :] / np.where(total > 0, total, 1.0)
    sides = problem.sides == "periodic"
    return Grid(
        phase=np.ascontiguousarray(phase.transpose(order)),
        face=face,
        half=2 * sigma[0],
        wrap=np.array([problem.boundary == "periodic", sides, sides and problem.image.ndim == 3]),
    )


def build(problem: Problem, grid: Grid, cluster: IntArray) -> Network:
    """Return the network of the clusters that carry current (see `clusters.label_clusters`)."""
    shape = grid.phase.shape
    fixed_ends = problem.boundary == "constant-potential" and problem.electrode == "first-voxel"
    first, end = (1, shape[0] - 1) if fixed_ends else (0, shape[0])
    number, voxel = kernels.number_nodes(cluster, shape, first, end)
    if regular(grid.face, shape, grid.wrap, WEAK):
        matrix: Graph | Lattice = lattice_matrix(number, voxel, shape, grid.wrap, tuple(grid.face[:, 1, 1]))
    else:
        matrix = graph_matrix(grid.phase, grid.face, grid.wrap, number, voxel)
    planes = kernels.plane_conductances(grid.phase, grid.face[0], cluster, bool(grid.wrap[0]))
    ground, source = np.zeros(voxel.size), np.zeros(voxel.size)
    shares = losses = np.zeros(0)
    if problem.boundary == "periodic":
        constant = _impose_jump(grid, cluster, number, source)
    elif problem.boundary == "constant-potential":
        constant = _fix_potentials(grid, cluster, number, ground, source, fixed_ends)
    else:
        half_cell = problem.electrode == "face"
        shares, losses = _impose_currents(grid, cluster, number, source, half_cell)
        constant = float(losses.sum())
    if problem.boundary == "constant-potential" and not fixed_ends:
        ends = (cluster.reshape(shape) > 0)[[0, -1]]
        through = (grid.half[grid.phase[[0, -1]]] * ends).sum(axis=(1, 2))
        planes = np.array([through[0], *planes, through[1]])
    matrix.ground[:] = ground
    matrix.diagonal[:] += ground
    return Network(
        matrix=matrix,
        source=source,
        constant=constant,
        voxel=voxel,
        layer=voxel // np.int32(shape[1] * shape[2]) - np.int32(first),
        layers=end - first,
        planes=planes,
        cluster=cluster[voxel],
        shares=shares,
        losses=losses,
    )


def _impose_jump(grid: Grid, cluster: IntArray, number: IntArray, source: FloatArray) -> float:
    """Let the potential jump by 1 across the periodic end planes; return the conductance of their faces."""
    plane = grid.phase[0].size
    first, last = cluster[:plane] > 0, cluster[-plane:] > 0
    across = np.where(first & last, grid.face[0][grid.phase[-1].ravel(), grid.phase[0].ravel()], 0.0)
    source[number[:plane][first]] += across[first]
    source[number[-plane:][last]] -= across[last]
    return float(across.sum())


def _fix_potentials(
    grid: Grid, cluster: IntArray, number: IntArray, ground: FloatArray, source: FloatArray, in_centres: bool
) -> float:
    """Tie the first layer to potential 1 and the last to 0, through half a voxel or from the centres of end voxels."""
    plane = grid.phase[0].size
    phase = grid.phase.reshape(-1, plane)
    carrying = cluster.reshape(-1, plane) > 0
    nodes = number.reshape(-1, plane)
    constant = 0.0
    for end, inner, potential in ((0, 1, 1.0), (-1, -2, 0.0)):
        if in_centres:
            tie = np.where(carrying[end] & carrying[inner], grid.face[0][phase[end], phase[inner]], 0.0)
            tied = nodes[inner]
        else:
            tie, tied = np.where(carrying[end], grid.half[phase[end]], 0.0), nodes[end]
        at = tied >= 0
        ground[tied[at]] += tie[at]
        source[tied[at]] += tie[at] * potential
        constant += potential * float(tie.sum())
    return constant


def _impose_currents(
    grid: Grid, cluster: IntArray, number: IntArray, source: FloatArray, half_cell: bool
) -> tuple[FloatArray, FloatArray]:
    """Spread each cluster's current evenly over its end faces; return currents and half-cell losses of the clusters.

    The currents are in proportion to the clusters' end faces; any choice gives the same conductances.
    """
    plane = grid.phase[0].size
    phase = grid.phase.reshape(-1, plane)
    labels = cluster.reshape(-1, plane)
    count = int(labels.max())
    ends = [np.flatnonzero((labels[end] > 0) & (grid.half[phase[end]] > 0)) for end in (0, -1)]
    faces = [np.bincount(labels[end][at] - 1, minlength=count) for end, at in zip((0, -1), ends, strict=True)]
    shares = (faces[0] + faces[1]) / (faces[0].sum() + faces[1].sum())
    losses = np.zeros(count)
    for end, sign, at, number_of_faces in zip((0, -1), (1.0, -1.0), ends, faces, strict=True):
        owner = labels[end][at] - 1
        current = (shares / number_of_faces)[owner]
        source[number.reshape(-1, plane)[end][at]] += sign * current
        if half_cell:
            losses += np.bincount(owner, weights=current**2 / grid.half[phase[end][at]], minlength=count)
    return shares, losses
