"""Tau of an electrode of Table 1 whose carbon-binder domain conducts as the paper's law or as [6] says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from electrosim import conduction, load
from electrosim.base.observer import Observer
from electrosim.study.validation.metrics import Row
from electrosim.voxels.electrode import PHASES

DOMAIN_SOLIDS, PORES = 0.158, 0.268  # Table 1, image
DOMAINS = {  # inner porosity, s of the domain, lowest tau by the checklist
    "law at 33.68 %": (0.3368, 1.95 * 0.3368**3.31, 1.81),
    "[6], EDX": (0.5, 0.089, 2.54),
    "[6], network": (0.5, 0.045, 2.94),
}


def compare(folder: Path, observer: Observer) -> list[Row]:
    return [row for number, name in enumerate(DOMAINS) for row in one_domain(folder, observer, number, name)]


def one_domain(folder: Path, observer: Observer, number: int, name: str) -> Iterator[Row]:
    observer(name, number / len(DOMAINS))
    inner, of_domain, lowest_tau = DOMAINS[name]
    domain = DOMAIN_SOLIDS / (1 - inner)
    macropores = PORES - domain * inner
    active = 1 - macropores - domain
    bound = upper_bound((1.0, of_domain, 0.0), (macropores, domain, active))
    yield Row("bound", f"P66 {name}: lowest tau", PORES / bound, lowest_tau, "recomputed", 0.005)
    if number == 0:
        yield Row("bound", f"P66 {name}: highest s", bound, 0.148, "recomputed", 0.0005)
    conductivity = {f"conductivity.{phase}": f"{of_domain} S/m" for phase in ("cbd", "cbd-pore")}
    shares = {"image.macropore_share": macropores, "image.active_share": active}
    porous = load(folder / "scenario.toml", shares | conductivity).problem
    tight = replace(porous, conductivity={PHASES["macropore"]: 1.0})
    s, s_tight = (float(conduction.solve(one)["relative_conductivity"].mean()) for one in (porous, tight))
    yield Row("phantom", f"P66 {name}: s, highest possible", s, bound, "bound")
    yield Row("phantom", f"P66 {name}: s with a tight domain, with a porous one", s_tight, s, "bound")
    yield Row(
        "tau", f"P66 {name}: tau of the phantom beside the lowest possible", PORES / s, PORES / bound, "recomputed"
    )


def upper_bound(conductivities: tuple[float, ...], shares: tuple[float, ...]) -> float:
    """Return the bound of Hashin and Shtrikman on an isotropic mixture."""
    twice = 2 * max(conductivities)
    return 1 / sum(share / (each + twice) for each, share in zip(conductivities, shares, strict=True)) - twice
