"""An interrupted calibration or search goes on where it stopped, and comes to the same result."""

import numpy as np
import pytest

import electrosim as es
from electrosim.base.errors import SolveError
from electrosim.study.inverse import solves
from electrosim.study.inverse.family import Family
from electrosim.study.inverse.solves import Solves

BASE = """\
[base]
kind = "conduction"
image = { phantom = "laminate", axis = "x", layers = [1, 3], shape = [4, 2], voxel_size = "1 um" }
conductivity = { a = "1 S/m", b = "2 S/m" }
transport = { directions = "x" }
[parameters]
b = { key = "conductivity.b", from = "0.5 S/m", to = "20 S/m" }
[output]
figures = false
"""
CALIBRATE = f"""\
kind = "calibrate"
{BASE}
[data]
csv = "data.csv"
[compare.sigma]
column = "sigma"
unit = "S/m"
quantity = "effective_conductivity.mean"
[method]
draws = 4
starts = 1
profile = false
"""
OPTIMISE = f"""\
kind = "optimise"
{BASE}
[each]
a = {{ key = "conductivity.a", values = ["1 S/m", "5 S/m"] }}
[objective]
most = "effective_conductivity.mean"
[constraints]
limit = {{ quantity = "effective_conductivity.mean", most = "2 S/m" }}
[method]
draws = 3
starts = 1
curve_points = 5
"""


@pytest.fixture
def counted(monkeypatch):
    """Count the solves, and interrupt one of them."""
    solve, calls = Family.solve, []

    class Counted:
        stop_at = 0

        @property
        def count(self):
            return len(calls)

    counted = Counted()

    def stop(self, shares, further=None):
        calls.append(shares)
        if len(calls) == counted.stop_at:
            raise KeyboardInterrupt
        return solve(self, shares, further)

    monkeypatch.setattr(Family, "solve", stop)
    return counted


@pytest.fixture(params=[CALIBRATE, OPTIMISE], ids=["calibrate", "optimise"])
def search(request, tmp_path):
    (tmp_path / "data.csv").write_text("sigma\n1.8\n1.9\n1.85\n", encoding="utf-8")
    (tmp_path / "search.toml").write_text(request.param, encoding="utf-8")
    return tmp_path / "search.toml"


@pytest.mark.parametrize("every", [0.0, 60.0])
def test_an_interrupted_search_goes_on(search, command, counted, monkeypatch, every):
    """Kept at every solve, or at the interrupt only."""
    monkeypatch.setattr(solves, "_EVERY", every)
    folder = search.parent
    assert command("fit", search, "--out", "whole", folder=folder).status == 0
    whole = counted.count
    counted.stop_at = whole + whole * 2 // 3
    stopped = command("fit", search, "--out", "out", folder=folder)
    assert stopped.status == 130
    assert "--resume goes on with them" in stopped.sentence
    assert not (folder / "out").exists()
    assert command("fit", search, "--out", "out", "--resume", folder=folder).status == 0
    again = counted.count - 2 * whole - 1  # beyond the solves of one run and the one that was interrupted
    assert again <= 2  # what is checked before a search, once for each value of `each`
    assert not (folder / ".out.unfinished").exists()
    one, other = (es.open(folder / name).drop_vars("wall_time") for name in ("out", "whole"))
    assert one.identical(other.assign_attrs(one.attrs))


def test_another_table_begins_anew(tmp_path, command, counted):
    search = tmp_path / "search.toml"
    search.write_text(CALIBRATE, encoding="utf-8")
    (tmp_path / "data.csv").write_text("sigma\n1.8\n1.9\n", encoding="utf-8")
    counted.stop_at = 5
    assert command("fit", search, "--out", "out", folder=tmp_path).status == 130
    (tmp_path / "data.csv").write_text("sigma\n1.0\n1.1\n", encoding="utf-8")
    assert command("fit", search, "--out", "out", "--resume", folder=tmp_path).status == 0
    assert command("fit", search, "--out", "whole", folder=tmp_path).status == 0
    one, other = (es.open(tmp_path / name) for name in ("out", "whole"))
    assert float(one["value"][0]) == float(other["value"][0])
    assert int(one["evaluations"]) == int(other["evaluations"])


def test_failures_are_kept_as_their_sentences(monkeypatch):
    monkeypatch.setattr(solves, "_EVERY", -1.0)
    kept = {}

    def solve(shares):
        if shares[0] > 0.5:
            raise SolveError("There is nothing beyond one half.")
        return shares * [1.0, 2.0]

    first = Solves(kept, "a")
    assert first.outcome(np.array([0.2, 0.4]), solve).values.tolist() == [0.2, 0.8]
    assert first.outcome(np.array([0.7, 0.4]), solve).sentence == "There is nothing beyond one half."
    again = Solves(kept, "a")
    assert again.outcome(np.array([0.7, 0.4]), pytest.fail).sentence == "There is nothing beyond one half."
    assert again.outcome(np.array([0.2, 0.4]), pytest.fail).values.tolist() == [0.2, 0.8]
    assert Solves(kept, "b").outcome(np.array([0.2, 0.4]), lambda shares: shares + 1).values.tolist() == [1.2, 1.4]
