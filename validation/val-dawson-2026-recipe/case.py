"""The slurry of Dawson et al. 2026 by the balances of `recipe`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from electrosim.base.observer import Observer
from electrosim.materials.electrochemical import Powder
from electrosim.materials.library import active_material, powder
from electrosim.recipe import Ingredients, Slurry, Weights
from electrosim.study.validation.metrics import Row

SOLIDS, STOCK = 0.45, 0.08  # by weight: solids of the slurry, PVDF of the binder's solution
EXPECTED = {"active material": 0.1229, "C65": 0.0326, "PVDF": 0.0270, "NMP": 0.8175}


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    observer("balances", 0.0)
    active = replace(active_material("nmc622"), density=4700.0)
    ingredients = Ingredients(((active, 1.0),), Powder("C65", 1900.0), powder("pvdf"))
    slurry = Slurry(ingredients, Weights(0.84, 0.09, 0.07), 1 / SOLIDS - 1, solvent_density=1028.0)
    rows = [
        Row("volume fractions", name, value, expected, "recomputed", 5e-5)
        for (name, expected), value in zip(EXPECTED.items(), slurry.volume_fractions, strict=True)
    ]
    rows.append(Row("density", "slurry / g per cm3", slurry.density / 1000, 1.528, "recomputed", 5e-4))
    return [*rows, *binder_stock(slurry)]


def binder_stock(slurry: Slurry) -> list[Row]:
    """D3: how much of a solution of 8 % PVDF goes into 100 g of slurry, how much NMP is still added, and the limit."""
    binder = float(slurry.weights.binder)
    stock = 100 * slurry.weight_solids * binder / STOCK
    added = 100 * (1 - slurry.weight_solids) - stock * (1 - STOCK)
    thickest = 1 / (1 + binder * (1 / STOCK - 1))  # weight of solids with no other solvent than that of the stock
    return [
        Row("binder stock", "D3 solution, g per 100 g", stock, 39.4, "recomputed", 0.05),
        Row("binder stock", "D3 NMP added, g per 100 g", added, 18.8, "recomputed", 0.05),
        Row("binder stock", "D3 most solids without added NMP, wt%", 100 * thickest, 55.4, "recomputed", 0.05),
    ]
