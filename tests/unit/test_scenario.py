"""Scenario files: units, lines of keys, the tables every kind shares, and the files that come with the package."""

import contextlib
import json
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

import electrosim
from electrosim.base import toml
from electrosim.base.errors import InputError
from electrosim.base.scenario import Scenario, ScenarioPath, Table, validate
from electrosim.base.toml_lines import key_lines, tokens
from electrosim.base.units import Conductivity, Fraction, Length, registry, to_si
from electrosim.study.kinds import KINDS
from electrosim.study.library import scenario_files, shipped
from electrosim.study.schema import schema_text

# ---- units


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("10 nm", "m", 1e-8),
        ("60nm", "m", 6e-8),
        ("2.5e2 µm", "m", 2.5e-4),
        ("2.5e2 μm", "m", 2.5e-4),
        ("30 mS/cm", "S/m", 3.0),
        ("30 mS cm^-1", "S/m", 3.0),
        ("30 mS·cm**-1", "S/m", 3.0),
        ("14 mg/cm^2", "kg/m**2", 0.14),
        ("0.05 MPa*m^0.5", "Pa*m**0.5", 5e4),
        ("33.68 %", "", 0.3368),
        ("25 degC", "K", 298.15),
    ],
)
def test_quantities_become_si(text, unit, value):
    assert to_si(text, unit) == value  # exactly: what is written has at most 15 digits


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10", "has no unit"),
        ("10 kg", "has a unit of another dimension"),
        ("10 parsek", 'has the unknown unit "parsek"'),
        ("nm", "is not a number followed by a unit"),
        ("", "is not a number followed by a unit"),
        ("1e999 m", "is not finite"),
        ("1e308 km", "is not finite"),
        ("nan m", "is not a number followed by a unit"),
        ("1 m; import os", "has a unit that cannot be read"),
        ("9**9**9 m", "has a unit that cannot be read"),
        ("1 m**999999999", "has a unit that cannot be read"),
        ("1 " + "m " * 5000, "has a unit that cannot be read"),
    ],
)
def test_what_is_no_quantity(text, reason):
    with pytest.raises(ValueError, match=f"^{reason}"):
        to_si(text, "m")


WORDS = st.sampled_from(["m", "s", "%", "degF", "dB", "dBm", "if", "None", "e", "pi", "µm", "x", "°C", "Np", "bit"])
LINKS = st.sampled_from(["", "*", "/", " ", "·", "(", ")", "^2", "**2", "^-1", " (", ")/"])


@given(st.lists(st.tuples(WORDS, LINKS), max_size=5), st.sampled_from(["m", "S/m", ""]))
def test_strange_units_raise_nothing_but_a_value_error(parts, unit):
    text = "1 " + "".join(word + link for word, link in parts)
    with contextlib.suppress(ValueError):
        assert isinstance(to_si(text, unit), float)


@given(st.floats(1e-30, 1e30))
def test_written_quantities_are_read_unchanged(value):
    once = to_si(f"{value!r} m", "m")
    assert once == pytest.approx(value, rel=1e-14)
    assert to_si(f"{once!r} m", "m") == once


@given(
    st.floats(-1e6, 1e6).map(lambda number: float(f"{number:.15g}")),
    st.sampled_from([("mS/cm", "S/m"), ("%", ""), ("mA*h/g", "C/kg"), ("degC", "K"), ("degF", "K"), ("inch", "m")]),
)
def test_the_remembered_factor_of_a_unit_is_that_of_pint(number, units):
    written, wanted = units
    exact = registry().Quantity(number, written).to(wanted or "dimensionless").magnitude
    assert to_si(f"{number!r} {written}", wanted) == float(f"{exact:.15g}")


def test_one_registry():
    assert registry() is registry()


# ---- lines of keys

TEXT = '''\
# a comment with [brackets] and "quotes
top = 1
"quoted \\" key" = 2          # "not a key" = 3
'literal "key"'.inner = [ 1, # one
  [ 2,
    3 ], { a = 1, "b.c" = 2 },
]
long = """
[not.a.table]
x = 1 \\""" ""x"""""
raw = \'\'\'
y = \'\'2\'\'\'\'
when = 1979-05-27 07:32:00
dotted . key . "δ" = { deep.er = [[1], []] }
[table."with.dot".x]
value = 1
[[many]]
[[many]]
name = "second"
[many.below]
k = 1
[[many.list]]
[[many.list]]
k = 2
[ table . y ]
'''


def paths(value, path=()):
    """Every key path of parsed TOML."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        yield (*path, key)
        yield from paths(item, (*path, key))


def test_lines_of_every_way_to_write_a_key():
    lines = key_lines(tokens(TEXT))
    assert set(lines) == set(paths(tomllib.loads(TEXT)))
    assert {
        ("top",): 2,
        ('quoted " key',): 3,
        ('literal "key"', "inner"): 4,
        ('literal "key"', "inner", 0): 4,
        ('literal "key"', "inner", 1): 5,
        ('literal "key"', "inner", 1, 1): 6,
        ('literal "key"', "inner", 2, "b.c"): 6,
        ("long",): 8,
        ("raw",): 11,
        ("when",): 13,
        ("dotted", "key", "δ", "deep", "er", 0): 14,
        ("table",): 15,
        ("table", "with.dot", "x", "value"): 16,
        ("many", 0): 17,
        ("many", 1): 18,
        ("many", 1, "name"): 19,
        ("many", 1, "below", "k"): 21,
        ("many", 1, "list", 0): 22,
        ("many", 1, "list", 1, "k"): 24,
        ("table", "y"): 25,
    }.items() <= lines.items()


KEYS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8) | st.sampled_from(["a", "b"])
VALUES = st.recursive(
    st.integers(-(2**63), 2**63 - 1)
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=12)
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_every_key_of_generated_toml_has_its_line(data):
    text = tomlkit.dumps(data)
    parsed = tomllib.loads(text)
    lines = key_lines(tokens(text))
    assert set(lines) == set(paths(parsed))
    written = text.split("\n")
    for path, line in lines.items():
        if isinstance(path[-1], str) and path[-1].isalnum() and path[-1].isascii():
            assert path[-1] in written[line - 1]


# ---- tables


class Part(Table):
    length: Length = "1 um"
    share: Fraction = 0.5
    when: Literal["now", "later"] = "now"


class Example(Scenario):
    kind: Literal["example"]
    part: Part
    parts: tuple[Part, ...] = ()
    table: dict[str, Conductivity] | None = None
    file: ScenarioPath | None = None
    count: Annotated[int, "whole"] = 1


EXAMPLE = """\
kind = "example"
[part]
length = "2 um"
share = "40 %"
"""


def example(text, **overrides):
    document = toml.parse(EXAMPLE + text, name="e.toml", folder=Path("/folder"))
    return validate(Example, toml.override(document, overrides))


def test_values_are_converted_once_and_written_back():
    scenario = example('[table]\n"my phase" = "1 mS/cm"\n', file="a/b.npy")
    assert scenario.part.length == 2e-6
    assert scenario.part.share == 0.4
    assert scenario.table == {"my phase": 0.1}
    assert scenario.file == Path("/folder/a/b.npy")
    resolved = scenario.resolved()
    assert resolved["part"] == {"length": "2e-06 m", "share": 0.4, "when": "now"}
    assert resolved["output"] == {"fields": False, "figures": True}
    assert Example.model_validate(resolved).resolved() == resolved


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('when = "never"', "e.toml:5: part.when = \"never\": must be 'now' or 'later'"),
        ("[[parts]]\n[[parts]]\nlenght = 1", 'e.toml:7: parts.1.lenght is not known here; did you mean "length"?'),
        (
            "[table]\na = 1",
            'e.toml:6: table.a = 1: is not a quantity; write a conductivity with its unit, such as "1 S/m"',
        ),
        ('[table]\n"a b" = []', 'e.toml:6: table."a b" = \\[\\]: is not a quantity'),
        ("[parts]", "e.toml:5: parts = a table: must be a list"),
        ("[count]", "e.toml:5: count = a table: must be a whole number"),
        ('when = "n"\n[[parts]]\nlength = 1', r"e.toml:5: part.when = .* \(and 1 more\)"),
        ("when = 1979-05-27T07:32:00Z", "e.toml:5: part.when = 1979-05-27 07:32:00[+]00:00: must be 'now' or 'later'"),
        ("when = 'a\\nb'", r'e.toml:5: part.when = "a\\nb": must be'),
    ],
)
def test_sentences(text, sentence):
    with pytest.raises(InputError, match=f"^{sentence}"):
        example(text)


def test_overrides_are_named_as_such():
    scenario = example("", **{"part.length": "3 um", "part.share": 0.1, "table": {"a": "1 S/m"}})
    assert (scenario.part.length, scenario.part.share, scenario.table) == (3e-6, 0.1, {"a": 1.0})
    with pytest.raises(InputError, match=r"^e.toml \(overridden\): table.a = 1: is not a quantity"):
        example('[table]\na = "1 S/m"', table={"a": 1})
    with pytest.raises(InputError, match=r"^e.toml:4: part.share = 2.0|^e.toml \(overridden\): part.share = 2"):
        example("", **{"part.share": 2})


def test_the_document_is_not_changed_by_overrides():
    document = toml.parse(EXAMPLE, name="e.toml", folder=Path())
    toml.override(document, {"part.length": 1, "new.table": 2})
    assert document.data == tomllib.loads(EXAMPLE)


TABLE = '[table]\na = "1 S/m"\n[[parts]]\nlength = "1 nm"\n'


@pytest.mark.parametrize(
    ("keys", "kept"),
    [
        ({}, True),
        ({"title": "other", "parts.0.length": "5 nm"}, True),
        ({"part.length": "3 um"}, False),
        ({"part": {"share": 0.1}}, False),
        ({"output.figures": False, "table.b": "2 S/m"}, True),
        ({"part.length": "3 S"}, None),
        ({"part.lenght": "3 um"}, None),
        ({"part.length.x": 1}, None),
        ({"parts.1.length": "3 um"}, None),
        ({"count": 1.5}, None),
        ({"prt.length": "3 um"}, None),
        ({"title": "a\0"}, None),
        ({"new": {"a": "b\0"}}, None),
    ],
)
def test_a_changed_scenario_is_the_one_that_is_checked_anew(keys, kept):
    """But for the tables that no key is in, which are the very same."""
    base = example(TABLE)
    if kept is None:
        with pytest.raises(InputError) as anew:
            example(TABLE, **keys)
        with pytest.raises(InputError, match=f"^{re.escape(str(anew.value))}$"):
            base.changed(keys)
        return
    changed, anew = base.changed(keys), example(TABLE, **keys)
    assert changed == anew
    assert changed.place(("part", "length")) == anew.place(("part", "length"))
    assert (changed.part is base.part) == kept
    again = changed.changed({"part.share": 0.3})
    assert (again.part.share, again.part.length, again.title) == (0.3, anew.part.length, anew.title)
    assert base == example(TABLE)


# ---- what comes with the package


@pytest.mark.parametrize("file", scenario_files(), ids=lambda file: file.stem)
def test_shipped_scenarios(file, tmp_path):
    text = file.read_text(encoding="utf-8")
    assert text.startswith("#:schema ./scenario.schema.json\nkind = ")
    scenario = electrosim.load(file.stem)
    assert scenario.title
    assert scenario.description
    assert scenario.citations()
    resolved = scenario.resolved()
    copy = tmp_path / "scenario.resolved.toml"
    copy.write_text(tomlkit.dumps(resolved), encoding="utf-8")
    assert electrosim.load(copy).resolved() == resolved


def test_schema_file_is_current():
    file = shipped("scenarios") / "scenario.schema.json"
    assert file.read_text(encoding="utf-8") == schema_text(), "electrosim schema > scenarios/scenario.schema.json"


def test_schema_names_every_key():
    schema = json.loads(schema_text())
    assert schema["title"] == "electrosim scenario"
    kinds = {}
    for variant in schema["anyOf"]:
        table = schema["$defs"][variant["$ref"].rpartition("/")[2]]
        assert table["additionalProperties"] is False
        kinds[table["properties"]["kind"]["const"]] = table
    assert kinds.keys() == KINDS.keys()
    assert kinds["conduction"]["required"] == ["kind", "image", "conductivity"]
    assert kinds["conduction"]["properties"].keys() == {
        "kind", "title", "description", "image", "conductivity", "transport", "method", "output",
        "errors", "rev",
    }  # fmt: skip
    assert kinds["backscatter"]["required"] == ["kind", "beam"]
    assert kinds["backscatter"]["properties"].keys() == {
        "kind", "title", "description", "electrons", "seed", "beam", "film", "substrate", "cover", "interlayers",
        "targets", "detector", "model", "method", "output", "trajectories", "infer", "plan",
    }  # fmt: skip
    assert kinds["fit"]["required"] == ["kind", "data"]
    assert kinds["fit"]["properties"].keys() == {"kind", "title", "description", "data", "fit", "output"}
    assert kinds["structure"]["required"] == ["kind", "image"]
    assert kinds["structure"]["properties"].keys() == {
        "kind", "title", "description", "image", "analysis", "porosimetry", "network", "output",
    }  # fmt: skip
