"""The [image] tables: what they load, and the sentence for each mistake."""

import json
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter

from electrosim.base import memory, toml
from electrosim.base.data import IMAGES
from electrosim.base.errors import InputError
from electrosim.base.scenario import Scenario, validate
from electrosim.voxels.image import label_image
from electrosim.voxels.tables import Image

pytestmark = pytest.mark.unit

CUBE = 'shape = [16, 16, 16]\nvoxel_size = "10 nm"\n'
LABELS = np.arange(24, dtype=np.int64).reshape(2, 3, 4) % 3


class ImageScenario(Scenario):
    image: Image


def table(text, folder=Path("/nowhere")):
    document = toml.parse(f'kind = "c"\ntitle = "t"\n[image]\n{text}', name="case.toml", folder=folder)
    return validate(ImageScenario, document).image


@pytest.mark.parametrize(
    ("text", "fractions"),
    [
        ('data = "berea"\nvoxel_size = "5.345 um"\nphases = { pore = 1, solid = 0 }', {"pore": 0.19872}),
        (
            'data = "fiberform"\nvoxel_size = "1.3 um"\nthreshold = 90\nphases = { void = 0, fibre = 1 }',
            {"void": 0.83286},
        ),
        (
            'data = "nmc-carbon-binder"\nvoxel_size = "0.39 um"\nphases = { pore = 0, nmc = 1, cbd = 2 }',
            {"pore": 0.4005, "nmc": 0.4995, "cbd": 0.1000},
        ),
    ],
)
@pytest.mark.usefixtures("data_folder")
def test_named_images_have_their_published_fractions(text, fractions):
    described = table(text)
    image = described.load()
    assert image.labels.dtype == np.uint8
    assert {name: image.volume_fractions[name] for name in fractions} == pytest.approx(fractions, abs=1e-4)
    assert described.citations() == (IMAGES[described.data].citation,)


def test_file_is_found_beside_the_scenario(tmp_path):
    np.save(tmp_path / "image.npy", LABELS)
    described = table('file = "image.npy"\nvoxel_size = ["1 um", "2 um", "3 um"]\nphases = { c = 2, a = 0 }', tmp_path)
    image = described.load()
    np.testing.assert_array_equal(image.labels, LABELS)
    assert image.labels.dtype == np.uint8
    assert image.voxel_size == pytest.approx((1e-6, 2e-6, 3e-6))
    assert image.volume_fractions == pytest.approx({"c": 1 / 3, "a": 1 / 3})


def test_raw_file_with_threshold(tmp_path):
    LABELS.astype(">f4").tofile(tmp_path / "grey.raw")
    text = 'file = "grey.raw"\nvoxel_size = "1 um"\nshape = [2, 3, 4]\ndtype = ">f4"\nphases = { low = 0, high = 1 }\n'
    image = table(text + "threshold = 2", tmp_path).load()
    np.testing.assert_array_equal(image.labels, LABELS >= 2)
    with pytest.raises(InputError, match=r"grey\.raw: the image holds float32 grey values; add image\.threshold"):
        table(text, tmp_path).load()


@pytest.mark.parametrize(
    ("array", "dtype"),
    [
        (LABELS > 1, np.uint8),
        (LABELS, np.uint8),
        (LABELS * 200, np.uint16),
        (LABELS - 1, np.int32),
        (LABELS * 70_000, np.int32),
    ],
)
def test_labels_take_the_narrowest_type(array, dtype):
    image = label_image(array, voxel_size=(1e-6,), phases={}, source="here")
    assert image.labels.dtype == dtype
    np.testing.assert_array_equal(image.labels, array)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"phases": {"cbd": 3}}, r'phase "cbd" \(label 3\) has no voxel; labels present: 0, 1, 2$'),
        ({"voxel_size": (1e-6, 1e-6)}, "image.voxel_size has 2 lengths and the image 3 axes"),
        ({"array": LABELS * 2**40}, "do not fit 32 bits"),
    ],
)
def test_labels_that_do_not_fit(arguments, sentence):
    with pytest.raises(InputError, match=f"^here: .*{sentence}"):
        label_image(**{"array": LABELS, "voxel_size": (1e-6,), "phases": {"a": 0}, "source": "here"} | arguments)


LENGTHS = 'macropore_length = "40 nm"\nporosity_length = "80 nm"\npore_length = "10 nm"\n'
PHANTOMS = {
    "electrode": (LENGTHS, {"active": 0.575, "cbd": 0.1578, "cbd-pore": 0.0802, "macropore": 0.187}),
    "carbon-binder": ('porosity = "33.68 %"\nseed = 1\n', {"pore": 1380 / 4096, "cbd": 2716 / 4096}),
    "blobs": ("porosity = 0.4\nblobiness = 2\nseed = 3\n", {"pore": 0.4, "solid": 0.6}),
    "spheres": ('arrangement = "fcc"\nsphere_fraction = 0.5\n', {"matrix": 0.5, "sphere": 0.5}),
    "laminate": ('axis = "y"\nlayers = [1, 3, 4]\n', {"a": 1 / 8, "b": 3 / 8, "c": 1 / 2}),
    "checkerboard": ("cells = 4\n", {"a": 0.5, "b": 0.5}),
    "square-inclusions": ("cells = 2\n", {"matrix": 0.75, "inclusion": 0.25}),
}


@pytest.mark.parametrize("name", PHANTOMS)
def test_phantoms_load_and_survive_writing(name):
    body, fractions = PHANTOMS[name]
    described = table(f'phantom = "{name}"\n{body}{CUBE}')
    image = described.load()
    assert image.labels.shape == (16, 16, 16)
    assert image.voxel_size == pytest.approx((1e-8,) * 3)
    assert image.phases == described.phase_labels()
    assert image.volume_fractions == pytest.approx(
        fractions, abs={"blobs": 0.01, "spheres": 0.05, "electrode": 1e-3}.get(name, 1e-12)
    )
    written = json.loads(described.model_dump_json(exclude_none=True))
    again = TypeAdapter(Image).validate_python(written)
    np.testing.assert_array_equal(again.load().labels, image.labels)
    assert all("\n" not in line for line in described.citations())


CB = f'phantom = "carbon-binder"\n{CUBE}'
ELECTRODE = f'phantom = "electrode"\n{CUBE}{LENGTHS}'
SPHERES = f'phantom = "spheres"\n{CUBE}'
NAMED = 'data = "berea"\nvoxel_size = "5 um"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('voxel_size = "1 um"', r"case.toml:3: image = a table: names no image; add file .*, data .* or phantom"),
        ('file = "a.tif"\ndata = "berea"', "image = a table: holds file and data; keep one"),
        ('phantom = "carbonbinder"', 'case.toml:4: image.phantom = "carbonbinder": .* did you mean "carbon-binder"'),
        ('data = "bera"\nvoxel_size = "5 um"\nphases = { a = 1 }', 'image.data = "bera": .* did you mean "berea"'),
        (f"{CB}porosty = 0.3", 'case.toml:7: image.porosty is not known here; did you mean "porosity"'),
        (CB, "case.toml:3: image.porosity is missing; add it"),
        (f"{CB}porosity = 0.3\nlarge_pores = 0.4", r"case.toml:8: image.large_pores = 0.4: .* smaller than porosity"),
        (
            CB.replace("16, 16, 16", "16, 16, 8") + 'porosity = 0.3\nlarge_pores = "20 %"',
            'image.large_pores = "20 %": a large pore of 9.214 voxels does not fit in an image of 8 voxels',
        ),
        (f'{CB}porosity = 0.3\ncorrelation_length = "0.1 um"', "image.correlation_length = .* 10 voxels is longer"),
        (f"{CB}porosity = 0.3\nseed = -1", "image.seed = -1: .* greater than or equal to 0"),
        (f"{CB}porosity = 0.3\nseed = true", "image.seed = true: must be a whole number"),
        (f"{ELECTRODE}active_share = 0.9", "image.macropore_share = 0.187: .* add up to 1.087; keep the sum below 1"),
        (f"{ELECTRODE}active_share = 1", "image.active_share = 1: .*less than 1"),
        (f'{ELECTRODE}particle_diameter = "6 um"', r"particle_diameter = .* 600 voxels does not fit in an image of 16"),
        (f'{ELECTRODE}particle_diameter = "9 nm"', "a particle of 0.9 voxels is smaller than a voxel"),
        (ELECTRODE.replace("80 nm", "81 nm"), 'image.porosity_length = "81 nm": .* longer than half of the shortest'),
        (ELECTRODE.replace('pore_length = "10 nm"', 'pore_length = "9 nm"'), "pore_length of 0.9 voxels is shorter"),
        (
            ELECTRODE.replace('pore_length = "10 nm"', 'pore_length = "21 nm"'),
            'image.pore_length = "21 nm": a pore_length, 4 times over, of 8.4 voxels is longer than half',
        ),
        (ELECTRODE.replace("[16, 16, 16]", "[16, 16]"), r"image.shape = \[16, 16\]: an electrode has three axes"),
        (ELECTRODE.replace("pore_length", "pore_lenght"), "pore_lenght is not known here; did you mean"),
        (f'phantom = "blobs"\n{CUBE}porosity = 0.3\nblobiness = "1"', 'image.blobiness = "1": must be a number'),
        (f'{SPHERES}arrangement = "sc"\nsphere_fraction = 0.53', "sphere_fraction = 0.53: .* touch at .* 0.5236"),
        (f'{SPHERES}arrangement = "bcc"\nsphere_fraction = 0.69', "touch at a sphere_fraction of 0.6802"),
        (f'{SPHERES}arrangement = "fcc"\nsphere_fraction = 0.75', "touch at a sphere_fraction of 0.7405"),
        (f'{SPHERES}arrangement = "fcc"\nsphere_fraction = 0.2\ncells = 3', "image.cells = 3: .*whole cubic cells"),
        (f'{SPHERES}arrangement = "random"\nsphere_fraction = 0.2', "image.diameter is missing; add it"),
        (
            f'{SPHERES}arrangement = "random"\nsphere_fraction = 0.2\ndiameter = "1 um"',
            'diameter = "1 um": .* does not fit',
        ),
        (f'phantom = "laminate"\n{CUBE}axis = "x"\nlayers = [9, 9]', "image.layers = .*add up to 18 voxels"),
        (f'phantom = "checkerboard"\n{CUBE}cells = 3', "image.cells = 3: .*do not divide the 16 voxels along x"),
        (f'phantom = "square-inclusions"\n{CUBE}cells = 3', "same multiple of 12"),
        (
            'phantom = "checkerboard"\nvoxel_size = "1 um"\nshape = [4096, 4096, 4096]',
            f"makes {2**36} voxels; at most {2**31}",
        ),
        ('phantom = "checkerboard"\nvoxel_size = "1 um"\nshape = [4, 0]', "image.shape.1 = 0: .*greater than or equal"),
        (
            'phantom = "checkerboard"\nvoxel_size = "1 um"\nshape = [4]',
            r"image.shape = \[4\]: has 1 entries; give 2 to 3",
        ),
        ('phantom = "checkerboard"\nvoxel_size = 5\nshape = [4, 4]', "image.voxel_size = 5: .*length with its unit"),
        (f"{NAMED}phases = {{}}", "image.phases = a table: names no phase; write for instance"),
        (f"{NAMED}phases = {{ a = 1, b = 1 }}", 'gives label 1 to both "a" and "b"'),
        (f"{NAMED}phases = {{ a = true }}", "image.phases.a = true: must be a whole number"),
        (
            'file = "a.tif"\nvoxel_size = ["1 um", 2]\nphases = { a = 1 }',
            r"image.voxel_size.1 = 2: .*length with its unit",
        ),
        (
            'file = "a.raw"\nvoxel_size = "1 um"\nphases = { a = 1 }\ndtype = "i4,i4"',
            'image.dtype = "i4,i4": .*is not a type',
        ),
    ],
)
def test_mistakes_are_named(text, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        table(text)
    assert "more)" not in str(caught.value)


def test_image_that_is_no_table():
    document = toml.parse('kind = "c"\ntitle = "t"\nimage = 5', name="case.toml", folder=Path())
    with pytest.raises(InputError, match=r"case\.toml:3: image = 5: is not a table"):
        validate(ImageScenario, document)


def test_phantom_beyond_the_memory_is_refused_before_it_is_made(monkeypatch):
    monkeypatch.setattr(memory, "available_memory", lambda: 1000)
    with pytest.raises(InputError, match=r"image\.shape: the checkerboard phantom needs 16384 bytes"):
        table(f'phantom = "checkerboard"\n{CUBE}').load()


def test_json_schema_has_every_variant():
    schema = TypeAdapter(Image).json_schema()
    assert len(schema["oneOf"]) == len(schema["$defs"].keys() - {"Crop"}) == 9
    assert schema["$defs"]["NamedImage"]["properties"]["data"]["enum"] == list(IMAGES)
