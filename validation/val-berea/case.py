"""Adds the mean formation factor, which is published for the whole image, to the values of the cutout."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

from electrosim.base.observer import Observer
from electrosim.study.validate import compare_references
from electrosim.study.validation.metrics import Row

PUBLISHED = (23.12, 23.99, 25.22)  # formation factors along x, y, z of the 400^3 image


def compare(folder: Path, observer: Observer) -> list[Row]:
    rows = compare_references(folder, observer)
    ours = mean(row.value for row in rows if row.label.startswith("formation factor"))
    spread = (max(PUBLISHED) - min(PUBLISHED)) / 2
    return [*rows, Row("whole image", "mean formation factor", ours, mean(PUBLISHED), "published", spread)]
