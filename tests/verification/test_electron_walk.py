"""The compiled walk against exact laws, against its plain twin, and against itself in other guises."""

import math

import numpy as np
import pytest
from scipy.constants import electron_volt

from electrosim.backscatter import Detector, Film, Layer, MonteCarlo, Plain, Problem, Trajectories, solve
from electrosim.backscatter.job import empty_counts
from electrosim.backscatter.solve import jobs_of
from electrosim.backscatter.stack import stacks_of
from electrosim.backscatter.stopping import path_length
from electrosim.backscatter.tally_kernels import block
from electrosim.backscatter.transport import follow
from electrosim.base.observer import silent
from electrosim.materials import Compound, material

KEV = 1e3 * electron_volt
ABOVE_GRID = Detector(cut_off=513 * electron_volt)
GRAPHITE, STAIN = Layer(material("graphite")), material("silver-stained-binder")


def problem(*energies, thicknesses=(5e-9, 10e-9), **options):
    film = Film(STAIN, thicknesses) if len(thicknesses) else None
    return Problem([energy * KEV for energy in energies], GRAPHITE, film, **({"detector": ABOVE_GRID} | options))


def counts(result, *names):
    """Return variables without those that time changes."""
    return [result[name].values for name in names or result.data_vars if name != "wall_time"]


def same(one, other):
    return all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in zip(one, other, strict=True))


def test_the_number_of_workers_changes_no_bit():
    odd = 2 * 16384 + 77  # the last block is short
    results = [solve(problem(1, 2), method=MonteCarlo(odd, seed=5, workers=workers)) for workers in (1, 2, 3)]
    assert same(counts(results[0]), counts(results[1]))
    assert same(counts(results[0]), counts(results[2]))
    other = solve(problem(1, 2), method=MonteCarlo(odd, seed=6))
    assert not same(counts(results[0], "backscatter_coefficient"), counts(other, "backscatter_coefficient"))
    alone = solve(problem(2), method=MonteCarlo(odd, seed=5))
    assert alone["film_share"].values == pytest.approx(results[0]["film_share"].values[1:], abs=0.03)


def test_one_run_counts_for_all_thicknesses_what_separate_runs_count():
    together = solve(problem(1.5), method=MonteCarlo(20_000, reuse="exact"))
    for at, thickness in enumerate((5e-9, 10e-9)):
        alone = solve(problem(1.5, thicknesses=[thickness]), method=MonteCarlo(20_000, reuse="exact"))
        for name in (
            "backscatter_coefficient",
            "film_to_substrate_ratio",
            "stopped_share",
            "bare_backscatter_coefficient",
        ):
            both = together[name].values, alone[name].values
            assert np.ravel(both[0])[at if both[0].size > 1 else 0] == np.ravel(both[1])[0], name


@pytest.mark.parametrize("every", [True, False])
def test_without_a_film_no_history_is_dealt_to_a_face(every):
    """An index once ran out of its array there."""
    (job,) = jobs_of(problem(1, thicknesses=()))
    found = follow(job, 2000, seed=1, every=every, enough=None, workers=1, observer=silent)
    assert found.below.size == 0
    assert 0 < found.counts.counted.sum() <= found.counts.left.sum() <= 2000


def test_a_smooth_curve_follows_what_exact_counts_say():
    thicknesses = np.arange(1, 21) * 1e-9
    exact = solve(problem(2, thicknesses=thicknesses), method=MonteCarlo(60_000, reuse="exact"))
    smooth = solve(problem(2, thicknesses=thicknesses), method=MonteCarlo(150_000, seed=1, reuse="smooth"))
    for name in ("backscatter_coefficient", "film_share"):
        error = np.hypot(*(result[f"{name}_standard_error"].values for result in (exact, smooth)))
        assert np.abs((smooth[name] - exact[name]).values / error).max() < 4
    assert float(smooth["smooth_misfit"][0]) < 3
    assert np.diff(smooth["film_share"].values).min() > 0  # the scatter of the counts would not let it rise throughout


def test_leaving_electrons_that_cannot_come_back_changes_no_count():
    posed = problem(1.5, thicknesses=[6e-9], cover=[Layer(material("Au"), 1e-9)])
    job = next(jobs_of(posed))
    stacks, face = stacks_of(job.layers, job.film, (0.0, *job.thicknesses), job.tables)
    assert (stacks.limit[:, 1] < stacks.edge[:, 1]).all()
    followed = []
    for limit in (stacks.limit, stacks.edge[:, :-1]):  # in the second an electron must only reach its own layer's face
        counts = empty_counts(job, face.size + 1, 1)[0]
        fixed = stacks._replace(limit=np.ascontiguousarray(limit)), job.tables.media, job.beam, job.window
        block(np.uint64(3), 0, 30_000, True, job.film, face, *fixed, counts, None)
        followed.append(counts)
    assert same(followed[0][:5], followed[1][:5])


def test_in_space_and_in_depth_the_walk_is_the_same():
    upright = solve(problem(2), method=MonteCarlo(16_384))  # one block, which follows x and y
    tilted = solve(problem(2, tilt=1e-9), method=MonteCarlo(2 * 16_384))  # all blocks do
    flat = solve(problem(2), method=MonteCarlo(2 * 16_384))  # the second block does not
    assert same(counts(tilted, "backscatter_coefficient"), counts(flat, "backscatter_coefficient"))
    assert not same(counts(upright, "backscatter_coefficient"), counts(flat, "backscatter_coefficient"))


def test_no_electron_comes_back_from_deeper_than_half_its_range():
    for layer, film, printed in ((GRAPHITE, None, 8.3e-9), (Layer(STAIN), None, 11.1e-9)):
        result = solve(Problem([KEV], layer, film, detector=ABOVE_GRID), method=MonteCarlo(200_000))
        half = path_length(layer.material, KEV, ABOVE_GRID.cut_off) / 2
        assert half == pytest.approx(printed, rel=0.03)
        cdf = result["max_depth_cdf"].isel(energy=0)
        reached = float(result["depth"].values[int(np.argmax(cdf.values == 1))])
        assert 0.8 * half < reached <= half * (1 + 1e-3) * (201 / 200) ** 3


def test_the_error_falls_with_the_root_of_the_number_and_is_what_is_stated():
    for electrons in (1000, 4000):
        runs = [solve(problem(1, thicknesses=()), method=MonteCarlo(electrons, seed)) for seed in range(25)]
        scatter = np.std([float(run["backscatter_coefficient"][0]) for run in runs], ddof=1)
        stated = np.mean([float(run["backscatter_coefficient_standard_error"][0]) for run in runs])
        assert scatter / stated == pytest.approx(1, abs=4 / math.sqrt(2 * 24))


@pytest.mark.parametrize("tilt", [0.0, 1.0])
def test_the_plain_walk_finds_the_same(tilt):
    posed = problem(1.2, thicknesses=[4e-9], tilt=tilt, detector=Detector(513 * electron_volt, angles=(0.2, 1.2)))
    fast = solve(posed, method=MonteCarlo(200_000))
    plain = solve(posed, method=Plain(8_000, loss=0.02))
    for name in ("backscatter_coefficient", "film_share", "stopped_share", "information_depth", "lateral_spread"):
        error = np.hypot(*(result[f"{name}_standard_error"].values for result in (fast, plain)))
        assert np.abs((fast[name] - plain[name]).values / error).max() < 4, name


def test_a_film_is_known_by_its_mass_per_area():
    thin = Compound(STAIN.name, STAIN.composition, 2 * STAIN.density)
    ordinary = solve(problem(1.5, thicknesses=[8e-9]), method=MonteCarlo(50_000))
    dense = solve(Problem([1.5 * KEV], GRAPHITE, Film(thin, [4e-9]), detector=ABOVE_GRID), method=MonteCarlo(50_000))
    for name in ("backscatter_coefficient", "film_share"):
        assert dense[name].values == pytest.approx(ordinary[name].values, rel=1e-3)


def test_a_film_of_the_same_material_is_no_film():
    bulk = solve(problem(2, thicknesses=()), method=MonteCarlo(200_000))
    film = Problem([2 * KEV], GRAPHITE, Film(GRAPHITE.material, [6e-9, 12e-9]), detector=ABOVE_GRID)
    result = solve(film, method=MonteCarlo(200_000, seed=1))
    error = np.hypot(result["backscatter_coefficient_standard_error"], bulk["backscatter_coefficient_standard_error"])
    assert np.abs((result["backscatter_coefficient"] - bulk["backscatter_coefficient"]) / error).max() < 4
    turned = bulk["max_depth_cdf"].isel(energy=0).interp(depth=result["thickness"].values).values
    assert result["film_share"].values[0] == pytest.approx(turned, abs=0.02)


def test_layers_of_one_material_are_one_layer():
    cut = Problem(
        [2 * KEV], GRAPHITE, Film(STAIN, [6e-9]), [Layer(STAIN, 4e-9)], [Layer(GRAPHITE.material, 3e-9)],
        detector=ABOVE_GRID,
    )  # fmt: skip
    whole = solve(problem(2, thicknesses=[10e-9]), method=MonteCarlo(200_000))
    parts = solve(cut, method=MonteCarlo(200_000, seed=3))
    for name in ("backscatter_coefficient", "film_share", "film_to_substrate_ratio"):
        error = np.hypot(*(result[f"{name}_standard_error"].values for result in (whole, parts)))
        assert np.abs((whole[name].values - parts[name].values) / error).max() < 4, name


def test_distributions_add_up_to_the_coefficient():
    result = solve(problem(2), method=MonteCarlo(20_000)).isel(energy=0)
    eta = result["backscatter_coefficient"].values
    assert result["energy_spectrum"].mean("relative_energy").values == pytest.approx(eta, rel=1e-12)
    solid = -2 * np.pi * np.diff(np.cos(np.linspace(0, np.pi / 2, result.sizes["angle"] + 1)))
    assert (result["exit_angle"] * solid).sum("angle").values == pytest.approx(eta, rel=1e-12)
    assert (result["stopped_share"] + eta).values == pytest.approx(1, abs=1e-12)
    assert (result["max_depth_cdf"].diff("depth") >= 0).all()
    share = result["max_depth_cdf"].sel(depth=result["thickness"].values, method="nearest").values.diagonal()
    assert share == pytest.approx(result["film_share"].values, abs=1e-12)


def test_detectors_see_parts_of_the_whole():
    def seen(**detector):
        posed = problem(2, thicknesses=(), detector=Detector(513 * electron_volt, **detector))
        return float(solve(posed, method=MonteCarlo(30_000))["backscatter_coefficient"][0])

    inner, outer = seen(angles=(0.0, 0.8)), seen(angles=(0.8, math.pi / 2))
    assert inner + outer == pytest.approx(seen(), abs=1e-12)
    assert 0 < seen(filter="retarding-grid") < seen()


def test_it_stops_at_the_standard_error_asked_for():
    result = solve(problem(1, 2), method=MonteCarlo(10**7, standard_error=1e-3))
    assert result["solved"]
    assert (result["backscatter_coefficient_standard_error"].max("thickness") <= 1e-3).all()
    assert (result["electrons"] < 400_000).all()
    again = solve(problem(1, 2), method=MonteCarlo(10**7, standard_error=1e-3, workers=3))
    assert same(counts(result), counts(again))
    many = np.arange(1, 21) * 1e-9
    smooth = solve(problem(2, thicknesses=many), method=MonteCarlo(10**7, standard_error=1e-3))
    assert smooth["backscatter_coefficient_standard_error"].max() <= 1e-3
    assert smooth["electrons"].item() < 2_000_000
    short = solve(problem(1), method=MonteCarlo(1000, standard_error=1e-3), throw=False)
    assert not short["solved"]


def test_paths_are_those_of_the_run():
    electrons = 300
    posed = problem(1.5, thicknesses=[6e-9], beam_diameter=5e-9)
    result = solve(posed, method=MonteCarlo(electrons), trajectories=Trajectories(electrons))
    back = int(result["trajectory_backscattered"].sum())
    assert back == round(float(result["backscatter_coefficient"][0, 0]) * electrons)
    for _, path in result.groupby("vertex_trajectory"):
        assert (np.diff(path["vertex_energy"]) <= 0).all()
        assert float(path["vertex_z"].min()) == 0
        assert set(np.unique(path["vertex_layer"])) <= {0, 1}
        ended = float(path["vertex_z"][-1]) == 0 and path.sizes["vertex"] > 1
        lowest = float(path["vertex_energy"][-1]) / electron_volt
        assert ended or lowest == pytest.approx(513, rel=1e-4)
