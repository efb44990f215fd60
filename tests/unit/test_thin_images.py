"""Images that conduct in one direction only, or are one voxel thick: right numbers or one clear sentence."""

import itertools

import numpy as np
import pytest

import electrosim as es
from electrosim.conduction import Direct, Multigrid, Problem, solve

EVERYTHING = {"fields": True, "dead_ends": True, "electrode_tortuosity": True}
BOUNDARIES = ["constant-potential", "constant-current", "periodic"]
methods = pytest.mark.parametrize("method", [Multigrid(rtol=1e-9), Direct()])


def problem(image, **changes):
    return Problem(np.asarray(image, np.uint8), **({"voxel_size": 1e-6, "conductivity": {1: 2.0}} | changes))


@methods
@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_an_image_may_conduct_along_one_axis_only(method, boundary):
    """Rods along x: nothing joins the planes across y or z, and the result says so for these directions alone."""
    image = np.zeros((6, 5, 5), np.uint8)
    image[:, 1, 1] = image[:, 3, 3] = 1
    result = solve(problem(image, boundary=boundary), method=method, **EVERYTHING)
    np.testing.assert_allclose(result["relative_conductivity"], [2 / 25, 0, 0], rtol=1e-6)
    np.testing.assert_allclose(result["tortuosity"], [1, np.inf, np.inf], rtol=1e-6)
    np.testing.assert_allclose(result["percolating_fraction"], [2 / 25, 0, 0])
    np.testing.assert_array_equal(result["dead_end_fraction"], 0)
    assert np.isfinite(result["electrode_tortuosity"].values).tolist() == [True, False, False]
    assert np.isfinite(result["layer_conductivity_x"]).all()
    assert np.isnan(result["layer_conductivity_z"]).all()
    assert result["solved"].all()
    sentences = result["status"].values.tolist()
    assert "No conducting path" not in sentences[0]
    assert all("No conducting path joins the two electrodes" in sentence for sentence in sentences[1:])
    for figure in es.conduction.figures(result).values():
        figure.canvas.draw()


@methods
@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_layer_of_one_voxel_along_the_direction_conducts_by_its_area(method, boundary, axis):
    image = np.expand_dims(np.array([[1, 1, 0], [0, 1, 1], [0, 0, 0]]), axis)
    asked = problem(image, boundary=boundary, directions="xyz"[axis])
    result = solve(asked, method=method, **EVERYTHING)
    assert float(result["relative_conductivity"][0]) == pytest.approx(4 / 9, rel=1e-7)
    assert float(result["dead_end_fraction"][0]) == 0
    assert result[f"layer_conductivity_{'xyz'[axis]}"].values.tolist() == pytest.approx([2 * 4 / 9], rel=1e-6)
    for figure in es.conduction.figures(result).values():
        figure.canvas.draw()


@methods
@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("sides", ["no-flux", "periodic"])
def test_a_slice_of_one_voxel_across_the_direction_is_the_image_in_two_dimensions(method, boundary, sides):
    flat = np.random.default_rng(7).random((9, 8)) < 0.75
    how = {"boundary": boundary, "sides": sides, "directions": "xy"}
    expected = solve(problem(flat, **how), method=method, **EVERYTHING)
    result = solve(problem(flat[:, :, None], **how), method=method, **EVERYTHING)
    for name in ("relative_conductivity", "tortuosity", "dead_end_fraction", "electrode_tortuosity"):
        np.testing.assert_allclose(result[name], expected[name], rtol=1e-6, err_msg=name)
    np.testing.assert_allclose(result["layer_conductivity_x"], expected["layer_conductivity_x"], rtol=1e-5)
    assert float(expected["relative_conductivity"][0]) > 0


@methods
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1), (7, 1), (1, 7), (7, 1, 1)])
def test_a_row_of_voxels_conducts_like_a_full_block(method, shape):
    for boundary, sides in itertools.product(BOUNDARIES, ["no-flux", "periodic"]):
        result = solve(problem(np.ones(shape), boundary=boundary, sides=sides), method=method, **EVERYTHING)
        np.testing.assert_allclose(result["relative_conductivity"], 1.0, rtol=1e-7)
        np.testing.assert_array_equal(result["dead_end_fraction"], 0)
        assert np.isnan(result["electrode_tortuosity"]).all()  # no walls


def test_electrodes_in_the_first_voxels_need_two_of_them():
    with pytest.raises(es.InputError, match=r'needs at least two voxels along y; use electrode = "face"'):
        problem(np.ones((4, 1, 3)), electrode="first-voxel")
    result = solve(problem(np.ones((2, 3, 1)), electrode="first-voxel", directions="xy"), **EVERYTHING)
    np.testing.assert_allclose(result["relative_conductivity"], 1.0, rtol=1e-6)
    np.testing.assert_array_equal(result["dead_end_fraction"], 0)


def test_a_scenario_of_one_layer_runs_from_the_command_line(command, tmp_path):
    path = tmp_path / "layer.toml"
    path.write_text(
        'kind = "conduction"\ntitle = "one layer"\n'
        '[image]\nphantom = "laminate"\naxis = "y"\nlayers = [1, 3]\nshape = [4, 4, 1]\nvoxel_size = "1 um"\n'
        '[conductivity]\na = "1 S/m"\n[transport]\ndirections = "xyz"\n'
        "[output]\nbounds = true\ndead_ends = true\nelectrode_tortuosity = true\n"
    )
    outcome = command("run", path, "--out", tmp_path / "out", "--quiet")
    assert outcome.status == 0, outcome.err
    result = es.open(tmp_path / "out")
    np.testing.assert_allclose(result["relative_conductivity"], [0.25, 0.0, 0.25], rtol=1e-6)
    np.testing.assert_array_equal(result["dead_end_fraction"], 0)
    assert {"profiles.png", "interval.png"} <= {file.name for file in (tmp_path / "out/figures").iterdir()}
