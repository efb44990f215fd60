"""A drying result in words and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from electrosim.base.tables import Table

if TYPE_CHECKING:
    import xarray as xr


def tables(dataset: xr.Dataset) -> list[Table]:
    """Return the tables of a result for the terminal and the report.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.drying.solve`.
    """
    found = [_film(dataset), _stages(dataset)]
    species = [str(name).removesuffix("_profile") for name in dataset if str(name).endswith("_profile")]
    species = [name for name in species if name != "particle"]
    if species:
        found.append(_species(dataset, species))
    if "model" in dataset.dims:
        found.append(_models(dataset))
    return found


def _film(dataset: xr.Dataset) -> Table:
    rows = [
        ("wet thickness", _length(dataset["wet_thickness"])),
        ("dry thickness", _length(dataset["dry_thickness"])),
        ("loading", f"{float(dataset['loading']) * 100:.4g} mg/cm2"),
        ("solvent", f"{float(dataset['initial_solvent']) * 1e3:.4g} g/m2"),
        ("porosity when dry", f"{float(dataset['dry_porosity']):.1%}"),
        ("heat to the film", f"{float(dataset['heat_to_film'][-1]) / 1e3:.4g} kJ/m2"),
    ]
    if np.isfinite(dataset["heat_to_air"][-1]) and float(dataset["heat_to_air"][-1]) > 0:
        rows.append(("heat to fresh air", f"{float(dataset['heat_to_air'][-1]) / 1e3:.4g} kJ/m2"))
    if "oven_length" in dataset:
        rows.append(("length of the oven", f"{float(dataset['oven_length']):.3g} m"))
    rows.append(("how it ended", str(dataset["status"].values)))
    return Table("Film", ("", "value"), tuple(rows), str(dataset["verdict"].values))


def _stages(dataset: xr.Dataset) -> Table:
    rows = []
    for name in map(str, dataset["stage"].values):
        end = float(dataset["stage_end_times"].sel(stage=name))
        if np.isnan(end):
            rows.append((name, "not reached", "", ""))
            continue
        then = dataset.sel(time=end, method="nearest")
        rows.append((name, f"{end:.5g} s", _length(then["film_thickness"]), _length(then["solid_height"])))
    return Table("Stages", ("end of", "time", "film", "solid"), tuple(rows))


def _species(dataset: xr.Dataset, names: list[str]) -> Table:
    rows = []
    for name in names:
        top, bottom = (float(dataset[f"{name}_{face}_to_mean"][-1]) for face in ("top", "bottom"))
        ratio = f"{top / bottom:.4g}" if bottom > 0 else "infinite"
        rows.append((name, f"{float(dataset[f'{name}_peclet'].max()):.3g}", f"{top:.4g}", f"{bottom:.4g}", ratio))
    return Table("Migration", ("", "Pe up to", "top/mean", "bottom/mean", "top/bottom"), tuple(rows))


def _models(dataset: xr.Dataset) -> Table:
    rows = []
    for name in map(str, dataset["model"].values):
        one = dataset.sel(model=name)
        thickness, onset = float(one["critical_thickness"]), float(one["crack_onset_time"])
        ends = f"{_length(one['critical_thickness_lower'])} to {_length(one['critical_thickness_upper'])}"
        known = np.isfinite(thickness)
        rows.append(
            (
                name,
                f"{float(one['peak_stress']) / 1e3:.3g} kPa" if np.isfinite(one["peak_stress"]) else "",
                _length(one["critical_thickness"]) if known else "",
                ends if known and one["critical_thickness_lower"] < one["critical_thickness_upper"] else "",
                ("yes" if bool(one["cracks"]) else "no") if known else "an input is missing",
                f"{onset:.4g} s" if np.isfinite(onset) else "",
            )
        )
    heads = ("model", "highest stress", "critical thickness", "interval", "cracks", "from")
    diameter = float(dataset["effective_diameter"])
    remark = (
        f"effective diameter {diameter * 1e6:.3g} um, fraction {float(dataset['stress_fraction']):.3g}; the models "
        "differ by known factors, see docs/drying.md"
    )
    return Table("Stress and cracks", heads, tuple(rows), remark)


def _length(item: xr.DataArray) -> str:
    value = float(item)
    return f"{value * 1e6:.4g} um" if abs(value) < 1e-2 else f"{value:.4g} m"
