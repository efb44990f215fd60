"""The synthetic points of scenarios/fit-carbon-binder.csv: ``python tests/unit/synthetic_cutouts.py > that file``."""

import sys

import numpy as np

HEAD = """\
# Synthetic points, no measurement: sixty cutouts drawn around s = 1.95 eps^3.31, the law printed by Prasad et al.
# Porosities are uniform from 14 to 56 %. A cutout scatters by 25 % and each of its three directions by another 20 %
# (log-normal, so the law is the median); below 20 % one cutout in three has no path at all.
# Written by tests/unit/synthetic_cutouts.py with seed 1.
cutout,porosity,relative_conductivity,standard_deviation
"""


def table():
    """Return the file's text."""
    rng = np.random.default_rng(1)
    porosity = np.round(np.sort(rng.uniform(0.14, 0.56, 60)), 4)
    cutout = np.exp(0.25 * rng.standard_normal(60))[:, None]
    directions = 1.95 * porosity[:, None] ** 3.31 * cutout * np.exp(0.2 * rng.standard_normal((60, 3)))
    directions[(porosity < 0.2) & (rng.random(60) < 1 / 3)] = 0.0
    rows = zip(porosity, directions.mean(axis=1), directions.std(axis=1, ddof=1), strict=True)
    return HEAD + "".join(
        f"{number},{eps:.4f},{s:.6f},{spread:.6f}\n" for number, (eps, s, spread) in enumerate(rows, 1)
    )


if __name__ == "__main__":
    sys.stdout.write(table())
