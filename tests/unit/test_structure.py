"""Structure of volumes that can be reckoned by hand."""

import logging
import math

import numpy as np
import pytest

import electrosim as es
from electrosim.base import memory
from electrosim.structure import Analysis, Network, Porosimetry, Problem, figures, solve
from electrosim.voxels.spheres import ball

NOTHING = {"surface": False, "chords": False, "correlation": False, "pore_sizes": False}


def found(image, phases=None, voxel_size=1.0, pore=("pore",), **asked):
    problem = Problem(np.asarray(image), voxel_size, phases or {"pore": 1, "solid": 0}, pore)
    return solve(problem, method=Analysis(**(NOTHING | asked)), fields=True)


def layers(*thickness, across=4, repeats=1):
    """Layers of label 0, 1, 2 ... along y."""
    row = np.repeat(np.arange(len(thickness)), thickness)
    return np.broadcast_to(np.tile(row, repeats)[None, :, None], (across, repeats * sum(thickness), across + 1))


def ball_in(shape, centre, radius):
    image = np.zeros(shape, np.uint8)
    where, square = ball(shape, np.asarray(centre), radius)
    image[where] = square <= radius**2
    return image


def test_shares_and_clusters():
    image = np.zeros((10, 8, 8), np.uint8)
    image[:, 0, 0] = 1  # 10 voxels that join the x faces, and touch two others
    image[:4, 4, 4] = 1  # 4 that touch one face
    image[5:8, 5, 5] = 1  # 3 that touch none
    image[8, 6, 5] = 1  # and one that these meet in an edge only
    image[9, 7, 7] = 2
    image[0, 7, 7] = 7
    result = found(image, {"pore": 1, "other": 2})
    assert result["phase"].values.tolist() == ["pore", "other", "unnamed"]
    np.testing.assert_allclose(result["volume_fraction"], [18 / 640, 1 / 640, 621 / 640])
    pore = result.sel(phase="pore")
    assert pore["connected_share"].values.tolist() == [10 / 18, 0, 0]
    assert float(pore["isolated_share"]) == 4 / 18
    assert float(pore["largest_cluster_share"]) == 10 / 18
    assert int(pore["clusters"]) == 4
    assert float(result["pore_fraction"]) == 18 / 640


@pytest.mark.parametrize("slab", [32, 5])
def test_surface_of_a_ball_inside_and_on_a_face(slab, monkeypatch):
    monkeypatch.setattr("electrosim.structure.surface._SLAB", slab)
    whole = found(ball_in((30, 32, 34), (15.2, 16.4, 16.9), 12.0), surface=True, voxel_size=2.0)
    exact = 4 * math.pi * 24**2
    assert whole["surface_area"].values == pytest.approx(exact, rel=0.02)
    faces = 1.5 * exact  # what counting voxel faces would give
    assert abs(float(whole["surface_area"][0]) - faces) > 0.4 * exact
    assert whole["specific_surface_area"].values == pytest.approx(exact / (30 * 32 * 34 * 8), rel=0.02)
    assert float(whole["surface_to_volume"][0]) == pytest.approx(3 / 24, rel=0.02)
    half = found(ball_in((30, 32, 34), (0.0, 16.4, 16.9), 12.0)[:15], surface=True, voxel_size=2.0)
    assert float(half["surface_area"][0]) == pytest.approx(exact / 2, rel=0.02)  # none on the face of the image


def test_interfaces_of_layers():
    result = found(layers(5, 7, 6, across=9), {"pore": 0, "b": 1, "c": 2}, surface=True, voxel_size=0.5)
    area = 9 * 10 * 0.25
    np.testing.assert_allclose(result["surface_area"], [area, 2 * area, area], rtol=1e-6)
    interface = result["interface_area"]
    np.testing.assert_allclose(interface, [[np.nan, area, 0], [area, np.nan, area], [0, area, np.nan]], atol=1e-4)
    four = found(layers(5, 7, 6, 4, across=9), {"pore": 0, "b": 1, "c": 2}, surface=True)
    assert float(four["interface_area"].sel(phase="c", other_phase="unnamed")) == pytest.approx(90, rel=1e-6)
    assert float(four["interface_area"].sel(phase="b", other_phase="unnamed")) == pytest.approx(0, abs=1e-3)


def test_chords_of_layers_are_exact():
    result = found(layers(3, 5, across=4, repeats=4), chords=True, voxel_size=2.0).sel(axis="y")
    solid, pore = result.sel(phase="solid"), result.sel(phase="pore")
    assert float(solid["mean_chord_length"]) == 6.0
    assert float(pore["mean_chord_length"]) == 10.0
    assert solid["chord_count"].values.nonzero()[0].tolist() == [2]
    assert result["chord_length"].values[[2, 4]].tolist() == [6.0, 10.0]
    assert int(solid["chord_count"].sum()) == 3 * 20  # of four layers one lies at the face
    assert float(solid["cut_chord_share"]) == 1 / 4
    across = found(layers(3, 5), chords=True).sel(axis="x")
    assert across["cut_chord_share"].values.tolist() == [1, 1]
    assert np.isnan(across["mean_chord_length"]).all()


def test_correlation_of_layers_and_of_noise():
    result = found(layers(3, 5, repeats=8), correlation=True, voxel_size=2.0).sel(phase="solid")
    along = result["two_point_correlation"].sel(axis="y").values
    assert result["distance"].values[1] == 2.0
    assert along[0] == pytest.approx(3 / 8)
    assert along[8] == pytest.approx(3 / 8)  # a whole period
    assert along[4] == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(result["two_point_correlation"].sel(axis="x")[:3], 3 / 8)
    assert np.isnan(result["two_point_correlation"].sel(axis="x")[3:]).all()
    noise = np.random.default_rng(0).random((40, 40, 40)) < 0.3
    value = found(noise, correlation=True).sel(phase="pore")["two_point_correlation"]
    share = noise.mean()
    np.testing.assert_allclose(value[:, 0], share)
    # pairs of noise: a standard error of sqrt(0.09 (1 - 0.09) / 32000) = 0.0016 and less
    np.testing.assert_allclose(value[:, 1:], share**2, atol=0.007)


@pytest.mark.parametrize(("width", "lower"), [(4, 4), (5, 6), (6, 6), (9, 10)])
def test_thickness_of_a_slit_is_a_diameter(width, lower):
    result = found(layers(3, width, 3, across=12) == 1, pore_sizes=True, voxel_size=0.5)
    assert float(result["diameter_lower"][-1]) == lower * 0.5
    assert result["pore_size_cumulative"].values.tolist() == [1.0] * (lower // 2)  # every place is of the one size
    assert lower * 0.5 < float(result["pore_diameter_50"]) < (lower + 2) * 0.5
    thickness = result["local_thickness"].values
    assert set(np.unique(thickness)) == {0.0, np.float32(0.5 * math.sqrt(lower * (lower + 2)))}


def test_quantiles_of_two_slits():
    image = np.isin(layers(3, 4, 3, 12, 3, across=20), [1, 3])  # a quarter and three quarters of the pore space
    result = found(image, pore_sizes=True)
    assert result["pore_size_cumulative"].values.tolist() == [1.0, 1.0, 0.75, 0.75, 0.75, 0.75]
    narrow, median, wide = (float(result[f"pore_diameter_{per_cent}"]) for per_cent in (10, 50, 90))
    assert 4 < narrow < 6
    assert 12 < median < wide < 14
    assert float(result["pore_diameter_mean"]) == pytest.approx(0.25 * math.sqrt(24) + 0.75 * math.sqrt(12 * 14))


def bottle():
    """A room of 8 voxels behind a neck of 4 by 4 that opens at xmin, and a closed room."""
    image = np.zeros((30, 14, 14), np.uint8)
    image[:8, 5:9, 5:9] = image[8:18, 2:12, 2:12] = image[22:28, 3:9, 3:9] = 1
    return image


def test_mercury_fills_a_bottle_at_its_neck():
    asked = {"pore_sizes": True, "porosimetry": Porosimetry(faces=("xmin",))}
    result = found(bottle(), voxel_size=1e-7, **asked)
    room, neck, closed = (12, 7, 7), (4, 7, 7), (25, 6, 6)
    width = 1e-7 * math.sqrt(4 * 6)  # of the class from 4 to 6 voxels
    assert float(result["intrusion_diameter"][room]) == pytest.approx(width)
    assert float(result["intrusion_diameter"][neck]) == pytest.approx(width)
    assert float(result["local_thickness"][room]) == pytest.approx(1e-7 * math.sqrt(10 * 12))
    assert float(result["intrusion_diameter"][closed]) == 0
    image = bottle()
    assert float(result["accessible_share"]) == pytest.approx(1 - 6**3 / image.sum())
    pressure = result["intrusion_pressure"].values
    assert pressure[1] == pytest.approx(-4 * 0.48 * math.cos(math.radians(140)) / 4e-7)
    assert result["intruded_share"][2] == 0
    from_the_end = found(image, porosimetry=Porosimetry(faces=("xmax",)))
    assert float(from_the_end["accessible_share"]) == 0
    assert np.isnan(from_the_end["intrusion_diameter_median"])


def test_at_most_so_many_sizes_are_told_apart():
    image = ball_in((40, 40, 40), (20.0, 20.0, 20.0), 18.0)
    few, all_sizes = (found(image, pore_sizes=True, sizes=most) for most in (5, 100))
    assert few.sizes["size_class"] == 5
    assert all_sizes.sizes["size_class"] == 17  # the centre lies between voxels
    assert few["diameter_lower"].values[[0, -1]].tolist() == [2.0, 34.0]
    np.testing.assert_allclose(few["pore_size_cumulative"][-1], all_sizes["pore_size_cumulative"][-1])


def test_network_of_two_rooms():
    image = np.zeros((25, 12, 12), bool)
    image[:11, 1:11, 1:11] = image[14:, 1:11, 1:11] = True
    image[11:14, 4:8, 4:8] = True
    result = found(image, voxel_size=1e-6, network=Network())
    assert int(result["pores"]) == 2
    assert result["coordination"].values.tolist() == [1, 1]
    assert result["throat_pores"].values.tolist() == [[0, 1]]
    assert float(result["throat_inscribed_diameter"][0]) == pytest.approx(4e-6)
    assert float(result["throat_area"][0]) == pytest.approx(16e-12)
    assert float(result["pore_volume"].sum()) == pytest.approx(image.sum() * 1e-18)
    along, *across = result["network_relative_conductivity"].values
    assert across == [0, 0]
    assert 16 / 144 * 0.5 < along < 100 / 144  # more than half the neck all along, less than the rooms all along
    one_side = image.copy()
    one_side[14:] = False
    one_side[13] = False
    closed = found(one_side, voxel_size=1e-6, network=Network())
    assert not closed["network_relative_conductivity"].any()


def test_nothing_global_is_left_changed():
    handlers, state = logging.getLogger().handlers[:], np.random.get_state()[1].copy()  # noqa: NPY002
    found(bottle(), pore_sizes=True, porosimetry=Porosimetry(), network=Network())
    assert logging.getLogger().handlers == handlers
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    import openpnm

    assert not list(openpnm.Workspace())


def test_a_result_of_python_is_saved_and_drawn_as_one_of_a_scenario(tmp_path):
    es.save(found(bottle(), porosimetry=Porosimetry()), tmp_path / "out")
    assert {file.stem for file in (tmp_path / "out/figures").iterdir()} == {"cut", "intrusion"}
    assert "intrusion_diameter" in es.open(tmp_path / "out")


def test_figures_are_drawn_of_what_there_is():
    image = bottle()
    assert set(figures(found(image))) == {"cut"}
    everything = {"surface": True, "chords": True, "correlation": True, "pore_sizes": True}
    result = found(image, **everything, porosimetry=Porosimetry(), network=Network())
    drawn = figures(result)
    assert set(drawn) == {"cut", "chords", "two_point_correlation", "pore_sizes", "intrusion", "network"}
    (line, *_), top = drawn["intrusion"].axes[0].lines, drawn["intrusion"].axes[0]
    assert line.get_ydata().tolist() == result["intruded_share"].values.tolist()
    assert line.get_xdata()[0] == pytest.approx(1e-6 * float(result["intrusion_pressure"][0]))
    assert "MPa" in top.get_xlabel()
    assert "µm" in drawn["pore_sizes"].axes[0].get_xlabel()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"image": np.ones((4, 4), int)}, "structure needs three axes"),
        ({"image": np.ones((4, 4, 4))}, "labels are integers"),
        ({"image": np.ones((4, 4, 4), int), "phases": {"pore": 1}}, "fills the whole image"),
        ({"voxel_size": (1.0, 1.0, 2.0)}, "must be cubes: resample"),
        ({"voxel_size": -1.0}, "positive and finite"),
        ({"phases": {}}, "no phase has a name"),
        ({"phases": {"pore": 1, "solid": 9}}, r'"solid" \(label 9\) has no voxel'),
        ({"pore": ("pores",)}, 'analysis.pore names "pores", .* did you mean "pore"'),
        ({"pore": ()}, "names no phase"),
    ],
)
def test_impossible_problems_are_refused(changes, sentence):
    arguments = {"image": bottle(), "voxel_size": 1.0, "phases": {"pore": 1, "solid": 0}}
    with pytest.raises(es.InputError, match=sentence):
        Problem(**(arguments | changes))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Porosimetry(contact_angle=1.0), "57.2958 deg: .* more than 90"),
        (lambda: Porosimetry(surface_tension=0.0), "positive and finite"),
        (lambda: Porosimetry(faces=("left",)), 'names "left", which is no face'),
        (lambda: Porosimetry(faces=()), "names no face"),
        (lambda: Network(peak_radius=11), "must be 1 to 10"),
        (lambda: Analysis(sizes=1), "at least 2"),
    ],
)
def test_impossible_analyses_are_refused(make, sentence):
    with pytest.raises(es.InputError, match=sentence):
        make()


@pytest.mark.parametrize("asked", [{}, {"surface": True}, {"pore_sizes": True}, {"network": Network()}])
def test_memory_is_asked_for_before_it_is_taken(asked, monkeypatch):
    free = 60_000 if asked else 1000  # enough for the clusters of 5880 voxels, not for more
    monkeypatch.setattr(memory, "available_memory", lambda: 4 * free)
    with pytest.raises(es.InputError, match=r"needs \d+ bytes of memory"):
        found(bottle(), **asked)
