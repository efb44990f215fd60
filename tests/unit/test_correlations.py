"""Correlations of conductivity with porosity: values, intervals, limits, averages, what is refused."""

import dataclasses
import warnings

import numpy as np
import pytest
from scipy.optimize import curve_fit
from scipy.stats import linregress, t

from electrosim.base.errors import InputError
from electrosim.correlations import LAWS, WEIGHTS, OutsideValidity, averages, fit, literature

POROSITY = np.linspace(0.14, 0.56, 12)
NOISE = np.random.default_rng(3).standard_normal(12)


def prasad(porosity):
    return 1.95 * np.asarray(porosity) ** 3.31


def scattered(size):
    return prasad(POROSITY) * np.exp(size * NOISE)


# ---- the paper's numbers (checklist C, E)


def test_numbers_that_follow_from_the_printed_law():
    assert pytest.approx(1.41, abs=5e-3) == 0.5 / 0.5**1.5
    assert 0.3368 / prasad(0.3368) == pytest.approx(6.335, abs=5e-4)
    corners = [0.3368 / (gamma * 0.3368**alpha) for gamma in (1.945, 1.955) for alpha in (3.305, 3.315)]
    assert (min(corners), max(corners)) == pytest.approx((6.28, 6.39), abs=5e-3)
    found = fit("power", POROSITY, prasad(POROSITY), resamples=0)
    assert [f"{found.exceeds[name]:.1%}" for name in ("bruggeman", "isotropic_upper_bound", "straight_pores")] == [
        "69.1%",
        "70.6%",
        "74.9%",
    ]
    tabled = {0.14: 0.0029, 0.17: 0.0055, 0.3368: 0.0532, 0.5: 0.197, 0.541: 0.255, 0.56: 0.286}
    assert found.predict(list(tabled)).ordinate == pytest.approx(list(tabled.values()), rel=0.01)


def test_mean_of_tau_is_not_tau_of_the_mean():
    spread = np.random.default_rng(1).normal(0.3368, 0.08, 200_000)
    inside = spread[(spread > 0.14) & (spread < 0.56)]
    found = averages(inside, prasad(inside))
    assert found.relative_conductivity / prasad(found.porosity) == pytest.approx(1.2, abs=0.03)
    assert found.tortuosity_of_means < found.porosity / prasad(found.porosity) < found.mean_tortuosity
    assert averages([0.2, 0.4], [0.0, 0.0]).mean_tortuosity == np.inf


def test_literature_is_the_papers():
    known = {item.label: item for item in literature()}
    assert known["Ge"].gamma == pytest.approx(1 / 0.72)
    assert 0.289 / (known["Ge"].gamma * 0.289 ** known["Ge"].alpha) == pytest.approx(2.40, abs=5e-3)
    assert known["Prasad"].porosity == (0.14, 0.56)
    assert known["Zielke"].porosity is None
    assert all(item.source for item in literature())


# ---- fits


@pytest.mark.parametrize("weights", WEIGHTS)
def test_ge_and_archie_are_the_power_law(weights):
    power, ge, archie = (
        fit(name, POROSITY, scattered(0.2), weights=weights, standard_deviation=0.1 * POROSITY, resamples=0)
        for name in ("power", "ge", "archie")
    )
    gamma, alpha = power["gamma"].value, power["alpha"].value
    assert (1 / ge["factor"].value, 1 - ge["exponent"].value) == pytest.approx((gamma, alpha), rel=1e-5)
    assert (1 / archie["factor"].value, archie["cementation_exponent"].value) == pytest.approx((gamma, alpha), rel=1e-5)
    assert (ge.aic, archie.aic) == pytest.approx((power.aic, power.aic), rel=1e-9)
    assert 1 / np.array(ge["factor"].profile[::-1]) == pytest.approx(power["gamma"].profile, rel=1e-3)
    assert LAWS["ge"].same_as == LAWS["archie"].same_as == "power"


def test_log_normal_power_law_is_the_straight_line():
    found = fit("power", POROSITY, scattered(0.3), resamples=0)
    line = linregress(np.log(POROSITY), np.log(scattered(0.3)))
    quantile = t.ppf(0.975, 10)
    assert found["alpha"].value == pytest.approx(line.slope, rel=1e-9)
    assert found["alpha"].standard_error == pytest.approx(line.stderr, rel=1e-6)
    assert found["alpha"].profile == pytest.approx(line.slope + quantile * line.stderr * np.array([-1, 1]), rel=1e-4)
    ends = np.exp(line.intercept + quantile * line.intercept_stderr * np.array([-1, 1]))
    assert found["gamma"].profile == pytest.approx(ends, rel=1e-3)
    assert found["gamma"].standard_error == pytest.approx(found["gamma"].value * line.intercept_stderr, rel=1e-6)
    assert found.correlation_matrix[0, 1] > 0.9


def test_bootstrap_agrees_with_the_profile_where_both_hold():
    rng = np.random.default_rng(5)
    porosity = rng.uniform(0.14, 0.56, 80)
    found = fit("power", porosity, prasad(porosity) * np.exp(0.2 * rng.standard_normal(80)), resamples=1000, rng=1)
    for item in found.parameters:
        width = item.profile[1] - item.profile[0]
        assert item.bootstrap == pytest.approx(item.profile, abs=0.2 * width)


@pytest.mark.parametrize(
    ("weights", "scatter"),
    [("equal", np.ones(12)), ("root", np.sqrt(scattered(0.2))), ("relative", scattered(0.2)), ("scatter", POROSITY**2)],
)
def test_weights_are_those_of_scipy(weights, scatter):
    found = fit("power", POROSITY, scattered(0.2), weights=weights, standard_deviation=POROSITY**2, resamples=0)
    best, covariance = curve_fit(LAWS["power"].ordinate, POROSITY, scattered(0.2), (2, 3), scatter, ftol=1e-14)
    assert [item.value for item in found.parameters] == pytest.approx(best, rel=1e-5)
    assert [item.standard_error for item in found.parameters] == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-4)
    assert found.correlation_matrix[0, 1] == pytest.approx(
        covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]), rel=1e-4
    )


def test_law_of_the_mean_lies_half_the_variance_higher():
    median, mean = (
        fit("power", POROSITY, scattered(0.3), weights=f"log-normal{end}", resamples=0) for end in ("", "-mean")
    )
    assert mean["gamma"].value / median["gamma"].value == pytest.approx(np.exp(median.residual_spread**2 / 2), rel=1e-6)
    assert mean["alpha"].value == pytest.approx(median["alpha"].value, rel=1e-6)
    assert mean.predict(0.3).upper == pytest.approx(median.predict(0.3).upper, rel=1e-6)


def test_single_parameter_has_its_interval_too():
    found = fit("bruggeman", POROSITY, scattered(0.3), resamples=0)
    logs = np.log(POROSITY)
    alpha = logs @ np.log(scattered(0.3)) / (logs @ logs)
    error = np.sqrt(np.sum((np.log(scattered(0.3)) - alpha * logs) ** 2) / 11 / (logs @ logs))
    assert found["alpha"].value == pytest.approx(alpha, rel=1e-9)
    assert found["alpha"].profile == pytest.approx(alpha + t.ppf(0.975, 11) * error * np.array([-1, 1]), rel=1e-6)


@pytest.mark.parametrize(
    ("law", "parameters"),
    [("power", (1.95, 3.31)), ("percolation", (1.5, 0.1, 2.2)), ("power-then-linear", (1.95, 3.31, 0.56))],
)
def test_aic_picks_the_planted_law(law, parameters):
    porosity = np.linspace(0.14, 0.72, 40)
    noise = np.exp(0.03 * np.random.default_rng(2).standard_normal(40))
    conductivity = LAWS[law].ordinate(porosity, *parameters) * noise
    fits = [
        fit(name, porosity, conductivity, resamples=0)
        for name in ("power", "bruggeman", "percolation", "power-then-linear")
    ]
    best = min(fits, key=lambda found: found.aic)
    assert best.law.name == law
    for item, planted in zip(best.parameters, parameters, strict=True):
        assert item.profile[0] < planted < item.profile[1]


def test_threshold_that_is_not_there_is_held_at_zero():
    bent = np.sqrt(POROSITY) * 0.1 + prasad(POROSITY)
    found = fit("percolation", POROSITY, bent, resamples=20, rng=1)
    assert found["threshold"].value == 0
    assert np.isnan(found["threshold"].standard_error)
    assert "The threshold lies at its lower bound, 0: the points show none." in found.status


def test_zeros_are_counted():
    conductivity = scattered(0.1)
    conductivity[:2] = 0
    weighed = fit("power", POROSITY, conductivity, resamples=0)
    assert (weighed.points, weighed.zeros, weighed.left_out) == (10, 2, 2)
    assert "2 of 12 points were left out" in weighed.status
    assert weighed.fitted_range[0] == pytest.approx(POROSITY[2])
    even = fit("power", POROSITY, conductivity, weights="equal", resamples=0)
    assert (even.points, even.zeros, even.left_out) == (12, 2, 0)
    with pytest.raises(InputError, match=r"at least 3 different porosities, and there are 2 \(10 points without"):
        fit("power", POROSITY, np.where(np.arange(12) < 10, 0, conductivity))


def test_bootstrap_draws_whole_clusters():
    thrice = np.tile(POROSITY, 3)
    copies = np.tile(scattered(0.3), 3)
    alone = fit("power", POROSITY, scattered(0.3), resamples=400, rng=1)["alpha"]
    together = fit("power", thrice, copies, cluster=np.tile(list("abcdefghijkl"), 3), resamples=400, rng=1)["alpha"]
    apart = fit("power", thrice, copies, resamples=400, rng=1)["alpha"]
    assert together.bootstrap == pytest.approx(alone.bootstrap, rel=1e-6)
    assert np.diff(apart.bootstrap) < 0.7 * np.diff(alone.bootstrap)
    few = fit("power", thrice, copies, cluster=np.tile([0, 1], 18), resamples=10)["alpha"]
    assert np.isnan(few.bootstrap).all()


def test_one_seed_one_interval():
    first, second, other = (
        fit("power", POROSITY, scattered(0.3), resamples=50, rng=seed)["gamma"] for seed in (1, 1, 2)
    )
    assert first.bootstrap == second.bootstrap != other.bootstrap


# ---- predictions


def test_prediction_warns_and_never_exceeds_the_porosity():
    found = fit("power", POROSITY, scattered(0.1), resamples=0)
    inside = found.predict([0.2, 0.5])
    assert not inside.outside_range.any()
    assert (inside.lower < inside.law_lower).all()
    assert (inside.law_upper < inside.upper).all()
    with pytest.warns(OutsideValidity) as told:
        beyond = found.predict([0.3, 0.6, 0.95])
    assert sorted(str(item.message).split(" at ")[0] for item in told) == [
        "the law exceeds the porosity itself (tau < 1)",
        "the law was fitted from porosity 0.14 to 0.56 and is asked for",
    ]
    assert beyond.outside_range.tolist() == [False, True, True]
    assert beyond.unphysical.tolist() == [False, False, True]
    assert np.isnan(beyond.ordinate[2])
    assert np.isnan(beyond.upper[2])
    with pytest.raises(InputError, match="above 0 and at most 1"):
        found.predict(56)


def test_prediction_band_holds_new_points():
    held = total = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        porosity = rng.uniform(0.14, 0.56, 30)
        conductivity = prasad(porosity) * np.exp(0.3 * rng.standard_normal(30))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OutsideValidity)
            band = fit("power", porosity, conductivity, resamples=0).predict(np.linspace(0.15, 0.55, 50))
        fresh = prasad(band.abscissa) * np.exp(0.3 * rng.standard_normal(50))
        held += ((band.lower <= fresh) & (fresh <= band.upper)).sum()
        total += 50
    assert 0.93 <= held / total <= 0.97  # binomial: 1000 draws at 95 % have a standard deviation of 0.7 %


# ---- what is refused


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("powr", [0.1, 0.2, 0.3], [0.1, 0.1, 0.1]), '"powr" is not a correlation; did you mean "power"?'),
        (("power", [0.1, 0.2, 33.68], [0.1, 0.1, 0.1]), r"porosity of point 3 is 33.68, but must be above 0 and at"),
        (("power", [0.1, -0.2, 0.3], [0.1, 0.1, 0.1]), "porosity of point 2 is -0.2, but must be above 0"),
        (("power", [0.1, 0.2, 0.3], [0.1, 0.1, -0.1]), "relative_conductivity of point 3 is -0.1, but must lie"),
        (("power", [0.1, 0.2, 0.3], [0.1, 5.3, 0.1]), "relative_conductivity of point 2 is 5.3, but must lie"),
        (("power", [0.1, 0.2, 0.3], [0.1, np.nan, 0.1]), "relative_conductivity of point 2 is nan, but must be finite"),
        (("power", [0.1, 0.2, 0.3], [0.1, 0.1]), "relative_conductivity has 2 values and porosity 3"),
        (("power", [0.1, 0.2, 0.2], [0.1, 0.1, 0.1]), "at least 3 different porosities, and there are 2"),
        (("percolation", [0.1, 0.2, 0.3], [0.1, 0.2, 0.3]), "3 parameters and needs at least 4 different porosities"),
        (("power", ["a", "b"], [0.1, 0.1]), "porosity must be a list of numbers"),
        (("power", [[0.1]], [0.1]), "not of 2 dimensions"),
    ],
)
def test_wrong_points_are_refused(arguments, sentence):
    with pytest.raises(InputError, match=sentence):
        fit(*arguments)


def test_wrong_choices_are_refused():
    with pytest.raises(InputError, match='"log-norml" is not a choice of weights; did you mean "log-normal"'):
        fit("power", POROSITY, scattered(0.1), weights="log-norml")
    with pytest.raises(InputError, match="scatter weights need a standard deviation"):
        fit("power", POROSITY, scattered(0.1), weights="scatter")
    with pytest.raises(InputError, match="standard_deviation of point 1 is -1"):
        fit("power", POROSITY, scattered(0.1), standard_deviation=-np.ones(12))
    with pytest.raises(InputError, match="level is 95 and must lie between 0 and 1"):
        fit("power", POROSITY, scattered(0.1), level=95)


@pytest.mark.parametrize("name", ["power", "ge", "archie", "bruggeman"])
def test_straight_lines_have_the_interval_that_a_search_finds(name, monkeypatch):
    rng = np.random.default_rng(1)
    porosity = np.sort(rng.uniform(0.1, 0.6, 5))
    conductivity = 1.9 * porosity**3.2 * np.exp(0.2 * rng.normal(size=5))
    closed = fit(name, porosity, conductivity, resamples=0)
    monkeypatch.setitem(LAWS, name, dataclasses.replace(LAWS[name], is_straight=False))
    searched = fit(name, porosity, conductivity, resamples=0)
    for parameter in LAWS[name].parameters:
        assert closed[parameter.name].profile == pytest.approx(searched[parameter.name].profile, rel=1e-5)
