"""The reference problem of binder migration, by three methods."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.polynomial import legendre
from scipy.integrate import solve_ivp

from electrosim import load, run
from electrosim.base.observer import Observer
from electrosim.study.validation.metrics import Row

TABLE = {  # first Pe: top/mean, bottom/mean, top/bottom
    0.05: (1.0112, 0.9945, 1.0168),
    0.1: (1.0224, 0.9889, 1.0339),
    1.0: (1.2406, 0.8918, 1.391),
    10.0: (5.044, 0.2585, 19.51),
}
FIRST, LAST = 0.2, 0.6  # volume fractions of the particles; lengths are over the first height


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    rows = []
    for number, (peclet, table) in enumerate(TABLE.items()):
        observer(f"Pe = {peclet:g}", number / len(TABLE))
        top, bottom, _ = solved(peclet)
        for label, value, reference in zip(
            ("top/mean", "bottom/mean", "top/bottom"), (top, bottom, top / bottom), table, strict=True
        ):
            rows.append(Row("table", f"Pe {peclet:g}, {label}", value, reference, "recomputed", 3e-4 * reference))
        exact = Spectral(peclet)
        rows.append(Row("spectral", f"Pe {peclet:g}, top/mean", top, exact.at(1.0)))
        rows.append(Row("spectral", f"Pe {peclet:g}, bottom/mean", bottom, exact.at(0.0)))
        if peclet >= 1:
            for cells in (25, 50, 100, 200):
                profile = solved(peclet, cells=cells, steps=2 * cells, times=2)[2]
                error = float(np.sqrt(np.mean((profile - exact.means(cells)) ** 2)))
                rows.append(Row(f"order at Pe {peclet:g}", f"{cells} cells", error, 0.0, resolution=cells))
    observer("FiPy", 0.9)
    theirs = solved(1.0, cells=60, steps=150, times=2, migration="fipy")
    ours = solved(1.0)
    for label, value, reference in zip(("top/mean", "bottom/mean"), ours, theirs, strict=False):
        rows.append(Row("FiPy", f"Pe 1, {label}", value, reference, "code"))
    return rows


def solved(peclet: float, **method: object) -> tuple[float, float, np.ndarray]:
    """Return top and bottom over the mean, and the profile, at the end."""
    overrides = {"binder.initial_peclet": peclet} | {f"method.{name}": value for name, value in method.items()}
    end = run(load("binder-reference", overrides)).isel(time=-1)
    return float(end["binder_top_to_mean"]), float(end["binder_bottom_to_mean"]), end["binder_profile"].values


class Spectral:
    """The amount M(s) in Legendre polynomials: dM/dl = -d/ds( s M/h_l - D/(q h^2) dM/ds ), l the liquid lost."""

    def __init__(self, peclet: float, count: int = 60) -> None:
        nodes, weights = legendre.leggauss(2 * count)
        place, weights = (nodes + 1) / 2, weights / 2
        values = legendre.legvander(nodes, count - 1)
        slopes = np.array([2 * legendre.legval(nodes, legendre.legder(row)) for row in np.eye(count)]).T
        mass = 1 / (2 * np.arange(count) + 1)
        convection = (slopes.T @ (values * (weights * place)[:, None])) / mass[:, None]
        diffusion = (slopes.T @ (slopes * weights[:, None])) / mass[:, None]
        liquid = 1 - FIRST
        over_rate = 1 / (liquid * peclet)  # D/q

        def matrix(lost: float) -> np.ndarray:
            return convection / (liquid - lost) - diffusion * over_rate / (1 - lost) ** 2

        start = np.zeros(count)
        start[0] = 1.0
        found = solve_ivp(
            lambda lost, m: matrix(lost) @ m,
            (0.0, 1 - FIRST / LAST),
            start,
            method="Radau",
            jac=lambda lost, m: matrix(lost),  # noqa: ARG005
            rtol=1e-10,
            atol=1e-12,
        )
        self.coefficients = found.y[:, -1]

    def at(self, place: float) -> float:
        return float(legendre.legval(2 * place - 1, self.coefficients))

    def means(self, cells: int) -> np.ndarray:
        whole = legendre.legval(np.linspace(-1, 1, cells + 1), legendre.legint(self.coefficients)) / 2
        return np.diff(whole) * cells
