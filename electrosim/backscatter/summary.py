"""The tables of a backscatter result, for the terminal and the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from electrosim.backscatter.problem import in_words
from electrosim.base.tables import Table

if TYPE_CHECKING:
    import xarray as xr

_MOST_ROWS = 25

_OF_FILMS = {
    "film_share": "Share of the counted electrons that turned in the film",
    "film_to_substrate_ratio": "Counted electrons that turned in the film over those that turned below it",
    "grey_level_ratio": "Backscatter coefficient over that of the bare substrate",
}


def tables(dataset: xr.Dataset) -> list[Table]:
    """Return the tables of a result.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.backscatter.solve`.

    Returns
    -------
    list of Table
        Coefficients over energies, and what tells a film apart; where they are asked for the inferred thickness and
        the plan. Each number with its standard error.
    """
    if "thickness" in dataset.dims:
        found = [_over_thickness(dataset, name, title) for name, title in _OF_FILMS.items()]
    else:
        found = [_coefficients(dataset)]
    if "inferred_thickness" in dataset:
        found.append(_inferred(dataset))
    if "electrons_to_tell_apart" in dataset:
        found.append(_planned(dataset))
    found[-1] = Table(found[-1].title, found[-1].heads, found[-1].rows, _remark(dataset))
    return found


def _remark(dataset: xr.Dataset) -> str:
    electrons = int(dataset["electrons"].max())
    seconds = float(dataset["wall_time"])
    return f"{dataset['status'].item()} {electrons:,} electrons per energy, {seconds:.3g} s in all."


def _energies(dataset: xr.Dataset) -> list[str]:
    return [in_words(float(energy)) for energy in dataset["energy"].values]


def _coefficients(dataset: xr.Dataset) -> Table:
    value, error = dataset["backscatter_coefficient"], dataset["backscatter_coefficient_standard_error"]
    names = [str(name) for name in dataset["target"].values] if "target" in dataset.dims else ["value"]
    columns = np.atleast_2d(value.values), np.atleast_2d(error.values)
    rows = [
        (energy, *(with_error(columns[0][at, row], columns[1][at, row]) for at in range(len(names))))
        for row, energy in enumerate(_energies(dataset))
    ]
    return Table("Backscatter coefficient", ("beam energy", *names), tuple(rows))


def _over_thickness(dataset: xr.Dataset, name: str, title: str) -> Table:
    value, error = dataset[name].values, dataset[f"{name}_standard_error"].values
    number = dataset.sizes["thickness"]
    places = np.unique(np.linspace(0, number - 1, min(number, _MOST_ROWS)).round().astype(int))
    rows = [
        (f"{1e9 * float(dataset['thickness'][at]):.4g} nm", *map(with_error, value[:, at], error[:, at]))
        for at in places
    ]
    return Table(title, ("film", *_energies(dataset)), tuple(rows))


def _inferred(dataset: xr.Dataset) -> Table:
    ends = [f"{1e9 * float(dataset[f'inferred_thickness{end}']):.3g} nm" for end in ("", "_lower", "_upper")]
    rows: list[tuple[str, ...]] = [("film", ends[0], f"{ends[1]} to {ends[2]}")]
    for source in dataset["source"].values:
        pair = 1e9 * dataset["inferred_uncertainty"].sel(source=source).values
        rows.append((f"uncertain by {source}", *(f"{value:.2g} nm" for value in pair)))
    if "inferred_bracket" in dataset:
        for reading in dataset["criterion"].values:
            for rule in dataset["unseen_is"].values:
                pair = 1e9 * dataset["inferred_bracket"].sel(criterion=reading, unseen_is=rule).values
                rows.append((f"by {reading}, unseen is {rule}", *(f"{value:.3g} nm" for value in pair)))
    return Table("Thickness of the film", ("quantity", "value or lower end", "interval or upper end"), tuple(rows))


def _planned(dataset: xr.Dataset) -> Table:
    needed = dataset["electrons_to_tell_apart"]
    cells = [with_error(*pair) for pair in zip(needed.values,
             dataset["electrons_to_tell_apart_standard_error"].values, strict=True)]  # fmt: skip
    rows = tuple(zip(_energies(dataset), cells, strict=True))
    return Table(str(needed.attrs["long_name"]), ("beam energy", "electrons"), rows)


def with_error(value: float, error: float) -> str:
    """Return a value to the digits that its standard error lets stand, with the error.

    Examples
    --------
    >>> with_error(0.07468, 0.00059)
    '0.0747 ± 0.0006'
    """
    if not np.isfinite(value):
        return "without end" if value > 0 else "none"
    if not np.isfinite(error) or error <= 0:
        return f"{value:.4g}"
    if error >= 0.5:
        return f"{value:.0f} ± {error:.0f}"
    digits = int(-np.floor(np.log10(error)))
    return f"{value:.{digits}f} ± {error:.{digits}f}"
