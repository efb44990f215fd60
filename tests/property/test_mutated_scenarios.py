"""Scenarios changed at random end in a result or in one sentence: never a traceback, a hang or a partial folder."""

import copy
import json
import os
import runpy
import shutil
import time
import tomllib
from collections import Counter
from pathlib import Path

import h5py
import numpy as np
import pytest
import tifffile
import tomlkit
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import electrosim
from electrosim.study.schema import schema

EXAMPLES = 1000 if os.environ.get("CI") else 200
LONGEST = 300.0  # seconds; what takes longer never ends: kernels of a kind compile in a minute on a busy machine

# ---- tiny scenarios to start from

CUBE, SQUARE = [6, 4, 5], [4, 4]
PHANTOMS = [
    {"phantom": "laminate", "axis": "x", "layers": [1, 2], "shape": CUBE},
    {"phantom": "checkerboard", "cells": 2, "shape": SQUARE},
    {"phantom": "square-inclusions", "shape": [4, 4, 3]},
    {"phantom": "spheres", "arrangement": "bcc", "sphere_fraction": "40 %", "shape": [5, 5, 5]},
    {"phantom": "spheres", "arrangement": "random", "sphere_fraction": 0.3, "diameter": "3 nm", "shape": [6, 6]},
    {"phantom": "blobs", "porosity": "60 %", "blobiness": 0.5, "seed": 3, "shape": [6, 6, 6]},
    {
        "phantom": "carbon-binder",
        "porosity": 0.5,
        "correlation_length": "1 nm",
        "large_pores": "5 %",
        "large_pore_diameter": "3 nm",
        "shape": [6, 5, 6],
    },
    {
        "phantom": "electrode",
        "active_share": "40 %",
        "particle_diameter": "5 nm",
        "macropore_length": "2 nm",
        "porosity_length": "3 nm",
        "pore_length": "1 nm",
        "shape": [8, 9, 8],
    },
]
FILES = [
    {"file": "labels.npy", "phases": {"pore": 1, "solid": 0}},
    {"file": "grey.npz", "key": "b", "threshold": 0.5, "phases": {"low": 0, "high": 1}},
    {"file": "labels.h5", "key": "b", "crop": {"x": [0, 3], "z": [1, 5]}, "phases": {"pore": 1, "solid": 0}},
    {"file": "labels.zarr", "crop": {"y": [1, 4]}, "phases": {"pore": 1, "solid": 0}},
    {"file": "slices", "threshold": 0.5, "phases": {"pore": 1, "solid": 0}},
    {"file": "grey.raw", "shape": [3, 4, 5], "dtype": ">f4", "threshold": 0.5, "phases": {"a b": 0, "é": 1}},
]
CONDUCTING = {
    "laminate": "a",
    "checkerboard": "b",
    "square-inclusions": "matrix",
    "spheres": "matrix",
    "blobs": "pore",
    "carbon-binder": "pore",
    "electrode": "cbd-pore",
}


def scenario(image):
    phase = CONDUCTING[image["phantom"]] if "phantom" in image else next(iter(image["phases"]))
    return {
        "kind": "conduction",
        "title": "tiny",
        "image": {"voxel_size": "1 nm", **image},
        "conductivity": {phase: "1 S/m"},
        "transport": {"directions": "y", "boundary": "constant-potential"},
        "method": {"rtol": 1e-3, "max_iterations": 50},
        "output": {"figures": False},
        "errors": {"segmentation": False},
        "rev": {"sizes": [2, 3], "most": 2},
    }


def structure(image):
    conduction = scenario(image)
    return {name: conduction[name] for name in ("title", "image", "output")} | {
        "kind": "structure",
        "analysis": {"pore": list(conduction["conductivity"]), "sizes": 3},
        "porosimetry": {"contact_angle": "140 deg", "surface_tension": "0.48 N/m", "faces": ["xmin", "zmax"]},
        "network": {"peak_radius": 2},
    }


DRYING = {
    "kind": "drying",
    "title": "tiny",
    "coating": {
        "solvent": "water",
        "solids": "45 %",
        "components": [
            {"name": "a", "weight": 0.95, "density": "3 g/cm^3", "diameter": "1 um"},
            {"name": "b", "role": "binder", "weight": 0.05, "density": "1.2 g/cm^3"},
        ],
    },
    "film": {"thickness": "100 um", "packing": "50 %", "particles": "mixed", "meniscus": "flat"},
    "zones": [
        {"time": "9 s", "air_temperature": "90 degC", "heat_transfer": "50 W/m^2/K", "humidity": "3 %"},
        {"flux": "1 g/m^2/s", "temperature": "40 degC"},
    ],
    "drying": {"critical_saturation": 0.3, "final_saturation": "1 %", "belt_speed": "1 m/min"},
    "binder": {"diffusivity": "1e-10 m^2/s", "bruggeman": 1.5, "frozen": 0.2, "adsorption": 0.5},
    "cracking": {
        "toughness": "1 kPa*m^0.5",
        "samples": 1000,
        "intervals": {"toughness": ["1 Pa*m^0.5", "1e3 Pa*m^0.5"]},
    },
    "output": {"figures": False},
}

RECIPES = [
    {
        "kind": "recipe",
        "title": "tiny",
        "slurry": {"active": "nmc622", "carbon": ["1 %", 0.04], "shells": ["1 um"], "solid_fractions": [0.2]},
        "electrode": {
            "active": [{"material": "nmc622", "share": 0.4}, {"material": "lco", "share": "60 %"}],
            "loading": "11 mg/cm^2",
            "porosity": "30 %",
            **carbon,
        },
        "output": {"figures": False},
    }
    for carbon in (
        {"layers": [{"carbon": "1 %", "share": 0.5}, {"carbon": "4 %", "share": 0.5}]},
        {"carbon": {"profile": "linear", "bottom": "1 %", "top": "4 %"}},
    )
]

DISCHARGES = [
    {
        "kind": "discharge",
        "title": "tiny",
        "cell": {"counter": "lithium", "separator": "celgard-2325", "temperature": "300 K"},
        "electrode": {
            "active": "nmc622",
            "loading": "11 mg/cm^2",
            "porosity": "30 %",
            "layers": [{"carbon": "1 %", "share": 0.5}, {"carbon": "4 %", "share": 0.5}],
        },
        "conductivity": {"sigma_0": "10 S/m", "phi_crit": "0 %", "t": 1.5, "background": "1e-3 S/m"},
        "contact": {"resistance": "5 ohm*cm^2", "series": "5 ohm*cm^2"},
        "protocol": {"rates": [1, 2.5], "nominal_capacity": "175 mA*h/g", "lower_voltage": "3 V", "cv": 0.5},
        "analysis": {"gamma_base": "paper", "depths": [0, "50 %"], "samples": 20},
        "method": {"rtol": 1e-3},
        "output": {"figures": False},
    },
    {
        "kind": "discharge",
        "title": "tiny",
        "cell": {"parameters": "marquis-2019"},
        "protocol": {"steps": [{"rest": "1 min"}, {"discharge": "rate", "until": "3.5 V", "longest": "1 h"}]},
        "method": {"solver": "structured"},
        "output": {"fields": True, "figures": False},
    },
]

AGEING = {
    "kind": "discharge",
    "title": "tiny",
    "cell": {"counter": "electrode", "separator": "celgard-2325", "electrolyte": "lipf6-ec-emc-3-7"},
    "electrode": {
        "active": {"material": "nmc622", "diffusivity": "5.5e-15 m^2/s"},
        "loading": "11 mg/cm^2",
        "porosity": "30 %",
        "layers": [{"carbon": "1 %", "share": 0.5}, {"carbon": "4 %", "share": 0.5}],
    },
    "negative": {
        "active": "lto",
        "carbon": "5 %",
        "binder": "5 %",
        "loading": "13.1 mg/cm^2",
        "porosity": "35 %",
        "conductivity": {"value": "1 S/m"},
    },
    "conductivity": {"table": [{"carbon": "1 %", "sigma": "1e-3 S/m"}, {"carbon": "4 %", "sigma": "7e-2 S/m"}]},
    "protocol": {"nominal_capacity": "175 mA*h/g", "lower_voltage": "1.4 V", "upper_voltage": "2.8 V"},
    "ageing": {
        "cycles": 3,
        "charge_rate": 1.0,
        "discharge_rate": 1.0,
        "check_rate": 0.5,
        "check_every": 3,
        "laws": {
            "lithium": {"rate": 3e-4},
            "active_material": {"rate": 2e-4, "driver": "electrons"},
            "contacts": {"rate": 5e-3, "driver": "electrons"},
        },
    },
    "method": {"rtol": 1e-3},
    "output": {"figures": False},
}

BACKSCATTER = {
    "kind": "backscatter",
    "title": "tiny",
    "electrons": 400,
    "seed": 1,
    "beam": {"energies": ["1 keV", "2 keV"]},
    "film": {"material": "silver-stained-binder", "thicknesses": ["5 nm", "15 nm"]},
    "substrate": {"material": "graphite"},
    "detector": {"cut_off": "513 eV"},
    "infer": {"seen": ["1 keV"], "unseen": ["2 keV"], "criterion": "film-share", "threshold": 0.5},
    "plan": {"thicknesses": ["5 nm", "15 nm"]},
    "output": {"figures": False},
}

POINTS = {"csv": "points.csv"}
FITS = [
    {"kind": "fit", "title": "tiny", "data": data, "fit": {"resamples": 5}, "output": {"figures": False}}
    for data in (
        {**POINTS, "porosity": "share", "relative_conductivity": "fraction", "cluster": "name"},
        {**POINTS, "rate": "rate", "capacity": "charge", "unit": "mA*h/g", "only": "one"},
    )
]
SEARCHED = scenario(PHANTOMS[0]) | {"errors": {"discretisation": False, "cutout": False}}
SEARCHED.pop("rev")
PARAMETERS = {"sigma": {"key": "conductivity.a", "from": "0.1 S/m", "to": "9 S/m", "spacing": "logarithmic"}}
SEARCHES = [
    {
        "kind": "calibrate",
        "title": "tiny",
        "base": SEARCHED,
        "parameters": PARAMETERS,
        "data": POINTS,
        "compare": {"s": {"column": "fraction", "unit": "S/m", "quantity": "effective_conductivity.mean"}},
        "method": {"draws": 1, "starts": 1},
        "output": {"figures": False},
    },
    {
        "kind": "calibrate",
        "title": "tiny",
        "law": "peukert",
        "parameters": {"factor": {"from": "50 mA*h/g", "to": "300 mA*h/g"}, "exponent": {"from": 0.01, "to": 0.9}},
        "data": {**POINTS, "set": {"rate": {"column": "rate"}}},
        "compare": {"q": {"column": "charge", "unit": "mA*h/g", "quantity": "law", "standard_deviation": "2 mA*h/g"}},
        "method": {"draws": 1, "starts": 1},
        "output": {"figures": False},
    },
    {
        "kind": "optimise",
        "title": "tiny",
        "base": SEARCHED,
        "parameters": PARAMETERS,
        "objective": {"least": "(effective_conductivity.mean - 0.3)*(effective_conductivity.mean - 0.3)"},
        "constraints": {"most": {"quantity": "effective_conductivity.mean", "most": "2 S/m"}},
        "method": {"draws": 1, "starts": 1, "curve_points": 4, "most_evaluations": 20},
        "output": {"figures": False},
    },
]
BPX_CELL = {
    "kind": "discharge",
    "title": "tiny",
    "cell": {"bpx": "cell.json"},
    "protocol": {"rates": [1], "lower_voltage": "3.5 V"},
    "method": {"rtol": 1e-3},
    "output": {"figures": False},
}

CONDUCTION = [scenario(image) for image in (*PHANTOMS, *FILES)]
IMAGED = [structure(image) for image in (PHANTOMS[0], PHANTOMS[5], *FILES)]
BASES = [
    *CONDUCTION, *IMAGED, *RECIPES, *DISCHARGES, AGEING, BPX_CELL, DRYING, BACKSCATTER, *FITS, *SEARCHES,
]  # fmt: skip

COSTLY = {
    "electrons": 1000,
    "cycles": 3,
    "draws": 3,
    "starts": 2,
    "resamples": 9,
    "curve_points": 9,
    "most_evaluations": 30,
}
"""What may be as large as a person has time for; here it is cut."""


def write_files(folder):
    points = zip("aabbccddee", np.linspace(0.1, 0.6, 10), (0.1, 0.2, 0.5, 1, 1.5, 2, 3, 4, 5, 6), strict=True)
    lines = [f"{name},{x:.2f},{x**2:.3f},{rate},{170 - 9 * rate},{int(rate < 5)}" for name, x, rate in points]
    text = "\n".join(["name,share,fraction,rate,charge,one", *lines])
    (folder / "points.csv").write_text(text, encoding="utf-8")
    bpx = runpy.run_path(str(Path(__file__).parents[1] / "unit" / "test_bpx.py"))["BPX"]
    (folder / "cell.json").write_text(json.dumps(bpx), encoding="utf-8")


def write_images(folder):
    grey = np.random.default_rng(1).random((3, 4, 5)).astype(np.float32)
    np.save(folder / "labels.npy", grey > 0.4)
    np.savez(folder / "grey.npz", a=grey, b=grey)
    grey.astype(">f4").tofile(folder / "grey.raw")
    with h5py.File(folder / "labels.h5", "w") as file:
        file["a"] = file["b"] = grey > 0.4
    zarr.create_array(folder / "labels.zarr", data=grey > 0.4)
    (folder / "slices").mkdir()
    for number, plane in enumerate(grey):
        tifffile.imwrite(folder / f"slices/{number}.tif", plane)


# ---- what the schema knows: keys and words that are right somewhere else


def walk(node):
    if isinstance(node, dict):
        yield node
        for item in node.values():
            yield from walk(item)
    elif isinstance(node, list):
        for item in node:
            yield from walk(item)


NODES = list(walk(schema()))
KNOWN_KEYS = sorted({key for node in NODES for key in node.get("properties", {}) if isinstance(key, str)})
KNOWN_WORDS = sorted(
    {word for node in NODES for word in [*node.get("enum", ()), node.get("const")] if isinstance(word, str)}
    - {"berea", "fiberform", "nmc-carbon-binder"}  # large, and perhaps to be downloaded
)
EXAMPLES_GIVEN = [example for node in NODES for example in node.get("examples", ()) if isinstance(example, str)]

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.one_of(
    st.integers(-2, 9),
    st.sampled_from([0.0, -0.0, 0.5, 1.0, -1.0, 1e-300, 5e-324, 1e300, 1.5, 1e-9, float("nan"), float("inf")]),
    st.sampled_from([100, 1000, 65536, 10**6, 2**31, 2**32, 2**63 - 1, -(2**63), 2**63, 10**40, 10**4000]),
)
QUANTITIES = st.builds(
    lambda number, unit: f"{number}{unit}",
    st.sampled_from(["1", "2", "0", "-1", "1e-300", "1e300", "1e999", "0.3", "", "one", "1e-12", "1e12", "0.001"]),
    st.sampled_from([" nm", " S/m", " %", "nm", " m", " kg", " furlang", " nm nm", " m**9", " (", "", " pm", " km"]),
)
SCALARS = st.one_of(
    NUMBERS,
    QUANTITIES,
    TEXT,
    st.booleans(),
    st.sampled_from(KNOWN_WORDS),
    st.sampled_from(EXAMPLES_GIVEN),
    st.sampled_from(
        ["", "\0", "x" * 300, "é\u202e", "a\nb", "/", ".", "~", "labels.npy", "../labels.npy", "/dev/zero"]
    ),
    st.datetimes().map(lambda when: when.replace(microsecond=0)),
)
KEYS = st.sampled_from(KNOWN_KEYS) | TEXT.filter(bool) | st.sampled_from(["pore", "a", "y" * 300])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(KEYS, inner, max_size=3)
        | st.lists(st.integers(1, 9), min_size=2, max_size=3)
    ),
    max_leaves=6,
)


# ---- mutations

LENGTHS = ["1 nm", "3 nm", ["1 nm", "2 nm"], ["1 nm", "2 nm", "1e3 nm"], "1e-300 m", "1e3 m", "1e-15 m"]
CONDUCTIVITIES = ["1 S/m", "0 S/m", "1e-9 S/m", "1e-20 S/m", "1e12 S/m", "1e13 S/m", ["1 S/m", "0 S/m"], ["1 S/m"] * 3]
RIGHT = {
    "image": {
        "shape": [[1, 1], [1, 6], [4, 4], [6, 6], [1, 1, 1], [1, 4, 4], [6, 6, 6], [4, 1, 6], [5, 5, 5]],
        "voxel_size": LENGTHS,
        "cells": [1, 2, 3],
        "seed": [0, 1, 2**32 - 1, 2**32, 2**63 - 1],
        "porosity": ["1 %", 0.5, "99.9 %"],
        "threshold": [-1, 0.2, 0.9, 2],
        "axis": ["x", "y", "z"],
        "blobiness": [0.1, 2, 1e9],
        "arrangement": ["sc", "bcc", "fcc", "random"],
        "sphere_fraction": ["0.01 %", "1 %", 0.5, 0.99],
        "diameter": LENGTHS,
        "correlation_length": LENGTHS,
        "large_pores": [0, 0.2],
        "large_pore_diameter": LENGTHS,
        "active_share": [0, "1 %", 0.8, 1],
        "macropore_share": [0, 0.2, "60 %"],
        "particle_diameter": LENGTHS,
        "macropore_length": LENGTHS,
        "cbd_porosity": ["1 %", 0.99],
        "cbd_porosity_spread": [0, 0.1, 1],
        "porosity_length": LENGTHS,
        "pore_length": LENGTHS,
        "crop": [{}, {"x": [0, 1]}, {"z": [0, 2]}, {"y": [3, 5]}],
        "file": ["labels.npy", "slices", "labels.zarr", "labels.h5", "."],
        "key": ["a", "b"],
    },
    "ageing": {
        "cycles": [1, 3],
        "check_every": [1, 2, 100],
        "check_rate": [0.05, 2.0],
        "laws": [{}, {"lithium": {"rate": 0.9}}, {"contacts": {"rate": 1e6, "driver": "electrons"}}],
        "post_mortem": [{"lower_voltage": "3 V", "upper_voltage": "4.3 V"}],
    },
    "beam": {"energies": [["1 keV"], ["1 eV", "30 keV"], ["100 keV"]]},
    "infer": {"seen": [[], ["2 keV"]], "unseen": [[], ["1 keV"]], "threshold": [0.0, 0.01, 1.0]},
    "fit": {
        "weights": ["equal", "scatter", ["log-normal", "root"]],
        "correlations": [["peukert"], ["power"], ["percolation", "archie"], ["time-constant"]],
        "confidence": [0.5, 1e-9, 0.999],
    },
    "data": {
        "rate_unit": ["mA/g", "h^-1", "V"],
        "unit": ["%", "W*h/kg", "mA*h"],
        "standard_deviation": ["share", "charge"],
        "cluster": ["name", "one"],
        "only": ["one", "share"],
    },
    "objective": {"most": ["sigma", "conductivity.mean"], "unit": ["S/m", "V"]},
    "conductivity": dict.fromkeys(["a", "b", "c", "matrix", "pore", "solid", "cbd", "sphere"], CONDUCTIVITIES),
    "transport": {
        "directions": ["x", "y", "z", "xy", "yz", "xyz", "all"],
        "boundary": ["constant-potential", "constant-current", "periodic"],
        "electrode": ["face", "first-voxel"],
        "sides": ["no-flux", "periodic"],
        "reference": ["1 S/m", "1e-20 S/m", "1e12 S/m"],
    },
    "method": {
        "solver": ["multigrid", "direct"],
        "rtol": [0.9, 1e-3, 1e-12, 1e-300],
        "max_iterations": [1, 2, 100_000],
    },
    "output": {"fields": [True, False], "bounds": [True, False]},
    "errors": {
        "discretisation": [True, False],
        "cutout": [True, False],
        "segmentation": [True, False, {"threshold_band": 0.2}, {"threshold_band": 1e300}],
    },
    "rev": {
        "sizes": [[2, 3], [3, 2, 4], [2, 6], [2, 100], [2, 2], [2]],
        "most": [1, 2, 3, 2**63],
        "seed": [0, 2**63 - 1],
        "boundary": ["constant-potential", "constant-current", "periodic"],
        "accuracy": ["5 %", 0.99, 1e-9],
    },
    "analysis": {
        "pore": [["a"], ["pore"], ["a", "b"], ["low", "high"], ["pore", "pore"]],
        "surface": [True, False],
        "chords": [True, False],
        "correlation": [True, False],
        "pore_sizes": [True, False],
        "sizes": [2, 1000],
    },
    "porosimetry": {
        "contact_angle": ["91 deg", "180 deg", "3 rad", "90 deg", "400 deg"],
        "surface_tension": ["1e-6 N/m", "485 mN/m", "0 N/m"],
        "faces": [["xmin"], ["ymax", "ymax"], ["zmin", "xmax"]],
    },
    "network": {"peak_radius": [1, 10, 11], "smoothing": [0.0, 10.0]},
    "coating": {"solvent": ["water", "nmp"], "solids": ["1 %", 0.45, "99 %"]},
    "film": {
        "thickness": ["100 um", "1 nm", "1e3 m"],
        "packing": [0.3, "74 %", 0.999],
        "initial_packing": ["1 %", "40 %"],
        "excess": ["1 um", "99 um"],
        "particles": ["mixed", "layered"],
        "settling": ["0 m/s", "1 um/s", "1e-15 m/s", "1 m/s", "stokes"],
    },
    "drying": {
        "critical_saturation": [0.0, 0.99],
        "final_saturation": [0.0, "50 %"],
        "initial_temperature": ["0 degC", "99 degC", "150 degC"],
        "substrate_heat_capacity": ["0 J/m^2/K", "1e9 J/m^2/K"],
        "solid_heat_capacity": ["1 J/kg/K", "1e6 J/kg/K"],
        "viscosity": ["1e-9 Pa*s", "1e6 Pa*s"],
    },
    "binder": {
        "diffusivity": ["1e-20 m^2/s", "1 m^2/s"],
        "bruggeman": [0.0, 10.0],
        "adsorption": [0.0, 1e12],
        "frozen": [0.0, 1.0],
        "gelation": [0.5, 1.0, 1e12],
        "moves_until": ["shrinkage", "constant rate"],
    },
    "cracking": {
        "toughness": ["1e-6 Pa*m^0.5", "1e12 Pa*m^0.5"],
        "diameter": ["1 nm", "1e3 m"],
        "diameter_of": ["active", "surface-mean"],
        "shear_modulus": ["1 Pa", "1e13 Pa"],
        "residual": [0.0, 1.0],
        "contact_angle": ["0 deg", "89.9 deg", "90 deg"],
        "throat_radius": ["1 nm", "1 mm"],
    },
    "slurry": {
        "active": ["lto", "nmc", {"material": "lco", "density": "5 g/cm^3", "diffusivity": "1e-14 m^2/s"}],
        "carbon": [[0.0], ["100 %"], ["48.9 %"]],
        "binder": [0.0, 0.5, 1.0],
        "binder_film": ["1e-15 m", "1 um", "1e3 m"],
        "weight_solids": [["45 %"], [1e-9], [0.999999]],
        "solvent_density": ["1 g/cm^3", "1e-3 kg/m^3"],
    },
    "electrode": {
        "carbon": [
            0.0,
            "100 %",
            {"profile": "step", "bottom": 0.0, "top": "10 %", "at": 1e-9},
            {"profile": "exponential", "bottom": 1e-300, "top": 0.4},
            {"profile": "points", "points": [{"at": 0, "carbon": 0.1}, {"at": 1, "carbon": 0}]},
        ],
        "binder": [0.0, 0.9, 1.0],
        "loading": ["1e-6 kg/m^2", "1e6 kg/m^2"],
        "thickness": ["1e-15 m", "40 um", "1e3 m"],
        "loading_of": ["active", "solids"],
        "shares_of": ["active", "solids", "volume"],
        "tortuosity": [1.0, 1000.0],
        "bruggeman": [1.0, 10.0],
        "specific_capacity": ["175 mA*h/g", "1 C/kg"],
    },
}
"""Values that are right somewhere, and those at the edge of what is allowed."""


def places(value):
    """Every table or list with one of its keys or indices."""
    entries = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    for key, item in entries:
        yield value, key
        yield from places(item)


def tables(value):
    return [value] + [inside[key] for inside, key in places(value) if isinstance(inside[key], dict)]


@st.composite
def mutated(draw):
    """A changed scenario, and settings for the command line."""
    data = copy.deepcopy(draw(st.sampled_from(BASES)))
    for _ in range(draw(st.integers(0, 4))):
        table = draw(st.sampled_from(sorted(RIGHT.keys() & data.keys())))
        fitting = [key for key in RIGHT[table] if key in data[table] or table not in ("image", "conductivity")]
        if fitting:
            key = draw(st.sampled_from(fitting))
            data[table][key] = copy.deepcopy(draw(st.sampled_from(RIGHT[table][key])))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2, 3]))):
        found = list(places(data))
        if not found:
            break
        inside, key = draw(st.sampled_from(found))
        action = draw(st.sampled_from(["replace"] * 4 + ["add"] * 2 + ["delete", "swap", "wrap", "rename"]))
        if action == "replace":
            inside[key] = draw(VALUES)
        elif action == "add":
            draw(st.sampled_from(tables(data)))[draw(KEYS)] = draw(VALUES)
        elif action == "delete":
            del inside[key]
        elif action == "swap":
            other, another = draw(st.sampled_from(found))
            inside[key], other[another] = copy.deepcopy((other[another], inside[key]))
        elif action == "wrap":
            inside[key] = draw(st.sampled_from([[inside[key]], {"a": inside[key]}, [inside[key]] * 3]))
        elif isinstance(inside, dict):
            inside[draw(KEYS)] = inside.pop(key)
    for inside, key in list(places(data)):
        if key in COSTLY and type(inside[key]) is int:
            inside[key] = min(inside[key], COSTLY[key])
    return data


@st.composite
def settings_on_the_command_line(draw):
    key = ".".join(draw(st.lists(KEYS | st.sampled_from(["image", "0", "1"]), min_size=1, max_size=3)))
    value = draw(st.one_of(QUANTITIES, TEXT, NUMBERS.map(repr), st.sampled_from(["[1, 2]", "{a = 1}", "'", "[" * 99])))
    text = draw(st.sampled_from(["{}={}", "{} = {}", "{}{}", '"{}"={}'])).format(key, value)
    return text.replace("\0", "0")


SETTINGS = st.just([]) | st.just([]) | st.just([]) | settings_on_the_command_line().map(lambda text: [text])
DAMAGES = st.one_of(
    *[st.just(lambda text: text)] * 4,
    st.builds(lambda at, new: lambda text: text[: at % len(text)] + new + text[at % len(text) + 1 :],
              st.integers(0, 999), st.text(st.sampled_from("[]{}=.,\"'#\n\\ a1é\0"), max_size=3)),
)  # fmt: skip


def dumped(data):
    """TOML text of what may not be possible in TOML; then a part of it."""
    try:
        return tomlkit.dumps(data)
    except (ValueError, TypeError, tomlkit.exceptions.TOMLKitError):
        return ""


# ---- the test


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with images, a table and a cell, on a machine with little memory, so that large images are refused."""
    folder = tmp_path_factory.mktemp("mutated")
    write_images(folder)
    write_files(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("electrosim.base.memory.available_memory", lambda: 1 << 20)
        patch.delenv("ELECTROSIM_DATA", raising=False)
        yield folder


@pytest.fixture(scope="module")
def endings():
    """How often each status came."""
    counter = Counter()
    yield counter
    assert {0, 2} <= set(counter)
    assert min(counter[0], counter[2]) > 0.03 * counter.total(), counter  # else the mutations are too mild or too wild


def hold(command, folder, text, words=()):
    """Run a scenario and hold what must always be true; return the exit status."""
    file = folder / "case.toml"
    file.write_text(text, encoding="utf-8", newline="\n")
    before = set(folder.rglob("*"))
    began = time.perf_counter()
    outcome = command("run", "case.toml", "--quiet", *words, folder=folder)
    assert time.perf_counter() - began < LONGEST
    assert outcome.out == ""
    made = set(folder.rglob("*")) - before
    if outcome.status == 0:
        assert outcome.err == ""
    else:
        assert outcome.status in (2, 3)
        assert 10 < len(outcome.sentence) < 2000
    if outcome.status == 2:
        assert made == set()
    else:
        resolved = folder / "results/case/scenario.resolved.toml"
        assert electrosim.load(resolved).resolved() == tomllib.loads(resolved.read_text(encoding="utf-8"))
        assert {"case", "result.nc", "report.html"} <= {path.name for path in made}
        shutil.rmtree(folder / "results")
    return outcome.status


@pytest.mark.parametrize("base", BASES, ids=[str(number) for number in range(len(BASES))])
def test_the_scenarios_to_start_from_are_right(base, command, folder):
    assert hold(command, folder, tomlkit.dumps(base)) == 0
    change = {
        "conduction": "transport.boundary=constant-current",
        "structure": "analysis.sizes=5",
        "recipe": "electrode.loading_of=solids",
        "drying": "zones.0.time=4 s",
        "discharge": "ageing.cycles=2" if "ageing" in base else "protocol.rates=[0.5]",
        "backscatter": "electrons=300",
        "fit": "fit.resamples=0",
        "calibrate": "method.profile=false",
        "optimise": "method.optimiser=differential-evolution",
    }[base["kind"]]
    assert hold(command, folder, tomlkit.dumps(base), ["--set", change]) == 0


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=mutated(), words=SETTINGS, damage=DAMAGES)
def test_mutated_scenarios(data, words, damage, command, folder, endings):
    text = dumped(data) or "a = 1"
    endings[hold(command, folder, damage(text), [part for word in words for part in ("--set", word)])] += 1
