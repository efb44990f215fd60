"""Ageing as tables for the terminal and the report, in the units of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.tables import Table

if TYPE_CHECKING:
    import xarray as xr


def tables(dataset: xr.Dataset) -> list[Table]:
    """Return what is left at each check-up, the damage of each layer at the end, and what titration tells.

    Parameters
    ----------
    dataset : xarray.Dataset
        With the variables of `electrosim.discharge.ageing.solve.age`.
    """
    found = [_check_ups(dataset), _damage(dataset)]
    if "titrated_lithium_loss" in dataset:
        found.append(_titration(dataset))
    return found


def _check_ups(dataset: xr.Dataset) -> Table:
    heads = ("cycles", "mAh/cm²", "retention, %", "mAh/cm² slow", "lost when slow, %", "comes back when slow, %")
    rows = []
    for check in dataset["check"].values:
        there = dataset.sel(check=check, cycle=check)
        rows.append(
            (
                str(check),
                f"{float(there['capacity']) / 36000:.4g}",
                f"{100 * float(there['retention']):.2f}",
                f"{float(there['check_capacity']) / 36000:.4g}",
                f"{100 * float(there['check_loss']):.2f}",
                f"{100 * float(there['rate_dependent_loss']):.2f}",
            )
        )
    resolved = dataset.sizes["cycle"]
    remark = f"{resolved} cycles resolved, the others jumped over; capacities of discharges."
    warnings = str(dataset["range_warnings"].item())
    remark += f"\n{warnings}" if warnings else ""
    return Table("What is left", heads, tuple(rows), remark)


def _damage(dataset: xr.Dataset) -> Table:
    last = dataset.isel(cycle=-1)
    columns = {
        "Li consumed, mmol/m²": 1e3 * last["lithium_consumed"],
        "Li trapped, mmol/m²": 1e3 * last["lithium_trapped"],
        "material lost, %": 100 * last["material_lost"],
        "resistivity, +%": 100 * last["contact_growth"],
        "film, Ω cm²": 1e4 * last["film_growth"],
        "collector, Ω cm²": 1e4 * last["collector_growth"],
        "cycles": last["layer_throughput"],
        "at reaction, mV": 1e3 * last["reaction_overpotential"],
        "of electrons, mV": 1e3 * last["electronic_overpotential"],
    }
    columns = {words: column for words, column in columns.items() if bool((column != 0).any())}
    rows = tuple(
        (str(layer), *(f"{float(column.sel(layer=layer)):.3g}" for column in columns.values()))
        for layer in dataset["layer"].values
    )
    remark = "Cycles: equivalent full ones in the last cycle; overpotentials of it as work over charge."
    return Table("Each layer at the end", ("layer", *columns), rows, remark)


def _titration(dataset: xr.Dataset) -> Table:
    def row(words: str, told: str, true: str) -> tuple[str, ...]:
        return (words, *(f"{100 * float(dataset[name]):.2f}" for name in (told, true)))

    rows = (
        row("active material", "titrated_material_loss", "material_loss"),
        row("lithium", "titrated_lithium_loss", "lithium_loss"),
    )
    remark = "In % of the first slow capacity; lithium in lost material counts as lost lithium too."
    return Table("What was lost", ("", "as slow discharges tell", "in truth"), rows, remark)
