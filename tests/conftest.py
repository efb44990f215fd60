"""Markers from folders, hypothesis profiles, and the command line called as a user calls it."""

import contextlib
import io
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from electrosim.base.data import FOLDER_VARIABLE
from electrosim.cli import main

MARKERS = ("unit", "property", "verification")

settings.register_profile("electrosim", deadline=None)  # the first example may compile kernels
if not os.environ.get("CI"):  # hypothesis then loads its own profile
    settings.load_profile("electrosim")


def pytest_collection_modifyitems(items):
    for item in items:
        for folder in MARKERS:
            if item.path.parent.name == folder:
                item.add_marker(folder)
    # Workers begin at equal parts of the list. With the tests of conduction at one end, no two of them compile its
    # kernels, which take longer than all others, at the same time.
    conducts = {path: "conduction" in path.read_text(encoding="utf-8") for path in {item.path for item in items}}
    items.sort(key=lambda item: not conducts[item.path])


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def sentence(self):
        """The one line on stderr."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("electrosim: "), self.err
        return lines[0].removeprefix("electrosim: ")


def _command(*words, folder=None):
    """Call the command line in this process, in a folder."""
    out, err = io.StringIO(), io.StringIO()
    argv, handler = sys.argv, signal.getsignal(signal.SIGTERM)
    sys.argv = ["electrosim", *map(str, words)]
    try:
        with contextlib.chdir(folder or Path.cwd()), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as end:
        return Outcome(end.code, out.getvalue(), err.getvalue())
    finally:
        sys.argv = argv
        signal.signal(signal.SIGTERM, handler)


@pytest.fixture(scope="session")
def command():
    """``command("run", file, folder=where)`` returns an `Outcome`; what is not an exit is raised."""
    return _command


@pytest.fixture
def data_folder(monkeypatch):
    """The public images, found or the test is skipped."""
    shared = Path(__file__).parents[1] / "../shared/data"
    if not os.environ.get(FOLDER_VARIABLE):
        if not shared.is_dir():
            pytest.skip("no folder with the public images")
        monkeypatch.setenv(FOLDER_VARIABLE, str(shared))


@pytest.fixture
def tiny(tmp_path):
    """A file of the smallest scenario, in an empty folder."""
    path = tmp_path / "tiny.toml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture
def laminate(tmp_path):
    """A file of two layers, whose conductivities are those of resistors in series (x) and in parallel (y)."""
    path = tmp_path / "laminate.toml"
    path.write_text(LAMINATE, encoding="utf-8")
    return path


LAMINATE = """\
kind = "conduction"
[image]
phantom = "laminate"
axis = "x"
layers = [1, 3]
shape = [4, 2]
voxel_size = "1 um"
[conductivity]
a = "1 S/m"
b = "2 S/m"
[transport]
directions = "xy"
"""
TINY = """\
kind = "conduction"
title = "tiny"
[image]
phantom = "checkerboard"
shape = [4, 4]
voxel_size = "1 um"
[conductivity]
a = "1 S/m"
b = "2 S/m"
[transport]
directions = "xy"
[output]
figures = false
"""
