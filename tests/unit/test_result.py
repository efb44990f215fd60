"""Results on disk: whole or not at all, whatever happens, and read back as they were."""

import errno
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

import electrosim
from electrosim.base import result
from electrosim.base.errors import InputError
from electrosim.study import report


def content(folder):
    return {path.relative_to(folder): path.is_file() and path.read_bytes() for path in sorted(folder.rglob("*"))}


@pytest.fixture
def former(command, tiny):
    """The folder of a result that a new run would replace."""
    assert command("run", tiny, "--quiet", folder=tiny.parent).status == 0
    return tiny.parent / "results/tiny"


def again(command, tiny, *words):
    return command("run", tiny, "--quiet", "--set", "title=again", *words, folder=tiny.parent)


def title(folder):
    return electrosim.open(folder).attrs["title"]


# ---- round trip


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("round")
    np.save(folder / "a.npy", np.arange(60).reshape(3, 4, 5) % 2)
    (folder / "s.toml").write_text(
        'kind = "conduction"\n[image]\nfile = "a.npy"\nvoxel_size = "1 um"\nphases = { "pöre" = 1 }\n'
        '[conductivity]\n"pöre" = "1 S/m"\n[output]\nfields = true\n',
        encoding="utf-8",
    )
    return electrosim.run(folder / "s.toml")


def test_round_trip(solved, tmp_path):
    electrosim.save(solved, tmp_path / "out")
    for place in (tmp_path / "out", tmp_path / "out/result.nc"):
        read = electrosim.open(place)
        assert read.attrs == solved.attrs
        assert read.attrs["title"] == "s"
        assert set(read.variables) == set(solved.variables)
        for name, item in solved.variables.items():
            assert read[name].attrs == item.attrs
            assert {"units", "long_name"} <= item.attrs.keys() or name == "direction"
            np.testing.assert_array_equal(read[name].values, item.values)
            assert read[name].dtype.kind == item.dtype.kind or item.dtype.kind == "U"
    assert read["solved"].dtype == bool
    assert set(read["status"].values.tolist()) <= set(solved["status"].values.tolist())
    assert {path.name for path in (tmp_path / "out").iterdir()} == result._RESULT_ENTRIES - {result.SWEEP_FILE}
    assert "NaN" not in (tmp_path / "out/scenario.resolved.toml").read_text(encoding="utf-8")


def test_resolved_scenario_gives_the_same_result(solved, tmp_path):
    electrosim.save(solved, tmp_path / "out")
    second = electrosim.run(tmp_path / "out/scenario.resolved.toml").drop_vars("wall_time")
    xr.testing.assert_equal(second, solved.drop_vars("wall_time"))
    assert second.attrs["scenario_sha256"] == solved.attrs["scenario_sha256"]


def test_result_of_a_solve_without_scenario_is_saved_too(tmp_path):
    problem = electrosim.conduction.Problem(image=np.eye(4, dtype=int), voxel_size=1e-6, conductivity={0: 1.0})
    electrosim.save(electrosim.conduction.solve(problem), tmp_path / "out")
    assert title(tmp_path / "out") == "conduction"


# ---- opening


def test_what_is_no_result(solved, tmp_path, command):
    electrosim.save(solved, tmp_path / "out")
    good = (tmp_path / "out/result.nc").read_bytes()
    (tmp_path / "garbage.nc").write_bytes(b"garbage")
    (tmp_path / "cut.nc").write_bytes(good[: len(good) // 2])
    (tmp_path / "empty.nc").write_bytes(b"")
    xr.Dataset({"a": ("x", [1.0])}).to_netcdf(tmp_path / "foreign.nc", engine="h5netcdf")
    solved.assign_attrs(scenario="{").to_netcdf(tmp_path / "scenario.nc", engine="h5netcdf")
    for name, sentence in {
        "gone.nc": "there is no result here; give a results folder or a result.nc",
        ".": "there is no result here",
        "garbage.nc": "the file is damaged or not NetCDF-4",
        "cut.nc": "the file is damaged or not NetCDF-4",
        "empty.nc": "the file is damaged or not NetCDF-4",
        "foreign.nc": "this is not a result of electrosim (scenario is missing)",
        "scenario.nc": "this is not a result of electrosim (scenario is missing)",
    }.items():
        for word in ("show", "plot"):
            outcome = command(word, name, folder=tmp_path)
            assert outcome.status == 2
            assert outcome.sentence.startswith(f"{name}: {sentence}"), outcome.sentence
    with pytest.raises(InputError, match="the dataset: this is not a result of electrosim"):
        electrosim.save(xr.Dataset(), tmp_path / "new")
    assert not (tmp_path / "new").exists()


# ---- a solve that does not succeed


def test_failed_solve_is_kept_with_its_status(command, tmp_path):
    rng = np.random.default_rng(1)
    np.save(tmp_path / "a.npy", (rng.random((24, 24, 24)) < 0.5).astype(np.uint8))
    scenario = tmp_path / "s.toml"
    scenario.write_text(
        'kind = "conduction"\n[image]\nfile = "a.npy"\nvoxel_size = "1 um"\nphases = { pore = 1 }\n'
        '[conductivity]\npore = "1 S/m"\n[method]\nrtol = 1e-12\nmax_iterations = 1\n[output]\nfigures = false\n',
        encoding="utf-8",
    )
    outcome = command("run", scenario, folder=tmp_path)
    assert outcome.status == 3
    assert outcome.sentence.startswith("The iteration limit was reached")
    assert "The results are in results/s" in outcome.out
    kept = electrosim.open(tmp_path / "results/s")
    assert not kept["solved"].any()
    assert kept["status"].values.tolist() == 3 * [outcome.sentence]
    assert kept["iterations"].values.tolist() == [1, 1, 1]
    with pytest.raises(electrosim.SolveError, match="iteration limit"):
        electrosim.run(scenario)


# ---- whole or nothing


def raising(error):
    def fail(*_, **__):
        raise error

    return fail


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("place", "error", "status", "sentence"),
    [
        ("electrosim.conduction.solve", KeyboardInterrupt(), 130, "interrupted; a former result is left as it"),
        ("electrosim.study.report._page", KeyboardInterrupt(), 130, "interrupted; a former result is left as it was"),
        ("electrosim.base.result._exchange", KeyboardInterrupt(), 130, "interrupted; a former result is left as it"),
        ("electrosim.study.report._page", FULL, 2, "the results cannot be written (No space left on device); free"),
        ("xarray.Dataset.to_netcdf", FULL, 2, "the results cannot be written (No space left on device); free space"),
        ("electrosim.study.report._page", MemoryError(), 2, "there is not enough memory for this"),
        ("electrosim.study.report._page", electrosim.SolveError("Failed."), 3, "Failed."),
    ],
)
def test_what_goes_wrong_leaves_the_former_result(place, error, status, sentence, command, tiny, former, monkeypatch):
    before = content(tiny.parent)
    monkeypatch.setattr(place, raising(error))
    outcome = again(command, tiny)
    assert outcome.status == status
    assert sentence in outcome.sentence
    assert content(tiny.parent) == before
    assert title(former) == "tiny"


@pytest.mark.usefixtures("former")
def test_a_bug_is_shown_as_a_bug_but_leaves_nothing(command, tiny, monkeypatch):
    before = content(tiny.parent)
    monkeypatch.setattr(report, "_page", raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        again(command, tiny)
    assert content(tiny.parent) == before


PROCESS = """
import resource, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background ignores it
from electrosim.cli import main
from electrosim.study import report
limit, *words = sys.argv[1:]
if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit),) * 2)
else:
    def wait(*_):
        print("writing", flush=True)
        while True:
            time.sleep(1)
    report._page = wait
sys.argv[1:] = words
main()
"""


def process(tiny, limit):
    words = ["run", "tiny.toml", "--set", "title=again", "--set", "output.figures=true"]
    return subprocess.Popen(
        [sys.executable, "-c", PROCESS, str(limit), *words],
        cwd=tiny.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_full_disk(tiny, former, command):
    assert again(command, tiny, "--set", "output.figures=true", "--out", "whole").status == 0
    sizes = sorted(path.stat().st_size for path in (tiny.parent / "whole").rglob("*.*"))
    before = content(tiny.parent)
    running = [process(tiny, limit) for limit in (1000, int(0.9 * sizes[-1]))]  # breaks result.nc, and the last file
    for one in running:
        out, err = one.communicate(timeout=100)
        assert one.returncode == 2, err
        assert out == ""
        assert err.startswith(f"electrosim: {former}: the results cannot be written ("), err
        assert err.count("\n") == 1, err
    assert content(tiny.parent) == before


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_signals_while_writing(tiny, former, command):
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
    before = content(tiny.parent)
    running = [process(tiny, 0) for _ in signals]
    try:
        for one, number in zip(running, signals, strict=True):
            assert one.stdout.readline() == "writing\n"
            one.send_signal(number)
            _, err = one.communicate(timeout=100)
            if number == signal.SIGKILL:
                assert one.returncode == -number
            else:
                assert one.returncode == 130
                assert err == "electrosim: interrupted; a former result is left as it was\n"
    finally:
        for one in running:
            one.kill()
            one.communicate()
    left = set(content(tiny.parent)) - set(before)
    assert {path.parts[1] for path in left} == {f".tiny.partial-{running[-1].pid}"}
    assert title(former) == "tiny"
    assert again(command, tiny).status == 0
    assert set(content(tiny.parent)) == set(before)
    assert title(former) == "again"


def test_folders_of_running_processes_are_left_alone(command, tiny, former):
    others = former.parent / f".tiny.partial-{os.getppid()}"
    foreign = former.parent / ".tiny.partial-mine"
    others.mkdir()
    foreign.mkdir()
    own = former.parent / f".tiny.partial-{os.getpid()}"  # of a former process with our number, as in a container
    (own / "figures").mkdir(parents=True)
    assert again(command, tiny).status == 0
    assert title(former) == "again"
    assert (others.exists(), foreign.exists(), own.exists()) == (True, True, False)


# ---- where folders cannot be exchanged in one step


@pytest.fixture
def no_exchange(monkeypatch):
    monkeypatch.setattr(result, "_exchange", lambda *_: False)


@pytest.mark.usefixtures("no_exchange")
def test_replacing_in_two_steps(command, tiny, former):
    before = set(content(tiny.parent))
    assert again(command, tiny).status == 0
    assert title(former) == "again"
    assert set(content(tiny.parent)) == before


@pytest.mark.usefixtures("no_exchange")
@pytest.mark.parametrize("error", [FULL, KeyboardInterrupt()])
def test_the_second_step_fails(error, command, tiny, former, monkeypatch):
    before = content(tiny.parent)
    rename = type(former).rename

    def fail_for_partial(path, target):
        if ".partial-" in path.name:
            raise error
        return rename(path, target)

    monkeypatch.setattr(type(former), "rename", fail_for_partial)
    assert again(command, tiny).status in (2, 130)
    assert content(tiny.parent) == before


def test_killed_between_the_two_steps(command, tiny, former):
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    former.rename(former.with_name(f".tiny.former-{int(dead.stdout)}"))
    assert again(command, tiny, "--set", "conductivity={a = '0 S/m'}").status == 2
    assert title(former) == "tiny"
    assert [path.name for path in former.parent.iterdir()] == ["tiny"]


# ---- other shapes of folders


def test_a_link_to_a_folder_stays_a_link(command, tiny):
    (tiny.parent / "far").mkdir()
    (tiny.parent / "link").symlink_to("far")
    for word in ("one", "two"):
        assert (
            command("run", tiny, "--quiet", "--out", "link", "--set", f"title={word}", folder=tiny.parent).status == 0
        )
    assert (tiny.parent / "link").is_symlink()
    assert title(tiny.parent / "far") == "two"
    assert {path.name for path in tiny.parent.iterdir()} == {"far", "link", "tiny.toml"}


def test_strange_names(command, tiny):
    for name in ("[a]*?", "ä b", "-"):
        for _ in range(2):
            assert command("run", tiny, "--quiet", "--out", name, folder=tiny.parent).status == 0
        assert title(tiny.parent / name) == "tiny"
    assert not [path for path in tiny.parent.iterdir() if path.name.startswith(".")]


def test_pictures_are_replaced_one_by_one(solved, tmp_path, command, monkeypatch):
    electrosim.save(solved, tmp_path / "out")
    before = content(tmp_path / "out")
    outcome = command("plot", "out", folder=tmp_path)
    assert outcome.status == 0
    assert outcome.out.split() == [f"out/figures/{name}.png" for name in ("potential", "current", "profiles")]
    assert content(tmp_path / "out") == before
    monkeypatch.setattr("pathlib.Path.write_bytes", raising(FULL))
    outcome = command("plot", "out", folder=tmp_path)
    assert (outcome.status, outcome.sentence[:50]) == (2, "out/figures: the pictures cannot be written (No sp")
    assert content(tmp_path / "out") == before
