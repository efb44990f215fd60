"""Large volumes: a box without the rest, labels in a byte each, and the folders and files that hold such volumes."""

import json
import tracemalloc
import zipfile
from pathlib import Path

import h5py
import numcodecs
import numpy as np
import pytest
import tifffile
import zarr

from electrosim.base import memory
from electrosim.base.errors import InputError
from electrosim.voxels import stored
from electrosim.voxels.read import read_array, read_labels

pytestmark = pytest.mark.unit

RNG = np.random.default_rng(5)
STACK = RNG.integers(0, 3, (9, 10, 11)).astype(np.int32)
BOXES = [((2, 7), None, (4, 5)), (None, (9, 10)), ((0, 9), (3, 8), (0, 11))]


def npy(path, array):
    np.save(path.with_suffix(".npy"), array)
    return path.with_suffix(".npy")


def fortran(path, array):
    return npy(path, np.asfortranarray(array))


def npz(path, array):
    np.savez_compressed(path.with_suffix(".npz"), im=array)
    return path.with_suffix(".npz")


def hdf5(path, array, **options):
    with h5py.File(path.with_suffix(".h5"), "w") as file:
        file.create_dataset("volume/labels", data=array, **options)
    return path.with_suffix(".h5")


def chunked_hdf5(path, array):
    return hdf5(path, array, chunks=tuple(min(size, 4) for size in array.shape), compression="gzip")


def zarr_of_chunks(path, array):
    zarr.create_array(path.with_suffix(".zarr"), data=array, chunks=tuple(min(size, 4) for size in array.shape))
    return path.with_suffix(".zarr")


def zarr_of_shards(path, array):
    root = zarr.open_group(path.with_suffix(".zarr"), mode="w")
    root.create_array("a/0", data=array, chunks=(2, 5, 4), shards=(4, 10, 8))
    return path.with_suffix(".zarr")


def old_zarr(path, array):
    root = zarr.open_group(path.with_suffix(".zarr"), mode="w", zarr_format=2)
    root.create_array("0", data=array, chunks=(3, 10, 5))
    return path.with_suffix(".zarr")


def tiff(path, array, **options):
    tifffile.imwrite(path.with_suffix(".tif"), array, **options)
    return path.with_suffix(".tif")


def deflated_tiff(path, array):
    return tiff(path, array, compression="zlib")


def separate_pages(path, array):
    return tiff(path, array, metadata=None, rowsperstrip=3)


def slices(path, array):
    path.mkdir()
    for number, plane in enumerate(array):
        tifffile.imwrite(path / f"slice_{number}.tif", plane)
    (path / "notes.txt").write_text("no slice")
    return path


FORMATS = [npy, fortran, npz, hdf5, chunked_hdf5, zarr_of_chunks, zarr_of_shards, old_zarr, tiff, deflated_tiff]
FORMATS += [separate_pages, slices]


@pytest.fixture(params=[1, 1 << 24])
def _parts(request, monkeypatch):
    """Parts as small as the format allows, and as large as usual."""
    monkeypatch.setattr(stored, "CHUNK", request.param)


@pytest.mark.usefixtures("_parts")
@pytest.mark.parametrize("write", FORMATS)
def test_a_box_holds_what_the_whole_holds_there(write, tmp_path):
    path = write(tmp_path / "volume", STACK)
    np.testing.assert_array_equal(read_array(path), STACK)
    for box in BOXES:
        expected = STACK[tuple(slice(*(ends or (None,))) for ends in box)]
        found = read_array(path, crop=box)
        np.testing.assert_array_equal(found, expected)
        assert found.flags.c_contiguous
        labels = read_labels(path, crop=box)
        np.testing.assert_array_equal(labels, expected)
        assert labels.dtype == np.uint8
        np.testing.assert_array_equal(read_labels(path, crop=box, threshold=1.5), expected >= 1.5)


@pytest.mark.usefixtures("_parts")
def test_no_chunk_is_read_twice():
    reads = np.zeros(STACK.shape, int)

    class Array:
        def __getitem__(self, slices):
            chunks = tuple(slice(one.start // 4 * 4, -(-one.stop // 4) * 4) for one in slices)
            reads[chunks] += 1
            return STACK[slices]

    parts = stored.chunked(Array(), STACK.shape, STACK.dtype, (4, 4, 4)).parts(((2, 9), (1, 10), (5, 11)))
    assert sum(part.size for _, part in parts) == 7 * 9 * 6
    assert reads.max() == 1


def test_numbers_in_the_names_order_the_slices(tmp_path):
    folder = slices(tmp_path / "slices", np.arange(12 * 6, dtype=np.uint8).reshape(12, 2, 3))
    np.testing.assert_array_equal(read_array(folder)[:, 0, 0], np.arange(0, 72, 6))


def test_what_lies_outside_the_box_is_not_read(tmp_path):
    path = npy(tmp_path / "volume", STACK)
    path.write_bytes(path.read_bytes()[: 128 + 6 * STACK[0].nbytes])
    np.testing.assert_array_equal(read_array(path, crop=((1, 6),)), STACK[1:6])
    with pytest.raises(InputError, match=r"volume\.npy: the file is damaged .*\(it ends 440 bytes before the end"):
        read_array(path, crop=((1, 7),))
    folder = slices(tmp_path / "slices", STACK)
    (folder / "slice_8.tif").write_bytes(b"damaged")
    np.testing.assert_array_equal(read_labels(folder, crop=((0, 8),)), STACK[:8])
    with pytest.raises(InputError, match="slices: the file is damaged or not a folder of slices"):
        read_array(folder)


@pytest.mark.parametrize("write", [npy, fortran, npz, chunked_hdf5, tiff, deflated_tiff, slices])
def test_labels_take_a_byte_per_voxel_and_a_part(write, tmp_path, monkeypatch):
    """Without narrowing on the way the 8 bytes per voxel of the file would be there at once."""
    monkeypatch.setattr(stored, "CHUNK", 1 << 18)
    volume = np.zeros((120, 110, 100), np.int64)
    volume[60:] = 2
    path = write(tmp_path / "volume", volume)
    read_labels(path)  # imports
    tracemalloc.start()
    labels = read_labels(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert np.array_equal(labels, volume)
    assert peak < volume.size + 6 * (1 << 18)


@pytest.mark.parametrize(("highest", "dtype"), [(200, np.uint8), (255, np.uint8), (256, np.uint16), (70_000, np.int32)])
def test_labels_widen_when_a_later_part_needs_it(highest, dtype, tmp_path, monkeypatch):
    monkeypatch.setattr(stored, "CHUNK", 1)
    volume = STACK.copy()
    volume[5, 5, 5] = highest
    for number, lowest in enumerate((0, -1)):
        volume[7, 0, 0] = lowest
        labels = read_labels(npy(tmp_path / f"volume{number}", volume))
        np.testing.assert_array_equal(labels, volume)
        assert labels.dtype == (dtype if lowest == 0 else np.int32)
    monkeypatch.setattr(memory, "available_memory", lambda: 2 * volume.size + 1000)
    with pytest.raises(InputError, match=r"the image with labels up to \d+ needs (1980|3960) bytes"):
        read_labels(npy(tmp_path / "volume", volume))


def test_not_a_number_is_refused_though_a_threshold_would_hide_it(tmp_path):
    volume = STACK.astype(np.float32)
    volume[3, 3, 3] = np.nan
    path = npy(tmp_path / "volume", volume)
    with pytest.raises(InputError, match="1 voxels are not a number"):
        read_labels(path, threshold=1)
    assert read_labels(path, crop=((4, 9),), threshold=1).shape == (5, 10, 11)
    with pytest.raises(InputError, match=r"holds float32 grey values; add image\.threshold"):
        read_labels(path)


def refused(sentence, path, **options):
    with pytest.raises(InputError, match=sentence) as caught:
        read_array(path, **options)
    assert "\n" not in str(caught.value)


def test_boxes_that_do_not_fit(tmp_path):
    path = npy(tmp_path / "volume", STACK)
    refused(r"image.crop.y = \[4, 11\] is not within the 10 voxels along y; give", path, crop=(None, (4, 11)))
    refused(r"image.crop.x = \[5, 5\] is not within", path, crop=((5, 5),))
    refused(
        "image.crop.z is given and the image has no axis z",
        npy(tmp_path / "plane", STACK[0]),
        crop=(None, None, (0, 1)),
    )


def test_folders_of_slices_that_are_no_volume(tmp_path):
    folder = slices(tmp_path / "slices", STACK)
    tifffile.imwrite(folder / "slice_4.tif", STACK[0, :9])
    refused("slice_4.tif: the slice has 9 x 11 voxels of int32 and slice_0.tif has 10 x 11 voxels of int32", folder)
    tifffile.imwrite(folder / "slice_4.tif", STACK[0].astype(np.uint8))
    refused("slice_4.tif: the slice has 10 x 11 voxels of uint8", folder)
    (folder / "slice_4.tif").unlink()
    refused("slices: a slice is missing between slice_3.tif and slice_5.tif", folder)
    tifffile.imwrite(folder / "slice_0.tif", STACK)
    tifffile.imwrite(folder / "slice_4.tif", STACK[0])
    refused("slice_0.tif: the file holds 9 slices; a folder needs one in each file", folder)
    (tmp_path / "empty").mkdir()
    refused("empty: there is no .tif or .tiff file in the folder", tmp_path / "empty")
    refused("key has no meaning for a folder of slices; remove it", folder, key="0")


def test_keys_in_hdf5_and_zarr(tmp_path):
    path = hdf5(tmp_path / "volume", STACK)
    np.testing.assert_array_equal(read_array(path, key="/volume/labels"), STACK)
    with h5py.File(path, "a") as file:
        file["scale"] = 1.0
        file["name"] = "text"
        file["line"] = np.arange(3)
    np.testing.assert_array_equal(read_array(path), STACK)  # the only image
    refused('no array "volume/label" in the file; did you mean "volume/labels"', path, key="volume/label")
    refused(r"the array has the shape \(3\)", path, key="line")
    refused("the numbers are of type object", path, key="name")
    with h5py.File(path, "a") as file:
        file["more"] = STACK
    refused(r"several arrays \(more, volume/labels\); name one with image.key", path)
    path = zarr_of_shards(tmp_path / "group", STACK)
    refused('no array "0" in the file; did you mean "a/0"|known here: a/0', path, key="0")
    zarr.open_group(path).create_array("b", data=STACK[0])
    refused(r"several arrays \(.*\); name one with image.key", path)
    np.testing.assert_array_equal(read_array(path, key="b"), STACK[0])
    refused("is a single array; remove image.key", zarr_of_chunks(tmp_path / "array", STACK), key="0")
    zarr.open_group(tmp_path / "empty.zarr", mode="w")
    refused("holds no array that is an image", tmp_path / "empty.zarr")


def test_other_files_are_not_opened(tmp_path):
    other = hdf5(tmp_path / "other", STACK)
    with h5py.File(tmp_path / "links.h5", "w") as file:
        file["soft"] = h5py.ExternalLink(other.name, "volume/labels")
        layout = h5py.VirtualLayout(STACK.shape, STACK.dtype)
        layout[:] = h5py.VirtualSource(other.name, "volume/labels", STACK.shape)
        file.create_virtual_dataset("virtual", layout)
        file.create_dataset("raw", STACK.shape, STACK.dtype, external=[("other.bin", 0, STACK.nbytes)])
    for key in ("virtual", "raw"):
        refused(f"the numbers of /{key} lie in other files", tmp_path / "links.h5", key=key)
    refused('there is no array "soft"', tmp_path / "links.h5", key="soft")


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_a_pickle_in_zarr_is_not_loaded(tmp_path):
    path = old_zarr(tmp_path / "trap", STACK)
    file = path / "0" / ".zarray"
    codec = numcodecs.Pickle()
    for chunk in (path / "0").glob("*.*.*"):
        chunk.write_bytes(codec.encode(np.array([Trap(tmp_path / "sprung")], dtype=object)))
    header = json.loads(file.read_text())
    for change in ({"compressor": codec.get_config()}, {"filters": [codec.get_config()], "compressor": None}):
        file.write_text(json.dumps(header | change))
        refused("trap.zarr: .*pickle", path)
    path = zarr_of_chunks(tmp_path / "new", STACK)
    header = json.loads((path / "zarr.json").read_text())
    header["codecs"] = [{"name": "numcodecs.pickle", "configuration": {"protocol": 5}}]
    (path / "zarr.json").write_text(json.dumps(header))
    for chunk in (path / "c").rglob("*"):
        if chunk.is_file():
            chunk.write_bytes(codec.encode(np.array([Trap(tmp_path / "sprung")], dtype=object)))
    refused("new.zarr: .*pickle", path)
    assert not (tmp_path / "sprung").exists()


def test_size_is_checked_before_memory_is_taken(tmp_path):
    edge = 1 << 14
    with h5py.File(tmp_path / "huge.h5", "w") as file:
        file.create_dataset("im", (edge,) * 3, "uint8", chunks=(edge, edge, 1 << 4))
    refused(f"needs {edge**3} bytes of memory", tmp_path / "huge.h5")
    zarr.create_array(tmp_path / "huge.zarr", shape=(edge,) * 3, chunks=(edge,) * 3, dtype="uint8")
    refused(f"needs {edge**3} bytes of memory", tmp_path / "huge.zarr")
    refused(f"one part of the image needs {edge**3} bytes", tmp_path / "huge.zarr", crop=((0, 1),) * 3)
    assert not read_array(tmp_path / "huge.h5", crop=((5, 7), (0, 2), (1, 4))).any()


@pytest.mark.parametrize("write", [chunked_hdf5, zarr_of_shards, old_zarr, slices])
def test_damage_gives_a_sentence_or_an_image(write, tmp_path):
    path = write(tmp_path / "volume", STACK)
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    for _ in range(100):
        file = files[RNG.integers(len(files))]
        content = file.read_bytes()
        changed = bytearray(content)
        if RNG.random() < 0.3:
            changed = changed[: RNG.integers(len(changed))]
        for place in RNG.integers(0, len(changed), 3) if changed else ():
            changed[place] = RNG.integers(0, 256)
        file.write_bytes(changed)
        try:
            assert read_labels(path).ndim in (2, 3)
        except InputError as error:
            assert "\n" not in str(error)  # noqa: PT017
        file.write_bytes(content)
    np.testing.assert_array_equal(read_array(path), STACK)


def test_a_member_of_an_archive_is_compared_with_its_checksum(tmp_path):
    path = tmp_path / "volume.npz"
    np.savez(path, im=STACK)
    content = bytearray(path.read_bytes())
    content[400] ^= 1
    path.write_bytes(content)
    refused("Bad CRC-32", path)
    assert zipfile.ZipFile(path).testzip()
