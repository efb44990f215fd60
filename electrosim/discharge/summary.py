"""A discharge result as tables for the terminal and the report, in the units of people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from electrosim.base.tables import Table
from electrosim.discharge.ageing import summary as ageing

if TYPE_CHECKING:
    import xarray as xr


def tables(dataset: xr.Dataset) -> list[Table]:
    """Return what each rate gives, how evenly layers are used, what energy is lost to, and the rate capability.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.discharge.solve`.
    """
    if "retention" in dataset:
        return ageing.tables(dataset)
    found = [_yields(dataset)]
    if dataset.sizes["layer"] > 1:
        found.append(_layers(dataset))
    found.append(_losses(dataset))
    if np.isfinite(dataset["peukert_exponent"]):
        found.append(_rate_capability(dataset))
    return found


def _yields(dataset: xr.Dataset) -> Table:
    heads = ("rate", "mAh/cm²", "mAh/g", "mWh/cm²", "Wh/kg", "mean V", "minutes", "lithium error", "charge error")
    columns = (
        dataset["capacity"] / 36000,
        dataset["specific_capacity"] / 3600,
        dataset["energy"] / 36000,
        dataset["specific_energy"] / 3600,
        dataset["mean_voltage"],
        dataset["duration"] / 60,
    )
    rows = [
        (
            f"{rate:g}C",
            *(f"{float(column[number]):.4g}" for column in columns),
            *(f"{float(dataset[name][number]):.0e}" for name in ("lithium_balance_error", "charge_balance_error")),
        )
        for number, rate in enumerate(dataset["rate"].values)
    ]
    warnings = str(dataset["range_warnings"].item())
    title = "What the discharge gives, per mass of active material of the positive electrode"
    return Table(title, heads, tuple(rows), warnings)


def _layers(dataset: xr.Dataset) -> Table:
    layers = [str(name) for name in dataset["layer"].values]
    heads = ["rate", *(f"use of {name}" for name in layers)]
    columns = [100 * dataset["utilisation"].sel(layer=name) for name in layers]
    remark = "Use of a layer: its charge over that of a discharge without current to the same voltage, in %."
    if "true_disparity" in dataset:
        heads += ["top/bottom", "psi"]
        columns += [dataset["top_to_bottom"], dataset["true_disparity"]]
        remark += " psi = q_bottom/(q_bottom + q_top), per mass."
    if "disparity" in dataset:
        heads += ["top/bottom by eq. 7", "psi by eq. 8", "u_2 by eq. 7", "true u_1", "true u_2"]
        columns += [dataset["inferred_top_to_bottom"], dataset["disparity"], dataset["top_layer_coefficient"]]
        columns += [dataset["layer_coefficient"][:, 0], dataset["layer_coefficient"][:, 1]]
        remark += " Equations of Yari et al. with u_1 = 1, from single layers."
    return Table("How evenly the layers are used", tuple(heads), _rows(dataset, columns), remark)


def _losses(dataset: xr.Dataset) -> Table:
    whole = dataset["energy"] + dataset["heat"].sum(["contribution", "place"])
    names = [str(name) for name in dataset["contribution"].values]
    columns = [100 * dataset["heat"].sel(contribution=name).sum("place") / whole for name in names]
    remark = "In % of the energy without losses; distribution: lithium is not where it would be at rest."
    return Table("What energy is lost to", ("rate", *names), _rows(dataset, columns), remark)


def _rate_capability(dataset: xr.Dataset) -> Table:
    def row(words: str, name: str, interval: bool) -> tuple[str, ...]:
        ends = [f"{float(dataset[f'{name}_{end}']):.4f}" if interval else "" for end in ("lower", "upper")]
        return (words, f"{float(dataset[name]):.4f}", *ends)

    chosen = float(dataset["rate_capability"])
    paper = np.isclose(chosen, float(dataset["rate_capability_paper"]), rtol=1e-12)
    rows = (
        row("alpha", "peukert_exponent", interval=True),
        row("gamma = 2^-alpha", "rate_capability" if not paper else "rate_capability_power_of_two", interval=not paper),
        row("gamma = 0.301^alpha", "rate_capability" if paper else "rate_capability_paper", interval=bool(paper)),
    )
    remark = f"Law and discharges differ by {100 * float(dataset['peukert_misfit']):.2g} % at most."
    what = "capacity" if dataset["peukert_factor"].attrs["units"] == "C m-2" else "energy"
    return Table(f"Peukert's law, {what} = beta rate^-alpha", ("", "value", "lower 95 %", "upper 95 %"), rows, remark)


def _rows(dataset: xr.Dataset, columns: Iterable[xr.DataArray]) -> tuple[tuple[str, ...], ...]:
    given = list(columns)
    return tuple(
        (f"{rate:g}C", *(f"{float(column[number]):.3g}" for column in given))
        for number, rate in enumerate(dataset["rate"].values)
    )
