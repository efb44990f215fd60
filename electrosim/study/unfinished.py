"""What an interrupted study had done, kept in a folder beside its results until they are written."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from electrosim.base.errors import InputError
from electrosim.base.result import fingerprint
from electrosim.base.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

Record = Mapping[str, "NDArray[Any]"]

_OWNER = "scenario.json"
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class FolderOfParts(MutableMapping[str, Record]):
    """A mapping of names to tables of arrays, each in a file of its own; a file is there whole or not at all.

    Parameters
    ----------
    folder : Path
        Where the files are; made when the first part is put in.
    owner : mapping of str to str
        What the parts belong to: written beside the first one.
    """

    def __init__(self, folder: Path, owner: Mapping[str, str]) -> None:
        self.folder = folder
        self.owner = owner

    def __getitem__(self, key: str) -> Record:
        """Return a part; one whose file is damaged counts as missing."""
        import numpy as np

        try:
            with self._file(key).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return {name: arrays[name] for name in arrays.files}
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            raise KeyError(key) from None

    def __setitem__(self, key: str, part: Record) -> None:
        """Keep a part."""
        import numpy as np

        if not (self.folder / _OWNER).exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            self._put(
                self.folder / _OWNER, lambda file: file.write_text(json.dumps(dict(self.owner)), encoding="utf-8")
            )
        self._put(self._file(key), lambda file: np.savez(file, **part))  # type: ignore[arg-type]

    def __delitem__(self, key: str) -> None:
        """Forget a part."""
        try:
            self._file(key).unlink()
        except FileNotFoundError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[str]:
        """Return the names of all parts."""
        return (file.stem for file in sorted(self.folder.glob("*.npz")) if _KEY.fullmatch(file.stem))

    def __len__(self) -> int:
        """Return how many parts there are."""
        return sum(1 for _ in self)

    def _file(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} cannot be the name of a part")
        return self.folder / f"{key}.npz"

    @staticmethod
    def _put(file: Path, write: Any) -> None:
        """Write a file beside its place and move it there in one step."""
        beside = file.with_name(f".{file.stem}.partial{file.suffix}")
        try:
            write(beside)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)


@contextmanager
def kept_until_written(folder: Path, scenario: Scenario, *, resume: bool) -> Iterator[FolderOfParts | None]:
    """Give a mapping for the finished parts of a study, kept in a hidden folder beside its results.

    It is removed when the block ends without an error: the results are written then. An interrupt says what is kept.

    Parameters
    ----------
    folder : Path
        Of the results.
    scenario : Scenario
        What is studied.
    resume : bool
        Whether to go on with the parts found there; otherwise they are removed.

    Yields
    ------
    FolderOfParts or None
        None for a kind that is not resumable.

    Raises
    ------
    InputError
        If `resume` is asked of a kind that is not resumable, or the parts are another scenario's.
    """
    if not scenario.resumable:
        if resume:
            raise InputError(f'kind = "{scenario.kind}" is solved in one go; leave --resume out')
        yield None
        return
    from importlib.metadata import version

    place = folder.absolute().with_name(f".{folder.absolute().name}.unfinished")
    owner = {"scenario_sha256": fingerprint(scenario.resolved())[1], "electrosim_version": version("electrosim")}
    parts = FolderOfParts(place, owner)
    if resume:
        _check_owner(parts)
    else:
        shutil.rmtree(place, ignore_errors=True)
    try:
        yield parts
    except KeyboardInterrupt:
        if not len(parts):
            raise
        raise KeyboardInterrupt(f"{len(parts)} parts of the study are kept, --resume goes on with them") from None
    shutil.rmtree(place, ignore_errors=True)


def _check_owner(parts: FolderOfParts) -> None:
    """Refuse parts of another scenario, or another version's."""
    if not len(parts):
        return
    try:
        owner = json.loads((parts.folder / _OWNER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        owner = None
    if owner != parts.owner:
        raise InputError(
            f"{parts.folder}: what is kept there is of another scenario or version; "
            "leave --resume out to begin anew, or choose another --out"
        )
