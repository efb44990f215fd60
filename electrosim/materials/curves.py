"""Curves in material files: a number, a formula or points, turned into a property in SI units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from scipy.interpolate import PchipInterpolator

from electrosim.base.errors import InputError
from electrosim.base.expression import Expression
from electrosim.base.scenario import Table, refuse
from electrosim.base.units import to_si
from electrosim.materials.property import Constant, Property, Values

Pairs = Sequence[tuple[float, float]]


class Curve(Table):
    """A property over one variable, as a formula or as points.

    In a formula, ``x`` is a stoichiometry, ``c`` a concentration in mol/l and ``T`` the temperature in K.
    """

    formula: str | None = Field(None, description="such as 4.2 - 0.8*x + 0.1*tanh(20*(x - 0.5))")
    points: tuple[tuple[float, float], ...] | None = Field(
        None,
        min_length=2,
        max_length=10_000,
        description="variable and value, joined by a monotone curve; beside a formula, what that was fitted to",
    )
    unit: str = Field("", max_length=40, description="of the values")
    range: tuple[float, float] | None = Field(None, description="of the variable, where the source measured it")
    source: str = Field("", max_length=2000, description="if another than that of the material")

    @model_validator(mode="after")
    def _gives_values(self) -> Curve:
        if self.formula is None and self.points is None:
            raise refuse("needs a formula or points")
        if self.points is not None and np.any(np.diff([point[0] for point in self.points]) <= 0):
            raise refuse("needs points whose first number rises")
        if self.range is not None and not self.range[0] < self.range[1]:
            raise refuse("needs a range of two rising numbers")
        return self

    def property(
        self, unit: str, *, variable: str = "x", scale: float = 1.0, temperature: float = 298.15, source: str = ""
    ) -> Property:
        """Return the property in SI units, of a variable in SI units.

        Parameters
        ----------
        unit : str
            SI unit of the values.
        variable : {"x", "c"}
            What the curve is over.
        scale : float
            Of the curve's variable, in SI units: 1000 for a concentration in mol/l.
        temperature : float
            [K]
        source : str
            Where the curve is from, if it does not say so itself.

        Raises
        ------
        InputError
            If the formula cannot be read, or the unit has another dimension.
        """
        try:
            factor = to_si(f"1 {self.unit}", unit)
        except ValueError as error:
            raise InputError(f'the unit "{self.unit}" {error}; the values are wanted in {unit or "no unit"}') from None
        function: Formula | Points
        if self.formula is not None:
            expression = Expression(self.formula, (variable, "T"))
            function = Formula(expression, scale, factor, temperature)
            if not expression.uses(variable):
                return Property(Constant(float(function(np.array(0.0)))), source=self.source or source)
        else:
            function = Points(np.array(self.points) * (scale, factor))
        lower, upper = np.array(self.range or (-np.inf, np.inf)) * scale
        return Property(function, float(lower), float(upper), self.source or source)


@dataclass(frozen=True)
class Formula:
    """A formula over its own units, called with SI units.

    Parameters
    ----------
    expression : Expression
        Of the variable, and perhaps of T.
    scale, factor : float
        SI value of one unit of the variable, and of the result.
    temperature : float, optional
        Second variable of the expression, if it has one [K].
    """

    expression: Expression
    scale: float = 1.0
    factor: float = 1.0
    temperature: float | None = None

    def __call__(self, variable: Values) -> Values:
        """Return the values in SI units."""
        further = () if self.temperature is None else (self.temperature,)
        return self.factor * self.expression(variable / self.scale, *further)


class Points:
    """Points joined by a monotone cubic (PCHIP), and straight beyond their ends.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        Variable, rising, and value, in SI units.
    """

    def __init__(self, points: NDArray[np.float64]) -> None:
        self.points = points
        self._curve = PchipInterpolator(points[:, 0], points[:, 1])
        self._slope = self._curve.derivative()

    def __call__(self, variable: Values) -> Values:
        """Return the values."""
        inside = np.clip(variable, self.points[0, 0], self.points[-1, 0])
        values: Values = self._curve(inside) + self._slope(inside) * (variable - inside)
        return values
