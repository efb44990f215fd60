"""Results on disk: the dataset, its pictures, and a report that is one file."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from electrosim.base import result
from electrosim.base.errors import InputError
from electrosim.base.tables import Table
from electrosim.study.kinds import KINDS, physics

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

_LARGEST_ROW = 12  # a variable of more values is no row of a table


@dataclass(frozen=True)
class Row:
    """One variable as a line of a table."""

    name: str
    long_name: str
    units: str
    values: tuple[str, ...]


def save(dataset: xr.Dataset, folder: str | Path) -> None:
    """Write a result folder: result.nc, figures, report.html, scenario.resolved.toml.

    A former result there is replaced in one step by the whole new one, or not at all.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `electrosim.run` or the `solve` of a physics returned.
    folder : str or Path
        The results folder; it may exist if it holds nothing but a result.

    Raises
    ------
    InputError
        If the folder cannot be written or holds other files.
    """
    result.check_origin(dataset, "the dataset")
    with result.new_folder(Path(folder)) as partial:
        fill(partial, dataset)


def open(path: str | Path) -> xr.Dataset:  # noqa: A001  the name is part of the fixed API
    """Read a result from its folder or its file.

    Parameters
    ----------
    path : str or Path
        A results folder, or a result.nc.

    Returns
    -------
    xarray.Dataset
        The result, in memory.

    Raises
    ------
    InputError
        If there is no result, or the file is not one of electrosim.
    """
    return result.read(Path(path))


def fill(folder: Path, dataset: xr.Dataset) -> None:
    """Write all files of a result into an empty folder."""
    import tomlkit

    scenario = json.loads(dataset.attrs["scenario"])
    result.write(dataset, folder / (result.SWEEP_FILE if scenario.get("kind") == "sweep" else result.RESULT_FILE))
    pictures = write_figures(folder / "figures", dataset) if _wants_figures(scenario) else {}
    write_animations(folder / "figures", dataset)
    (folder / "report.html").write_text(_page(dataset, scenario, pictures), encoding="utf-8")
    (folder / "scenario.resolved.toml").write_text(tomlkit.dumps(scenario), encoding="utf-8")


def write_figures(folder: Path, dataset: xr.Dataset) -> dict[str, bytes]:
    """Draw a result into PNG files and return their content by name."""
    folder.mkdir(exist_ok=True)
    pictures = {name: _png(figure) for name, figure in draw(dataset).items()}
    for name, content in pictures.items():
        beside = folder / f".{name}.partial"
        try:
            beside.write_bytes(content)
            beside.replace(folder / f"{name}.png")
        finally:
            beside.unlink(missing_ok=True)
    return pictures


def write_animations(folder: Path, dataset: xr.Dataset) -> None:
    """Write the animated pictures that a result's kind makes when they are asked for."""
    kind = json.loads(dataset.attrs["scenario"]).get("kind")
    make = getattr(physics(kind), "animations", None) if kind in KINDS else None
    for name, content in (make(dataset) if make else {}).items():
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.gif").write_bytes(content)


def draw(dataset: xr.Dataset) -> dict[str, Figure]:
    """Return the figures of a result's kind."""
    kind = json.loads(dataset.attrs["scenario"]).get("kind")
    if kind not in KINDS:
        raise InputError(f"the result is of kind {kind!r}, which this version cannot draw")
    try:
        figures: dict[str, Figure] = physics(kind).figures(dataset)
    except KeyError as error:
        raise InputError(f"the result holds no {error.args[0]}, which its pictures need; run the scenario") from None
    return figures


def own_tables(dataset: xr.Dataset) -> list[Table]:
    """Return the tables that a result's kind has of its own, which then stand in place of the general one."""
    kind = json.loads(dataset.attrs["scenario"]).get("kind")
    tables = getattr(physics(kind), "tables", None) if kind in KINDS else None
    return tables(dataset) if tables else []


def table(dataset: xr.Dataset) -> tuple[tuple[str, ...], list[Row]]:
    """Return column heads and rows of all variables that a table can hold.

    The columns are the dimension of the status or, if it has none, the first one whose entries have names. A variable
    is a row if it has one value, or one per column; with a further dimension of named entries it is a row for each.
    """
    named = [str(dim) for dim in dataset.dims if dim in dataset.coords and dataset[dim].dtype.kind in "UOT"]
    main = next((str(dim) for dim in (*dataset["status"].dims, *named)), None)
    heads = tuple(map(str, dataset[main].values)) if main else ("",)
    rows = []
    for name, item in dataset.data_vars.items():
        others = [str(dim) for dim in item.dims if dim != main]
        if not others and item.size <= _LARGEST_ROW:
            rows.append(_row(str(name), item))
        elif len(others) == 1 and others[0] in named and dataset.sizes[others[0]] <= _LARGEST_ROW:
            rows += [_row(f"{name}[{entry}]", item.sel({others[0]: entry})) for entry in dataset[others[0]].values]
    return heads, rows


def _row(name: str, item: xr.DataArray) -> Row:
    values = tuple(_text(value) for value in np.atleast_1d(item.values))
    words, units = (str(item.attrs.get(key, "")) for key in ("long_name", "units"))
    return Row(name, words, units, values)


def _text(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)


def _wants_figures(scenario: dict[str, Any]) -> bool:
    return bool(scenario.get("output", {}).get("figures", True))


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=130)
    return buffer.getvalue()


def _page(dataset: xr.Dataset, scenario: dict[str, Any], pictures: dict[str, bytes]) -> str:
    import jinja2
    import tomlkit

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("electrosim.study", "."), autoescape=True, undefined=jinja2.StrictUndefined
    )
    heads, rows = table(dataset)
    return environment.get_template("report.html.jinja").render(
        title=dataset.attrs["title"],
        description=scenario.get("description", ""),
        heads=heads,
        rows=rows,
        own_tables=own_tables(dataset),
        pictures={name: base64.b64encode(content).decode() for name, content in pictures.items()},
        scenario=tomlkit.dumps(scenario),
        references=[line for line in dataset.attrs["references"].split("\n") if line],
        provenance={
            name: value
            for name, value in dataset.attrs.items()
            if name.endswith(("version", "sha256", "created", "seed"))
        },
    )
