"""The public solve of conduction: what it reports, what it refuses, how it fails."""

import subprocess
import sys

import numpy as np
import pytest

import electrosim as es
from electrosim.conduction import Direct, Multigrid, Problem, solve
from electrosim.voxels.carbon_binder import carbon_binder
from electrosim.voxels.spheres import cubic_array


def problem(image, **changes):
    arguments = {"image": np.asarray(image), "voxel_size": 1e-6, "conductivity": {1: 2.0}}
    return Problem(**(arguments | changes))


def channel_with_islands():
    """A straight channel of 4 of 16 columns along x, a blind alley, and one isolated voxel."""
    image = np.zeros((8, 4, 4), np.uint8)
    image[:, :2, :2] = 1
    image[:3, 3, 0] = 1
    image[6, 3, 3] = 1
    return image


def test_a_straight_channel_gives_all_numbers():
    result = solve(problem(channel_with_islands(), directions="x"), method=Multigrid(rtol=1e-10)).sel(direction="x")
    assert float(result["relative_conductivity"]) == pytest.approx(0.25, rel=1e-9)
    assert float(result["effective_conductivity"]) == pytest.approx(0.5, rel=1e-9)
    assert float(result["percolating_fraction"]) == 32 / 128
    assert float(result["conducting_fraction"]) == 36 / 128
    assert float(result["isolated_fraction"]) == 4 / 128
    assert float(result["tortuosity"]) == pytest.approx(36 / 32, rel=1e-9)
    assert float(result["tortuosity_percolating"]) == pytest.approx(1.0, rel=1e-9)
    assert float(result["macmullin_number"]) == pytest.approx(4.0, rel=1e-9)
    assert int(result["percolating_clusters"]) == 1
    assert int(result["isolated_clusters"]) == 2
    assert bool(result["solved"])


@pytest.mark.parametrize("boundary", ["constant-potential", "constant-current", "periodic"])
@pytest.mark.parametrize("method", [Multigrid(rtol=1e-8), Direct()])
def test_no_path_is_zero_with_a_status(boundary, method):
    image = np.ones((4, 6, 6), np.uint8)
    image[2] = 0
    result = solve(problem(image, boundary=boundary), method=method)
    assert result["relative_conductivity"].values.tolist() == pytest.approx([0.0, 0.75, 0.75])
    assert np.isinf(result["tortuosity"].values).tolist() == [True, False, False]
    assert np.isinf(result["tortuosity_percolating"].values[0])
    assert np.isinf(result["macmullin_number"].values[0])
    assert "No conducting path" in str(result["status"].values[0])
    assert bool(result["solved"].all())


def test_a_path_across_periodic_sides_is_found():
    image = np.zeros((4, 4), np.uint8)
    image[:3, 0] = image[2:, 3] = 1  # joined only where the first column meets the last
    closed, wrapped = (solve(problem(image, directions="x", sides=sides)) for sides in ("no-flux", "periodic"))
    assert float(closed["relative_conductivity"][0]) == 0
    assert float(wrapped["relative_conductivity"][0]) == pytest.approx(1 / 5, rel=1e-3)  # five voxels in series


def test_relative_conductivity_refers_to_the_largest_or_to_the_reference():
    image = np.repeat([[1, 2]], 3, axis=0)
    own = solve(problem(image, conductivity={1: 10.0, 2: 1.0}, directions="x"))
    given = solve(problem(image, conductivity={1: 10.0, 2: 1.0}, directions="x", reference=2.0))
    assert float(own["relative_conductivity"][0]) == pytest.approx(0.55)
    assert float(given["relative_conductivity"][0]) == pytest.approx(2.75)
    assert float(given["effective_conductivity"][0]) == pytest.approx(5.5)


@pytest.mark.parametrize("boundary", ["constant-potential", "constant-current", "periodic"])
@pytest.mark.parametrize("electrode", ["face", "first-voxel"])
def test_fields_carry_the_same_current_through_every_layer(boundary, electrode):
    image = (np.random.default_rng(3).random((12, 10, 9)) < 0.7).astype(np.uint8)
    asked = problem(image, boundary=boundary, electrode=electrode, voxel_size=(1e-6, 2e-6, 3e-6))
    result = solve(asked, method=Multigrid(rtol=1e-9), fields=True)
    for axis, direction in enumerate("xyz"):
        length = asked.image.shape[axis] * asked.spacing[axis]
        if electrode == "first-voxel" and boundary != "periodic":
            length -= asked.spacing[axis]
        mean = float(result["effective_conductivity"].sel(direction=direction)) * 1.0 / length
        current = result["current_density"].sel(direction=direction, component=direction)
        layers = current.mean([other for other in "xyz" if other != direction])
        np.testing.assert_allclose(layers, mean, rtol=2e-6)
        carries = np.isfinite(result["potential"].sel(direction=direction).values)
        assert carries.mean() == pytest.approx(float(result["percolating_fraction"].sel(direction=direction)))
        assert np.all(current.values[~carries] == 0)


def test_cuts_agree_with_the_fields():
    image = (np.random.default_rng(4).random((7, 8, 9)) < 0.8).astype(np.uint8)
    result = solve(problem(image), fields=True)
    for direction, at in (("x", {"z": 4}), ("y", {"x": 3}), ("z", {"y": 4})):
        whole = result.sel(direction=direction)
        np.testing.assert_allclose(result[f"potential_cut_{direction}"], whole["potential"].isel(at))
        axial = whole["current_density"].sel(component=direction).isel(at)
        np.testing.assert_allclose(result[f"current_cut_{direction}"], axial, rtol=1e-5, atol=1e-3)


def test_a_solve_that_fails_says_so_and_keeps_what_it_has():
    image = (np.random.default_rng(5).random((16, 16, 16)) < 0.6).astype(np.uint8)
    hasty = Multigrid(rtol=1e-8, max_iterations=1)
    with pytest.raises(es.SolveError, match=r"raise method\.max_iterations"):
        solve(problem(image), method=hasty)
    kept = solve(problem(image), method=hasty, throw=False)
    assert not kept["solved"].any()
    assert (kept["relative_conductivity"] > 0.1).all()


def test_rounding_does_not_gather_in_a_periodic_image_of_high_contrast():
    distance = np.linalg.norm(np.indices((24, 24, 24)) - 11.5, axis=0)
    asked = problem((distance < 7).astype(np.uint8), conductivity={0: 1.0, 1: 1e8}, boundary="periodic", directions="x")
    assert bool(solve(asked, method=Multigrid(rtol=1e-6), throw=False)["solved"].all())


@pytest.mark.parametrize("second", [1e-3, 1e-8])
def test_rounding_is_not_taken_for_accuracy(second):
    image = (np.random.default_rng(1).random((16, 16, 16)) < 0.34).astype(np.uint8)
    asked = problem(image, conductivity={1: 1.0, 0: second}, boundary="constant-current", directions="x")
    result = solve(asked, method=Multigrid(rtol=1e-16), throw=False, fields=True)
    assert "stopped improving" in str(result["status"].values[0])
    assert 1e-16 < float(result["residual"][0]) < 1e-6  # measured on the potential that is returned


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"image": np.ones(5, int)}, "two or three dimensions"),
        ({"image": np.ones((2, 2, 2, 2), int)}, "two or three dimensions"),
        ({"image": np.ones((2, 2))}, "threshold"),
        ({"image": np.ones((0, 2), int)}, "no voxel"),
        ({"conductivity": {}}, "conductivity is empty"),
        ({"conductivity": {7: 1.0}}, r"label 7.*labels there: 1"),
        ({"conductivity": {1: -1.0}}, "zero or positive"),
        ({"conductivity": {1: float("nan")}}, "finite"),
        ({"conductivity": {1: 0.0}}, "every conductivity is zero"),
        ({"conductivity": {1: (1.0, 2.0)}}, "2 values for 3 axes"),
        ({"voxel_size": 0.0}, "must be positive"),
        ({"directions": "xq"}, "choose among xyz"),
        ({"directions": "xx"}, "at most once"),
        ({"boundary": "constant-curent"}, 'did you mean "constant-current"'),
        ({"electrode": "first-voxel", "image": np.ones((1, 3, 3), int)}, "two voxels along x"),
        ({"reference": 0.0}, "reference conductivity must be positive"),
    ],
)
def test_impossible_problems_are_refused_in_one_sentence(changes, sentence):
    with pytest.raises(es.InputError, match=sentence):
        problem(np.ones((3, 3, 3), int), **changes) if "image" not in changes else problem(**changes)


def test_impossible_methods_are_refused():
    with pytest.raises(es.InputError, match="between 0 and 1"):
        Multigrid(rtol=0.0)
    with pytest.raises(es.InputError, match="at least one iteration"):
        Multigrid(max_iterations=0)
    with pytest.raises(es.InputError, match="use the multigrid"):
        solve(problem(np.ones((60, 60, 60), np.uint8)), method=Direct())


def test_the_observer_hears_every_direction_to_its_end():
    heard = {}

    def observe(task, share, remark=""):
        heard.setdefault(task, []).append((share, remark))

    solve(problem(channel_with_islands()), observer=observe)
    assert {"direction x", "direction y", "direction z"} <= set(heard)
    assert heard["direction x"][0] == (0.0, "")
    assert heard["direction x"][-1][0] == 1.0


def test_an_interrupt_in_one_direction_ends_the_others():
    reached_the_end = []

    class Endless:
        def prepare(self, problem):
            del problem
            return self.flow

        def flow(self, direction, report):
            if direction == "x":
                raise KeyboardInterrupt
            for _ in range(1_000_000):
                report(0.9)
            reached_the_end.append(direction)

    with pytest.raises(KeyboardInterrupt):
        solve(problem(np.ones((3, 3, 3), np.uint8)), method=Endless())
    assert not reached_the_end


def test_a_solve_that_does_not_fit_the_memory_is_refused_before_it_begins(monkeypatch):
    monkeypatch.setattr("electrosim.base.memory.available_memory", lambda: 20_000)
    with pytest.raises(es.InputError, match=r"the solve on 1000 voxels needs \d+ bytes"):
        solve(problem(np.ones((10, 10, 10), np.uint8)))


def test_a_resolved_structure_is_known_to_take_less_memory_than_noise(monkeypatch):
    resolved = np.asarray(carbon_binder((40, 40, 40), 0.6, correlation_length=4.0, large_pores=0.0))
    noise = (np.random.default_rng(1).random((40, 40, 40)) < 0.6).astype(np.uint8)
    monkeypatch.setattr("electrosim.base.memory.available_memory", lambda: 2_000_000)
    assert solve(problem(resolved, directions="x"))["solved"].all()
    with pytest.raises(es.InputError, match=r"at most 1000000, half of what is free"):
        solve(problem(noise, directions="x"))
    monkeypatch.setattr("electrosim.base.memory.available_memory", lambda: 1_500_000)
    with pytest.raises(es.InputError, match=r"needs 1536000 bytes of memory and at most 1350000, 90% of what is free"):
        solve(problem(resolved, directions="x"))


def test_figures_are_drawn_for_flow_no_flow_and_two_dimensions():
    image = channel_with_islands()
    for asked in (problem(image), problem(image[:, :, 0])):
        names = es.conduction.figures(solve(asked))
        assert set(names) == {"potential", "current", "profiles"}
        for figure in names.values():
            figure.canvas.draw()


def test_the_function_is_not_hidden_by_the_module_of_its_name():
    code = "import electrosim.conduction.solve, electrosim; assert callable(electrosim.conduction.solve)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_good_conductors_at_the_electrodes_do_not_hide_the_energy():
    """At first it is 1e5 times the conductance: if it is rounded to single precision, its end and the stop are lost."""
    image = cubic_array((108, 108, 108), "bcc", 0.2)[54:, 54:, 54:]
    problem = Problem(image, 1.0, {0: 1.0, 1: 1e6}, directions="x", reference=1.0)
    result = solve(problem, method=Multigrid(rtol=1e-4))
    assert bool(result["solved"].all())


@pytest.mark.parametrize("boundary", ["constant-potential", "constant-current", "periodic"])
def test_a_poor_layer_is_solved_as_sharply_as_rounding_allows(boundary):
    image = np.ones((8, 6, 6), int)
    image[4] = 2
    asked = problem(image, conductivity={1: 1.0, 2: 1e-6}, directions="x", boundary=boundary)
    result = solve(asked, method=Multigrid(rtol=1e-11))  # raises if the rounding of good layers counts as an error
    assert float(result["relative_conductivity"][0]) == pytest.approx(8 / (7 + 1e6), rel=1e-12)
