"""Pictures of ageing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from electrosim.base.palette import PHASES, SOLID
from electrosim.base.plot_style import tidy

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_MILLIAMPERE_HOURS = 36000.0  # per square centimetre, in C m-2
_CYCLING, _CHECK = "#1b6ca8", "#d1701c"
_LAYER = ("#1b6ca8", "#d1701c", "#4a8f3c", "#7a4f8f")
_DAMAGE = {
    "material_lost": ("active material lost / %", 100.0),
    "lithium": ("lithium consumed and trapped / (mol/m²)", 1.0),
    "contact_growth": ("growth of electronic resistivity / %", 100.0),
    "film_growth": ("growth of film resistance / (Ω cm²)", 1e4),
    "collector_growth": ("growth of contact resistance / (Ω cm²)", 1e4),
}


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw the ageing of a cell.

    Parameters
    ----------
    dataset : xarray.Dataset
        With the variables of `electrosim.discharge.ageing.solve.age`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        `retention` over cycles with check-ups, `damage` of each layer, `fade` split into what a slow discharge still
        gives and what it does not, and `check_ups`, the curves of the slow discharges.
    """
    return {
        "retention": retention(dataset),
        "damage": damage(dataset),
        "fade": fade(dataset),
        "check_ups": check_ups(dataset),
    }


def retention(dataset: xr.Dataset) -> Figure:
    """Draw the capacity over cycles, as a share of the first, and that of the check-ups."""
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.plot(dataset["cycle"], dataset["retention"], "o-", color=_CYCLING, markersize=4, label="cycles resolved")
    axes.plot(dataset["check"], 1 - dataset["check_loss"], "D--", color=_CHECK, markersize=7, label="check-ups")
    _finish(axes, "Capacity retention", "capacity / that at first")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.legend(frameon=False)
    return figure


def damage(dataset: xr.Dataset) -> Figure:
    """Draw the damage of each layer, the kinds that occur."""
    amounts = {name: dataset[name] for name in _DAMAGE if name in dataset}
    amounts["lithium"] = dataset["lithium_consumed"] + dataset["lithium_trapped"]
    shown = [name for name in _DAMAGE if float(np.abs(amounts[name]).max()) > 0] or ["material_lost"]
    figure = Figure(figsize=(3.6 * len(shown) + 0.8, 3.8), layout="constrained")
    for axes, name in zip(np.atleast_1d(figure.subplots(1, len(shown))), shown, strict=True):
        title, scale = _DAMAGE[name]
        for number, layer in enumerate(map(str, dataset["layer"].values)):
            values = scale * amounts[name].sel(layer=layer)
            axes.plot(dataset["cycle"], values, "o-", color=_LAYER[number % len(_LAYER)], markersize=3, label=layer)
        _finish(axes, "", title)
        axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    figure.suptitle("Damage of each layer")
    return figure


def fade(dataset: xr.Dataset) -> Figure:
    """Draw the loss at each check-up: what a slow discharge does not give either, and what it still gives."""
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    check = dataset["check"].values
    width = 0.6 * (np.diff(check).min() if check.size > 1 else 1)
    lasting, rate = dataset["check_loss"].values, dataset["rate_dependent_loss"].values
    axes.bar(check, lasting, width, color=PHASES[2], label="gone from a slow discharge too")
    axes.bar(check, rate, width, bottom=np.where(rate > 0, lasting, 0), color=PHASES[3], label="comes back when slow")
    axes.plot(check, lasting + rate, "o", color=SOLID, label="loss in cycles")
    _finish(axes, "What the fade is made of", "loss of capacity / that at first")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.legend(frameon=False)
    return figure


def check_ups(dataset: xr.Dataset) -> Figure:
    """Draw the voltage of the slow discharges over their charge."""
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    checks = dataset["check"].values
    for number, check in enumerate(checks):
        late = number / max(checks.size - 1, 1)
        colour = (0.1 + 0.8 * late, 0.42, 0.66 - 0.5 * late)
        charge = dataset["check_charge"].sel(check=check) / _MILLIAMPERE_HOURS
        axes.plot(charge, dataset["check_voltage"].sel(check=check), color=colour, label=f"{check}")
    _finish(axes, "Slow discharges", "voltage / V")
    axes.set_xlabel("charge / (mAh/cm²)")
    axes.legend(frameon=False, title="after cycles")
    return figure


def _finish(axes: Axes, title: str, quantity: str) -> None:
    axes.set(title=title, xlabel="cycles", ylabel=quantity)
    tidy(axes)
