"""Prasad's eq. 1 and the Hashin-Shtrikman limit on two phantoms."""

from __future__ import annotations

from pathlib import Path

from electrosim import load, run
from electrosim.base.observer import Observer
from electrosim.study.validation.metrics import Row

BULK = 0.95  # S/m


def limit(porosity: float) -> float:
    return 2 * porosity / (3 - porosity)


def compare(folder: Path, observer: Observer) -> list[Row]:
    rows = []
    for seed in (1, 2):
        observer(f"phantom {seed}", (seed - 1) / 2)
        scenario = load(folder / "scenario.toml", {"image.seed": seed, "conductivity.pore": f"{BULK} S/m"})
        porosity = float((scenario.problem.image == 1).mean())
        result = run(scenario)
        for direction in "xyz":
            one = result.sel(direction=direction)
            value, tortuosity = float(one["effective_conductivity"]), float(one["tortuosity"])
            rows.append(Row("eq. 1", f"seed {seed}, {direction}", value, porosity / tortuosity * BULK))
        mean = float(result["relative_conductivity"].mean())
        rows.append(Row("hard limits", f"seed {seed}, mean conductivity", mean, limit(porosity), "bound"))
    return rows
