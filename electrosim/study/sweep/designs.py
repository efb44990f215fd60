"""Points of drawn designs, in shares of each axis' range."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LEVELS = 8
"""Of Morris' trajectories."""


def unit_points(design: str, samples: int, axes: int, seed: int) -> NDArray[np.float64]:
    """Return the points, shape (cases, axes)."""
    if design == "latin-hypercube":
        from scipy.stats.qmc import LatinHypercube

        return np.asarray(LatinHypercube(axes, rng=seed).random(samples))
    return np.asarray(_sampler(design).sample(salib_problem(axes), samples, seed=seed, **_options(design)))


def count(design: str, samples: int, axes: int) -> int:
    """Return the number of cases."""
    return {"latin-hypercube": samples, "sobol": samples * (axes + 2), "morris": samples * (axes + 1)}[design]


def salib_problem(axes: int, names: list[str] | None = None) -> dict[str, Any]:
    """Return the description of the unit cube that SALib wants."""
    return {"num_vars": axes, "names": names or [f"x{number}" for number in range(axes)], "bounds": [[0, 1]] * axes}


def _sampler(design: str) -> Any:
    if design == "sobol":
        from SALib.sample import sobol

        return sobol
    from SALib.sample import morris

    return morris


def _options(design: str) -> dict[str, Any]:
    return {"calc_second_order": False} if design == "sobol" else {"num_levels": LEVELS}
