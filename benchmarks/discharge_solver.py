"""Accuracy and cost of the fast discharge solver by itself: the tables of docs/discharge-solver.md.

    python benchmarks/discharge_solver.py

The comparison with other codes is benchmarks/discharge.py. Parameters: Chen et al. (2020),
doi:10.1149/1945-7111/ab9050.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.interpolate import CubicSpline

from electrosim.discharge.cell import Cell, Electrode, Layer, Population
from electrosim.discharge.mesh import assemble
from electrosim.discharge.protocol import Step, Stoichiometry
from electrosim.discharge.structured import Structured
from electrosim.discharge.trajectory import Run
from electrosim.materials.electrochemical import ActiveMaterial, Electrolyte, LithiumMetal, Separator
from electrosim.materials.property import Property, constant

SALT = Electrolyte(
    "Nyman 2008",
    1000.0,
    Property(lambda c: 0.1297 * (c / 1000) ** 3 - 2.51 * (c / 1000) ** 1.5 + 3.329 * (c / 1000)),
    Property(lambda c: 8.794e-11 * (c / 1000) ** 2 - 3.972e-10 * (c / 1000) + 4.862e-10),
    constant(0.2594),
    constant(1.0),
)


def graphite(x):
    falling = 1.9793 * np.exp(-39.3631 * x) + 0.2482 - 0.0909 * np.tanh(29.8538 * (x - 0.1234))
    return falling - 0.04478 * np.tanh(14.9159 * (x - 0.2769)) - 0.0205 * np.tanh(30.4444 * (x - 0.6103))


def nmc(x):
    falling = 4.4875 - 0.8090 * x - 0.0428 * np.tanh(18.5138 * (x - 0.5542))
    return falling - 17.7326 * np.tanh(15.7890 * (x - 0.3117)) + 17.5842 * np.tanh(15.9308 * (x - 0.3120))


GRAPHITE = ActiveMaterial("graphite", 33133.0, Property(graphite), constant(3.3e-14), 6.48e-7, 5.86e-6, 2260.0)
NMC = ActiveMaterial("NMC811", 63104.0, Property(nmc), constant(4e-15), 3.42e-6, 5.22e-6, 4700.0)
NEGATIVE = Layer("negative", 85.2e-6, 0.25, 0.25**1.5, 215.0, (Population(GRAPHITE, 0.75, 5.86e-6),))
POSITIVE = Layer("positive", 75.6e-6, 0.335, 0.335**1.5, 0.18, (Population(NMC, 0.665, 5.22e-6),))
CELL = Cell(Electrode((POSITIVE,)), Electrode((NEGATIVE,)), Separator("separator", 12e-6, 0.47, 0.47**1.5), SALT)
START = Stoichiometry(17038 / 63104, 29866 / 33133)
ONE_C = 5 / (0.065 * 1.58)
METHOD = Structured()


def discharge(rate: float) -> list[Step]:
    return [Step("current", rate * ONE_C, lower_voltage=2.5)]


def with_positive(*layers: Layer) -> Cell:
    return replace(CELL, positive=Electrode(layers))


def with_diffusivity(layer: Layer, factor: float) -> Layer:
    part = layer.populations[0]
    value = float(part.material.diffusivity(0.5))
    varying = replace(part.material, diffusivity=Property(lambda x: value * (1 + factor * (x - 0.5))))
    return replace(layer, populations=(replace(part, material=varying),))


def error(run: Run, reference: Run, share: float, since: float = 0.0) -> float:
    """Largest error of the voltage between a time and a share of the run [mV]."""
    inside = (run.time <= share * reference.time[-1]) & (run.time >= since)
    exact = CubicSpline(reference.time, reference.voltage)(run.time[inside])
    return 1e3 * float(np.max(np.abs(run.voltage[inside] - exact)))


def least(call: Callable[[], object], repeats: int = 200) -> float:
    """Shortest time of many calls [ms]."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return 1e3 * min(times)


def accuracy() -> None:
    print("rate    cells  steps  error to 98 %  to 90 %  first 30 s [mV]  time of a run [ms]")
    for rate in (0.2, 0.5, 1.0, 2.0, 3.0):
        fine = Structured(3e-6, assemble(CELL, [110], 10, [110])).run(CELL, discharge(rate), START)
        run = METHOD.run(CELL, discharge(rate), START)
        spent = least(lambda rate=rate: METHOD.run(CELL, discharge(rate), START))
        errors = [error(run, fine, share) for share in (0.98, 0.9, 30 / fine.time[-1])]
        print(f"{rate:4}C {run.mesh.width.size:6} {run.time.size:6}", *(f"{value:10.3f}" for value in (*errors, spent)))


def end_of_3c() -> None:
    print("end of the 3C discharge [s] by cells in the electrodes")
    for cells, separator in ((30, 3), (60, 6), (120, 10)):
        run = Structured(3e-6, assemble(CELL, [cells], separator, [cells])).run(CELL, discharge(3.0), START)
        print(f"{cells:5} {run.time[-1]:10.3f}")


def costs() -> None:
    half = replace(POSITIVE, thickness=37.8e-6)
    bilayer = with_positive(replace(half, name="bottom"), replace(half, name="top", conductivity=0.5))
    falling = replace(
        CELL,
        positive=Electrode((with_diffusivity(POSITIVE, 0.3),)),
        negative=Electrode((with_diffusivity(NEGATIVE, 0.3),)),
    )
    mixed = with_positive(with_diffusivity(POSITIVE, 0.3))
    lithium = replace(CELL, negative=LithiumMetal(70.0))
    for name, cell in (
        ("single layer", CELL),
        ("bilayer", bilayer),
        ("D_s(x) in the positive electrode", mixed),
        ("D_s(x) in both", falling),
        ("lithium metal", lithium),
    ):
        print(f"{name:40} {least(lambda cell=cell: METHOD.run(cell, discharge(1.0), START)):8.3f} ms")
    rates = (0.5, 1.0, 2.0, 3.0)

    def rate_test(cell: Cell) -> None:
        for rate in rates:
            legs: Sequence[Step] = (
                *discharge(rate),
                Step("voltage", 2.5, lower_current=ONE_C / 20),
                Step("rest", longest=900.0),
            )
            METHOD.run(cell, legs, START)

    print(f"{'rate test, 4 rates with CV legs and rests':40} {least(lambda: rate_test(CELL), 50):8.3f} ms")


def sweep() -> None:
    rng = np.random.default_rng(1)
    cells, steps = [], []
    for _ in range(1000):
        thickness, split = 75.6e-6 * rng.uniform(0.85, 1.15), rng.uniform(0.2, 0.8)
        sigma = 10 ** rng.uniform(-2, 0, 2)
        bottom = replace(POSITIVE, name="bottom", thickness=split * thickness, conductivity=sigma[0])
        top = replace(POSITIVE, name="top", thickness=(1 - split) * thickness, conductivity=sigma[1])
        cells.append(with_positive(bottom, top))
        steps.append(discharge(rng.uniform(0.2, 1.5)))
    for workers in (1, 2):
        times, used = [], []
        for _ in range(3):
            began, processor = time.perf_counter(), time.process_time()
            curves = METHOD.run_many(cells, steps, [START] * 1000, workers=workers)
            times.append(time.perf_counter() - began)
            used.append(time.process_time() - processor)
        failed = sum(not curve.status.solved for curve in curves)
        print(f"1000 bilayers, {workers} threads: {min(times):.3f} s, processor {min(used):.3f} s, {failed} failed")


if __name__ == "__main__":
    began, processor = time.perf_counter(), time.process_time()
    METHOD.run(CELL, discharge(1.0), START)
    print(f"first run: {time.perf_counter() - began:.2f} s, processor {time.process_time() - processor:.2f} s")
    accuracy()
    end_of_3c()
    costs()
    sweep()
