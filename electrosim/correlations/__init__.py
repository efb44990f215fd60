"""Correlations of conductivity with porosity and of capacity with rate: laws, fits and their limits."""

from electrosim.correlations.averages import Averages, averages
from electrosim.correlations.conductivity_laws import CONDUCTIVITY_LAWS
from electrosim.correlations.correlation_fit import CorrelationFit, Estimate
from electrosim.correlations.fit import fit
from electrosim.correlations.law import Law
from electrosim.correlations.laws import LAWS
from electrosim.correlations.literature import Published, literature
from electrosim.correlations.prediction import OutsideValidity, Prediction
from electrosim.correlations.rate_laws import RATE_LAWS
from electrosim.correlations.relation import CAPACITY, CONDUCTIVITY, Relation
from electrosim.correlations.weights import WEIGHTS

__all__ = [
    "CAPACITY",
    "CONDUCTIVITY",
    "CONDUCTIVITY_LAWS",
    "LAWS",
    "RATE_LAWS",
    "WEIGHTS",
    "Averages",
    "CorrelationFit",
    "Estimate",
    "Law",
    "OutsideValidity",
    "Prediction",
    "Published",
    "Relation",
    "averages",
    "fit",
    "literature",
]
