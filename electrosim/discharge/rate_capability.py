"""How energy falls with rate: Peukert's law and the rate capability."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.correlations.fit import fit

Floats = NDArray[np.float64]
Base = Literal["power-of-two", "paper"]

BASES: dict[str, float] = {"power-of-two": 0.5, "paper": 0.301}
_FEWEST = 3


def rate_capability_variables(
    rates: Floats, yields: Floats, usable: NDArray[np.bool_], what: str, residuals: str, base: Base
) -> dict[str, Any]:
    """Fit Y = beta I^-alpha to what discharges give at several rates.

    The rate capability gamma is the factor for every doubling of the current: 2^-alpha. Yari et al. print 0.301^alpha,
    where 0.301 is the logarithm of 2 to base 10; base "paper" gives that.

    Parameters
    ----------
    rates : ndarray
        I [C].
    yields : ndarray
        Y, energy [J m-2] or charge [C m-2].
    usable : ndarray of bool
        Whether a discharge went to its end.
    what : {"energy", "capacity"}
        What Y is.
    residuals : {"logarithmic", "linear"}
        Whether the fit counts differences of ln Y or of Y.
    base : {"power-of-two", "paper"}
        Of `rate_capability`; both are there under their own names.

    Returns
    -------
    dict of str to variables
        `peukert_exponent` alpha with `_lower` and `_upper`, the ends of its 95 % interval by profile likelihood;
        `peukert_factor`, Y at 1C; `peukert_misfit`, the largest relative difference between law and points;
        `rate_capability` gamma with `_lower` and `_upper`; `rate_capability_power_of_two` and `rate_capability_paper`.
        NaN with fewer than three usable rates.

    References
    ----------
    S. Yari et al., ACS Appl. Energy Mater. 3 (2020) 11820, doi:10.1021/acsaem.0c01966, equation 6.
    """
    good = usable & (yields > 0)
    exponent = lower = upper = factor = misfit = float("nan")
    if good.sum() >= _FEWEST:
        weights = "log-normal" if residuals == "logarithmic" else "equal"
        found = fit("peukert", rates[good], yields[good], weights=weights, resamples=0)
        exponent, (lower, upper) = found["exponent"].value, found["exponent"].profile
        factor = found["factor"].value
        misfit = float(np.abs(factor * rates[good] ** -exponent / yields[good] - 1).max())
    chosen = BASES[base]
    unit = "J m-2" if what == "energy" else "C m-2"
    return {
        "peukert_exponent": variable((), exponent, "1", f"alpha of {what} = beta rate^-alpha"),
        "peukert_exponent_lower": variable((), lower, "1", "lower end of its 95 % interval"),
        "peukert_exponent_upper": variable((), upper, "1", "upper end of its 95 % interval"),
        "peukert_factor": variable((), factor, unit, f"beta of {what} = beta rate^-alpha"),
        "peukert_misfit": variable((), misfit, "1", "largest relative difference between law and points"),
        "rate_capability": variable((), chosen**exponent, "1", f"gamma = {chosen:g}^alpha"),
        "rate_capability_lower": variable((), chosen**upper, "1", "lower end of its 95 % interval"),
        "rate_capability_upper": variable((), chosen**lower, "1", "upper end of its 95 % interval"),
        "rate_capability_power_of_two": variable(
            (), BASES["power-of-two"] ** exponent, "1", "2^-alpha: the factor per doubling"
        ),
        "rate_capability_paper": variable((), BASES["paper"] ** exponent, "1", "0.301^alpha, as Yari et al. print it"),
    }
