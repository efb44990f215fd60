"""Wrong input, given as a user gives it: exit status 2, one sentence that says what and where, nothing left behind."""

import errno
import re
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest
import tifffile

from electrosim.conduction import Problem, solve

FILE_TABLE = """\
kind = "conduction"
[image]
file = "{file}"
voxel_size = "1 um"
phases = {{ pore = 1, solid = 0 }}
[conductivity]
pore = "1 S/m"
[output]
figures = false
"""


def content(folder):
    return {
        path: path.stat().st_size if path.suffix == ".raw" else path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def refused(command, path, *words):
    """Run, hold that it is refused and that nothing is left or changed, and return the sentence."""
    before = content(path.parent)
    outcome = command("run", path, *words, folder=path.parent)
    assert outcome.status == 2
    assert outcome.out == ""
    assert content(path.parent) == before
    return outcome.sentence.replace(f"{path.parent}/", "")


def replaced(*changes):
    def change(text):
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return text.encode()

    return change


TEXTS = [
    (replaced(("a = ", "c = ")), "tiny.toml:8: conductivity.c is not known here; known here: a, b"),
    (
        replaced(("voxel_size", "voxel_sise")),
        'tiny.toml:6: image.voxel_sise is not known here; did you mean "voxel_size"?',
    ),
    (replaced(("[transport]", "[transprot]")), 'tiny.toml:10: transprot is not known here; did you mean "transport"?'),
    (
        replaced(('"conduction"', '"conducton"')),
        'tiny.toml:1: kind = "conducton" is not known; did you mean "conduction"?',
    ),
    (
        replaced(('"conduction"', "3")),
        "tiny.toml:1: kind = 3 is not known; "
        "known here: backscatter, conduction, crack-pattern, cutouts, drying, fit, recipe, structure",
    ),
    (replaced(('kind = "conduction"', "")), 'tiny.toml: kind is missing; add for instance kind = "conduction"'),
    (replaced(("shape = [4, 4]", "")), "tiny.toml:3: image.shape is missing; add it"),
    (
        replaced(('"1 um"', "1e-6")),
        'tiny.toml:6: image.voxel_size = 1e-06: is not a quantity; write a length with its unit, such as "10 nm"',
    ),
    (
        replaced(('"1 um"', '"10 kg"')),
        'tiny.toml:6: image.voxel_size = "10 kg": has a unit of another dimension; '
        'write a length with its unit, such as "10 nm"',
    ),
    (
        replaced(('"1 um"', '"1 furlang"')),
        'tiny.toml:6: image.voxel_size = "1 furlang": has the unknown unit "furlang"; '
        'write a length with its unit, such as "10 nm"',
    ),
    (
        replaced(('"1 um"', '"1e-300 m"')),
        'tiny.toml:6: image.voxel_size = "1e-300 m": is not between 1e-15 and 1000 m; write a length with its unit',
    ),
    (replaced(('"1 um"', '"-1 um"')), 'tiny.toml:6: image.voxel_size = "-1 um": must be greater than 0'),
    (replaced(('"1 S/m"', '"-1 S/m"')), 'tiny.toml:8: conductivity.a = "-1 S/m": must be greater than or equal to 0'),
    (
        replaced(('"1 S/m"', "['1 S/m', '1 S/m', '1 S/m']")),
        'tiny.toml:8: conductivity of "a" (label 0) has 3 values for 2 axes; give one, or one per axis',
    ),
    (
        replaced(('"1 S/m"', '"1e-11 S/m"')),
        "tiny.toml:7: conductivity over squared voxel size spans 11 powers of ten, more than 10; set what hardly",
    ),
    (replaced(('"1 S/m"', '["1 S/m"]')), "tiny.toml:8: conductivity.a = .*2 to 3|tiny.toml:8: .*at least 2"),
    (
        replaced(('"1 S/m"', '"0 S/m"'), ('"2 S/m"', '"0 S/m"')),
        "tiny.toml:7: every conductivity is zero; at least one phase must conduct",
    ),
    (replaced(('a = "1 S/m"\nb = "2 S/m"', "")), "tiny.toml:7: conductivity = a table: must have at least 1 entry"),
    (
        replaced(('"xy"', '"xz"')),
        "tiny.toml:11: directions = 'xz': choose among xy, each at most once",
    ),
    (
        replaced(('"xy"', '"w"')),
        "tiny.toml:11: transport.directions = \"w\": must be 'all', 'x', 'y', 'z', 'xy', 'xz', 'yz' or 'xyz'",
    ),
    (
        replaced(("[4, 4]", "[4, 5]")),
        "tiny.toml:3: image.cells = 2: 2 cells per edge do not divide the 5 voxels along y",
    ),
    (replaced(("[4, 4]", "[4]")), "tiny.toml:5: image.shape = [4]: has 1 entries; give 2 to 3"),
    (replaced(("[4, 4]", "[40000000, 40000000]")), "tiny.toml:5: image.shape = .*makes 1600000000000000 voxels"),
    (replaced(('"checkerboard"', '"chess"')), 'tiny.toml:4: image.phantom = "chess": is not a phantom; .*checkerboard'),
    (replaced(('"tiny"', "5")), "tiny.toml:2: title = 5: must be text in quotes"),
    (replaced(('"tiny"', '"a\\u0000b"')), "tiny.toml:2: title holds a control character; remove it"),
    (replaced(('"tiny"', f'"{"x" * 201}"')), r'tiny.toml:2: title = "x+\.\.\.: must have at most 200 characters'),
    (replaced(("= false", '= "no"')), 'tiny.toml:13: output.figures = "no": must be true or false'),
    (replaced(("[output]\nfigures = false", "output = 5")), "tiny.toml:12: transport.output is not known here"),
    (replaced(("[4, 4]", "[4, 4")), "tiny.toml:6: this is not valid TOML: Unclosed array"),
    (
        replaced(("[4, 4]", "[4, 1" + 5000 * "0" + "]")),
        "tiny.toml: this is not valid TOML: a whole number has too many digits",
    ),
    (
        replaced(("[4, 4]", "[4, 0x" + 5000 * "f" + "]")),
        "tiny.toml:5: image.shape.1 is a whole number of more than 64 bits",
    ),
    (replaced(("[4, 4]", 5000 * "[")), "tiny.toml:5: keys or brackets are nested deeper than 32 levels"),
    (replaced(("[4, 4]", 5000 * "[" + 5000 * "]")), "tiny.toml:5: keys or brackets are nested deeper than 32 levels"),
    (replaced(("shape", 10_000 * "a." + "a")), "tiny.toml:5: keys or brackets are nested deeper than 32 levels"),
    (lambda text: text.encode("utf-16"), "tiny.toml: the file cannot be read: it is not UTF-8 text"),
    (lambda text: text.encode() + b"#" * (1 << 20), "tiny.toml: the file is larger than 1 MiB, which no scenario is"),
    (lambda _: b"", "tiny.toml: kind is missing"),
]


@pytest.mark.parametrize(("change", "sentence"), TEXTS, ids=range(len(TEXTS)))
def test_wrong_scenario(change, sentence, command, tiny):
    tiny.write_bytes(change(tiny.read_text(encoding="utf-8")))
    said = refused(command, tiny)
    assert re.match(sentence, said) or said.startswith(sentence), said
    assert len(said) < 300


def test_files_of_windows_are_read(command, tiny):
    tiny.write_bytes(b"\xef\xbb\xbf" + tiny.read_bytes().replace(b"\n", b"\r\n"))
    assert command("run", tiny, "--quiet", folder=tiny.parent).status == 0
    tiny.write_bytes(tiny.read_bytes().replace(b"[4, 4]", b"[4]"))
    assert "tiny.toml:5: image.shape" in command("run", tiny, folder=tiny.parent).sentence


LABELS = np.arange(24).reshape(2, 3, 4) % 2


def npy(array):
    return lambda path: np.save(path, array)


def cut_tiff(path):
    tifffile.imwrite(path, np.zeros((5, 6, 7), np.uint8))
    path.write_bytes(path.read_bytes()[:-100])


def huge_npy(path):
    with path.open("wb") as handle:
        np.lib.format.write_array_header_1_0(handle, {"descr": "<i8", "fortran_order": False, "shape": (10**6,) * 3})


def huge_npz(path):
    huge_npy(path.with_suffix(".npy"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path.with_suffix(".npy"), "image.npy")
    path.with_suffix(".npy").unlink()


def huge_tiff(path):
    tifffile.imwrite(path, np.zeros((4, 4), np.uint8), metadata=None)
    with tifffile.TiffFile(path, mode="r+b") as file:
        for name in ("ImageWidth", "ImageLength", "RowsPerStrip"):
            file.pages[0].tags[name].overwrite(2**31 - 1, dtype="I")


def huge_tiff_that_expands(path):
    """A block of zeros which says that it is far longer than the file."""
    tifffile.imwrite(path, np.zeros((4, 4), np.uint8), compression="zlib")
    with tifffile.TiffFile(path, mode="r+b") as file:
        file.pages[0].tags["StripByteCounts"].overwrite(2**31 - 1, dtype="I")


def uneven_slices(path):
    path.mkdir()
    for number, width in enumerate((4, 3), start=1):
        tifffile.imwrite(path / f"{number}.tif", np.zeros((3, width), np.uint8))


def hdf5(**arrays):
    def write(path):
        with h5py.File(path, "w") as file:
            for name, array in arrays.items():
                file[name] = array

    return write


IMAGES = [
    ("gone.npy", lambda _: None, "gone.npy: there is no such file; check the path"),
    ("one.npy", npy(LABELS[0, 0]), "one.npy: the array has the shape (4); an image has two or three axes, none empty"),
    ("four.npy", npy(LABELS[None]), "four.npy: the array has the shape (1, 2, 3, 4); an image has two or three axes"),
    ("grey.npy", npy(LABELS / 3), "grey.npy: the image holds float64 grey values; add image.threshold to make labels"),
    ("text.npy", npy(np.array([["a", "b"]])), "text.npy: the numbers are of type <U1; allowed are"),
    ("objects.npy", npy(np.array([[None]])), "objects.npy: the numbers are of type object; allowed are"),
    ("huge.npy", huge_npy, "huge.npy: the image needs 1000000000000000000 bytes of memory"),
    ("huge.npz", huge_npz, "huge.npz: the image needs 1000000000000000000 bytes of memory"),
    ("huge.tif", huge_tiff, "huge.tif: the image needs 4611686014132420609 bytes of memory"),
    (
        "block.tif",
        huge_tiff_that_expands,
        "block.tif: a compressed block of 2147483647 bytes may expand and needs \\d+ bytes of memory",
    ),
    ("label.npy", npy(2 * LABELS), 'label.npy: phase "pore" (label 1) has no voxel; labels present: 0, 2'),
    ("garbage.tif", lambda path: path.write_bytes(bytes(range(256))), "garbage.tif: the file is damaged or not a .tif"),
    ("cut.tif", cut_tiff, "cut.tif: the file is damaged or not a .tif image"),
    ("empty.npz", lambda path: path.write_bytes(b""), "empty.npz: the file is damaged or not a .npz image"),
    ("image.doc", lambda path: path.write_bytes(b""), 'image.doc: the ending ".doc" is not known here; allowed are'),
    ("bare", lambda path: path.mkdir(), "bare: there is no .tif or .tiff file in the folder; check the path"),
    ("uneven", uneven_slices, "uneven/2.tif: the slice has 3 x 3 voxels of uint8 and 1.tif has 3 x 4 voxels of uint8"),
    ("lines.h5", hdf5(line=LABELS[0, 0]), "lines.h5: the file is damaged or not a .h5 image (it holds no array that"),
    ("two.h5", hdf5(a=LABELS, b=LABELS), "two.h5: the file holds several arrays (a, b); name one with image.key"),
    ("four.h5", hdf5(a=LABELS[None]), "four.h5: the file is damaged or not a .h5 image (it holds no array that is"),
    ("garbage.h5", lambda path: path.write_bytes(bytes(999)), "garbage.h5: the file is damaged or not a .h5 image"),
    ("gone.zarr", lambda _: None, "gone.zarr: there is no such folder; check the path"),
    ("other.zarr", lambda path: path.mkdir(), "other.zarr: there is no .tif or .tiff file in the folder"),
    ("~nobody-is-called-so/a.npy", lambda _: None, "image.file = .*names a home folder that does not exist"),
]


@pytest.mark.parametrize(("file", "write", "sentence"), IMAGES, ids=[file for file, *_ in IMAGES])
def test_wrong_image(file, write, sentence, command, tmp_path):
    write(tmp_path / file)
    scenario = tmp_path / "file.toml"
    scenario.write_text(FILE_TABLE.format(file=file), encoding="utf-8")
    said = refused_without_taking_memory(command, scenario, "--out", "deep/down/results")
    assert said.startswith("file.toml:3: ")
    said = said.removeprefix("file.toml:3: ")
    assert said.startswith(sentence) or re.match(sentence, said), said


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ('image.key="labls"', 'file.toml:3: v.h5: there is no array "labls" in the file; did you mean "labels"?'),
        ("image.crop={y=[0, 4]}", "file.toml:3: v.h5: image.crop.y = [0, 4] is not within the 3 voxels along y; give"),
        ("image.crop={y=[2, 2]}", "file.toml (overridden): image.crop.y = [2, 2]: holds no voxel; give the first"),
        ("image.crop={y=[-1, 2]}", "file.toml (overridden): image.crop.y.0 = -1: must be greater than or equal to 0"),
        ("image.crop={y=2}", "file.toml (overridden): image.crop.y = 2: must be a list"),
        ("image.crop={w=[0, 2]}", "file.toml (overridden): image.crop.w is not known here; known here: x, y, z"),
        ("image.crop={x=[0, 1], y=[0, 1], z=[0, 1]}", 'file.toml:3: v.h5: phase "pore" (label 1) has no voxel'),
        ("image.dtype=uint8", "file.toml:3: v.h5: dtype has no meaning for a .h5 file; remove it"),
    ],
)
def test_wrong_part_of_a_volume(setting, sentence, command, tmp_path):
    hdf5(labels=LABELS)(tmp_path / "v.h5")
    scenario = tmp_path / "file.toml"
    scenario.write_text(FILE_TABLE.format(file="v.h5"), encoding="utf-8")
    said = refused(command, scenario, "--set", setting)
    assert said.startswith(sentence), said


HUGE = "shape=[1200, 1200, 1200], voxel_size='10 nm', "
PHANTOMS = {
    "checkerboard": "cells=2",
    "laminate": "axis='x', layers=[1, 1]",
    "square-inclusions": "cells=1",
    "electrode": "pore_length='10 nm'",
    "carbon-binder": "porosity=0.3",
    "blobs": "porosity=0.3",
    "spheres": "arrangement='fcc', sphere_fraction=0.3",
}


def refused_without_taking_memory(command, path, *words):
    tracemalloc.start()
    try:
        said = refused(command, path, *words)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1 << 24
    return said


@pytest.mark.parametrize(("phantom", "keys"), PHANTOMS.items(), ids=list(PHANTOMS))
def test_phantom_larger_than_the_memory(phantom, keys, command, tiny, monkeypatch):
    monkeypatch.setattr("electrosim.base.memory.available_memory", lambda: 8 << 30)
    tiny.write_text(re.sub(r"(?s)\[conductivity].*", "", tiny.read_text(encoding="utf-8")), encoding="utf-8")
    others = {"laminate": "a", "checkerboard": "a", "square-inclusions": "matrix", "spheres": "matrix"}
    first = (others | {"electrode": "cbd"}).get(phantom, "pore")
    image = f"image={{phantom='{phantom}', {HUGE}{keys}}}"
    said = refused_without_taking_memory(command, tiny, "--set", image, "--set", f"conductivity={{{first}='1 S/m'}}")
    sentence = (
        rf"tiny.toml.*: image.shape: the {phantom} phantom needs (\d+) bytes of memory and at most 4294967296, half"
    )
    found = re.match(sentence, said)
    assert found, said
    assert int(found[1]) >= 2 * 1200**3  # labels and what they are made from


SPHERES = "image={phantom='spheres', arrangement='random', sphere_fraction=0.3, diameter='1 nm', "
BINDER = "image={phantom='carbon-binder', porosity=0.3, large_pores=0.1, large_pore_diameter='1 nm', "
SETTINGS = [
    (
        SPHERES + "shape=[6, 6], voxel_size='1 km'}",
        'tiny.toml (overridden): image.diameter = "1 nm": a sphere of 0 voxels is smaller than a voxel; raise diameter',
    ),
    (
        BINDER + "shape=[40, 40], voxel_size='3 nm', correlation_length='9 nm'}",
        "tiny.toml (overridden): image.large_pores = 0.1: large pores of 0.3333 voxels are smaller than a voxel; raise",
    ),
    ("image.sells=1", 'tiny.toml (overridden): image.sells is not known here; did you mean "cells"?'),
    ("image.voxel_size=3", "tiny.toml (overridden): image.voxel_size = 3: is not a quantity; write a length with"),
    ("image.shape.1=5", "tiny.toml:3: image.cells = 2: 2 cells per edge do not divide the 5 voxels along y"),
    ("image.shape.2=5", "tiny.toml: cannot set image.shape.2: image.shape is a list of 2 and has no entry 2"),
    ("image.shape.x=5", "tiny.toml: cannot set image.shape.x: image.shape is a list of 2 and has no entry x"),
    ("title.x=5", "tiny.toml: cannot set title.x: title is neither a table nor a list and has no entry x"),
    ("image..shape=5", 'tiny.toml: "image..shape" is not a key path such as image.seed'),
    ('conductivity."a.b"=1 S/m', 'tiny.toml (overridden): conductivity."a.b" is not known here'),
    ('conductivity."a=1 S/m', '--set conductivity."a=1 S/m: write --set key.path=value'),
    ("image.seed", "--set image.seed: write --set key.path=value, for instance --set image.seed=2"),
    ("=2", "--set =2: write --set key.path=value"),
    ("output.figures=nan", "tiny.toml (overridden): output.figures = nan: must be true or false"),
    ("kind=structur", 'tiny.toml (overridden): kind = "structur" is not known'),
    ("image.shape=" + 999 * "[", r"tiny.toml \(overridden\): image.shape = .*\.\.\.: must be a list"),
    ("image." + 999 * "a." + "a=1", "tiny.toml: .* is not a key path"),
    ("title=\udcff", "tiny.toml (overridden): title holds a control character"),
]


@pytest.mark.parametrize(("setting", "sentence"), SETTINGS, ids=range(len(SETTINGS)))
def test_wrong_setting(setting, sentence, command, tiny):
    said = refused(command, tiny, "--set", setting)
    assert said.startswith(sentence) or re.match(sentence, said), said


def test_settings_reach_quoted_keys_and_lists(command, tmp_path):
    np.save(tmp_path / "a.npy", LABELS)
    scenario = tmp_path / "s.toml"
    text = FILE_TABLE.format(file="a.npy").replace("pore", '"my.pore"')
    scenario.write_text(text.replace('"1 um"', '["1 um", "2 um", "3 um"]'), encoding="utf-8")
    words = ["--set", 'conductivity."my.pore"=7 S/m', "--set", "image.voxel_size.1=5 um", "--set", "title=a = b"]
    assert command("run", scenario, "--quiet", *words, folder=tmp_path).status == 0
    written = (tmp_path / "results/s/scenario.resolved.toml").read_text(encoding="utf-8")
    assert '"my.pore" = "7.0 S/m"' in written
    assert '"5e-06 m"' in written
    assert 'title = "a = b"' in written


def test_wrong_places_for_results(command, tiny):
    folder = tiny.parent
    (folder / "file").write_text("mine", encoding="utf-8")
    (folder / "mine").mkdir()
    (folder / "mine/result.nc").write_text("mine", encoding="utf-8")
    (folder / "mine/thesis.txt").write_text("mine", encoding="utf-8")
    (folder / "loop").symlink_to(folder / "loop")
    for out, sentence in {
        "file": "file: results need a folder (Not a directory); choose another --out",
        "file/below": "file/below: ",
        "mine": "mine: the folder holds thesis.txt, which electrosim did not write; choose another --out or move it",
        ".": ": the folder holds file, which electrosim did not write",
        "loop": "loop: results need a folder",
        "x" * 300: "x",
    }.items():
        assert sentence in refused(command, tiny, "--out", out), out


def test_the_current_folder_is_not_replaced(command, tiny):
    empty = tiny.parent / "empty"
    empty.mkdir()
    outcome = command("run", tiny, "--out", ".", folder=empty)
    assert outcome.status == 2
    assert "the folder cannot be replaced as a whole; choose another --out" in outcome.sentence


def test_folder_without_permission(command, tiny, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")  # a mode of the folder would not stop root

    monkeypatch.setattr(Path, "mkdir", refuse)
    said = refused(command, tiny, "--out", "locked/out")
    assert said == "locked/out: the results cannot be written (Permission denied); free space or choose another --out"


def test_true_process(tiny):
    for words, sentence in {
        ("run", "nosuch"): "electrosim: nosuch: there is neither such a file nor a scenario of that name; known here: ",
        ("run", "tiny.toml", "--set", "image.seed=1"): "electrosim: tiny.toml (overridden): image.seed is not known",
    }.items():
        done = subprocess.run(
            [sys.executable, "-m", "electrosim", *words], cwd=tiny.parent, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.startswith(sentence)
        assert done.stderr.count("\n") == 1
    assert [path.name for path in tiny.parent.iterdir()] == ["tiny.toml"]


RAW = (
    "image={file='a.raw', shape=[1000, 1000, 1000], dtype='float64', voxel_size='1 um', phases={pore=1}, threshold=0.5}"
)


def test_raw_image_larger_than_the_memory(command, tiny, monkeypatch):
    """The labels take a byte per voxel, whatever the file holds."""
    monkeypatch.setattr("electrosim.base.memory.available_memory", lambda: 1 << 30)
    with (tiny.parent / "a.raw").open("wb") as file:
        file.truncate(8 * 10**9)  # without any block on the disk
    said = refused_without_taking_memory(command, tiny, "--set", RAW, "--set", "conductivity={pore='1 S/m'}")
    assert "a.raw: the image needs 1000000000 bytes of memory and at most 536870912, half of what is free" in said


@pytest.mark.parametrize("shape", [(1, 4, 4), (4, 1, 4), (4, 4, 1), (1, 1, 6), (1, 1, 1), (1, 5), (1, 1)])
@pytest.mark.parametrize("boundary", ["constant-potential", "constant-current", "periodic"])
@pytest.mark.parametrize("sides", ["no-flux", "periodic"])
def test_image_one_voxel_thick_is_solved(shape, boundary, sides):
    image = np.full(shape, 7, np.uint8)
    result = solve(Problem(image, 1e-6, {7: 2.0}, boundary=boundary, sides=sides))
    np.testing.assert_allclose(result["effective_conductivity"], 2.0, rtol=1e-6)
    np.testing.assert_allclose(result["tortuosity"], 1.0, rtol=1e-6)


def test_image_one_voxel_thick_is_drawn_and_has_no_room_between_first_and_last_voxel(command, tiny):
    thin = "image={phantom='laminate', axis='x', layers=[1, 1], shape=[4, 4, 1], voxel_size='1 um'}"
    words = ["--set", thin, "--set", "transport.directions=xz"]
    said = refused(command, tiny, *words, "--set", "transport.electrode=first-voxel")
    assert said.endswith('electrode = "first-voxel" needs at least two voxels along z; use electrode = "face"'), said
    words += ["--set", "output.figures=true"]
    assert command("run", tiny, "--quiet", *words, folder=tiny.parent).status == 0
    assert (tiny.parent / "results/tiny/figures/current.png").is_file()


@pytest.mark.parametrize("boundary", ["constant-potential", "constant-current", "periodic"])
def test_zero_conductivity_insulates(boundary):
    image = np.random.default_rng(3).integers(0, 3, (6, 7, 8))
    image[:, 0, :2] = 2  # a path along x and one voxel of z, whatever the rest
    values = []
    for conductivity in ({2: 1.0}, {2: 1.0, 1: 0.0}, {0: 0.0, 1: (0.0, 0.0, 0.0), 2: 1.0}):
        result = solve(Problem(image, 1e-6, conductivity, directions="x", boundary=boundary))
        values.append(float(result["effective_conductivity"][0]))
    assert values[0] > 0
    assert values == [values[0]] * 3


def test_conductivity_that_is_zero_along_one_axis_only(command, tiny):
    result = solve(Problem(np.ones((4, 4, 4), int), 1e-6, {1: (3.0, 0.0, 2.0)}))
    np.testing.assert_allclose(result["effective_conductivity"], [3.0, 0.0, 2.0], rtol=1e-6)
    assert [bool("No conducting path" in str(words)) for words in result["status"].values] == [False, True, False]
    words = ["--set", "conductivity.a=0 S/m", "--set", "conductivity.b=0 S/m"]
    assert refused(command, tiny, *words).endswith("every conductivity is zero; at least one phase must conduct")


def test_a_contrast_of_twelve_powers_of_ten_is_refused(command, tiny):
    said = refused(command, tiny, "--set", "conductivity.a=1e12 S/m")
    assert re.fullmatch(
        r"tiny.toml:7: conductivity over squared voxel size spans 12 powers of ten, more than 10; "
        "set what hardly conducts to zero",
        said,
    ), said
