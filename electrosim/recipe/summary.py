"""Tables of a recipe result for the terminal and the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.tables import Table

if TYPE_CHECKING:
    import xarray as xr


def tables(dataset: xr.Dataset) -> list[Table]:
    """Return the slurries and the layers, as far as the result holds them."""
    found = []
    if "slurry" in dataset.dims:
        found.append(_slurries(dataset))
    if "layer" in dataset.dims:
        found.append(_layers(dataset))
    return found


def _slurries(dataset: xr.Dataset) -> Table:
    rows = []
    for name in dataset["slurry"].values:
        item = dataset.sel(slurry=name)
        weights = " : ".join(f"{100 * float(item[f'{part}_weight']):.2f}" for part in ("active", "carbon", "binder"))
        rows.append(
            (
                str(name),
                weights,
                f"{1e9 * float(item['film_thickness']):.3g}",
                f"{1e6 * float(item['shell_thickness']):.3g}",
                f"{100 * float(item['weight_solids']):.1f}",
                f"{float(item['solid_fraction']):.3f}",
                f"{float(item['approximate_solid_fraction']):.3f}",
                f"{100 * float(item['approximation_error']):+.1f}",
            )
        )
    heads = ("slurry", "AM : C : binder", "t_b / nm", "t_s / µm", "solids / wt.%", "phi", "phi, eq. 1", "error / %")
    return Table("Slurries", heads, tuple(rows), "phi is the solid volume fraction; eq. 1 is that of Yari et al. 2020")


def _layers(dataset: xr.Dataset) -> Table:
    rows = [
        (
            str(name),
            f"{1e6 * float(item['layer_thickness']):.2f}",
            f"{100 * float(item['layer_porosity']):.1f}",
            f"{100 * float(item['layer_carbon']):.2f}",
            f"{float(item['active_share']):.3f}",
            f"{100 * float(item['layer_loading']):.2f}",
        )
        for name in dataset["layer"].values
        for item in [dataset.sel(layer=name)]
    ]
    rows.append(
        (
            "all",
            f"{1e6 * float(dataset['thickness']):.2f}",
            f"{100 * float(dataset['porosity']):.1f}",
            f"{100 * float(dataset['carbon']):.2f}",
            "1.000",
            f"{100 * float(dataset['loading']):.2f}",
        )
    )
    remark = f"heterogeneity factor {float(dataset['heterogeneity']):.3g}" if "heterogeneity" in dataset else ""
    if "capacity" in dataset:
        remark += f"{', ' if remark else ''}{float(dataset['capacity']) / 3.6e4:.4g} mAh/cm² nominal"
    heads = ("layer", "thickness / µm", "porosity / %", "carbon / wt.%", "share of AM", "loading / mg/cm²")
    return Table("Coating", heads, tuple(rows), remark)
