"""The bilayers of Yari et al., predicted from diffusivity and conductivities fitted to their single layers alone."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import brentq

from electrosim import load
from electrosim.base.observer import Observer, silent
from electrosim.discharge.carry_out import carry_out
from electrosim.discharge.cell import Cell, Electrode
from electrosim.discharge.coated import Electronics, electrode
from electrosim.discharge.conductivity import Same, Tabulated
from electrosim.discharge.disparity import inferred
from electrosim.discharge.equilibrium import active_mass
from electrosim.discharge.overpotential import CONTRIBUTIONS, split
from electrosim.discharge.problem import Problem
from electrosim.discharge.rate_programme import constant_current
from electrosim.discharge.structured import Structured
from electrosim.materials.property import constant
from electrosim.recipe import LayerRecipe, coat
from electrosim.recipe.profile import Uniform
from electrosim.study.validation.metrics import Comparison, Row

RATES = np.array([0.5, 1.0, 2.0, 3.0])
SINGLE = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)  # wt% of carbon
POOR_BOTTOM = ((2.0, 3.0), (1.5, 3.5), (1.0, 4.0))  # {bottom, top}
RICH_BOTTOM = tuple((top, bottom) for bottom, top in POOR_BOTTOM)
BILAYERS = (*POOR_BOTTOM, *RICH_BOTTOM)
WORST, BEST = POOR_BOTTOM[-1], RICH_BOTTOM[-1]
DRAWS = 24
FILM = 13e-9
SPECIFIC_CAPACITY = 175 * 3.6  # C/g, printed as the current of 1C


@dataclass(frozen=True)
class Inputs:
    """What the paper does not print, at its central value, and the targets that its text gives for single layers."""

    gamma: dict[float, float] = field(default_factory=lambda: {1.0: 0.69, 1.5: 0.84, 2.5: 0.87, 4.0: 0.90})
    tortuosity: float = 3.0
    series: float = 5e-4  # ohm m2
    loading: float = 0.11  # kg/m2 of active material
    reaction: float = 1.0  # of the rate constant in the table
    dead: float = 0.0  # share of the particles out of reach at 1 % of carbon

    def target(self, carbon: float) -> float:
        """Return the gamma of a single layer, linear between those that the text gives."""
        return float(np.interp(carbon, list(self.gamma), list(self.gamma.values())))


@dataclass(frozen=True)
class Discharges:
    """Energy [J m-2] and charge per active mass [C kg-1] at each rate; charges of the layers, shape (rates, layers)."""

    energy: np.ndarray
    charge: np.ndarray
    layers: np.ndarray

    @property
    def gamma(self) -> float:
        """2^-alpha of energy = beta rate^-alpha, least squares of logarithms; 0 if a rate gives nothing."""
        if not (self.energy > 0).all():
            return 0.0
        return float(2 ** np.polyfit(np.log(RATES), np.log(self.energy), 1)[0])


@functools.cache
def scenario() -> object:
    return load("single-layer")


def positive_electrode(
    inputs: Inputs, layers: Sequence[float], diffusivity: float, sigma: dict[float, float], contact: dict[float, float]
) -> Electrode:
    """Return an electrode of layers of equal solids, bottom first; the bottom layer sets the contact resistance."""
    base = scenario()
    material = dataclasses.replace(
        base.electrode.ingredients.active[0][0],
        diffusivity=constant(diffusivity),
        reaction_rate=base.electrode.ingredients.active[0][0].reaction_rate * inputs.reaction,
    )
    ingredients = dataclasses.replace(base.electrode.ingredients, active=((material, 1.0),))
    recipes = [LayerRecipe(Uniform(carbon / 100), film=FILM, tortuosity=inputs.tortuosity) for carbon in layers]
    coating = coat(ingredients, recipes, loading=inputs.loading, porosity=0.30)
    carbons = sorted(set(layers))
    conductivity = Tabulated(tuple(c / 100 for c in carbons), tuple(sigma.get(c, 100.0) for c in carbons))
    wired = Tabulated((0.01, 0.015), (1 - inputs.dead, 1.0))
    resistance = Same(contact.get(layers[0], 0.0))
    return electrode(coating, Electronics(conductivity, None, resistance, wired))


def discharges(
    inputs: Inputs,
    layers: Sequence[float],
    diffusivity: float,
    sigma: dict[float, float],
    contact: dict[float, float] = MappingProxyType({}),
) -> Discharges:
    """Discharge an electrode at the four rates."""
    base = scenario().problem
    positive = positive_electrode(inputs, layers, diffusivity, sigma, contact)
    return discharged(dataclasses.replace(base.cell, positive=positive, series_resistance=inputs.series), base)


def discharged(cell: Cell, problem: Problem) -> Discharges:
    mass = active_mass(cell.positive)
    programmes = constant_current(RATES, 1e3 * SPECIFIC_CAPACITY * mass, 3.0)
    records = carry_out(dataclasses.replace(problem, cell=cell, programmes=programmes), cell, Structured(), silent, "")
    layers = [
        [
            np.ptp(record.held(section, record.measured)[[0, -1]]) / record.mass(section)
            for section in record.sections
            if section.side == "positive"
        ]
        for record in records
    ]
    charge = np.array([record.charge for record in records]) / mass
    return Discharges(np.array([record.energy for record in records]), charge, np.array(layers))


def calibrate(inputs: Inputs, carbons: Sequence[float] = SINGLE) -> tuple[float, dict[float, float]]:
    """Return diffusivity and conductivities with which single layers have the gammas of the text.

    At 4 % nothing but diffusion is left to limit (100 S/m); below, the conductivity of each content is a free number.
    """

    def misses(diffusivity: float, carbon: float, sigma: float) -> float:
        return discharges(inputs, [carbon], diffusivity, {carbon: sigma}).gamma - inputs.target(carbon)

    diffusivity = _root(lambda d: misses(d, 4.0, 100.0), 2e-15, 3e-14)
    sigma = {4.0: 100.0}
    for carbon in carbons:
        if carbon != 4.0:
            sigma[carbon] = _root(lambda s, carbon=carbon: misses(diffusivity, carbon, s), 2e-4, 1.0)
    return diffusivity, sigma


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return float(np.exp(brentq(lambda x: function(np.exp(x)), np.log(low), np.log(high), xtol=2e-3)))


@dataclass(frozen=True)
class Study:
    """All electrodes of one set of inputs."""

    inputs: Inputs
    diffusivity: float
    sigma: dict[float, float]
    single: dict[float, Discharges]
    bilayers: dict[tuple[float, float], Discharges]

    def beside_reference(self, bilayer: tuple[float, float]) -> float:
        """Return by which share gamma differs from that of the single layer of 2.5 %."""
        return self.bilayers[bilayer].gamma / self.single[2.5].gamma - 1

    def equation_7(self, bilayer: tuple[float, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return u_2, psi and u_2 Q_2/Q_1 at each rate, with u_1 = 1 as the paper supposes."""
        bottom, top = (self.single[carbon].charge for carbon in bilayer)
        share = active_shares(self.inputs, bilayer)
        u_2, psi = inferred(np.array(share), self.bilayers[bilayer].charge, bottom, top)
        return u_2, psi, u_2 * top / bottom

    def true_use(self, bilayer: tuple[float, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the true u_1, u_2 and use of the top over that of the bottom, from the lithium in the particles."""
        bottom, top = self.bilayers[bilayer].layers.T
        return bottom / self.single[bilayer[0]].charge, top / self.single[bilayer[1]].charge, top / bottom


def active_shares(inputs: Inputs, bilayer: tuple[float, float]) -> tuple[float, ...]:
    recipes = [LayerRecipe(Uniform(carbon / 100), film=FILM) for carbon in bilayer]
    return coat(scenario().electrode.ingredients, recipes, loading=inputs.loading, porosity=0.3).active_shares


def study(inputs: Inputs, carbons: Sequence[float], bilayers: Sequence[tuple[float, float]]) -> Study:
    diffusivity, sigma = calibrate(inputs, carbons)
    single = {carbon: discharges(inputs, [carbon], diffusivity, sigma) for carbon in carbons}
    both = {bilayer: discharges(inputs, bilayer, diffusivity, sigma) for bilayer in bilayers}
    return Study(inputs, diffusivity, sigma, single, both)


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    observer("bilayers of Yari et al.", 0.0)
    central = study(Inputs(), SINGLE, BILAYERS)
    rows = [
        *put_in(central),
        *rate_capability(central),
        *utilisation(central),
        *spread(observer),
        *contact_instead(central),
        *paper_gamma(),
        *loading(central),
        *arithmetic(),
        *ion_limited(),
        *electronic_loss(),
    ]
    return Comparison(rows, {"rate-capability": draw_gamma(central), "utilisation": draw_use(central)})


def name(layers: Sequence[float]) -> str:
    return f"{{{', '.join(f'{carbon:g}' for carbon in layers)}}}"


def put_in(central: Study) -> Iterator[Row]:
    """What was fitted: the gamma of single layers, and the numbers that came of it."""
    for carbon, found in central.single.items():
        yield Row("put in", f"gamma of {carbon:g} %", found.gamma, central.inputs.target(carbon), "published")
    yield Row("fitted", "diffusivity / 1e-15 m2/s", 1e15 * central.diffusivity, 5.5, "recomputed")
    first_study = {1.0: 1.11e-3, 1.5: 2.0e-3, 2.5: 2.7e-3}
    for carbon, sigma in first_study.items():
        label = f"conductivity at {carbon:g} % / 1e-3 S/m"
        yield Row("fitted", label, 1e3 * central.sigma[carbon], 1e3 * sigma, "recomputed")
    label = "conductivity at 2.5 %, 0.02 S/m below which 50 mV are lost at 3C"
    yield Row("low conductivity", label, central.sigma[2.5], 0.02, "bound")


def rate_capability(central: Study) -> Iterator[Row]:
    """What is predicted of gamma."""
    reference = central.single[2.5].gamma
    for bilayer, found in central.bilayers.items():
        poor = bilayer[0] < bilayer[1]
        label = f"gamma of {name(bilayer)} and of 2.5 %, the lower one first as printed"
        yield Row("order", label, *((found.gamma, reference) if poor else (reference, found.gamma)), "bound")
        label = f"gamma of {name(bilayer)}, of the single layer like its bottom"
        yield Row("bottom rules", label, found.gamma, central.single[bilayer[0]].gamma, "published")
        paper = 0.301 ** -np.log2(found.gamma)
        yield Row("other definitions", f"gamma of {name(bilayer)} as 0.301^alpha", paper, found.gamma, "recomputed")
        linear = linear_gamma(found.energy)
        yield Row(
            "other definitions", f"gamma of {name(bilayer)} by linear residuals", linear, found.gamma, "recomputed"
        )
    yield Row("size", f"gamma of {name(WORST)} beside 2.5 %", central.beside_reference(WORST), -0.20, "published")


def linear_gamma(energy: np.ndarray) -> float:
    from scipy.optimize import curve_fit

    (_, alpha), _ = curve_fit(lambda rate, beta, alpha: beta * rate**-alpha, RATES, energy / energy[0], p0=(1, 0.3))
    return float(2**-alpha)


def utilisation(central: Study) -> Iterator[Row]:
    """What is predicted of the use of the layers: by equation 7, and in truth."""
    for bilayer in BILAYERS:
        u_2, psi, ratio = central.equation_7(bilayer)
        true_1, true_2, true_ratio = central.true_use(bilayer)
        for rate, *values in zip(RATES, u_2, psi, ratio, true_1, true_2, true_ratio, strict=True):
            at = f"{name(bilayer)} at {rate:g}C"
            if bilayer != WORST and rate <= 2:
                yield Row("others are even", f"u_2 Q_2/Q_1 of {at}", values[2], 1.0, "published")
            else:
                yield Row("equation 7", f"u_2 Q_2/Q_1 of {at}", values[2], 1.0, "recomputed")
            yield Row("true use", f"use of top over bottom in {at}, by equation 7", values[5], values[2], "recomputed")
            yield Row("u_1 is 1", f"true u_1 of {at}", values[3], 1.0, "published")
            yield Row("true u_2", f"true u_2 of {at}, by equation 7", values[4], values[0], "recomputed")
    u_2, _, ratio = central.equation_7(WORST)
    yield Row("most uneven", f"largest u_2 Q_2/Q_1 of {name(WORST)}", float(ratio.max()), 1.4, "published")
    yield Row("u_2", f"u_2 of {name(WORST)} at 3C, 1", float(u_2[3]), 1.0, "bound")
    for number, rate in ((2, 2), (3, 3)):
        yield Row("u_2", f"1, u_2 of {name(BEST)} at {rate}C", 1.0, float(central.equation_7(BEST)[0][number]), "bound")
    for bilayer, printed in ((WORST, 0.46), (WORST, 0.48), (BEST, 0.505)):
        psi = float(central.equation_7(bilayer)[1][1])
        yield Row("psi at 1C", f"psi of {name(bilayer)} at 1C", psi, printed, "published")
    for bilayer in POOR_BOTTOM:
        sums = []
        for order in (bilayer, bilayer[::-1]):
            shares = np.array(active_shares(central.inputs, order))
            sums.append(float(shares @ [central.single[carbon].charge[2] for carbon in order]))
        yield Row("order-blind", f"sum of single layers as {name(bilayer)} and mirrored, 2C", sums[0], sums[1], "exact")


def spread(observer: Observer) -> Iterator[Row]:
    """Draw what is not printed (GUM supplement 1), fit the single layers again, predict again."""
    rng = np.random.default_rng(4)
    found = []
    for number in range(DRAWS):
        observer("unprinted inputs drawn", number / DRAWS)
        gamma = {
            1.0: rng.uniform(0.62, 0.70), 1.5: rng.uniform(0.80, 0.85),
            2.5: rng.uniform(0.85, 0.885), 4.0: rng.uniform(0.89, 0.91),
        }  # fmt: skip
        inputs = Inputs(
            gamma=gamma,
            tortuosity=rng.uniform(1.8, 5.0),
            series=rng.uniform(0.0, 15e-4),
            loading=0.11 * rng.normal(1.0, 0.02),
            reaction=10 ** rng.uniform(-0.5, 0.5),
            dead=rng.uniform(0.0, 0.10),
        )
        drawn = study(inputs, (1.0, 2.5, 4.0), (WORST, BEST))
        found.append(
            (
                drawn.beside_reference(WORST),
                drawn.beside_reference(BEST),
                drawn.equation_7(WORST)[2].max(),
                drawn.true_use(WORST)[2][2],
                1e3 * drawn.sigma[1.0],
            )
        )
    labels = (
        (f"gamma of {name(WORST)} beside 2.5 %", -0.20),
        (f"gamma of {name(BEST)} beside 2.5 %", 0.0),
        (f"largest u_2 Q_2/Q_1 of {name(WORST)}", 1.4),
        (f"true use of top over bottom of {name(WORST)} at 2C", 1.0),
        ("conductivity at 1 % / 1e-3 S/m", 1.11),
    )
    for values, (label, reference) in zip(np.array(found).T, labels, strict=True):
        for share in (5, 50, 95):
            yield Row(
                "spread", f"{label}, {share} % of draws", float(np.percentile(values, share)), reference, "published"
            )
    lowest, highest = np.percentile(np.array(found)[:, 0], (5, 95))
    yield Row("spread holds the print", f"5 % of draws of gamma of {name(WORST)}, -20 %", lowest, -0.20, "bound")
    yield Row("spread holds the print", f"-20 %, 95 % of draws of gamma of {name(WORST)}", -0.20, highest, "bound")


def contact_instead(central: Study) -> Iterator[Row]:
    """Fit the same single layers by a contact resistance alone: they cannot tell it from conductivity, bilayers can."""
    inputs, diffusivity = central.inputs, central.diffusivity
    contact = {4.0: 0.0}
    for carbon in (1.0, 2.5):
        contact[carbon] = _root(
            lambda r, carbon=carbon: (
                inputs.target(carbon) - discharges(inputs, [carbon], diffusivity, {}, {carbon: r}).gamma
            ),
            1e-4,
            2e-2,
        )
    single = {carbon: discharges(inputs, [carbon], diffusivity, {}, contact) for carbon in (1.0, 2.5, 4.0)}
    both = {WORST: discharges(inputs, WORST, diffusivity, {}, contact)}
    other = Study(inputs, diffusivity, {}, single, both)
    for carbon in (1.0, 2.5):
        label = f"gamma of {carbon:g} % by contact, by conductivity"
        yield Row("contact fits too", label, single[carbon].gamma, central.single[carbon].gamma, "recomputed")
        yield Row("contact", f"resistance at {carbon:g} % / ohm cm2", 1e4 * contact[carbon], 0.0, "recomputed")
    label = f"gamma of {name(WORST)} beside 2.5 % by contact, by conductivity"
    yield Row("contact", label, other.beside_reference(WORST), central.beside_reference(WORST), "recomputed")
    most = float(other.equation_7(WORST)[2].max())
    label = f"largest u_2 Q_2/Q_1 of {name(WORST)} by contact, 1.1"
    yield Row("contact makes nothing uneven", label, most, 1.1, "bound")


def paper_gamma() -> Iterator[Row]:
    """Take the printed gammas as 0.301^alpha and fit and predict again."""
    printed = Inputs()
    exponents = {carbon: np.log(gamma) / np.log(0.301) for carbon, gamma in printed.gamma.items()}
    inputs = dataclasses.replace(printed, gamma={carbon: 2**-alpha for carbon, alpha in exponents.items()})
    other = study(inputs, (1.0, 2.5, 4.0), (WORST, BEST))
    for bilayer in (WORST, BEST):
        u_2 = other.equation_7(bilayer)[0]
        for number, rate in ((2, 2), (3, 3)):
            label = f"u_2 of {name(bilayer)} at {rate}C with gamma as 0.301^alpha"
            yield Row("gamma as printed", label, float(u_2[number]), 1.0, "published")
    first = float(other.equation_7(WORST)[0][2])
    yield Row("u_2 by gamma as printed", f"1, u_2 of {name(WORST)} at 2C", 1.0, first, "bound")
    alphas = [-np.log2(other.bilayers[WORST].gamma), -np.log2(other.single[2.5].gamma)]
    fall = 0.301 ** (alphas[0] - alphas[1]) - 1
    yield Row("gamma as printed", f"gamma of {name(WORST)} beside 2.5 % as 0.301^alpha", fall, -0.20, "published")


def loading(central: Study) -> Iterator[Row]:
    """Coat 5 % less or more, nothing fitted again."""
    for factor in (0.95, 1.05):
        inputs = dataclasses.replace(central.inputs, loading=factor * central.inputs.loading)
        gammas = [discharges(inputs, layers, central.diffusivity, central.sigma).gamma for layers in (WORST, [2.5])]
        label = f"gamma of {name(WORST)} beside 2.5 % at {100 * factor:g} % of the loading"
        yield Row("loading", label, gammas[0] / gammas[1] - 1, central.beside_reference(WORST), "recomputed")


def arithmetic() -> Iterator[Row]:
    """Currents, and what psi is: a transform of Q_t/Q_1."""
    printed = {1 / 20: 0.096, 1 / 10: 0.193, 1 / 3: 0.642, 1 / 2: 0.963, 1: 1.925, 2: 3.85, 3: 5.775}
    for rate, current in printed.items():
        found = 11 * 0.175 * rate
        yield Row("arithmetic", f"current at {rate:.3g}C / mA/cm2", found, current, "recomputed", 5.01e-4)
    shares = np.array(active_shares(Inputs(), WORST))
    for ratio in (1.0, 1.4):
        total = shares[0] + shares[1] * ratio
        u_2, psi = (float(one) for one in inferred(shares, np.array(total), np.array(1.0), np.array(1.0)))
        yield Row("equation 8", f"psi of u_2 Q_2/Q_1 = {ratio:g}, both forms", psi, 1 / (1 + u_2), "exact")
    one_more = float(inferred(shares, np.array(1.01), np.array(1.0), np.array(1.0))[1])
    yield Row("psi hardly moves", "0.5 less psi for 1 % more of Q_t/Q_1", 0.5 - one_more, 0.005, "recomputed")
    for rate_factor in (2.0, 4.0):
        law = 3.7 * np.array([1.0, rate_factor]) ** -0.2
        found = float((law[1] / law[0]) ** (1 / np.log2(rate_factor)))
        yield Row("equation 6", f"factor per doubling over {rate_factor:g} times the rate", found, 2**-0.2, "exact")


def ion_limited() -> Iterator[Row]:
    """Switch the limit from electrons to ions: the separator side is then used more, whatever the order."""
    inputs = Inputs(tortuosity=30.0)
    for bilayer in (WORST, BEST):
        bottom, top = discharges(inputs, bilayer, 5.4e-15, {}).layers[2]
        yield Row(
            "ions limit", f"1, use of top over bottom in {name(bilayer)} at 2C", 1.0, float(top / bottom), "bound"
        )


def electronic_loss() -> Iterator[Row]:
    """Where electrons lose their energy while the whole thickness reacts alike: 7/8 in the half at the collector."""
    base = scenario().problem
    positive = positive_electrode(Inputs(tortuosity=1.0), [2.5, 2.5], 5.4e-15, {2.5: 1.0}, {})
    cell = dataclasses.replace(base.cell, positive=positive)
    step = constant_current([0.5], 1e3 * SPECIFIC_CAPACITY * active_mass(positive), 3.0)[0].steps
    run = Structured().run(cell, step, base.start)
    found = split(cell, run)
    half_way = int(np.searchsorted(run.time, run.time[-1] / 2))
    bottom, top = found.overpotential[half_way, CONTRIBUTIONS.index("electronic"), :2]
    yield Row("where electrons lose", "share of the bottom half", float(bottom / (bottom + top)), 7 / 8, "exact")


def draw_gamma(central: Study) -> Figure:
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.plot(list(central.single), [d.gamma for d in central.single.values()], "ko--", label="single layer (fitted)")
    for bilayers, colour, label in ((POOR_BOTTOM, "#b5523b", "poor bottom"), (RICH_BOTTOM, "#1b6ca8", "rich bottom")):
        gammas = [central.bilayers[bilayer].gamma for bilayer in bilayers]
        axes.plot([bottom for bottom, _ in bilayers], gammas, "s", color=colour, label=f"bilayer, {label} (predicted)")
    axes.set(xlabel="carbon of the (bottom) layer / wt%", ylabel="gamma of energy, factor per doubling of rate")
    axes.legend(frameon=False)
    return figure


def draw_use(central: Study) -> Figure:
    figure = Figure(figsize=(8, 4), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, title, pick in (
        (panels[0], "by equation 7, u_1 = 1", lambda b: central.equation_7(b)[2]),
        (panels[1], "true, from lithium in the particles", lambda b: central.true_use(b)[2]),
    ):
        for bilayer in BILAYERS:
            style = "-" if bilayer[0] < bilayer[1] else "--"
            axes.plot(RATES, pick(bilayer), style, marker=".", label=name(bilayer))
        axes.axhline(1.0, color="#5b6470", linewidth=0.8)
        axes.set(title=title, xlabel="rate / C")
    panels[0].set_ylabel("use of top over that of bottom layer")
    panels[0].legend(frameon=False, title="{bottom, top} / wt%")
    return figure
