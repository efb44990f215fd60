"""Sub-volumes of an image: what is solved, what is said about the image, what is refused."""

import functools
import time

import numpy as np
import pytest

import electrosim as es
from electrosim.conduction import Direct, Problem, RepresentativeVolume, solve

NOISE = (np.random.default_rng(5).random((24, 24, 24)) < 0.6).astype(np.uint8)


def noisy(**changes):
    asked = {"sizes": (6, 8, 12), "seed": 3} | changes
    return solve(Problem(NOISE, 1e-6, {1: 2.0}, directions="xz"), rev=RepresentativeVolume(**asked))


def test_every_sub_volume_is_what_it_is_alone():
    result = noisy(sizes=(12, 8), boundary="constant-current")
    cubes = [NOISE[i : i + 12, j : j + 12, k : k + 12] for i in (0, 12) for j in (0, 12) for k in (0, 12)]
    alone = [
        solve(Problem(cube, 1e-6, {1: 2.0}, directions="xz", boundary="constant-current"))["relative_conductivity"]
        for cube in cubes
    ]
    of_size = result["rev_sample_size"].values == 12
    np.testing.assert_allclose(result["rev_conductivity"].values[:, of_size].T, np.array(alone), rtol=1e-6)
    np.testing.assert_allclose(result["rev_conductivity_mean"].sel(rev_size=12), np.mean(alone, axis=0), rtol=1e-6)
    deviation = result["rev_conductivity_standard_deviation"].sel(rev_size=12)
    np.testing.assert_allclose(deviation, np.std(alone, axis=0, ddof=1), rtol=1e-4)
    standard = deviation / np.mean(alone, axis=0) / np.sqrt(8)  # the image is eight of these cubes
    np.testing.assert_allclose(result["rev_standard_error"], standard, rtol=1e-4)
    needed = 12 * (8**0.5 * result["rev_standard_error"] / 0.05) ** (2 / 3)
    np.testing.assert_array_equal(result["rev_size_needed"], np.ceil(needed))


def test_cubes_that_fill_the_image_have_its_fraction_and_a_few_are_a_choice():
    whole = noisy()
    assert whole["rev_count"].values.tolist() == [64, 27, 8]
    np.testing.assert_allclose(whole["rev_fraction_mean"], NOISE.mean())
    few, same, other = (noisy(most=20, seed=seed) for seed in (1, 1, 2))
    assert few["rev_count"].values.tolist() == [20, 20, 8]
    np.testing.assert_array_equal(few["rev_conductivity"], same["rev_conductivity"])
    assert not np.array_equal(few["rev_conductivity"], other["rev_conductivity"])
    assert set(few["rev_fraction"].values) <= set(whole["rev_fraction"].values)


def test_the_answer_does_not_depend_on_the_threads(monkeypatch):
    many = noisy()
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    np.testing.assert_array_equal(many["rev_conductivity"], noisy()["rev_conductivity"])


def test_what_is_said():
    small = noisy(accuracy=1e-3)
    assert str(small["rev_status"].values).startswith("The image is too small to be representative within 0.1 %: along")
    assert f"a cube of {int(small['rev_size_needed'].max())} voxels" in str(small["rev_status"].values)
    assert not small["rev_representative"].any()
    assert str(noisy(accuracy=0.9)["rev_status"].values).startswith("The image is representative within 90 %: along")
    unknown = noisy(sizes=(20, 24))
    assert "cannot be said: that takes a mean conductivity above zero of at least 8 cubes" in str(unknown["rev_status"])
    assert unknown["rev_standard_error"].isnull().all()
    for result in (small, unknown):
        es.conduction.figures(result)["representative_volume"].canvas.draw()


def test_cubes_without_anything_that_conducts_have_no_path():
    image = np.zeros((8, 8), np.uint8)
    image[:, :2] = 1
    result = solve(Problem(image, 1.0, {1: 1.0}, directions="x"), rev=RepresentativeVolume(sizes=(2, 4)))
    assert result["rev_no_path_share"].values.tolist() == [[0.75, 0.5]]
    assert result["rev_conductivity_mean"].values[0].tolist() == pytest.approx([0.25, 0.25])


def test_cubes_without_the_best_conductor_refer_to_it_too():
    image = np.ones((8, 8), np.uint8)
    image[:, 4:] = 2
    result = solve(Problem(image, 1.0, {1: 1.0, 2: 10.0}, directions="x"), rev=RepresentativeVolume(sizes=(2, 4)))
    assert sorted(set(result["rev_conductivity"].values[0].round(9))) == [0.1, 1.0]


class FailsInTheThird:
    """Is interrupted in the third sub-volume; later ones go on until they are told to stop."""

    calls = 0
    finished = 0

    def prepare(self, problem):
        return functools.partial(self.flow, problem)

    def flow(self, problem, direction, report):
        if problem.image.shape != (12, 12):
            self.calls += 1
            if self.calls == 3:
                raise KeyboardInterrupt
            if self.calls > 3:
                for _ in range(1000):
                    report(0.5)
                    time.sleep(0.001)
                self.finished += 1
        return Direct().flow(problem, direction, report)


def test_an_interrupt_ends_all_sub_volumes(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    method = FailsInTheThird()
    asked = Problem(NOISE[0, :12, :12], 1.0, {1: 1.0}, directions="x")
    with pytest.raises(KeyboardInterrupt):
        solve(asked, method=method, rev=RepresentativeVolume(sizes=(2, 3)))
    assert method.calls <= 6  # of 52
    assert method.finished == 0


SETTINGS = [
    ("rev.sizes=[2]", "rev.sizes = [2]: has 1 entries; give 2 to 30"),
    ("rev.sizes=[2, 2]", "rev.sizes = [2, 2]: holds a size twice; give each once"),
    ("rev.sizes=[1, 2]", "rev.sizes.0 = 1: must be greater than or equal to 2"),
    ("rev.sizes=[2, 5]", "a cube of 5 voxels does not fit the image of 4 x 4; at most 4 are possible"),
    ("rev={}", "rev.sizes is missing; add it"),
    ("rev={sizes=[2, 3], sied=1}", 'rev.sied is not known here; did you mean "seed"?'),
    ("rev={sizes=[2, 3], boundary='fixed'}", "rev.boundary = \"fixed\": must be 'constant-potential'"),
    ("rev={sizes=[2, 3], accuracy=1.5}", "rev.accuracy = 1.5: must be less than 1"),
]


@pytest.mark.parametrize(("setting", "sentence"), SETTINGS, ids=[setting for setting, _ in SETTINGS])
def test_wrong_tables_are_refused(setting, sentence, command, tiny):
    outcome = command("run", tiny, "--set", setting, folder=tiny.parent)
    assert outcome.status == 2
    assert sentence in outcome.sentence


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sizes": (4,)}, r"rev.sizes = \[4\]: give two different edges or more"),
        ({"sizes": (4, 4, 5)}, r"rev.sizes = \[4, 4, 5\]: give two different edges"),
        ({"sizes": (1, 4)}, r"rev.sizes = \[1, 4\]: give two different edges or more, each of two voxels at least"),
        ({"most": 1}, "rev.most = 1: a scatter needs two cubes"),
        ({"accuracy": 0.0}, "rev.accuracy = 0.0: it must lie between 0 and 1"),
        ({"boundary": "fixed"}, "rev.boundary = 'fixed' is not known"),
    ],
)
def test_wrong_arguments_are_refused(changes, sentence):
    with pytest.raises(es.InputError, match=sentence):
        RepresentativeVolume(**({"sizes": (4, 8)} | changes))
