"""What holds for every law, choice of weights and set of points."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from electrosim.correlations import CONDUCTIVITY_LAWS, WEIGHTS, OutsideValidity, averages, fit
from electrosim.correlations.limits import LIMITS
from electrosim.correlations.points import check_points
from electrosim.correlations.regression import Regression

GAMMA, ALPHA = st.floats(0.3, 1.0), st.floats(1.1, 5.0)
NAMES = st.sampled_from([name for name in CONDUCTIVITY_LAWS if not CONDUCTIVITY_LAWS[name].same_as])
SMOOTH = [
    name for name, law in CONDUCTIVITY_LAWS.items() if not law.same_as and not law.has_kink
]  # a kink makes several minima
SEEDS = st.integers(0, 2**32 - 1)


def drawn(seed, gamma, alpha):
    rng = np.random.default_rng(seed)
    porosity = rng.uniform(0.1, 0.7, 15)
    conductivity = np.minimum(gamma * porosity**alpha * np.exp(0.2 * rng.standard_normal(15)), 1.0)
    return porosity, conductivity, conductivity * rng.uniform(0.05, 0.3, 15)


@given(GAMMA, ALPHA, st.sampled_from(list(WEIGHTS)))
@settings(max_examples=15)
def test_points_on_the_law_give_the_law(gamma, alpha, weights):
    porosity = np.linspace(0.12, 0.7, 9)
    exact = gamma * porosity**alpha
    found = fit("power", porosity, exact, weights=weights, standard_deviation=0.1 * exact, resamples=0)
    assert (found["gamma"].value, found["alpha"].value) == pytest.approx((gamma, alpha), rel=1e-6)
    for name, limit in LIMITS.items():
        if np.isfinite(from_here := found.exceeds[name]) and from_here > 0.12:
            assert gamma * from_here**alpha == pytest.approx(float(limit(from_here)), rel=1e-9)


@given(SEEDS, GAMMA, ALPHA, NAMES, st.sampled_from(list(WEIGHTS)))
@settings(max_examples=25)
def test_predictions_stay_physical(seed, gamma, alpha, name, weights):
    porosity, conductivity, deviation = drawn(seed, gamma, alpha)
    found = fit(name, porosity, conductivity, weights=weights, standard_deviation=deviation, resamples=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OutsideValidity)
        band = found.predict(np.linspace(0.01, 1.0, 50))
    known = ~band.unphysical
    law = band.ordinate[known]
    assert (law <= band.abscissa[known] * (1 + 1e-8)).all()
    assert np.isnan(band.ordinate[band.unphysical]).all()
    for lower, upper in ((band.lower, band.upper), (band.law_lower, band.law_upper)):
        assert ((lower[known] >= 0) & (upper[known] <= 1) & (lower[known] <= upper[known])).all()


@given(SEEDS, GAMMA, ALPHA, st.sampled_from(SMOOTH), st.sampled_from(list(WEIGHTS)))
@settings(max_examples=15)
def test_order_of_points_is_no_matter(seed, gamma, alpha, name, weights):
    porosity, conductivity, deviation = drawn(seed, gamma, alpha)
    order = np.random.default_rng(seed).permutation(15)
    one = fit(name, porosity, conductivity, weights=weights, standard_deviation=deviation, resamples=0)
    other = fit(
        name, porosity[order], conductivity[order], weights=weights, standard_deviation=deviation[order], resamples=0
    )
    assert other.aic == pytest.approx(one.aic, abs=1e-3)


@given(SEEDS, GAMMA, ALPHA)
@settings(max_examples=50)
def test_a_law_that_contains_another_fits_no_worse(seed, gamma, alpha):
    points = check_points(*drawn(seed, gamma, alpha))
    eps = points.abscissa
    squares = {
        name: Regression(law, WEIGHTS["log-normal"], points, law.bounds(eps, eps)).optimum().squares
        for name, law in CONDUCTIVITY_LAWS.items()
    }
    assert squares["power"] <= squares["bruggeman"] * (1 + 1e-9)
    assert squares["percolation"] <= squares["power"] * (1 + 1e-6)
    assert squares["power-then-linear"] <= squares["power"] * (1 + 1e-6)


@given(SEEDS, GAMMA, st.floats(1.2, 5.0))
def test_mean_of_tau_is_the_highest(seed, gamma, alpha):
    porosity = np.random.default_rng(seed).uniform(0.1, 0.7, 15)
    found = averages(porosity, gamma * porosity**alpha)
    assert found.mean_tortuosity >= found.tortuosity_of_means * (1 - 1e-12)
