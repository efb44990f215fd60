"""Everything in Prasad et al. that follows from what they print: composition, cutouts, law, literature."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from electrosim.base.observer import Observer
from electrosim.correlations import LAWS, CorrelationFit, OutsideValidity, averages, fit, literature, plot
from electrosim.correlations.limits import bruggeman, isotropic_upper_bound
from electrosim.structure import Porosimetry
from electrosim.study.validation.metrics import Comparison, Row

# Table 1, in per cent of the volume: the recipe, then the image.
NMC, CARBON_BLACK, GRAPHITE, BINDER, RECIPE_PORE = 59.5, 3.31, 1.35, 6.88, 28.9
CAM, CBD, PORE = 57.5, 15.8, 26.8
DENSITY, LOADING = 3.06, 49.1  # g/cm3, mg/cm2
BOX = np.array([27.20, 15.31, 14.36])  # um
VOXEL, CUTOUT, SURROUNDINGS, CUTOUTS = 0.01, 128, 800, 151  # um, voxels, voxels, number

ALL, SELECTED = 0.6411, 0.3368  # mean porosities
LOWEST, HIGHEST = 0.14, 0.56
TAU_ALL, TAU_TEXT, TAU_FIGURE = 1.85, 6.41, 6.32
GAMMA, ALPHA = 1.95, 3.31
DIGITS = ((GAMMA, 0.005), (ALPHA, 0.005))  # as printed, with half of the last digit
SMALL, LARGE = (LOWEST, 0.005), (HIGHEST, 0.005)
AT_SELECTED, AT_ALL = (SELECTED, 5e-5), (ALL, 5e-5)

SOLIDS = CARBON_BLACK + GRAPHITE + BINDER
ROUNDING_OF_SOLIDS = 0.015  # of the sum of three
Numbers = tuple[float, float]


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    observer("what follows from the print", 0.0)
    parts = (
        composition,
        cutouts,
        definitions,
        all_cutouts,
        selected_cutouts,
        law,
        mercury,
        films_and_domains,
        electrodes,
    )
    rows = [row for part in parts for row in part()]
    return Comparison(rows, {"literature": beside_the_literature()})


def printed(label: str, value: float, reference: float, half_digit: float, rounding: float = 0.0) -> Row:
    """Compare with the print; `rounding` is how far the rounding of what goes in moves the value."""
    return Row("printed", label, value, reference, "published", half_digit + rounding)


def follows(label: str, value: float, reference: float, half_digit: float) -> Row:
    """Compare a number that is not printed with what the checklist of the paper found for it."""
    return Row("not printed", label, value, reference, "recomputed", half_digit)


def apart(label: str, highest: float, lowest: float) -> Row:
    """State that two ranges which rounding allows do not meet: the highest of one, the lowest of the other."""
    return Row("contradictions", label, highest, lowest, "bound")


def below(label: str, value: float, bound: float) -> Row:
    return Row("bounds", label, value, bound, "bound")


def ends(function: Callable[..., float], *numbers: Numbers) -> Numbers:
    """Return the lowest and highest value that the rounding of the arguments allows."""
    corners = [function(*corner) for corner in itertools.product(*((at - half, at + half) for at, half in numbers))]
    return float(min(corners)), float(max(corners))


def half(function: Callable[..., float], *numbers: Numbers) -> float:
    lower, upper = ends(function, *numbers)
    return (upper - lower) / 2


def s(porosity: float, gamma: float = GAMMA, alpha: float = ALPHA) -> float:
    """Return the law."""
    return float(LAWS["power"].ordinate(porosity, gamma, alpha))


def tau(porosity: float, gamma: float = GAMMA, alpha: float = ALPHA) -> float:
    return porosity / s(porosity, gamma, alpha)


def porosity_of(conductivity: float) -> float:
    """Return the law's inverse."""
    return float((conductivity / GAMMA) ** (1 / ALPHA))


def fitted(name: str = "power") -> CorrelationFit:
    """Fit a law to exact points on the paper's, over the paper's range."""
    porosity = np.linspace(LOWEST, HIGHEST, 12)
    return fit(name, porosity, LAWS["power"].ordinate(porosity, GAMMA, ALPHA), resamples=0)


def composition() -> Iterator[Row]:
    solids = NMC + SOLIDS
    yield follows("P1 thickness from loading over density, um", LOADING / DENSITY * 10, 160.5, 0.05)
    yield follows(
        "P1 the same if the loading were active material, 93 wt.%", LOADING / 0.93 / DENSITY * 10, 172.5, 0.05
    )
    yield printed("P2 sum of the nominal shares, %", solids + RECIPE_PORE, 100, 0.0, 0.05 + ROUNDING_OF_SOLIDS + 0.05)
    yield printed("P2 pore left by the solids, %", 100 - solids, RECIPE_PORE, 0.05, 0.05 + ROUNDING_OF_SOLIDS)
    yield follows("P3 solids of the domain in the recipe, %", SOLIDS, 11.54, 0.005)
    yield follows("P3 without graphite, %", CARBON_BLACK + BINDER, 10.19, 0.005)
    by_weight = {"active material": (0.93, NMC, 4.78), "carbon black": (0.02, CARBON_BLACK, 1.85),
                 "graphite": (0.01, GRAPHITE, 2.27), "binder": (0.04, BINDER, 1.78)}  # fmt: skip
    for name, (weight, volume, density) in by_weight.items():
        yield follows(
            f"P4 density of {name} at 93:2:1:4 wt.%, g/cm3", weight * DENSITY / (volume / 100), density, 0.005
        )
    yield follows("P5 binder, share of binder and carbon by volume, %", 100 * BINDER / SOLIDS, 59.6, 0.05)
    yield follows("P5 by weight with graphite, %", 100 * 4 / (4 + 2 + 1), 57, 0.5)
    yield follows("P5 by weight without graphite, %", 100 * 4 / (4 + 2), 66.7, 0.05)
    yield printed("P6 sum of the shares of the image, %", CAM + CBD + PORE, 100, 0.0, 3 * 0.05)
    recipe = ends(lambda domain, cam: domain / cam, (SOLIDS, ROUNDING_OF_SOLIDS), (NMC, 0.05))
    image = ends(lambda domain, cam: domain / cam, (CBD, 0.05), (CAM, 0.05))
    yield apart("P7 domain per active material: recipe at most, image at least", recipe[1], image[0])
    yield follows("P7 domain of the image that would be unresolved pore, %", 100 * (1 - SOLIDS / CBD), 27.0, 0.05)
    yield apart("P8 28 % at most, recipe's porosity at least", 28.5, RECIPE_PORE - 0.05)
    yield apart("P8 image's porosity at most, 28 % at least", PORE + 0.05, 27.5)
    yield follows("P9 porosity beside the active material, image, %", 100 * PORE / (PORE + CBD), 62.9, 0.05)
    yield follows("P9 the same by the recipe, %", 100 * RECIPE_PORE / (RECIPE_PORE + SOLIDS), 71.5, 0.05)
    yield follows("P10 inner porosity if only the recipe's solids are solid, %",
                  100 * (1 - (1 - SELECTED) * SOLIDS / CBD), 51.6, 0.05)  # fmt: skip
    domain, mesopores = CBD / (1 - SELECTED), CBD * SELECTED / (1 - SELECTED)
    yield follows("P65 domain with its pores at 33.68 %, %", domain, 23.8, 0.05)
    yield follows("P65 mesopores, %", mesopores, 8.0, 0.05)
    yield follows("P65 macropores, %", PORE - mesopores, 18.8, 0.05)
    yield follows("P65 domain at 50 %, %", CBD / 0.5, 31.6, 0.05)
    yield follows("P65 macropores at 50 %, %", PORE - CBD, 11.0, 0.05)
    yield follows("P64 areal capacity at 93 wt.% and 175 mAh/g, mAh/cm2", LOADING * 0.93 * 0.175, 8.0, 0.05)


def cutouts() -> Iterator[Row]:
    voxels = np.round(BOX / VOXEL)
    box, cube = float(BOX.prod()), (CUTOUT * VOXEL) ** 3
    fits = voxels // CUTOUT
    yield follows("P12 voxels, 10^9", float(voxels.prod()) / 1e9, 5.980, 0.0005)
    yield follows("P12 volume, um3", box, 5980, 0.5)
    yield printed("P13 edge of a cutout, um", CUTOUT * VOXEL, 1.28, 0.005)
    yield follows("P13 volume of a cutout, um3", cube, 2.097, 0.0005)
    yield follows("P13 of all, um3", CUTOUTS * cube, 316.7, 0.05)
    yield follows("P13 of all, share of the box, %", 100 * CUTOUTS * cube / box, 5.30, 0.005)
    yield follows(
        "P13 share of what is no active material, %", 100 * CUTOUTS * cube / box / (CBD + PORE) * 100, 12.4, 0.05
    )
    yield follows("P13 disjoint places in the box", float(fits.prod()), 2541, 0.5)
    yield follows("P13 solves", 3 * CUTOUTS, 453, 0.5)
    yield follows("P14 solid inside the cutouts, um3", CUTOUTS * cube * (1 - ALL), 113.7, 0.05)
    yield follows("P14 share of all, %", 100 * CUTOUTS * cube * (1 - ALL) / (box * CBD / 100), 12.0, 0.05)
    inside = np.prod((voxels - SURROUNDINGS) / (voxels - CUTOUT))
    yield follows("P16 surroundings over cutout", (SURROUNDINGS / CUTOUT) ** 3, 244, 0.5)
    yield follows("P16 positions with whole surroundings, %", 100 * float(inside), 18.8, 0.05)
    yield follows("P18 most cutouts kept", CUTOUTS * (1 - ALL) // (1 - SELECTED), 81, 0.5)
    yield printed("P55 volume of [7] over the box, %", 100 * 3.9 * 5 * 2.3 / box, 0.75, 0.005)
    yield follows("P50 pores of 81 cutouts at 33.68 %, % of the box", 100 * 81 * cube * SELECTED / box, 0.96, 0.005)
    yield follows("P50 pores if the whole domain had 33.68 %, %", CBD * SELECTED / (1 - SELECTED), 8.0, 0.05)


def definitions() -> Iterator[Row]:
    exponent = fitted("ge")["exponent"].value
    yield follows("P23 exponent of tau", exponent, -2.31, 0.005)
    yield printed("P24 tau of Bruggeman at 50 %", 0.5 / float(bruggeman(0.5)), 1.41, 0.005)
    others = {0.14: (2.67, 0.005), SELECTED: (1.723, 5e-4), 0.56: (1.336, 5e-4), ALL: (1.249, 5e-4)}
    for porosity, (reference, digit) in others.items():
        yield follows(
            f"P24 tau of Bruggeman at {porosity:.4g}", porosity / float(bruggeman(porosity)), reference, digit
        )
    for directions, ratio, digit in (((0.5, 1.0, 1.5), 1.22, 0.005), ((0.8, 1.0, 1.2), 1.028, 5e-4)):
        found = averages([0.5] * 3, 0.1 * np.array(directions))
        label = f"P25 mean of tau over tau of the means, s as {':'.join(map(str, directions))}"
        yield follows(label, found.mean_tortuosity / found.tortuosity_of_means, ratio, digit)
    bound = float(isotropic_upper_bound(SELECTED))
    yield follows("P27 isotropic upper bound at 33.68 %", bound, 0.253, 5e-4)
    yield follows("P27 lowest tau at 33.68 %", SELECTED / bound, 1.33, 0.005)


def all_cutouts() -> Iterator[Row]:
    beside = PORE / (PORE + CBD)
    kept = CUTOUTS * (1 - ALL) / (1 - SELECTED)  # if all others were open
    deviation = np.sqrt(kept / CUTOUTS * (SELECTED - ALL) ** 2 + (1 - kept / CUTOUTS) * (1 - ALL) ** 2)
    error = float(deviation / np.sqrt(CUTOUTS))
    yield Row(
        "mean of all", "P29 mean porosity of all; of all that is no active material", ALL, beside, "recomputed", error
    )
    rounding = half(lambda eps, at: eps / at, AT_ALL, (TAU_ALL, 0.005))
    yield printed("P30 s of all from 64.11 % and tau 1.85", ALL / TAU_ALL, 0.35, 0.005, rounding)
    yield follows("P31 most cutouts kept if 1.85 were the mean of tau >= 1",
                  CUTOUTS * (TAU_ALL - 1) // (TAU_TEXT - 1), 23, 0.5)  # fmt: skip
    for others, share in ((0.9, 3.5), (1.0, 3.9)):
        number = np.floor(CUTOUTS * (others - ALL) / (others - SELECTED))
        tau_of_others = others / float(isotropic_upper_bound(others))
        mean = float((number * TAU_TEXT + (CUTOUTS - number) * tau_of_others) / CUTOUTS)
        yield follows(f"P31 mean of tau of two clusters, the others at {others:.0%}", mean, share, 0.05)
    law_at_all = ends(s, AT_ALL, *DIGITS)
    yield follows("P32 law at 64.11 %", s(ALL), 0.448, 5e-4)
    yield follows("P32 tau of the law at 64.11 %", tau(ALL), 1.43, 0.005)
    yield apart("P32 printed s at most, law at least", 0.355, law_at_all[0])
    yield follows("P33 1.85 over 1.41", TAU_ALL / 1.41, 1.31, 0.005)
    yield follows("P33 Bruggeman's s at 64.11 %", float(bruggeman(ALL)), 0.513, 5e-4)
    yield apart("P33 Bruggeman's tau at 64.11 % at most, 1.41 at least", (ALL - 5e-5) ** -0.5, 1.405)


def selected_cutouts() -> Iterator[Row]:
    lower, upper = ends(tau, AT_SELECTED, *DIGITS)
    yield follows("P35 tau of the law at 33.68 %", tau(SELECTED), 6.335, 5e-4)
    yield follows("P35 lowest that rounding allows", lower, 6.28, 0.005)
    yield follows("P35 highest that rounding allows", upper, 6.39, 0.005)
    yield apart("P35 law at most, 6.41 of the text at least", upper, TAU_TEXT - 0.005)
    yield apart("P36 6.32 of the figure at most, 6.41 of the text at least", TAU_FIGURE + 0.005, TAU_TEXT - 0.005)
    yield printed("P36 tau of the law beside 6.32 of the figure", tau(SELECTED), TAU_FIGURE, 0.005, (upper - lower) / 2)
    yield printed("P37 s of the law at 33.68 %", s(SELECTED), 0.0532, 5e-5, half(s, AT_SELECTED, *DIGITS))
    yield follows("P37 tau from 33.68 % and 5.32 %", SELECTED / 0.0532, 6.33, 0.005)
    for gamma, alpha in ((1.39, 3.00), (2.40, 3.50)):
        yield follows(f"P38 s of {gamma} eps^{alpha} at 33.68 %", s(SELECTED, gamma, alpha), 0.0532, 5e-4)
    for kept, least in ((81, 6.8), (23, 8.0)):
        yield follows(f"P40 least mean of tau of {kept} cutouts on the law", least_mean_of_tau(kept), least, 0.05)
    yield apart("P40 6.41 at most, least mean of tau on the law at least", TAU_TEXT + 0.005, least_mean_of_tau(81))
    even = LOWEST + (np.arange(20_000) + 0.5) / 20_000 * (HIGHEST - LOWEST)
    evenly = averages(even, LAWS["power"].ordinate(even, GAMMA, ALPHA))
    yield follows("P40 mean of tau of an even spread", evenly.mean_tortuosity, 10.3, 0.05)
    yield printed("P41 6.41 over 1.85", TAU_TEXT / TAU_ALL, 3.5, 0.05)
    yield apart("P41 3.5 at most, 6.41 over 1.41 at least", 3.55, (TAU_TEXT - 0.005) / 1.415)
    yield follows(
        "P41 6.41 over Bruggeman's tau at 33.68 %", TAU_TEXT * float(bruggeman(SELECTED)) / SELECTED, 3.72, 0.005
    )
    spread = SELECTED + 0.08 * np.sqrt(3) * (2 * (np.arange(20_000) + 0.5) / 20_000 - 1)
    found = averages(spread, LAWS["power"].ordinate(spread, GAMMA, ALPHA))
    yield follows(
        "P51 mean of s over s of the mean, 8 points of spread", found.relative_conductivity / s(SELECTED), 1.2, 0.05
    )
    yield below(
        "P51 tau of the means, mean of tau, 8 points of spread", found.tortuosity_of_means, found.mean_tortuosity
    )


def least_mean_of_tau(kept: int) -> float:
    """Return the least mean of tau on the law with both ends of the range present: all others are alike (convexity)."""
    others = (kept * SELECTED - LOWEST - HIGHEST) / (kept - 2)
    return (tau(LOWEST) + tau(HIGHEST) + (kept - 2) * tau(others)) / kept


def law() -> Iterator[Row]:
    found = fitted()
    at = {0.14: (0.0029, 48.1), 0.17: (0.0055, 30.7), SELECTED: (0.0532, 6.33), 0.5: (0.197, 2.54),
          0.541: (0.255, 2.12), 0.56: (0.286, 1.96)}  # fmt: skip
    for porosity, (conductivity, tortuosity) in at.items():
        there = found.predict([porosity])
        label = "P20, P39" if porosity in (0.17, 0.541) else "P39"
        digit = 5e-5 if conductivity < 0.1 else 5e-4
        yield follows(f"{label} s at {porosity:.4g}", float(there.ordinate[0]), conductivity, digit)
        digit = 0.05 if tortuosity > 10 else 0.005
        yield follows(f"{label} tau at {porosity:.4g}", float(there.tortuosity[0]), tortuosity, digit)
    for porosity, ratio, digit in (
        (0.14, 18.0, 0.05),
        (SELECTED, 3.68, 0.005),
        (0.5, 1.80, 0.005),
        (0.56, 1.46, 0.005),
    ):
        yield follows(
            f"P42 Bruggeman over the law at {porosity:.4g}", float(bruggeman(porosity)) / s(porosity), ratio, digit
        )
    crossings = {"bruggeman": 69.1, "isotropic_upper_bound": 70.6, "straight_pores": 74.9}
    for name, per_cent in crossings.items():
        yield follows(f"P43 law above {name.replace('_', ' ')} from, %", 100 * found.exceeds[name], per_cent, 0.05)
    yield follows("P43 law at 100 %", s(1.0), 1.95, 0.005)
    line = LAWS["power-then-linear"].ordinate
    slope = float(line(1.0, GAMMA, ALPHA, HIGHEST) - line(0.9, GAMMA, ALPHA, HIGHEST)) / 0.1
    yield follows("P44 slope of the line from the law at 56 % to open space", slope, 1.62, 0.005)
    yield follows("P44 s of that line at 64.11 %", float(line(ALL, GAMMA, ALPHA, HIGHEST)), 0.418, 5e-4)
    dilute = float(isotropic_upper_bound(1.0) - isotropic_upper_bound(1 - 1e-6)) / 1e-6
    yield follows("P44 slope of few scatterers", dilute, 1.5, 1e-3)
    yield from outside(found)


def outside(found: CorrelationFit) -> Iterator[Row]:
    """State which porosities of the literature the law does not cover, and that it says so when asked."""
    yield apart("P45 56 % of the law at most, 63 % of [10] at least", HIGHEST + 0.005, 0.625)
    for name, porosity in {"[21] low": 0.5, "[21] high": 0.6, "[7]": 0.576, "[10]": 0.63}.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", OutsideValidity)
            there = found.predict([porosity])
        warned = any(issubclass(one.category, OutsideValidity) for one in caught)
        expected = float(porosity > HIGHEST)
        yield Row("range", f"P45 {name}, {porosity:.1%}: outside", float(there.outside_range[0]), expected)
        yield Row("range", f"P45 {name}, {porosity:.1%}: warned", float(warned), expected)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", OutsideValidity)
        there = found.predict([0.74, 0.76])
    yield Row("range", "P43 a value at 74 %, where tau > 1", float(np.isfinite(there.ordinate[0])), 1.0)
    yield Row("range", "P43 no value at 76 %, where tau < 1", float(np.isnan(there.ordinate[1])), 1.0)


def mercury() -> Iterator[Row]:
    porosimetry = Porosimetry(contact_angle=np.radians(140), surface_tension=0.48)
    for diameter, pressure, digit in ((1000, 1.47, 0.005), (400, 3.68, 0.005), (100, 14.7, 0.05), (60, 24.5, 0.05),
                                      (10, 147, 0.5)):  # fmt: skip
        yield follows(
            f"P46 pressure for {diameter} nm, MPa", porosimetry.pressure(diameter * 1e-9) / 1e6, pressure, digit
        )
    yield follows("P47 400 nm over the edge of a cutout", 0.4 / (CUTOUT * VOXEL), 0.31, 0.005)


def films_and_domains() -> Iterator[Row]:
    """Compare the law with what others found for films and domains."""
    points = {item.label: item for item in literature() if item.conductivity}
    films = {"Stephenson 63:37": (21.0, 14, 0.5, 28.3, 1.94), "Stephenson 46:54": (12.6, 8.5, 0.05, 33.1, 1.81)}
    for name, (tortuosity, ratio, digit, needed, growth) in films.items():
        porosity, conductivity = points[name].porosity[0], points[name].conductivity[0]
        yield follows(f"P52 {name}: tau", porosity / conductivity, tortuosity, 0.05)
        yield follows(f"P52, P63 {name}: law over point", s(porosity) / conductivity, ratio, digit)
        yield follows(f"P52 {name}: porosity that the law needs, %", 100 * porosity_of(conductivity), needed, 0.05)
        solid = (1 - porosity_of(conductivity)) / (1 - porosity)
        yield follows(f"P52 {name}: growth of the solid that it needs", solid, growth, 0.005)
    yield follows("P52 law at 63 %", s(0.63), 0.423, 5e-4)
    vierrath = points["Vierrath"]
    lower, upper = vierrath.conductivity
    middle = (lower + upper) / 2
    for tortuosity, per_cent in ((2.0, 28.8), (1.6, 36.0)):
        yield follows(f"P53 s of [7] at tau {tortuosity}, %", 100 * vierrath.porosity[0] / tortuosity, per_cent, 0.05)
    yield follows("P53 law at 57.6 %", s(0.576), 0.314, 5e-4)
    yield Row(
        "printed", "P53, P63 law at 57.6 %, between 30 and 37 %", s(0.576), middle, "published", (upper - lower) / 2
    )
    for conductivity, per_cent in ((lower, 56.8), (upper, 60.5)):
        yield follows(
            f"P53 porosity of the law at s = {conductivity}, %", 100 * porosity_of(conductivity), per_cent, 0.05
        )
    for conductivity, tortuosity in ((0.03, 5.7), (0.05, 3.4)):
        yield follows(f"P54 tau at 17 % and s = {conductivity}", 0.17 / conductivity, tortuosity, 0.05)
    yield follows("P54 law at 17 %", s(0.17), 0.0055, 5e-5)
    yield follows("P54 57.6 % after the solid swells by 75 %, %", 100 * (1 - (1 - 0.576) * 1.75), 25.8, 0.05)
    prifling = {"Prifling EDX": (5.62, 0.005, 39.4), "Prifling network": (11.1, 0.05, 32.0)}
    for name, (tortuosity, digit, needed) in prifling.items():
        conductivity = points[name].conductivity[0]
        yield follows(f"P56 {name}: tau at 50 %", 0.5 / conductivity, tortuosity, digit)
        yield follows(f"P56, P63 {name}: porosity that the law needs, %", 100 * porosity_of(conductivity), needed, 0.05)
    yield follows("P56 law at 50 %, %", 100 * s(0.5), 19.7, 0.05)
    near, far = 5.32 - 4.5, 8.9 - 5.32
    yield apart("P57 from 5.32 to 4.5 at most, to 8.9 at least", near + 0.055, far - 0.055)
    for conductivity, per_cent in ((0.05, 33.1), (0.25, 53.8)):
        yield follows(
            f"P61 porosity of the law at s = {conductivity}, %", 100 * porosity_of(conductivity), per_cent, 0.05
        )
    for porosity, conductivity, tortuosity in ((0.5, 0.197, 2.54), (0.6, 0.360, 1.67)):
        yield follows(f"P62 law at {porosity:.0%}", s(porosity), conductivity, 5e-4)
        yield follows(f"P62 tau of the law at {porosity:.0%}", tau(porosity), tortuosity, 0.005)


def electrodes() -> Iterator[Row]:
    for porosity, tortuosity in ((0.33, 1.74), (0.52, 1.39)):
        yield follows(
            f"P58 tau of Bruggeman at {porosity:.0%}", porosity / float(bruggeman(porosity)), tortuosity, 0.005
        )
    ge = next(item for item in literature() if item.label == "Ge")

    def tau_of_ge(porosity: float) -> float:
        return porosity / s(porosity, ge.gamma, ge.alpha)

    for porosity, tortuosity in ((0.3, 2.31), (0.6, 1.18), (0.289, 2.40)):
        yield follows(f"P59 tau of [12] at {porosity:.1%}", tau_of_ge(porosity), tortuosity, 0.005)
    for tortuosity, per_cent in ((1.6, 43.9), (2.4, 28.9)):
        total = 100 * (tortuosity * ge.gamma) ** (1 / (1 - ge.alpha))
        yield follows(f"P59 porosity of the electrode of [12] at tau {tortuosity}, %", total, per_cent, 0.05)
    for porosity, tortuosity, conductivity, digit in ((0.5, 2.0, 0.25, 0.005), (0.3, 4.5, 0.067, 5e-4)):
        yield follows(
            f"P60 s of [19] at {porosity:.0%} and tau {tortuosity}", porosity / tortuosity, conductivity, digit
        )


def beside_the_literature() -> Figure:
    """Draw the paper's fig. 4 anew: law, Bruggeman, the points of the others, the mean porosity."""
    figure = Figure(figsize=(7.6, 5.2), layout="constrained")
    axes = plot.bound(figure.subplots(), lowest=0.1)
    plot.published(axes)
    axes.axvline(SELECTED, color="#888888", ls=":", lw=1, label="mean porosity of the selected, 33.68 %")
    axes.plot(SELECTED, 0.0532, "*", ms=11, color="#b23a48", label="s = 5.32 %")
    plot.tidy(axes, "What others found beside s = 1.95 eps^3.31", "relative conductivity", logarithmic=True)
    axes.set(xlim=(0.1, 1), ylim=(1e-3, 1.2))
    axes.legend(frameon=False, fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure
