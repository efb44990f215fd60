"""The runner of validation cases on tiny libraries of cases, and what the shipped library promises."""

import csv
import json

import pytest

from electrosim import cli
from electrosim.base.errors import InputError
from electrosim.study.library import shipped
from electrosim.study.validate import validate
from electrosim.study.validation.case import Check, find_cases, read_case
from electrosim.study.validation.figure import draw
from electrosim.study.validation.metrics import Row, evaluate

CASE = """
id = "{id}"
claim = "Two layers in series."
parameters = "untuned"
put_in = "conductivities"
came_out = "effective conductivity"
needs = {needs}
source = {{ citation = "nobody", doi = "10.1000/1" }}

[[check]]
metric = "relative-difference"
threshold = {threshold}
reason = "Only rounding is left on this image."
"""
SCENARIO = """
kind = "conduction"
image = { phantom = "laminate", axis = "x", layers = [1, 1], shape = [4, 2], voxel_size = "1 um" }
conductivity = { a = "10 S/m", b = "1 S/m" }
method = { solver = "direct" }
"""
TABLE = """series,label,overrides,variable,direction,reference,against
layers,across,,effective_conductivity,x,1.8181818181818181,exact
layers,along,,effective_conductivity,y,5.5,exact
layers,doubled,conductivity.a = 20 S/m; conductivity.b = 2 S/m,effective_conductivity,y,11,exact
"""


def add_case(library, name="ver-layers", *, threshold=1e-12, needs=(), table=TABLE, script=None):
    folder = library / name
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(CASE.format(id=name, threshold=threshold, needs=list(needs)))
    (folder / "scenario.toml").write_text(SCENARIO)
    (folder / "reference.csv").write_text(table)
    if script:
        (folder / "case.py").write_text(script)
    return folder


def test_passing_case_is_reported_whole(tmp_path):
    library, out = tmp_path / "cases", tmp_path / "report"
    add_case(library)
    (library / "coverage.csv").write_text(
        "paper,id,quantity,verdict,case,remark\n001,P1,a,open,,\n001,P2,b,predicted,ver-layers,\n"
    )
    news = []
    outcome = validate(library=library, folder=out, observer=lambda *told: news.append(told[1]))
    report = json.loads((out / "report.json").read_text())
    (case,) = report["cases"]
    assert outcome.passed
    assert case["verdict"] == "passed"
    assert case["doi"] == "10.1000/1"
    assert [row["value"] for row in case["rows"]] == pytest.approx([20 / 11, 5.5, 11.0], rel=1e-12)
    assert case["checks"][0]["value"] <= case["checks"][0]["threshold"]
    assert report["coverage"] == {"001": {"open": 1, "predicted": 1}}
    assert (out / "figures" / "ver-layers.png").stat().st_size > 1000
    assert "| 001 | 1 | 1 | 2 |" in (out / "report.md").read_text()
    assert news == sorted(news)
    assert news[-1] == 1.0


def test_case_draws_its_own_figures(tmp_path):
    script = """
from matplotlib.figure import Figure
from electrosim.study.validation.figure import draw
from electrosim.study.validation.metrics import Comparison, Row

def compare(folder, observer):
    return Comparison([Row("all", "small", 1e-3, 1e-3), Row("all", "large", 2e3, 2e3)], {"law": Figure()})
"""
    add_case(tmp_path / "cases", script=script)
    outcome = validate(library=tmp_path / "cases", folder=tmp_path / "report")
    assert outcome.passed
    names = {item.name for item in (tmp_path / "report" / "figures").iterdir()}
    assert names == {"ver-layers.png", "ver-layers-law.png"}
    assert "(figures/ver-layers-law.png)" in (tmp_path / "report" / "report.md").read_text()
    (axes, _) = draw(outcome.cases[0]).axes
    assert axes.get_xscale() == "symlog"


def test_cases_that_miss_fail_or_cannot_run_stay_in_the_report(tmp_path):
    library = tmp_path / "cases"
    add_case(library, "ver-wrong", table=TABLE.replace("5.5", "5.6"))
    add_case(library, "ver-raises", script="def compare(folder, observer):\n    return [1 / 0]\n")
    add_case(library, "ver-empty", script="def compare(folder, observer):\n    return []\n")
    add_case(library, "xcode-absent", needs=["no_such_package"])
    add_case(library, "val-typo", table=TABLE.replace("effective_conductivity,y,5.5", "effective_conductivit,y,5.5"))
    (library / "coverage.csv").write_text("paper,id,quantity,verdict,case,remark\n001,P2,b,reproduced,ver-wrong,\n")
    outcome = validate(library=library, folder=tmp_path / "report")
    found = {result.case.id: (result.verdict, result.reason) for result in outcome.cases}
    assert not outcome.passed
    assert {name: verdict for name, (verdict, _) in found.items()} == {
        "ver-wrong": "missed",
        "ver-raises": "missed",
        "ver-empty": "missed",
        "xcode-absent": "skipped",
        "val-typo": "missed",
    }
    assert "0.01786, at most 1e-12: missed" in found["ver-wrong"][1]
    assert "ZeroDivisionError" in found["ver-raises"][1]
    assert "which no row belongs to" in found["ver-empty"][1]
    assert "no_such_package" in found["xcode-absent"][1]
    assert 'did you mean "effective_conductivity"' in found["val-typo"][1]
    assert outcome.coverage == {"001": {"case missed": 1}}
    assert all(name in (tmp_path / "report" / "report.md").read_text() for name in found)


def test_quantity_may_name_the_series_that_shows_it(tmp_path):
    folder = add_case(tmp_path)
    text = (folder / "case.toml").read_text()
    head, check = text.split("[[check]]")
    good, bad = (
        f"[[check]]{check.replace('threshold', f'series = {series!r}' + chr(10) + 'threshold')}"
        for series in ("layers", "other")
    )
    (folder / "case.toml").write_text(head + good + bad.replace("1e-12", "-1.0").replace("Only", "But"))
    (folder / "reference.csv").write_text(TABLE + "other,along,,effective_conductivity,y,5.5,exact\n")
    (tmp_path / "coverage.csv").write_text(
        "paper,id,quantity,verdict,case,remark\n"
        "001,P1,a,predicted,ver-layers: layers,\n"
        "001,P2,b,predicted,ver-layers: other,\n"
        "001,P3,c,predicted,ver-layers,\n"
    )
    assert validate(library=tmp_path).coverage == {"001": {"predicted": 1, "case missed": 2}}
    (folder / "case.toml").write_text("heavy = true\n" + (folder / "case.toml").read_text())
    assert validate(library=tmp_path).coverage == {"001": {"case skipped": 3}}


def test_case_without_its_image_is_skipped(tmp_path, monkeypatch):
    folder = add_case(tmp_path / "cases")
    (folder / "case.toml").write_text('images = ["berea"]\n' + (folder / "case.toml").read_text())
    monkeypatch.setenv("ELECTROSIM_DATA", str(tmp_path / "nowhere"))
    (result,) = validate(library=tmp_path / "cases").cases
    assert result.verdict == "skipped"
    assert "nowhere" in result.reason


def test_heavy_case_is_skipped_unless_asked_for(tmp_path):
    folder = add_case(tmp_path)
    text = (folder / "case.toml").read_text()
    (folder / "case.toml").write_text("heavy = true\n" + text)
    assert [case.verdict for case in validate(library=tmp_path).cases] == ["skipped"]
    assert [case.verdict for case in validate(library=tmp_path, heavy=True).cases] == ["passed"]
    assert [case.verdict for case in validate(["ver-layers"], library=tmp_path).cases] == ["passed"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("threshold", "treshold", r'case\.toml:12: check\.0\.treshold is not known here; did you mean "threshold"\?$'),
        ('"untuned"', '"guessed"', r'case\.toml:4: parameters = "guessed": .* .untuned. or .tuned.'),
        ('"ver-layers"', '"ver-other"', r'case\.toml:2: id = "ver-other" is not the name of its folder, ver-layers'),
        ('"relative-difference"', '"order"', r"case\.toml:10: .*the metric order needs expected$"),
    ],
)
def test_wrong_case_file_is_one_sentence_and_leaves_a_former_report(tmp_path, old, new, sentence):
    folder = add_case(tmp_path / "cases")
    out = tmp_path / "report"
    validate(library=tmp_path / "cases", folder=out)
    before = (out / "report.json").read_bytes()
    (folder / "case.toml").write_text((folder / "case.toml").read_text().replace(old, new))
    with pytest.raises(InputError, match=sentence):
        validate(library=tmp_path / "cases", folder=out)
    assert (out / "report.json").read_bytes() == before
    assert sorted(item.name for item in tmp_path.iterdir()) == ["cases", "report"]


def test_foreign_folder_is_not_replaced(tmp_path):
    add_case(tmp_path / "cases")
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "thesis.tex").touch()
    with pytest.raises(InputError, match=r"holds thesis\.tex"):
        validate(library=tmp_path / "cases", folder=tmp_path / "report")


@pytest.mark.parametrize(("threshold", "names", "status"), [(1e-12, [], 0), (-1.0, [], 1), (1e-12, ["ver-layer"], 2)])
def test_exit_status(tmp_path, monkeypatch, capsys, threshold, names, status):
    add_case(tmp_path / "_cases", threshold=threshold)
    monkeypatch.setattr("electrosim.study.validate.shipped", lambda _: tmp_path / "_cases")
    monkeypatch.setattr("sys.argv", ["electrosim", "validate", *names, "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    printed = capsys.readouterr()
    assert ended.value.code == status
    if status == 2:
        assert printed.err.strip() == 'electrosim: "ver-layer" is not a validation case; did you mean "ver-layers"?'
        assert not (tmp_path / "out").exists()
    else:
        assert ("missed" in printed.out.split("\n")[1]) == (status == 1)


def study_of(order, name="study"):
    return [Row(name, str(n), 2.0 - 3.0 * n**-order, 2.0, resolution=n) for n in (64, 8, 16, 32)]


def check_of(metric, **more):
    return Check(metric=metric, threshold=more.pop("threshold", 0.1), reason="a reason of enough letters", **more)


@pytest.mark.parametrize("order", [0.8, 1.0, 2.0])
def test_order_and_extrapolation_of_a_power_law(order):
    rows = study_of(order)
    assert evaluate(check_of("order", expected=order), rows).value == pytest.approx(order, rel=1e-9)
    assert not evaluate(check_of("order", expected=order + 0.2), rows).passed
    assert evaluate(check_of("extrapolated-difference", expected=order), rows).value < 1e-12
    assert evaluate(check_of("extrapolated-difference", expected=order + 0.2), rows).value > 1e-5


def test_worst_series_decides():
    rows = study_of(1.0, "good") + study_of(1.5, "bad")
    result = evaluate(check_of("order", expected=1.0), rows)
    assert (round(result.value, 6), result.passed) == (1.5, False)
    assert evaluate(check_of("order", expected=1.0, series="goo*"), rows).passed


def test_value_that_is_not_a_number_never_passes():
    for metric in ("relative-difference", "absolute-difference", "relative-excess"):
        rows = [Row("a", "good", 1.0, 1.0), Row("a", "bad", float("nan"), 1.0)]
        assert not evaluate(check_of(metric, threshold=1e9), rows).passed
    bad = [Row("bad", str(n), float("nan"), 2.0, resolution=n) for n in (8, 16, 32)]
    for metric in ("order", "extrapolated-difference"):
        assert not evaluate(check_of(metric, threshold=1e9, expected=1.0), study_of(1.0, "good") + bad).passed


def test_a_value_that_is_not_a_number_is_drawn_as_a_gap(tmp_path):
    script = """
from electrosim.study.validation.metrics import Row

def compare(folder, observer):
    return [Row("layers", "value", value, 1.0) for value in (2.0, float("nan"), float("inf"))]
"""
    add_case(tmp_path / "library", script=script)
    (result,) = validate(library=tmp_path / "library").cases
    assert result.verdict == "missed"
    draw(result).savefig(tmp_path / "figure.png")


def test_shipped_cases_are_well_formed_and_coverage_names_them():
    library = shipped("validation")
    cases = {folder.name: read_case(folder) for folder in find_cases(library, [])}
    assert len(cases) >= 12
    for name, case in cases.items():
        assert (library / name / "case.py").is_file() or (library / name / "reference.csv").is_file()
        assert len({check.reason for check in case.checks}) == len(case.checks)
    with (library / "coverage.csv").open(encoding="utf-8", newline="") as handle:
        named = {row["case"] for row in csv.DictReader(handle) if row["case"]}
    series = {f"{name}: {check.series}" for name, case in cases.items() for check in case.checks}
    assert named <= cases.keys() | series


def test_a_known_miss_stays_missed_and_says_why(tmp_path):
    folder = add_case(tmp_path, threshold=1e-12, table=TABLE.replace("1.8181818181818181", "1.9"))
    case = (folder / "case.toml").read_text()
    (folder / "case.toml").write_text('known_miss = "the reference is rounded"\n' + case)
    outcome = validate(library=tmp_path)
    assert not outcome.passed
    assert outcome.cases[0].reason.endswith("known: the reference is rounded")
    assert outcome.cases[0].describe()["known_miss"]
