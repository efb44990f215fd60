"""The guaranteed interval as the public solve and the command line show it."""

import dataclasses

import numpy as np
import pytest

import electrosim as es
from electrosim.conduction import Direct, Multigrid, Problem, bounds, solve
from electrosim.conduction.turned import view

ENDS = [f"relative_conductivity_{end}" for end in ("lower", "best", "upper")]


def noise(shape, share=0.7):
    return (np.random.default_rng(8).random(shape) < share).astype(np.uint8)


@pytest.mark.parametrize("shape", [(20, 16, 12), (40, 30), (5, 1, 9), (1, 6, 6), (3, 3, 130)])
def test_lower_best_upper_in_every_direction(shape):
    result = solve(Problem(noise(shape), 1e-6, {1: 2.0}), bounds=True)
    lower, best, upper = (result[name].values for name in ENDS)
    carries = result["relative_conductivity"].values > 0
    assert carries.any()
    assert (lower[carries] <= best[carries] * (1 + 1e-12)).all()
    assert (best[carries] <= upper[carries] * (1 + 1e-12)).all()
    assert (result["relative_conductivity"].values <= lower * (1 + 1e-3)).all()
    assert (np.stack([lower, best, upper])[:, ~carries] == 0).all()
    assert result[ENDS[0]].dims == ("direction",)


def test_a_full_block_is_exact_whatever_the_tolerance():
    result = solve(Problem(np.ones((9, 8, 70), np.uint8), 1e-6, {1: 3.0}), bounds=True)
    for name in ENDS:
        np.testing.assert_allclose(result[name], 1.0, rtol=1e-12)


def test_no_path_gives_zero_and_isolated_voxels_change_nothing():
    image = np.zeros((6, 5, 5), np.uint8)
    image[:, :2, :2] = 1
    alone = solve(Problem(image, 1.0, {1: 1.0}), bounds=True)
    image[:3, 2:, 2:] = 1  # touches the channel along an edge only
    result = solve(Problem(image, 1.0, {1: 1.0}), bounds=True)
    for name in ENDS:
        assert result[name].values.tolist() == pytest.approx([4 / 25, 0, 0], rel=1e-9)
        np.testing.assert_allclose(result[name], alone[name], rtol=1e-12)


def test_only_when_asked():
    assert not set(ENDS) & set(solve(Problem(noise((5, 5)), 1.0, {1: 1.0})))


@pytest.mark.parametrize("sides", ["no-flux", "periodic"])
@pytest.mark.parametrize("boundary", ["constant-potential", "constant-current", "periodic"])
def test_each_cluster_counts_as_if_it_were_alone(boundary, sides):
    image = np.zeros((6, 13, 9), np.uint8)
    image[:, :6, :7] = noise((6, 6, 7))
    image[:, 7:12, 1:6] = noise((6, 5, 5), share=0.8)
    parts = [np.where(np.arange(13)[:, None] < 6.5, image, 0), np.where(np.arange(13)[:, None] > 6.5, image, 0)]
    asked = {"boundary": boundary, "sides": sides, "directions": "x"}
    both, *alone = (
        solve(Problem(one, 1.0, {1: 1.0}, **asked), method=Direct(), bounds=True) for one in (image, *parts)
    )
    assert all(part["relative_conductivity"] > 0 for part in alone)
    total = {name: sum(float(part[name][0]) for part in alone) for name in ENDS}
    assert float(both[ENDS[2]][0]) == pytest.approx(total[ENDS[2]], rel=1e-9)
    if boundary == "constant-potential":  # one forest: all currents are added before they are squared (Cauchy)
        assert float(both[ENDS[0]][0]) < total[ENDS[0]]
    else:
        assert float(both[ENDS[0]][0]) == pytest.approx(total[ENDS[0]], rel=1e-9)


def test_a_potential_in_single_precision_does():
    asked = Problem(noise((12, 11, 10)), 1.0, {1: 1.0}, boundary="constant-current")
    flow = Multigrid(rtol=1e-6).flow(asked, "y", lambda _: None)
    single = dataclasses.replace(flow, potential=flow.potential.astype(np.float32))
    one, other = (bounds.interval(asked, "y", each) for each in (flow, single))
    assert (other.lower, other.upper) == pytest.approx((one.lower, one.upper), rel=1e-5)


def test_half_width_and_offset():
    interval = bounds.Interval(0.9, 1.1)
    assert interval.half_width == pytest.approx(0.1)
    assert interval.offset(0.8) == pytest.approx(-0.2)
    assert (bounds.Interval(0.0, 0.0).half_width, bounds.Interval(0.0, 0.0).offset(0.0)) == (0.0, 0.0)


def test_half_a_voxel_conducts_twice_along_and_half_across():
    asked = Problem(np.ones((4, 3, 3), np.uint8), 1.0, {1: 3.0}, reference=1.0, electrode="first-voxel")
    grid = view(asked, "x")
    sigma = np.diagonal(grid.face, axis1=1, axis2=2)
    linear = np.broadcast_to(np.array([1, 2 / 3, 1 / 3, 0])[:, None, None], (4, 3, 3))
    cut, _, potential = bounds._with_half_voxels(grid, sigma, linear)
    half, whole = cut.phase[0, 0, 0], cut.phase[1, 0, 0]
    assert cut.half[0, half] == pytest.approx(2 * grid.half[0, 1])
    assert cut.face[1:, half, half] == pytest.approx(grid.face[1:, 1, 1] / 2)
    assert 1 / cut.face[0, half, whole] == pytest.approx(1 / (4 * 3.0) + 1 / (2 * 3.0))
    assert potential[:, 1, 1] == pytest.approx([11 / 12, 2 / 3, 1 / 3, 1 / 12])


def test_current_imposed_in_the_centres_of_voxels_is_refused():
    asked = Problem(noise((5, 5)), 1.0, {1: 1.0}, boundary="constant-current", electrode="first-voxel")
    with pytest.raises(es.InputError, match='"constant-current" needs electrode = "face", not "first-voxel"'):
        solve(asked, bounds=True)


def test_the_refusal_names_the_line_of_the_scenario(command, tiny):
    ends = 'boundary = "constant-current"\nelectrode = "first-voxel"'
    text = tiny.read_text().replace('directions = "xy"', f'directions = "xy"\n{ends}')
    tiny.write_text(text.replace("figures = false", "figures = false\nbounds = true"))
    outcome = command("run", tiny, folder=tiny.parent)
    assert outcome.status == 2
    line = 1 + text.splitlines().index('electrode = "first-voxel"')
    assert f"tiny.toml:{line}: bounds = true with boundary" in outcome.sentence


@pytest.mark.usefixtures("data_folder")
def test_fiberform_with_the_interval(command, tmp_path):
    outcome = command("run", "fiberform", "--set", "output.bounds=true", folder=tmp_path)
    assert (outcome.status, outcome.err) == (0, "")
    for name in ENDS:
        assert name in outcome.out
    assert (tmp_path / "results/fiberform/figures/interval.png").stat().st_size > 10_000
    assert "interval" in (tmp_path / "results/fiberform/report.html").read_text()


def test_the_figure_is_drawn_also_without_a_path():
    image = np.ones((4, 5), np.uint8)
    image[2] = 0
    figures = es.conduction.figures(solve(Problem(image, 1.0, {1: 1.0}), bounds=True))
    figures["interval"].canvas.draw()
    words = [text.get_text() for text in figures["interval"].axes[0].texts]
    assert words[0] == "no path"
    assert words[1].startswith("± 0.00%")
