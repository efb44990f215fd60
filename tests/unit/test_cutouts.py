"""The study of cutouts: what is found in known volumes, resumed work, any number of workers, what is refused."""

import functools
import weakref

import numpy as np
import pytest

from electrosim.base.errors import InputError
from electrosim.cutouts import Fits, MacroporeRule, Method, Problem, Selection, figures, solve, tables
from electrosim.cutouts.macropores import opened, pores_of, surroundings
from electrosim.cutouts.transport import CONDITIONS, Cutout, transport
from electrosim.study.unfinished import FolderOfParts
from electrosim.voxels.coarsen import coarsened
from electrosim.voxels.electrode import electrode

ACTIVE, SOLID, PORE, MACROPORE = 0, 1, 2, 3
EDGE = 20e-9
LENGTHS = {"particle_diameter": 40.0, "macropore_length": 12.0, "porosity_length": 20.0, "pore_length": 1.5}
VOLUME = electrode((56, 52, 48), seed=4, active_share=0.3, macropore_share=0.25, **LENGTHS)

here = functools.partial(solve, method=Method(workers=1))  # in this process: starting others takes seconds


def study(*volumes, size=12, **changes):
    given = {
        "voxel_size": EDGE,
        "pores": (PORE, MACROPORE),
        "solid": (SOLID,),
        "known_macropores": (MACROPORE,),
        "selection": Selection(size),
        "macropores": MacroporeRule(diameter=13 * EDGE, coarsening=1),
        "free_layers": 3,
        "fits": Fits(correlations=("power", "bruggeman"), resamples=10),
        "pore_sizes": False,
    }
    return Problem(volumes=volumes or (VOLUME,), **given | changes)


def same(one, other):
    return one.drop_vars("wall_time").identical(other.drop_vars("wall_time"))


@pytest.fixture(scope="module")
def result():
    return here(study(pore_sizes=True))


def alone(mask, **changes):
    given = {"free_layers": 2, "surface_shift": True, "pore_sizes": False}
    pores = np.packbits(mask)
    return transport(Cutout(len(mask), pores, EDGE, 4.0, method=Method().conduction, **given | changes))


# ---- one cutout


def test_plates_conduct_along_themselves_only():
    mask = np.zeros((12, 12, 12), bool)
    mask[:, :, 3:6] = True
    found = alone(mask)
    expected = [[0.25, 0.25], [0.25, 0.25], [0, 0]]
    np.testing.assert_allclose(found["relative_conductivity"][:, :2], expected, rtol=1e-3)
    assert (found["relative_conductivity"][:2, 2] < 0.25).all()  # from free layers the current narrows into the plate
    assert found["relative_conductivity"][2, 2] == 0
    np.testing.assert_allclose(found["electronic_conductivity"], [0.75, 0.75, 0], rtol=1e-3)
    np.testing.assert_allclose(found["moved_porosity"], [1 / 12, 3 / 12, 5 / 12])
    np.testing.assert_allclose(found["moved_conductivity"][:2], [[1 / 12, 3 / 12, 5 / 12]] * 2, rtol=1e-3)


@pytest.mark.parametrize(("mask", "value"), [(np.ones((8, 8, 8), bool), 1.0), (np.zeros((8, 8, 8), bool), 0.0)])
def test_nothing_but_pores_and_nothing_but_solid(mask, value):
    found = alone(mask)
    np.testing.assert_allclose(found["relative_conductivity"], value, rtol=1e-3)
    np.testing.assert_allclose(found["electronic_conductivity"], 1 - value, rtol=1e-3)
    assert found["converged"]


def test_free_layers_are_taken_off():
    mask = np.zeros((8, 8, 8), bool)
    mask[:, :4, :4] = True  # a channel into which the current narrows: an end effect of the channel, not of the layers
    long, short = (alone(mask, free_layers=layers)["relative_conductivity"][0, 2] for layers in (16, 8))
    assert 0 < long < 0.25
    assert long == pytest.approx(short, rel=5e-3)  # the solves' own 1e-3, enlarged by taking most of the stack off


# ---- the filter


def planted():
    """A solid with two rooms: one macropore, one pore of the domain."""
    volume = np.ones((48, 40, 40), np.uint8)
    x, y, z = np.indices(volume.shape)
    volume[(x - 14) ** 2 + (y - 20) ** 2 + (z - 20) ** 2 < 12**2] = MACROPORE
    volume[(x - 38) ** 2 + (y - 20) ** 2 + (z - 20) ** 2 < 5**2] = PORE
    return volume


@pytest.mark.parametrize("coarsening", [1, 2])
def test_a_planted_macropore_is_found_and_a_pore_is_not(coarsening):
    volume = planted()
    rule = MacroporeRule(diameter=16e-9, coarsening=coarsening)
    corner = np.array([[8, 14, 14], [32, 14, 14], [0, 0, 0]])
    found = dict(pores_of(volume > SOLID, corner, 12, 1e-9, rule))
    for number, expected in ((0, MACROPORE), (1, 0), (2, MACROPORE)):
        part = tuple(slice(start, start + 12) for start in corner[number])
        true = volume[part] == expected
        assert (found[number].macropores & ~true).sum() == 0
        assert (true & ~found[number].macropores).sum() <= (0.02 if coarsening == 1 else 0.1) * true.sum()
    assert found[0].centred
    assert not found[1].centred
    assert not found[2].centred
    assert found[0].widest == pytest.approx(24e-9, abs=2e-9 * coarsening)
    assert found[1].widest == pytest.approx(10e-9, abs=2e-9 * coarsening)


def test_surroundings_are_clipped_and_shared():
    shape, rule = (400, 100, 100), MacroporeRule(region=120, coarsening=2)
    corner = np.array([[x, 40, 40] for x in range(0, 384, 24)])
    boxes = surroundings(corner, 16, shape, rule)
    served = np.concatenate([numbers for _, numbers in boxes])
    assert sorted(served) == list(range(len(corner)))
    assert len(boxes) < len(corner)
    for box, numbers in boxes:
        for part, edge in zip(box, shape, strict=True):
            assert part.stop - part.start <= rule.region + 2
            assert 0 <= part.start < part.stop <= edge
        for number in numbers[1:]:  # half as far from the faces as the one in the middle
            assert box[0].start == 0 or corner[number, 0] - box[0].start >= 26
            assert box[0].stop == 400 or box[0].stop - corner[number, 0] - 16 >= 26
    assert len(surroundings(corner, 16, shape, MacroporeRule(region=400))) == 1


def test_regions_of_parts_are_those_of_the_whole():
    pores = VOLUME >= PORE
    corner = np.array([[20, 20, 20], [4, 30, 10]])
    rule = MacroporeRule(diameter=13e-9, coarsening=1, region=54)
    whole = dict(pores_of(pores, corner, 12, 1e-9, MacroporeRule(diameter=13e-9, coarsening=1)))
    for number, found in pores_of(pores, corner, 12, 1e-9, rule):
        assert (found.macropores != whole[number].macropores).mean() < 0.02
        assert found.clipped > 0


def test_image_closing_leaves_what_is_wider_than_the_ball():
    pores = planted()[:24, 8:32, 8:32] > SOLID
    assert opened(pores, 14).sum() > 0.9 * pores.sum()
    assert not opened(planted()[30:48, 10:30, 10:30] > SOLID, 14).any()
    assert opened(np.ones((4, 4, 4), bool), 100).all()


def test_coarsening_takes_the_majority_and_neither_side_of_a_tie():
    mask = np.zeros((4, 4, 6), bool)
    mask[:2, :2, :2] = True
    mask[0, 0, 2] = True
    mask[2:, 2:, 4:] = True
    mask[3, 3, 5] = False
    np.testing.assert_array_equal(np.argwhere(coarsened(mask, 2)), [[0, 0, 0], [1, 1, 2]])
    halves = np.zeros((8, 8, 8), bool)
    halves[::2] = True
    assert coarsened(halves, 2).mean() == 0.5
    assert coarsened(mask, 1) is mask


# ---- the study


def test_cutouts_are_what_the_volume_holds(result):
    size = 12
    corner = np.round(result["position"].values / EDGE - size / 2).astype(int)
    assert result.sizes["cutout"] >= 6
    for number, at in enumerate(corner):
        part = VOLUME[tuple(slice(start, start + size) for start in at)]
        assert (part != ACTIVE).all()
        assert result["porosity"].values[number] == (part >= PORE).mean()
        assert result["known_macropore_share"].values[number] == (part == MACROPORE).mean()
        section = result["section"].values[number]
        np.testing.assert_array_equal(section > 0, part[:, :, size // 2] >= PORE)
    np.testing.assert_array_equal(result["kept"], result["macropore_share"] <= 0.2)
    assert set(result["kept"].values.tolist()) == {True, False}


def test_hard_limits_of_every_cutout(result):
    s, eps = result["conductivity_by_condition"], result["porosity"]
    assert (s >= 0).all()
    assert (s <= eps * (1 + 2e-3)).all()
    solid = 1 - eps
    assert (result["electronic_conductivity"] <= solid * (1 + 2e-3)).all()
    current, potential = (s.sel(condition=name) for name in CONDITIONS[:2])
    assert (current <= potential * (1 + 2e-3)).all()  # a prescribed flux dissipates more than the one that is chosen
    np.testing.assert_array_equal(result["beyond_isotropic_bound"], current.mean("direction") > 2 * eps / (3 - eps))
    moved = result["moved_porosity"].sel(cutout=result["cutout"].values[result["kept"].values])
    assert (moved.diff("shift") > 0).all()


def test_means_are_three_and_labelled(result):
    kept = result.isel(cutout=result["kept"].values)
    eps, s = kept["porosity"].values, kept["relative_conductivity"].mean("direction").values
    found = result.sel(selection="kept")
    assert found["tortuosity_of_means"] == pytest.approx(eps.mean() / s.mean())
    assert found["mean_of_tortuosities"] == pytest.approx(np.mean(eps[s > 0] / s[s > 0]))
    law = found["gamma"] * eps.mean() ** found["alpha"]
    assert found["tortuosity_of_law"] == pytest.approx(eps.mean() / float(law))
    assert found["directions_without_path"] == (kept["relative_conductivity"] == 0).sum()
    assert found["cutouts"] + (~result["kept"]).sum() == result.sel(selection="all")["cutouts"]


def test_everything_has_units_and_is_drawn_and_tabulated(result):
    for name, item in result.variables.items():
        assert {"units", "long_name"} <= item.attrs.keys(), name
    assert {"map", "porosity", "filter", "sections", "conductivity", "sensitivity", "pore_sizes"} <= figures(
        result
    ).keys()
    for one in tables(result):
        assert one.rows
        assert {len(row) for row in one.rows} == {len(one.heads)}


def test_workers_change_nothing():
    one, two = (solve(study(selection=Selection(12, most=5)), method=Method(workers=count)) for count in (1, 2))
    assert same(one, two)


def test_an_interrupted_study_goes_on_to_the_same_result(tmp_path):
    made = []

    def volume(number):
        def make():
            made.append(number)
            return np.flip(VOLUME, number).copy()

        return make

    asked = study(volume(0), volume(1), selection=Selection(12, most=4), surface_shift=False)
    whole = here(asked)
    parts = FolderOfParts(tmp_path / "parts", {"scenario_sha256": "0"})

    enough = int(whole["cutouts_in_volume"][0]) + 4

    def interrupt(task, share, remark=""):
        del task, share
        if "volume 2" in remark and len(parts) >= enough:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve(asked, observer=interrupt, finished=parts)
    assert enough <= len(parts) < whole.sizes["cutout"] + 2
    made.clear()
    assert same(whole, here(asked, finished=parts))
    assert made == [1]  # the first volume was done, the second one had cutouts left
    made.clear()
    assert same(whole, here(asked, finished=parts))
    assert made == []


def test_another_volume_than_before_is_refused():
    finished = {}
    with pytest.raises(KeyboardInterrupt):
        here(study(VOLUME), observer=_stop_at_cutouts, finished=finished)
    with pytest.raises(InputError, match="volume 1 is not the one that the interrupted study began with"):
        here(study(np.flip(VOLUME, 0)), finished=finished)


def _stop_at_cutouts(task, share, remark=""):
    del share, remark
    if task == "cutouts":
        raise KeyboardInterrupt


def test_one_volume_is_held_at_a_time():
    alive = []

    def make():
        assert all(earlier() is None for earlier in alive)
        labels = VOLUME.copy()
        alive.append(weakref.ref(labels))
        return labels

    here(study(make, make, make, surface_shift=False, selection=Selection(12, most=2)))
    assert len(alive) == 3


def test_groups_of_overlapping_cutouts_are_drawn_together():
    found = here(study(VOLUME, np.flip(VOLUME, 1), selection=Selection(12, overlap=0.6, most=12), surface_shift=False))
    groups = found["overlap_group"].values
    of_volume = [set(groups[found["cutout_volume"].values == number]) for number in (1, 2)]
    assert not of_volume[0] & of_volume[1]
    assert len(set(groups)) < groups.size
    assert found["overlap_groups"].sel(selection="all") == len(set(groups))


def test_a_fit_that_cannot_be_is_left_out_and_said():
    volume = np.ones((30, 12, 12), np.uint8)
    volume[:, 4:8, :] = PORE  # every cutout has the same porosity
    found = here(study(volume, known_macropores=()))
    assert found["solved"].all()
    assert "The power law was left out: a fit needs at least 3 different porosities" in str(found["status"].values[1])
    assert np.isnan(found["gamma"]).all()
    assert np.isnan(found["macropore_precision"]).all()
    figures(found)
    tables(found)


def test_a_study_of_which_nothing_is_kept():
    volume = np.full((30, 30, 30), PORE, np.uint8)
    volume[:, ::15] = SOLID
    found = here(
        study(volume, known_macropores=(), pore_sizes=True, macropores=MacroporeRule(diameter=5 * EDGE, coarsening=1))
    )
    assert not found["kept"].any()
    assert found["cutouts"].sel(selection="kept") == 0
    figures(found)
    tables(found)


# ---- what is refused


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"size": 29}, r"no cutout of 29 voxels without other phases; the largest that would fit has \d+"),
        ({"size": 49}, "a cutout of 49 voxels does not fit the volume of 56 x 52 x 48; at most 48 are possible"),
        ({"pores": (7,), "known_macropores": ()}, "volume 1 has no voxel of the label 7 that pores names"),
        ({"solid": (PORE,)}, "label 2 is given for pores and for solid"),
        ({"known_macropores": (SOLID,)}, "known_macropores holds a label that is none of the pores"),
        ({"voxel_size": float("nan")}, "voxel_size = nan: it must be positive and finite"),
        ({"free_layers": 0}, "free_layers = 0: it is one at least"),
        ({"macropores": MacroporeRule(region=8)}, "the surroundings are at least as large as a cutout, 12 voxels"),
    ],
)
def test_impossible_studies_say_what_to_change(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        here(study(**changes))


def test_a_flat_volume_and_grey_values_are_refused():
    with pytest.raises(InputError, match="volume 1 has 2 axes"):
        here(study(VOLUME[0]))
    with pytest.raises(InputError, match="volume 1 has type float64"):
        here(study(VOLUME.astype(float)))
