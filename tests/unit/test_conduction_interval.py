"""The guaranteed interval as the public solve and the command line show it."""

import numpy as np
import pytest

import electrosim as es
from electrosim.conduction import Problem, solve

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


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"boundary": "periodic"}, 'bounds = true needs boundary = "constant-potential", not "periodic"'),
        ({"boundary": "constant-current"}, 'needs boundary = "constant-potential", not "constant-current"'),
        ({"electrode": "first-voxel"}, 'needs electrode = "face"'),
        ({"sides": "periodic"}, 'needs sides = "no-flux"'),
    ],
)
def test_other_boundary_conditions_are_refused(changes, sentence):
    with pytest.raises(es.InputError, match=sentence):
        solve(Problem(noise((5, 5)), 1.0, {1: 1.0}, **changes), bounds=True)


def test_the_refusal_names_the_line_of_the_scenario(command, tiny):
    text = tiny.read_text().replace('directions = "xy"', 'directions = "xy"\nboundary = "periodic"')
    tiny.write_text(text.replace("figures = false", "figures = false\nbounds = true"))
    outcome = command("run", tiny, folder=tiny.parent)
    assert outcome.status == 2
    line = 1 + text.splitlines().index('boundary = "periodic"')
    assert f"tiny.toml:{line}: bounds = true needs boundary" in outcome.sentence


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
