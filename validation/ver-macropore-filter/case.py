"""Scores the filter where the macropores are known: balls planted in a solid, and phantom electrodes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from electrosim.base.observer import Observer
from electrosim.cutouts import MacroporeRule, Problem, Selection
from electrosim.cutouts.macropores import pores_of
from electrosim.cutouts.survey import survey
from electrosim.study.validation.metrics import Row
from electrosim.voxels.electrode import PHASES, electrode

EDGE = 10e-9
RADIUS = {"macropore": 40, "pore": 12}  # voxels: 800 nm and 240 nm wide
SEEDS = (11, 12)


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    return [*_balls(), *(row for seed in SEEDS for row in _phantom(seed, observer))]


def _balls() -> list[Row]:
    """Plant a wide ball and narrow ones; cutouts cut each of them."""
    solid = np.zeros((160, 160, 160), bool)
    wide, narrow = solid.copy(), solid.copy()
    place = np.indices(solid.shape)
    for centre, kind in (((60, 60, 60), "macropore"), ((130, 130, 130), "pore"), ((130, 40, 120), "pore")):
        square = sum((axis - at) ** 2 for axis, at in zip(place, centre, strict=True))
        (wide if kind == "macropore" else narrow)[square < RADIUS[kind] ** 2] = True
    corner = np.array([[40, 40, 40], [80, 60, 60], [110, 110, 110], [110, 20, 100], [96, 30, 60]])
    lost = wrong = true = 0
    for number, inside in pores_of(wide | narrow, corner, 48, EDGE, MacroporeRule()):
        part = tuple(slice(start, start + 48) for start in corner[number])
        true += wide[part].sum()
        lost += (wide[part] & ~inside.macropores).sum()
        wrong += (inside.macropores & ~wide[part]).sum()
    return [
        Row("planted balls, lost", "share of the wide ball", lost / true, 0.0),
        Row("planted balls, wrong", "share of the voxels found", wrong / (true - lost), 0.0),
    ]


def _phantom(seed: int, observer: Observer) -> list[Row]:
    observer(f"phantom of seed {seed}", 0.0)
    labels = electrode((320, 320, 320), active_share=0.0, macropore_share=0.44, seed=seed)
    problem = Problem(
        volumes=[labels],
        voxel_size=EDGE,
        pores=(PHASES["cbd-pore"], PHASES["macropore"]),
        solid=(PHASES["cbd"],),
        known_macropores=(PHASES["macropore"],),
        selection=Selection(80),
        pore_sizes=False,
    )
    found = survey(problem, 0, labels, np.random.default_rng(seed), observer)
    precision, recall = (float(found["found_and_known"] / found[name]) for name in ("found", "known"))
    limit = problem.macropores.share
    wrong = np.mean((found["macropore_share"] <= limit) != (found["known_macropore_share"] <= limit))
    label = f"seed {seed}, {len(found['corner'])} cutouts"
    return [
        Row("phantoms, 1 - precision", label, 1 - precision, 0.0),
        Row("phantoms, 1 - recall", label, 1 - recall, 0.0),
        Row("phantoms, cutouts misjudged", label, float(wrong), 0.0),
    ]
