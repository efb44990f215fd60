"""The parts of the error budget as the public solve and the command line show them."""

import dataclasses
import functools

import numpy as np
import pytest

import electrosim as es
from electrosim.base.status import ITERATION_LIMIT
from electrosim.conduction import Direct, Errors, Problem, solve
from electrosim.conduction.other_image import coarsened

ALL = Errors(discretisation=True, cutout=True, segmentation=True)
CHANNEL = np.zeros((6, 20), np.uint8)
CHANNEL[:, 4:14] = 1  # ten of twenty voxels wide, along x

GREY = """\
kind = "conduction"
[image]
file = "grey.npy"
voxel_size = "1 um"
threshold = 10
phases = { dark = 0, bright = 1 }
[conductivity]
dark = "1 S/m"
[transport]
directions = "x"
[errors]
segmentation = { threshold_band = 2 }
[output]
figures = false
"""


def noise(shape, share=0.7):
    return (np.random.default_rng(8).random(shape) < share).astype(np.uint8)


def test_only_the_iteration_unless_asked():
    result = solve(Problem(noise((8, 8)), 1.0, {1: 1.0}))
    assert [name for name in result if name.startswith("error_")] == ["error_iteration"]
    np.testing.assert_array_equal(result["error_iteration"], result["relative_error_estimate"])


def test_a_straight_channel_gives_every_part():
    result = solve(Problem(CHANNEL, 1e-6, {1: 2.0}, directions="x"), errors=ALL).sel(direction="x")
    assert result["segmentation_conductivity"].values.tolist() == pytest.approx([0.4, 0.5, 0.6])
    assert list(result["surface"].values) == ["moved inwards", "as segmented", "moved outwards"]
    assert float(result["error_segmentation"]) == pytest.approx(0.2)
    assert result["cutout_conductivity"].values.tolist() == pytest.approx([0.5, 0.5, 0.5])
    assert float(result["error_cutout"]) == pytest.approx(0.0, abs=1e-6)
    assert float(result["error_discretisation"]) == pytest.approx(0.0, abs=1e-9)
    assert float(result["error_discretisation_estimate"]) == pytest.approx(0.0, abs=1e-9)
    assert float(result["relative_conductivity_extrapolated"]) == pytest.approx(0.5)


def test_ties_favour_no_phase():
    stripes = np.tile(np.array([0, 1], np.uint8), (8, 4))
    coarse = coarsened(Problem(stripes, 1.0, {1: 1.0}))
    assert coarse.shape == (4, 4, 1)
    assert coarse.mean() == 0.5


def test_discretisation_is_half_the_interval_and_the_difference_to_half_the_resolution():
    image = noise((12, 11, 10))
    result = solve(Problem(image, 1.0, {1: 1.0}), errors=Errors(discretisation=True))
    lower, upper, best = (result[f"relative_conductivity_{end}"].values for end in ("lower", "upper", "best"))
    np.testing.assert_allclose(result["error_discretisation"] * best, (upper - lower) / 2)
    given, estimate = result["relative_conductivity"], result["error_discretisation_estimate"]
    known = estimate < 1
    assert known.any()
    difference = abs(result["relative_conductivity_extrapolated"] - given)
    np.testing.assert_allclose(difference[known], (estimate * given)[known])
    assert result["relative_conductivity_extrapolated"][~known].isnull().all()


def test_each_end_condition_is_what_it_is_alone():
    image = noise((9, 8, 7))
    result = solve(Problem(image, 1.0, {1: 1.0}), errors=Errors(cutout=True))
    for condition in result["condition"].values.tolist():
        alone = solve(Problem(image, 1.0, {1: 1.0}, boundary=condition))["relative_conductivity"]
        np.testing.assert_allclose(result["cutout_conductivity"].sel(condition=condition), alone, rtol=1e-6)
    half = np.ptp(result["cutout_conductivity"].values, axis=1) / 2
    np.testing.assert_allclose(result["error_cutout"], half / result["relative_conductivity"])


def test_a_threshold_band_segments_the_grey_image_again(command, tmp_path):
    np.save(tmp_path / "grey.npy", np.tile(np.arange(20, dtype=np.int16), (6, 1)))
    (tmp_path / "grey.toml").write_text(GREY, encoding="utf-8")
    outcome = command("run", "grey.toml", folder=tmp_path)
    assert (outcome.status, outcome.err) == (0, "")
    result = es.open(tmp_path / "results/grey").sel(direction="x")
    assert result["segmentation_conductivity"].values.tolist() == pytest.approx([0.4, 0.5, 0.6])
    assert float(result["error_segmentation"]) == pytest.approx(0.2)
    (tmp_path / "grey.toml").write_text(GREY.replace("band = 2", "band = 30"), encoding="utf-8")
    said = command("run", "grey.toml", folder=tmp_path).sentence
    assert said.startswith("grey.toml:12: with image.threshold = -20, ")
    assert 'phase "dark" (label 0) has no voxel' in said


def test_no_path_differs_from_nothing_or_by_everything():
    image = np.ones((6, 8), np.uint8)
    image[2:4] = 0  # closed by one voxel from either side
    result = solve(Problem(image, 1.0, {1: 1.0}, directions="x"), errors=ALL).sel(direction="x")
    assert float(result["error_cutout"]) == 0
    assert float(result["error_discretisation"]) == 0
    assert np.isinf(float(result["error_segmentation"]))
    figures = es.conduction.figures(solve(Problem(image, 1.0, {1: 1.0}), errors=ALL))
    figures["error_budget"].canvas.draw()


def test_a_phase_that_erosion_or_coarsening_loses_is_no_error():
    image = np.zeros((5, 5), np.uint8)
    image[:, 2] = 1
    result = solve(Problem(image, 1.0, {1: 1.0}, directions="x"), errors=ALL).sel(direction="x")
    assert result["segmentation_conductivity"].values.tolist() == pytest.approx([0.0, 0.2, 0.6])
    assert float(result["error_discretisation_estimate"]) == 1.0  # nothing joins the ends at half the resolution
    assert np.isnan(result["relative_conductivity_extrapolated"])


@dataclasses.dataclass(frozen=True)
class FailsUnlessPotentialDrives:
    def prepare(self, problem):
        return functools.partial(self.flow, problem)

    def flow(self, problem, direction, report):
        flow = Direct().flow(problem, direction, report)
        fails = problem.boundary != "constant-potential"
        return dataclasses.replace(flow, status=ITERATION_LIMIT) if fails else flow


def test_a_variant_that_is_not_solved_leaves_no_number():
    result = solve(Problem(noise((6, 6)), 1.0, {1: 1.0}), method=FailsUnlessPotentialDrives(), errors=ALL)
    assert result["error_cutout"].isnull().all()
    assert result["error_segmentation"].notnull().all()
    assert result["solved"].all()


def test_another_segmentation_must_have_the_shape_of_the_image():
    with pytest.raises(es.InputError, match=r"the other segmentation has shape \(4, 4\), the image \(5, 5\)"):
        solve(Problem(noise((5, 5)), 1.0, {1: 1.0}), errors=Errors(segmentation=(noise((4, 4)), noise((5, 5)))))


SETTINGS = [
    ("errors.cutuot=true", 'errors.cutuot is not known here; did you mean "cutout"?'),
    ("errors.cutout=1", "errors.cutout = 1: must be true or false"),
    ("errors.segmentation=5", "errors.segmentation = 5: must be true or false"),
    ("errors={segmentation={band=5}}", "errors.segmentation.band is not known here; known here: threshold_band"),
    ("errors={segmentation={threshold_band=0}}", "errors.segmentation.threshold_band = 0: must be greater than 0"),
    (
        "errors={segmentation={threshold_band=5}}",
        "errors = a table: segmentation.threshold_band needs a grey image with image.threshold",
    ),
]


@pytest.mark.parametrize(("setting", "sentence"), SETTINGS, ids=[setting for setting, _ in SETTINGS])
def test_wrong_tables_are_refused(setting, sentence, command, tiny):
    outcome = command("run", tiny, "--set", setting, folder=tiny.parent)
    assert outcome.status == 2
    assert sentence in outcome.sentence
