"""Maps of conductivity and grey images: exact values, and what is refused."""

import numpy as np
import pytest

import electrosim as es
from electrosim.conduction import Direct, Errors, Multigrid, Problem, RepresentativeVolume, solve

SHARP = Multigrid(rtol=1e-11)
GRADED = np.linspace(1.0, 3.0, 300)  # more values than bytes have
GREY = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
SCENARIO = """\
kind = "conduction"
[image]
file = "grey.npy"
voxel_size = "1 um"
[conductivity]
grey_values = [5, 15]
conductivities = ["2 S/m", "0 S/m"]
"""


def many_values(shape, seed=0):
    return np.exp(np.random.default_rng(seed).standard_normal(shape))


def test_a_graded_laminate_is_in_series_and_in_parallel():
    layers = np.repeat(GRADED[:, None], 4, axis=1)
    asked = Problem(layers, 1e-6, "image")
    assert asked.phases[0].dtype == np.int32
    result = solve(asked, method=SHARP)
    exact = [1 / np.mean(1 / GRADED), np.mean(GRADED)]
    np.testing.assert_allclose(result["effective_conductivity"], exact, rtol=1e-9)
    np.testing.assert_allclose(result["layer_conductivity_x"], GRADED, rtol=1e-4)  # of potentials in single precision
    assert asked.describe()["conductivity"] == "image"


def test_up_to_255_values_are_phases_and_have_an_interval():
    layers = np.repeat(GRADED[:255, None], 4, axis=1)
    asked = Problem(layers, 1e-6, "image", directions="x")
    phase, table = asked.phases
    assert phase.dtype == np.uint8
    np.testing.assert_array_equal(table[phase[:, :, 0], 0], layers)
    result = solve(asked, method=SHARP, bounds=True)
    exact = pytest.approx(1 / np.mean(1 / GRADED[:255]) / GRADED[254], rel=1e-6)
    assert float(result["relative_conductivity_lower"][0]) == exact
    assert float(result["relative_conductivity_upper"][0]) == exact


def test_whole_numbers_and_zeros_make_a_map():
    asked = Problem(np.array([[0, 2], [0, 3]], np.uint16), 1.0, "image", directions="x")
    phase, table = asked.phases
    np.testing.assert_array_equal(phase[:, :, 0], [[0, 1], [0, 2]])
    np.testing.assert_array_equal(table[:, 0], [0, 2, 3])
    assert float(solve(asked, method=Direct())["effective_conductivity"][0]) == pytest.approx(2.4 / 2)


def test_what_else_a_map_of_many_values_allows():
    asked = Problem(many_values((8, 8, 8)), 1.0, "image", directions="x")
    rev = RepresentativeVolume((4, 8), 2, 0, "constant-potential", 0.5)
    result = solve(
        asked,
        dead_ends=True,
        electrode_tortuosity=True,
        rev=rev,
        errors=Errors(cutout=True, segmentation=(asked.image / 2, asked.image * 2)),
    )
    assert float(result["dead_end_fraction"][0]) == 0
    assert float(result["error_segmentation"][0]) == pytest.approx(0.75)
    assert float(result["error_cutout"][0]) > 0


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([[1.0, -1.0]], "image holds -1, but no conductivity is negative"),
        ([[1.0, np.nan]], "image holds nan, but conductivities are finite"),
        ([[1.0, np.inf]], "image holds inf, but conductivities are finite"),
        ([[0.0, 0.0]], "every conductivity is zero"),
        ([[1.0, 1e-11]], "spans 11 powers of ten, more than 10"),
        ([[1j, 1.0]], "conductivities are real numbers"),
    ],
)
def test_impossible_maps_are_refused(values, sentence):
    with pytest.raises(es.InputError, match=sentence):
        Problem(np.array(values), 1.0, "image")


def test_another_word_for_the_conductivity_is_refused():
    with pytest.raises(es.InputError, match="conductivity = 'grey' is not known; give it per label, or \"image\""):
        Problem(np.ones((2, 2), int), 1.0, "grey")


@pytest.mark.parametrize(
    ("options", "key", "sentence"),
    [
        ({"bounds": True}, ("output", "bounds"), "at most 255 conductivities, this one has 512"),
        ({"errors": Errors(segmentation=True)}, ("errors", "segmentation"), "does not have; leave it out"),
        ({"errors": Errors(discretisation=True)}, ("errors", "discretisation"), "has no phases; leave it out"),
    ],
)
def test_what_a_map_does_not_allow_is_refused(options, key, sentence):
    with pytest.raises(es.InputError, match=sentence) as caught:
        solve(Problem(many_values((8, 8, 8)), 1.0, "image"), **options)
    assert caught.value.key == key


# ---- grey images in scenarios


def load(folder, text=SCENARIO, grey=GREY):
    np.save(folder / "grey.npy", grey)
    (folder / "case.toml").write_text(text)
    return es.load(folder / "case.toml")


def test_grey_values_become_conductivities(tmp_path):
    problem = load(tmp_path).problem
    expected = np.interp(GREY, [5, 15], [2.0, 0.0])
    np.testing.assert_array_equal(problem.image, expected)
    assert problem.image[0, 0, 0] == 2.0  # constant beyond
    assert problem.image.ravel()[10] == 1.0  # linear in between
    assert problem.is_map


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[5, 15]", "[15, 5]", "case.toml:6: conductivity.grey_values = .*must rise from each value to the next"),
        ("[5, 15]", "[5]", "case.toml:6: conductivity.grey_values = .*at least 2 "),
        ("[5, 15]", "[5, nan]", "case.toml:6: conductivity.grey_values.1 = nan: must be finite"),
        (
            '"2 S/m", ',
            "",
            "case.toml:7: conductivity.conductivities = .*has 1 entries for 2 grey_values; give one each",
        ),
        ('"2 S/m"', "2", "case.toml:7: conductivity.conductivities.0 = 2: is not a quantity"),
        (
            "grey_values",
            "grey_value",
            'case.toml:6: conductivity.grey_value is not known here; did you mean "grey_values"',
        ),
        ("voxel_size", "threshold = 5\nvoxel_size", "leave out image.threshold, or name the phases instead"),
        ("voxel_size", "phases = { a = 1 }\nvoxel_size", "leave out image.phases, or name the phases instead"),
        ("voxel_size", 'voxel_size = ["1 um", "2 um"] #', "voxel_size has 2 values for 3 axes"),
    ],
)
def test_impossible_calibrations_are_refused_with_their_line(old, new, sentence, tmp_path):
    with pytest.raises(es.InputError, match=sentence):
        load(tmp_path, SCENARIO.replace(old, new, 1)).problem  # noqa: B018


def test_phases_and_grey_values_are_not_mixed_up(tmp_path):
    by_phase = SCENARIO.split("grey_values")[0] + 'pore = "1 S/m"\n'
    with pytest.raises(es.InputError, match=r"case\.toml:5: conductivity = .*add image\.phases, or give grey_values"):
        load(tmp_path, by_phase)
    phantom = SCENARIO.replace('file = "grey.npy"', 'phantom = "laminate"\nshape = [4, 4]\naxis = "x"\nlayers = [2, 2]')
    with pytest.raises(es.InputError, match=r"conductivity = .*needs an image with image\.file or image\.data"):
        load(tmp_path, phantom)


def test_what_is_not_for_maps_is_refused_with_its_line(tmp_path):
    scenario = load(tmp_path, SCENARIO + "[errors]\nsegmentation = true\n")
    with pytest.raises(es.InputError, match=r"case\.toml:9: segmentation moves the surface between two phases"):
        es.run(scenario)
