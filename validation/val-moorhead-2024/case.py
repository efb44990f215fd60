"""Stress and critical thickness of zinc oxide and silica, measured together with the size of the particles."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from electrosim.base.observer import Observer
from electrosim.drying import Cracking
from electrosim.drying import stress as laws
from electrosim.drying.cracking import MODELS
from electrosim.study.validation.metrics import Row

WATER, PACKING = 0.072, 0.64
STRESS, THICKNESS = 1e6, 53e-6  # Pa, m, zinc oxide
ZINC_OXIDE, SILICA = 44e9, 31e9  # Pa, shear moduli


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    observer("laws", 0.0)
    toughness = laws.CHANNEL * STRESS * np.sqrt(THICKNESS)
    oxide = film(0.4e-6, ZINC_OXIDE, float(toughness))
    peak, thickness = (dict(zip(MODELS, values, strict=True)) for values in both(oxide))
    um = 1e6
    rows = [
        Row("bracket", "ZnO: eq. 1 below measured stress", peak["capillary"], STRESS, "bound"),
        Row("bracket", "ZnO: measured stress below White's bound", STRESS, peak["white"], "bound"),
        Row("bracket", "ZnO: White's thickness below measured", thickness["white"], THICKNESS, "bound"),
        Row("bracket", "ZnO: measured thickness below eq. 2's", THICKNESS, thickness["capillary"], "bound"),
        Row("toughness", "ZnO: K of eq. 2, kPa m^0.5", float(toughness) / 1e3, 10.2, "recomputed"),
        Row("laws", "ZnO: eq. 1, MPa", peak["capillary"] / 1e6, 0.23, "recomputed"),
        Row("laws", "ZnO: White, MPa", peak["white"] / 1e6, 1.92, "recomputed"),
        Row("laws", "ZnO: Singh-Tirumkudulu, um", thickness["singh-tirumkudulu"] * um, 14, "recomputed"),
    ]
    other = film(0.4e-6, ZINC_OXIDE, float(toughness), **{"singh-tirumkudulu": 1.07})
    rows.append(Row("laws", "ZnO: with prefactor 1.07, um", both(other)[1][3] * um, 24, "recomputed"))
    rows += [
        Row("reported", f"ZnO: {model}, um", value * um, THICKNESS * um, "published")
        for model, value in thickness.items()
        if np.isfinite(value)
    ]
    small, large = (both(film(d, SILICA, None))[1][3] * um for d in (0.3e-6, 0.9e-6))
    rows += [
        Row("bracket", "silica: 0.3 um cracks thinner than 0.9 um", small, large, "bound"),
        Row("bracket", "silica: 0.3 um cracks below 150 um", small, 150.0, "bound"),
        Row("reported", "silica 0.9 um: Singh-Tirumkudulu, um, measured above 150", large, 150.0, "published"),
    ]
    return rows


def film(diameter: float, modulus: float, toughness: float | None, **prefactors: float) -> Cracking:
    return Cracking(PACKING, diameter, WATER, toughness, shear_modulus=modulus, prefactors=prefactors)


def both(cracking: Cracking) -> tuple[np.ndarray, np.ndarray]:
    return cracking.peak_stress(), cracking.critical_thickness()
