"""Correlations of relative conductivity, or tortuosity, with porosity: laws, fits and their limits."""

from electrosim.correlations.fit import CorrelationFit, Estimate, OutsideValidity, Prediction, fit
from electrosim.correlations.laws import LAWS, Law
from electrosim.correlations.weights import WEIGHTS

__all__ = [
    "LAWS",
    "WEIGHTS",
    "CorrelationFit",
    "Estimate",
    "Law",
    "OutsideValidity",
    "Prediction",
    "fit",
]
