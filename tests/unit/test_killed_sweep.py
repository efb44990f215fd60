"""A sweep in a process of its own that is killed half-way: what was finished is kept, the rest is solved, once."""

import os
import re
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

import electrosim as es
from electrosim.study.sweep import case

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")

SWEEP = """\
kind = "sweep"
title = "killed"
[base]
kind = "conduction"
image = { phantom = "checkerboard", shape = [4, 4], voxel_size = "1 um" }
conductivity = { a = "1 S/m", b = "2 S/m" }
transport = { directions = "x" }
[axes]
b = { key = "conductivity.b", from = "1 S/m", to = "4 S/m", count = 12 }
a = { key = "conductivity.a", values = ["1 S/m", "3 S/m"] }
[collect]
sigma = "effective_conductivity"
[output]
figures = false
"""
CASES = 24
KEPT = 4  # parts, of which the first two hold the cases that are solved before all others

PROCESS = """
import signal, sys
from electrosim.cli import main
from electrosim.study.unfinished import FolderOfParts

signal.signal(signal.SIGINT, signal.default_int_handler)  # which a process begun by nohup does not have
keep = FolderOfParts.__setitem__

def keep_and_wait(parts, key, part):
    keep(parts, key, part)
    print("kept", key, flush=True)
    sys.stdin.readline()

FolderOfParts.__setitem__ = keep_and_wait
if __name__ == "__main__":  # not in the processes that it begins, which import it
    main()
"""


def interrupted(folder, number, *words):
    """Begin the sweep, end it by a signal once some parts are kept, and return its status and last words."""
    (folder / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    (folder / "process.py").write_text(PROCESS, encoding="utf-8")
    arguments = [sys.executable, "process.py", "sweep", "sweep.toml", "--quiet", "--out", "out", *words]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(arguments, cwd=folder, text=True, **pipes) as process:
        try:
            for part in range(KEPT):
                assert process.stdout.readline().startswith("kept cases-"), process.stderr.read()
                if part < KEPT - 1:
                    print(file=process.stdin, flush=True)
            process.send_signal(number)
            _, err = process.communicate(timeout=100)  # ends when no worker holds the pipes any more
        finally:
            process.kill()
    assert not (folder / "out").exists()
    return process.returncode, err


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The folder of a sweep that was killed while two workers were at it."""
    folder = tmp_path_factory.mktemp("killed")
    assert interrupted(folder, signal.SIGKILL, "--jobs", "2")[0] == -signal.SIGKILL
    return folder


@pytest.fixture(scope="module")
def whole(killed):
    """What comes of it without a kill."""
    return es.run(killed / "sweep.toml")


@pytest.fixture
def remains(killed, tmp_path):
    """A copy of it."""
    return shutil.copytree(killed, tmp_path / "copy")


def parts_of(folder):
    return sorted(folder.glob(".out.unfinished/cases-*.npz"))


def seconds(*parts):
    """Return how long each case took that is kept in files, by its number."""
    found = {}
    for file in parts:
        first = int(re.fullmatch(r"cases-(\d+)-\d+", file.stem)[1])
        with np.load(file) as part:
            found |= enumerate(part["all/seconds"].tolist(), first)
    return found


def resume(command, monkeypatch, folder):
    """Go on with a sweep; return its result and how many cases were solved for it."""
    solved, solve = [], case.solve
    monkeypatch.setattr(case, "solve", lambda *one, **options: solved.append(one) or solve(*one, **options))
    words = ["--quiet", "--out", "out", "--resume", "--jobs", "1"]
    assert command("sweep", "sweep.toml", *words, folder=folder).status == 0
    assert not parts_of(folder)
    return es.open(folder / "out"), len(solved)


def same(result, whole):
    timings = ["case_seconds", "wall_time"]
    return (
        result.drop_vars(timings).equals(whole.drop_vars(timings))
        and result.attrs["scenario_sha256"] == whole.attrs["scenario_sha256"]
    )


def test_after_a_kill_nothing_is_lost_and_nothing_done_twice(remains, command, monkeypatch, whole):
    kept = seconds(*parts_of(remains))
    assert KEPT <= len(kept) < CASES
    resumed, count = resume(command, monkeypatch, remains)
    assert same(resumed, whole)
    assert count == CASES - len(kept)
    times = resumed["case_seconds"].values.ravel()
    assert {number: times[number] for number in kept} == kept
    assert sorted(path.name for path in remains.iterdir()) == ["out", "process.py", "sweep.toml"]


def test_after_an_interrupt_too(tmp_path, command, monkeypatch, whole):
    status, err = interrupted(tmp_path, signal.SIGINT, "--jobs", "1")
    assert status == 130
    assert f"{KEPT} parts of the study are kept, --resume goes on with them" in err
    resumed, count = resume(command, monkeypatch, tmp_path)
    assert same(resumed, whole)
    assert count == CASES - KEPT


def test_a_part_cut_off_while_it_was_written_loses_its_own_cases(remains, command, monkeypatch, whole):
    parts = parts_of(remains)
    kept, lost = seconds(*parts), seconds(parts[-1])
    parts[-1].write_bytes(parts[-1].read_bytes()[:-40])
    resumed, count = resume(command, monkeypatch, remains)
    assert same(resumed, whole)
    assert count == CASES - len(kept) + len(lost)


def test_what_is_kept_of_another_sweep_is_refused_in_a_sentence(remains, command):
    words = ["--out", "out", "--resume", "--set", 'axes.a.values=["1 S/m", "2 S/m"]']
    outcome = command("sweep", "sweep.toml", *words, folder=remains)
    assert outcome.status == 2
    assert "what is kept there is of another scenario or version; leave --resume out to begin anew" in outcome.sentence
    assert parts_of(remains)
