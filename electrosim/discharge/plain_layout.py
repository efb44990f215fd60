"""How the unknowns of the plain equations lie in one vector, and the Jacobian by differences, a colour at a time."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from electrosim.discharge.plain_equations import Equations, Unknowns

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_SALT, _PHI_E, _PHI_S, _REACTION = range(4)  # rows of the table of variables and volumes; lithium follows
_ENTERING, _LEAVING, _CHARGE = range(-3, 0)  # they end the vector
_INCREMENT = 1e-7  # of a scaled variable


@dataclass(frozen=True)
class Layout:
    """A vector is a table of variables and volumes, row after row, then the three unknowns of the whole cell."""

    equations: Equations

    @property
    def volumes(self) -> int:
        """How many there are."""
        return len(self.equations.grid.mesh.width)

    @property
    def populations(self) -> int:
        """The most that any layer has."""
        return len(self.equations.grid.area)

    @property
    def variables(self) -> int:
        """How many each volume has."""
        return 3 + self.populations * (1 + self.equations.sphere.radius.size)

    @functools.cached_property
    def scale(self) -> Floats:
        """Typical values: the salt at rest, 1 V, 1 A m-2 of particle, a full particle, the current of an hour."""
        grid = self.equations.grid
        lithium = np.repeat(grid.maximum[:, None], self.equations.sphere.radius.size, axis=1)
        unit = np.ones(self.volumes)
        salt = self.equations.cell.electrolyte.concentration * unit
        table = [salt, unit, unit, *np.ones_like(grid.area), *lithium.reshape(-1, self.volumes)]
        return np.concatenate([*table, [10.0, 10.0, 36000.0]])

    def pack(self, values: Unknowns) -> Floats:
        """Return a vector, not scaled."""
        whole = [values.entering, values.leaving, values.charge]
        parts = (values.salt, values.phi_e, values.phi_s, values.reaction, values.lithium, np.array(whole))
        return np.concatenate([part.ravel() for part in parts])

    def unpack(self, vector: Floats) -> Unknowns:
        """Return the unknowns of a vector, not scaled."""
        table = vector[:-3].reshape(self.variables, self.volumes)
        last = _REACTION + self.populations
        lithium = table[last:].reshape(self.populations, -1, self.volumes)
        entering, leaving, charge = map(float, vector[-3:])
        salt, phi_e, phi_s = table[:_REACTION]
        return Unknowns(salt, phi_e, phi_s, table[_REACTION:last], lithium, entering, leaving, charge)

    @property
    def algebraic(self) -> Integers:
        """Places of the unknowns that have no derivative in time."""
        first, last = _PHI_E * self.volumes, (_REACTION + self.populations) * self.volumes
        size = self.scale.size
        return np.array([*range(first, last), size + _ENTERING, size + _LEAVING])

    @functools.cached_property
    def pattern(self) -> scipy.sparse.csc_matrix[np.float64]:
        """Which residual can depend on which unknown; fluxes reach the next volume, terminals the last two."""
        size = self.scale.size
        place = np.arange(size - 3).reshape(self.variables, self.volumes)
        fluxes, reaching = place[:_REACTION], place[self._reaching]
        entering, leaving, charge = (np.array([[size + end]]) for end in (_ENTERING, _LEAVING, _CHARGE))
        pairs = [
            (place[:, None], place),
            (fluxes[:, None, 1:], reaching[:, :-1]),
            (fluxes[:, None, :-1], reaching[:, 1:]),
            (entering, reaching[:, :2]),
            (fluxes[:, :1], entering),
            (leaving, reaching[:, -2:]),
            (fluxes[:, -1:], leaving),
            *((end, end) for end in (entering, leaving, charge)),
            (charge, leaving),
        ]
        row, column = (np.concatenate([np.broadcast_arrays(*pair)[side].ravel() for pair in pairs]) for side in (0, 1))
        return scipy.sparse.csc_matrix((np.ones(row.size), (row, column)), shape=(size, size))

    @property
    def _reaching(self) -> list[int]:
        """Variables that act on the next volume: through a background conductivity the first particles, too."""
        first = _REACTION + self.populations
        shells = range(first, first + self.equations.sphere.radius.size)
        return [_SALT, _PHI_E, _PHI_S, *(shells if self.equations.grid.background else ())]

    @functools.cached_property
    def colours(self) -> Integers:
        """Unknowns of one colour share no residual: a variable of every third volume, or of all if it stays inside."""
        variable, volume = np.divmod(np.arange(self.variables * self.volumes), self.volumes)
        every = np.where(np.isin(variable, self._reaching), volume % 3, 0)
        last = 3 * self.variables
        number = np.concatenate([3 * variable + every, [last, last + 1, last + 2]])
        return np.asarray(np.unique(number, return_inverse=True)[1], np.int64)

    def jacobian(self, residuals: Callable[[Floats, Floats], Floats], y: Floats, yp: Floats, ratio: float) -> Floats:
        """Return the entries of dF/dy + ratio dF/dy' where `pattern` has any, column by column."""
        base = residuals(y, yp)
        change = np.empty((self.colours.max() + 1, y.size))
        for colour in range(len(change)):
            step = np.where(self.colours == colour, _INCREMENT, 0.0)
            change[colour] = residuals(y + step, yp + ratio * step) - base
        column = np.repeat(np.arange(y.size), np.diff(self.pattern.indptr))
        return change[self.colours[column], self.pattern.indices] / _INCREMENT
