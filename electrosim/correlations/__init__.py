"""Correlations of relative conductivity, or tortuosity, with porosity: laws, fits and their limits."""

from electrosim.correlations.averages import Averages, averages
from electrosim.correlations.fit import CorrelationFit, Estimate, OutsideValidity, Prediction, fit
from electrosim.correlations.laws import LAWS, Law
from electrosim.correlations.literature import Published, literature
from electrosim.correlations.weights import WEIGHTS

__all__ = [
    "LAWS",
    "WEIGHTS",
    "Averages",
    "CorrelationFit",
    "Estimate",
    "Law",
    "OutsideValidity",
    "Prediction",
    "Published",
    "averages",
    "fit",
    "literature",
]
