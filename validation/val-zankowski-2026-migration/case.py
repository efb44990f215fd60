"""Migration of SBR and CMC: mobility from bilayers, direction and size in one layer, binder bound beforehand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import brentq

from electrosim import load, run
from electrosim.base.observer import Observer
from electrosim.study.validation.metrics import Row

DESIGN = {"SBR": 4.5 / 1.13, "CMC": 3.0 / 0.75}  # rich lower layer over lean upper one
SEEN = {"SBR": (3.1, 0.4), "CMC": (3.9, 1.8)}
MOVED = {"SBR": 0.054, "SBR by outgassing": 0.027}
BOUND = 0.9


def compare(folder: Path, observer: Observer) -> list[Row]:
    rows, adsorption = [], {}
    for number, (name, design) in enumerate(DESIGN.items()):
        observer(f"mobility of {name}", 0.3 * number)
        target, uncertainty = SEEN[name]
        adsorption[name] = fitted(folder, design, target)
        profile = bilayer(folder, design, adsorption[name])
        rows.append(Row("fitted", f"layer ratio of {name}", ratio(profile), target, "published", uncertainty))
        rows.append(Row("reported", f"moved share of {name}", moved(profile, design), MOVED.get(name, 0.0)))
    rows.append(
        Row("moved share", "SBR", moved(bilayer(folder, 3.98, adsorption["SBR"]), 3.98), MOVED["SBR"], "recomputed")
    )
    other = bilayer(folder, DESIGN["SBR"], fitted(folder, DESIGN["SBR"], 3.5))
    rows.append(
        Row("moved share", "SBR by outgassing", moved(other, DESIGN["SBR"]), MOVED["SBR by outgassing"], "recomputed")
    )
    rows.append(Row("directions", "SBR adsorbs less than CMC", adsorption["SBR"], adsorption["CMC"], "bound"))
    observer("one layer", 0.7)
    return [*rows, *one_layer(folder, adsorption)]


def one_layer(folder: Path, adsorption: dict[str, float]) -> list[Row]:
    """Dry an even layer at 50 and 120 C, as it is and with most of the binder bound beforehand."""
    rows = []
    for name, value in adsorption.items():
        slow, fast = (faces(folder, f"{celsius} degC", value) for celsius in (50, 120))
        rows.append(Row("directions", f"{name} at 120 C: bottom below top", fast[1], fast[0], "bound"))
        rows.append(Row("directions", f"{name}: top at 50 C below that at 120 C", slow[0], fast[0], "bound"))
        treated = faces(folder, "120 degC", value, BOUND)
        for place, plain, bound in zip(("top", "bottom"), fast, treated, strict=True):
            scaled = 1 + (1 - BOUND) * (plain - 1)
            rows.append(Row("bound beforehand", f"{name}, {place}", bound, scaled))
        rows.append(Row("directions", f"{name}: top of the treated below the plain", treated[0], fast[0], "bound"))
        rows.append(Row("reported", f"{name}, top/bottom at 120 C", fast[0] / fast[1], 3.0, "recomputed"))
        halves = upper_over_lower(folder, value)
        rows.append(Row("reported", f"{name}, upper over lower half at 120 C", halves, 5 / 3, "recomputed"))
    rows.append(Row("directions", "CMC's top below SBR's at 120 C", *(
        faces(folder, "120 degC", adsorption[name])[0] for name in ("CMC", "SBR")), "bound"))  # fmt: skip
    return rows


def dried(folder: Path, **overrides: Any) -> Any:
    keys = {name.replace("__", "."): value for name, value in overrides.items()}
    return run(load(folder / "scenario.toml", keys)).isel(time=-1)


def bilayer(folder: Path, design: float, adsorption: float) -> np.ndarray:
    """Return the profile at the end of a film whose lower half is richer."""
    layers = [{"share": 0.5, "amount": float(amount)} for amount in (design, 1.0)]
    return dried(folder, binder__layers=layers, binder__adsorption=adsorption)["binder_profile"].values


def ratio(profile: np.ndarray) -> float:
    middle = profile.size // 2
    return float(profile[:middle].mean() / profile[middle:].mean())


def moved(profile: np.ndarray, design: float) -> float:
    """Return the share of the lower half's binder that has left it."""
    return 1 - float(profile[: profile.size // 2].mean()) / (2 * design / (design + 1))


def fitted(folder: Path, design: float, target: float) -> float:
    return float(10 ** brentq(lambda power: ratio(bilayer(folder, design, 10**power)) - target, 0, 4, xtol=1e-5))


def faces(folder: Path, temperature: str, adsorption: float, frozen: float = 0.0) -> tuple[float, float]:
    end = dried(folder, zones__0__air_temperature=temperature, binder__adsorption=adsorption, binder__frozen=frozen)
    return float(end["binder_top_to_mean"]), float(end["binder_bottom_to_mean"])


def upper_over_lower(folder: Path, adsorption: float) -> float:
    return 1 / ratio(dried(folder, binder__adsorption=adsorption)["binder_profile"].values)
