"""Voxel files: what is written comes back; damaged, foreign and oversized files give one sentence."""

import io
import logging
import re
import zipfile

import h5py
import numpy as np
import PIL.Image
import pytest
import tifffile
import zarr

from electrosim.base import memory
from electrosim.base.errors import InputError
from electrosim.voxels.read import read_array

pytestmark = pytest.mark.unit

RNG = np.random.default_rng(5)
STACK = RNG.integers(0, 200, (5, 6, 7), dtype=np.uint8)


def write(path, array, **options):
    if path.suffix == ".npy":
        np.save(path, array)
    elif path.suffix == ".npz":
        np.savez_compressed(path, im=array)
    elif path.suffix == ".raw":
        array.tofile(path)
    elif path.suffix == ".h5":
        with h5py.File(path, "w") as file:
            file.create_dataset("im", data=array, **options)
    elif path.suffix == ".zarr":
        zarr.create_array(path, data=array, **options)
    elif not path.suffix:
        path.mkdir()
        for number, plane in enumerate(array):
            tifffile.imwrite(path / f"slice{number}.tif", plane, **options)
    else:
        tifffile.imwrite(path, array, **options)
    return path


def refused(path, pattern, **options):
    with pytest.raises(InputError, match=pattern) as caught:
        read_array(path, **options)
    sentence = str(caught.value)
    assert path.name in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("ending", [".npy", ".npz", ".tif", ".tiff", ".raw", ".h5", ".zarr"])
@pytest.mark.parametrize("dtype", ["bool", "uint8", ">u2", "int32", "float32"])
@pytest.mark.parametrize("axes", [2, 3])
def test_every_format_returns_what_was_written(ending, dtype, axes, tmp_path):
    array = np.asfortranarray((STACK if axes == 3 else STACK[0]).astype(dtype))
    path = write(tmp_path / f"image{ending}", np.ascontiguousarray(array) if ending == ".raw" else array)
    options = {"shape": array.shape, "dtype": dtype} if ending == ".raw" else {}
    found = read_array(path, **options)
    np.testing.assert_array_equal(found, array)
    assert found.flags.c_contiguous
    assert found.dtype == array.dtype.newbyteorder("=")


@pytest.mark.parametrize("options", [{"compression": "zlib"}, {"imagej": True}, {"ome": True}, {"metadata": None}])
def test_flavours_of_tif(options, tmp_path):
    np.testing.assert_array_equal(read_array(write(tmp_path / "image.tif", STACK, **options)), STACK)


def test_array_in_npz_is_chosen_by_key(tmp_path):
    path = tmp_path / "two.npz"
    np.savez(path, first=STACK, second=STACK + 1)
    np.testing.assert_array_equal(read_array(path, key="second"), STACK + 1)
    refused(path, r"several arrays \(first, second\); name one with image\.key")
    refused(path, 'no array "secnd".*did you mean "second"', key="secnd")


def test_raw_size_must_match(tmp_path):
    path = write(tmp_path / "image.raw", STACK)
    refused(path, "holds 210 bytes where 5 x 6 x 8 voxels of uint8 are 240 bytes", shape=(5, 6, 8), dtype="uint8")
    refused(path, "no header; add image.shape and image.dtype")


@pytest.mark.parametrize(
    ("array", "pattern"),
    [
        (STACK.ravel(), r"shape \(210\); an image has two or three axes"),
        (STACK[None], r"shape \(1, 5, 6, 7\)"),
        (STACK[:, :0], r"shape \(5, 0, 7\).*none empty"),
        (STACK.astype(complex), "type complex128; allowed are"),
        (STACK.astype("U3"), "type <U3"),
        (np.array([[{"a": 1}]], dtype=object), "type object"),
        (np.where(STACK < 20, np.nan, STACK), f"{np.count_nonzero(STACK < 20)} voxels are not a number"),
    ],
)
@pytest.mark.parametrize("ending", ["npy", "npz"])
def test_what_is_no_image_is_refused(array, pattern, ending, tmp_path):
    refused(write(tmp_path / f"image.{ending}", array), pattern)


def test_colour_and_several_stacks_are_refused(tmp_path):
    refused(write(tmp_path / "colour.tif", np.zeros((5, 6, 3), np.uint8), photometric="rgb"), "in colour")
    with tifffile.TiffWriter(tmp_path / "two.tif") as writer:
        writer.write(STACK[0], metadata=None)
        writer.write(STACK[0, :3], metadata=None)
    refused(tmp_path / "two.tif", r"2 stacks \(\(6, 7\), \(3, 7\)\)")


def test_wrong_path_ending_and_options(tmp_path):
    refused(tmp_path / "none.npy", "no such file")
    refused(tmp_path / "image.png", r'ending "\.png" is not known here; allowed are \.npz')
    refused(tmp_path / "none.zarr", "no such folder")
    (tmp_path / "folder.tif").mkdir()
    refused(tmp_path / "folder.tif", r"no \.tif or \.tiff file in the folder")
    refused(write(tmp_path / "image.npy", STACK), r"shape has no meaning for a \.npy file", shape=(5, 6, 7))


@pytest.mark.parametrize("name", ["image.npy", "image.npz", "image.tif", "deflated.tif", "imagej.tif", "ome.tif"])
def test_damage_gives_a_sentence_or_the_image(name, tmp_path, caplog, capfd):
    """Cut anywhere: a sentence. Any byte changed: a sentence or an array of two or three axes, and no noise."""
    options = {"deflated": {"compression": "zlib"}, "imagej": {"imagej": True}, "ome": {"ome": True}}
    content = write(tmp_path / name, STACK, **options.get(name.split(".")[0], {})).read_bytes()
    path = tmp_path / f"damaged.{name.split('.')[1]}"
    for length in [0, 1, *range(5, len(content) - 8, max(1, len(content) // 40))]:
        path.write_bytes(content[:length])
        try:
            found = read_array(path)  # only what follows the voxels may be missing
        except InputError as error:
            assert re.search(r"damaged\.\w+: .*; (save|use)", str(error))  # noqa: PT017
        else:
            np.testing.assert_array_equal(found, STACK)
    for _ in range(150):
        changed = bytearray(content)
        for place in RNG.integers(0, min(len(content), 600), 2):
            changed[place] = RNG.integers(0, 256)
        path.write_bytes(changed)
        try:
            assert read_array(path).ndim in (2, 3)
        except InputError as error:
            assert "\n" not in str(error)  # noqa: PT017
    assert capfd.readouterr() == ("", "")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def npy_header(shape, dtype="|u1"):
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": dtype, "fortran_order": False, "shape": shape})
    return buffer.getvalue()


def test_size_is_checked_before_memory_is_taken(tmp_path, monkeypatch):
    huge = (1 << 20, 1 << 20, 1 << 10)
    (tmp_path / "huge.npy").write_bytes(npy_header(huge))
    refused(tmp_path / "huge.npy", f"needs {1 << 50} bytes of memory and at most \\d+")
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("im.npy", npy_header(huge) + bytes(1 << 20))
    refused(tmp_path / "bomb.npz", f"needs {1 << 50} bytes of memory")
    refused(write(tmp_path / "small.raw", STACK), f"holds 210 bytes .* are {1 << 50}", shape=huge, dtype="uint8")
    monkeypatch.setattr(memory, "available_memory", lambda: 2 * STACK.size - 1)
    refused(write(tmp_path / "image.tif", STACK), f"needs 210 bytes of memory and at most {STACK.size - 1}")
    monkeypatch.setattr(memory, "available_memory", lambda: 20 * STACK.size)
    refused(write(tmp_path / "deflated.tif", STACK, compression="zlib"), "compressed block of .* may expand")


def test_a_compression_that_cannot_be_read_names_the_remedy(tmp_path):
    pages = [PIL.Image.fromarray(np.eye(8, dtype=np.uint8)) for _ in range(3)]
    path = tmp_path / "lzw.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:], compression="tiff_lzw")
    with pytest.raises(InputError, match=r"compressed with LZW.*pip install imagecodecs"):
        read_array(path)
