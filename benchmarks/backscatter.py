"""Measure how many electrons the walk of `kind = "backscatter"` follows, and how long what surrounds it takes.

    python benchmarks/backscatter.py [--json FILE]
    python benchmarks/backscatter.py --markdown [--json FILE]

Rates are histories per second of processor time of one thread, tables made beforehand, the best of several runs; other
work on the same core still slows them by what it takes of caches and of a core that two threads share, so the load of
the machine stands beside them. What a user waits for (`waits`) is wall time and processor time of `solve` as a whole.
The JSON holds all; --markdown prints the tables of docs/backscatter-solver.md from it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from conduction import machine
from scipy.constants import electron_volt

FOLDER = Path(__file__).parent
KEV = 1e3 * electron_volt
ENERGIES = (1.0, 2.0, 10.0, 20.0)
REPEATS = 5
SECONDS = 0.6  # that one measurement takes at least

Row = dict[str, Any]


def problems() -> dict[str, Any]:
    """Return what is measured: bulk graphite and a film on it, of 10 nm in the middle of the paper's 1 to 20."""
    from electrosim.backscatter import Detector, Film, Layer, Problem
    from electrosim.materials import material

    graphite, stain = material("graphite"), material("silver-stained-binder")
    energies = [energy * KEV for energy in ENERGIES]
    common: Any = {"detector": Detector(513 * electron_volt)}
    return {
        "graphite": Problem(energies, Layer(graphite), **common),
        "film of 10 nm on graphite": Problem(energies, Layer(graphite), cover=[Layer(stain, 10e-9)], **common),
        "50 films at once, one of them per history": Problem(
            energies, Layer(graphite), Film(stain, np.linspace(0.4e-9, 20e-9, 50)), **common
        ),
    }


def rates() -> list[Row]:
    """Measure histories per second of one thread, without and with x and y."""
    from electrosim.backscatter.job import empty_counts
    from electrosim.backscatter.solve import jobs_of
    from electrosim.backscatter.stack import stacks_of
    from electrosim.backscatter.tally_kernels import block

    rows = []
    for what, problem in problems().items():
        for job, energy in zip(jobs_of(problem), ENERGIES, strict=True):
            films = (0.0, *job.thicknesses) if job.film is not None else ()
            stacks, face = stacks_of(job.layers, job.film, films, job.tables)
            counts = empty_counts(job, face.size + 1, 1)[0]
            fixed = (not films, job.film or 0, face, stacks, job.tables.media, job.beam, job.window, counts)
            row: Row = {"what": what, "energy_keV": energy}
            for name, path in (("per_second", None), ("per_second_in_space", np.empty((0, 5)))):
                number = 1000
                block(np.uint64(1), 0, number, *fixed, path)  # compiles
                best = 0.0
                while number < 1 << 24:
                    began = time.thread_time()
                    block(np.uint64(1), 0, number, *fixed, path)
                    spent = time.thread_time() - began
                    best = max(best, number / spent)
                    if spent > SECONDS / REPEATS:
                        break
                    number *= 2
                for _ in range(REPEATS - 1):
                    began = time.thread_time()
                    block(np.uint64(1), 0, number, *fixed, path)
                    best = max(best, number / (time.thread_time() - began))
                row[name] = best
            rows.append(row)
            print(
                f"{what:45s} {energy:5g} keV {row['per_second'] / 1e6:6.2f} {row['per_second_in_space'] / 1e6:6.2f} M/s"
            )
    return rows


def scaling() -> Row:
    """Measure wall and processor time of 4e6 histories on one thread and on two, alternately.

    Where others keep the cores busy only the processor time says something: it is the same if threads cost nothing.
    """
    from electrosim.backscatter import MonteCarlo, solve

    problem = problems()["graphite"]
    one = type(problem)([2 * KEV], problem.substrate, detector=problem.detector)
    spent: dict[str, list[tuple[float, float]]] = {"1": [], "2": []}
    for _ in range(3):
        for workers in spent:
            began = time.perf_counter(), time.process_time()
            solve(one, method=MonteCarlo(4_000_000, workers=int(workers)))
            spent[workers].append((time.perf_counter() - began[0], time.process_time() - began[1]))
    found = {
        workers: {"seconds": min(one for one, _ in times), "processor_seconds": min(other for _, other in times)}
        for workers, times in spent.items()
    }
    print(f"4e6 histories on one thread and two: {found}")
    return found


def memory() -> Row:
    """Measure the most memory held after 1e5 and after 1e7 histories [MiB]."""
    from electrosim.backscatter import MonteCarlo, solve

    problem = problems()["graphite"]
    one = type(problem)([2 * KEV], problem.substrate, detector=problem.detector)
    found = {}
    for electrons in (10**5, 10**7):
        solve(one, method=MonteCarlo(electrons))
        found[str(electrons)] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"most memory {found['100000']:.0f} MiB after 1e5, {found['10000000']:.0f} MiB after 1e7 histories")
    return found


def waits() -> Row:
    """Measure what a user waits for, each in a fresh process."""
    found: Row = {}
    with tempfile.TemporaryDirectory() as folder:
        fresh = {"NUMBA_CACHE_DIR": f"{folder}/numba"}
        new_tables = {"ELECTROSIM_CACHE": f"{folder}/tables"}
        for name, part, environment in (
            ("first job of an installation, compiling", "small", fresh | new_tables),
            ("tables of a new compound, four elements, 0.5 to 2.5 keV", "tables", {"ELECTROSIM_CACHE": f"{folder}/2"}),
            ("the same, cached", "tables", {"ELECTROSIM_CACHE": f"{folder}/2"}),
            ("50 thicknesses, 2e6 histories at 2 keV", "fifty", {}),
            ("scenario film-thickness, three simulations of 4 energies, 1e6 each", "film-thickness", {}),
        ):
            words = [sys.executable, str(Path(__file__)), "--part", part]
            done = subprocess.run(words, env=os.environ | environment, capture_output=True, text=True, check=True)
            found[name] = json.loads(done.stdout)
            print(f"{name}: {found[name]['seconds']:.2f} s, {found[name]['processor_seconds']:.2f} s of processor time")
    return found


def part(name: str) -> None:
    """Do one of the things that users wait for, and print what it took; imports are not counted."""
    import electrosim as es
    from electrosim.backscatter import MonteCarlo, Problem, solve
    from electrosim.backscatter.media import materials
    from electrosim.materials import compound

    fifty = problems()["50 films at once, one of them per history"]
    posed = Problem([2 * KEV], fifty.substrate, fifty.film, detector=fifty.detector)
    if name == "fifty":
        solve(posed, method=MonteCarlo(1000))
    elif name == "tables":
        materials([compound("CNaBrAu", 1000.0)], 600 * electron_volt, 650 * electron_volt)  # compiled, another grid
    began = time.perf_counter(), time.process_time()
    if name == "tables":
        materials([compound("Ag802C7617O6615H10824", 1960.0)], 513 * electron_volt, 2.5 * KEV)
    elif name == "film-thickness":
        es.run("film-thickness")
    else:
        solve(posed, method=MonteCarlo(2_000_000 if name == "fifty" else 1000))
    ended = time.perf_counter(), time.process_time()
    print(json.dumps({"seconds": ended[0] - began[0], "processor_seconds": ended[1] - began[1]}))


def markdown(found: Row) -> str:
    """Return the tables."""
    about, load = found["machine"], found["load"]
    lines = [
        f"{about['processor']}, {about['cores']} cores; Python {about['python']}, numba {about['numba']}; "
        f"{about['date']}; load {load[0]:.1f} before and {load[1]:.1f} after, of other people's work.",
        "",
        "Million histories per second of one thread, to 513 eV; in brackets with x and y:",
        "",
        "| | " + " | ".join(f"{energy:g} keV" for energy in ENERGIES) + " |",
        "|---|" + "---|" * len(ENERGIES),
    ]
    for what in dict.fromkeys(row["what"] for row in found["rates"]):
        cells = [
            f"{row['per_second'] / 1e6:.2f} ({row['per_second_in_space'] / 1e6:.2f})"
            for row in found["rates"]
            if row["what"] == what
        ]
        lines.append(f"| {what} | " + " | ".join(cells) + " |")
    one, two = found["scaling"]["1"], found["scaling"]["2"]
    lines += [
        "",
        f"4e6 histories at 2 keV in graphite: {one['seconds']:.2f} s ({one['processor_seconds']:.2f} s of processor "
        f"time) on one thread, {two['seconds']:.2f} s ({two['processor_seconds']:.2f} s) on two. "
        f"Most memory held: {found['memory']['100000']:.0f} MiB after 1e5 histories, "
        f"{found['memory']['10000000']:.0f} MiB after 1e7.",
        "",
        "| | s | s of processor time |",
        "|---|---|---|",
    ]
    lines += [
        f"| {name} | {times['seconds']:.2f} | {times['processor_seconds']:.2f} |"
        for name, times in found["waits"].items()
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, or print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, default=FOLDER / "backscatter.json")
    parser.add_argument("--markdown", action="store_true", help="print the tables and measure nothing")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        part(asked.part)
    elif asked.markdown:
        print(markdown(json.loads(asked.json.read_text(encoding="utf-8"))))
    else:
        before = os.getloadavg()[0]
        found = {"machine": machine(), "rates": rates(), "scaling": scaling(), "memory": memory(), "waits": waits()}
        found["load"] = [before, os.getloadavg()[0]]
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(markdown(found))


if __name__ == "__main__":
    main()
