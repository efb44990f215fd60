"""The command line as a new user meets it: help, lists, tables, progress, and how fast it starts."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from rich.console import Console

import electrosim
from electrosim.study.library import scenario_files

HEAVY = {"numpy", "scipy", "numba", "xarray", "pandas", "matplotlib", "pint", "pydantic", "h5py"}


def started(*words, code="from electrosim.cli import main; main()"):
    """Run in a process of its own; return the process and which heavy modules it imported."""
    watch = "import atexit, sys; atexit.register(lambda: print('modules', *sys.modules, file=sys.stderr))\n"
    done = subprocess.run(
        [sys.executable, "-c", watch + code, *words], capture_output=True, text=True, check=False, timeout=100
    )
    said, _, modules = done.stderr.rpartition("modules ")
    assert said == ""
    return done, HEAVY.intersection(modules.split())


@pytest.mark.parametrize(("words", "code"), [((), "import electrosim; dir(electrosim)"), (("--help",), None)])
def test_nothing_heavy_is_imported_to_start(words, code):
    done, heavy = started(*words, **({"code": code} if code else {}))
    assert done.returncode == 0
    assert heavy == set()


def test_names_appear_when_used():
    done, heavy = started(code="import electrosim; print(electrosim.InputError.__name__, electrosim.open.__module__)")
    assert done.stdout == "InputError electrosim.study.report\n"
    assert "numpy" in heavy


def test_help(command):
    for words in ((), ("--help",), ("-h",)):
        outcome = command(*words)
        assert (outcome.status, outcome.err) == (0, "")
        for name in ("run", "show", "plot", "scenarios", "schema", "cite", "validate"):
            assert re.search(rf"│ {name} +\w", outcome.out), name
    assert "--set" in command("run", "--help").out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run"], "Missing argument 'SCENARIO'; electrosim --help lists the commands"),
        (["rum"], "No such command 'rum'"),
        (["run", "quickstart", "--sett", "a=1"], "No such option: --sett"),
        (["run", "quickstart", "more"], "Got unexpected extra argument"),
        (
            ["run", "quickstrt"],
            'quickstrt: there is neither such a file nor a scenario of that name; did you mean "qui',
        ),
        (["run", "."], ".: this is a folder; give a file"),
        (["run", "x" * 300], "x"),
        (["cite", "nosuch.toml"], "nosuch.toml: there is no such file; check the path"),
        (["show", "nosuch"], "nosuch: there is no result here; give a results folder or a result.nc"),
    ],
)
def test_wrong_words(words, sentence, command, tmp_path):
    outcome = command(*words, folder=tmp_path)
    assert outcome.status == 2
    assert outcome.sentence.startswith(sentence)
    assert list(tmp_path.iterdir()) == []


def test_lists(command):
    listed = command("scenarios")
    assert listed.status == 0
    assert [line.split()[:2] for line in listed.out.splitlines()] == [
        [file.stem, electrosim.load(file).kind] for file in scenario_files()
    ]
    assert "doi:10." in command("cite", "berea").out
    printed = command("schema")
    assert printed.status == 0
    assert json.loads(printed.out)["title"] == "electrosim scenario"


def test_run_then_show(command, tiny):
    ran = command("run", tiny, "--set", "image.shape=[4, 4, 4]", "--set", "transport.directions=xz", folder=tiny.parent)
    assert (ran.status, ran.err) == (0, "")
    assert "The results are in results/tiny (open report.html)." in ran.out
    shown = command("show", "results/tiny", folder=tiny.parent)
    assert shown.status == 0
    assert shown.out.startswith("tiny  (electrosim ")
    table = ran.out.partition("\n\nThe results")[0]
    assert table in shown.out
    assert re.search(r"^effective_conductivity +\d.\d+ +\d.\d+ +S m-1", table, re.MULTILINE)
    assert re.search(r"^ +x +z +unit", table, re.MULTILINE)
    assert "x: Solved to the requested accuracy." in table
    quiet = command("run", tiny, "--quiet", "--out", "quiet", folder=tiny.parent)
    assert (quiet.status, quiet.out, quiet.err) == (0, "", "")


def test_progress_is_drawn_on_a_terminal_only(command, tiny, monkeypatch):
    monkeypatch.setattr(Console, "is_terminal", True)
    outcome = command("run", tiny, folder=tiny.parent)
    assert outcome.status == 0
    assert "direction x" in outcome.err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")  # noqa: PTH110 a device
def test_output_that_cannot_be_written():
    words = [sys.executable, "-m", "electrosim", "schema"]
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "electrosim: output: No space left on device\n")
    running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    running.stdout.close()  # as head does
    assert running.wait(100) == 1
    assert running.stderr.read() == ""
    running.stderr.close()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_interrupted_solve(tmp_path):
    code = """if True:
        import time
        from electrosim.cli import main
        from electrosim.conduction import Multigrid
        def iterate(self, system, drive, report):
            print("solving", flush=True)
            while True:
                report(1.0)
                time.sleep(0.01)
        Multigrid.iterate = iterate
        main()
    """
    words = ["run", "quickstart", "--set", "transport.directions=x"]
    running = subprocess.Popen(
        [sys.executable, "-c", code, *words], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout.readline() == "solving\n"
        running.send_signal(signal.SIGTERM)
        _, err = running.communicate(timeout=100)
    finally:
        running.kill()
    assert (running.returncode, err) == (130, "electrosim: interrupted; a former result is left as it was\n")
    assert list(tmp_path.iterdir()) == []
