"""Predictions whose warnings are told otherwise."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from electrosim.correlations import CorrelationFit, OutsideValidity, Prediction


def quietly(found: CorrelationFit, abscissa: NDArray[np.float64]) -> Prediction:
    """Return a prediction without its warnings: a result says by `curve_outside_range` what they would."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OutsideValidity)
        return found.predict(abscissa)
