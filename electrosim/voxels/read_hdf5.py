"""Open images in HDF5 files that are not trusted: links and numbers that lead to other files are not followed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from electrosim.base.errors import InputError
from electrosim.voxels.limits import check_header, chosen, is_image
from electrosim.voxels.stored import Stored, chunked


@contextmanager
def open_hdf5(path: Path, key: str | None) -> Iterator[Stored]:
    """Open a dataset of an HDF5 file.

    Parameters
    ----------
    path : Path
        An existing file.
    key : str, optional
        Path of the dataset in the file, such as ``"volume/labels"``; needed if several can be images.

    Yields
    ------
    Stored

    Raises
    ------
    InputError
        If there is no such dataset, it is no image, or its numbers lie in other files.
    Exception
        Whatever damage leads to.
    """
    import h5py

    with h5py.File(path, "r") as file:
        datasets: dict[str, Any] = {}

        def note(name: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset):
                datasets[name] = item

        file.visititems(note)  # hard links only
        key = key.strip("/") if key else None
        images = [name for name, item in datasets.items() if item.shape and is_image(item.shape, item.dtype)]
        dataset = datasets[chosen(path, key, datasets if key else images)]
        check_header(path, dataset.shape or (), dataset.dtype)
        if dataset.is_virtual or dataset.external:
            raise InputError(f"{path}: the numbers of {dataset.name} lie in other files; save them in this one")
        yield chunked(dataset, dataset.shape, dataset.dtype, dataset.chunks or (1, *dataset.shape[1:]))
