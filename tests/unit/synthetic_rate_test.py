"""The synthetic points of scenarios/fit-rate-capability.csv: run this and write its output there."""

import sys

import numpy as np

HEAD = """\
# Synthetic points, no measurement: capacities of eight cells around the law of R. Tian et al., Nat. Commun. 10 (2019)
# 1933, with 180 mA*h/g without current, a characteristic time of 0.12 h and the exponent 1.1. A cell scatters by 2 % at
# all rates together, as by the weight of its electrode, and each of its points by another 1 % (log-normal).
# Written by tests/unit/synthetic_rate_test.py with seed 1.
cell,rate,capacity
"""
PLANTED = {"capacity": 180.0, "tau": 0.12, "n": 1.1}
RATES = (0.1, 0.2, 0.5, 1, 2, 5, 10)
CELLS = 8


def law(rate, capacity, tau, n):
    """Return the law as the paper prints it."""
    z = (rate * tau) ** n
    return capacity * (1 - z * (1 - np.exp(-1 / z)))


def table():
    """Return the file's text."""
    rng = np.random.default_rng(1)
    cell = np.exp(0.02 * rng.standard_normal((CELLS, 1)))
    points = np.exp(0.01 * rng.standard_normal((CELLS, len(RATES))))
    capacity = law(np.array(RATES), **PLANTED) * cell * points
    return HEAD + "".join(
        f"{number},{rate:g},{value:.2f}\n"
        for number, row in enumerate(capacity, 1)
        for rate, value in zip(RATES, row, strict=True)
    )


if __name__ == "__main__":
    sys.stdout.write(table())
