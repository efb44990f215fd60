"""Whole cells: their numbers beside those of PyBaMM, and files of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from electrosim.base.errors import InputError
from electrosim.discharge.cell import Electrode
from electrosim.discharge.parameter_sets import parameter_set
from electrosim.materials import library


def test_capacity_per_area_and_start() -> None:
    found = parameter_set("chen-2020")
    assert found.one_c == pytest.approx(5 / 0.1027)
    assert found.start.positive == pytest.approx(17038 / 63104)
    assert isinstance(found.cell.negative, Electrode)
    assert found.cell.negative.thickness == 85.2e-6
    assert parameter_set("marquis-2019").one_c == pytest.approx(24.0, rel=1e-4)  # 24 A/m2 in the COMSOL fields


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('active_fraction = "66.5 %"', 'active_fraction = "70 %"', "positive: porosity 0.335 .* add up to 1.035"),
        ('"17038 mol/m^3"', '"70000 mol/m^3"', "above the maximum of nmc811"),
        ('"nmc811/chen-2020"', '"nmc811/chen-2021"', 'did you mean "chen-2020"'),
        ('"85.2 um"', '"0 um"', "negative.thickness"),
    ],
)
def test_wrong_cell_is_refused_with_the_numbers(tmp_path: Path, old: str, new: str, reason: str) -> None:
    text = library.known("cells")["chen-2020"].read_text()
    assert old in text
    path = tmp_path / "cell.toml"
    path.write_text(text.replace(old, new))
    with pytest.raises(InputError, match=reason):
        parameter_set(path)


def test_unknown_set_names_the_nearest() -> None:
    with pytest.raises(InputError, match='did you mean "chen-2020"'):
        parameter_set("chen2020")
