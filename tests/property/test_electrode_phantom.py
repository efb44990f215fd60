"""The electrode phantom: shares, seeds, threads, and the fields it is made of."""

import numba
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from electrosim.base.errors import InputError
from electrosim.voxels.electrode import PHASES, _pushed_apart, electrode
from electrosim.voxels.gaussian_planes import GaussianPlanes

pytestmark = pytest.mark.property
SMALL = {"particle_diameter": 18, "macropore_length": 4, "porosity_length": 6, "pore_length": 1}


@settings(max_examples=20, deadline=None)
@given(
    shape=st.tuples(*[st.integers(20, 32)] * 3),
    active=st.just(0.0) | st.floats(1e-3, 0.8),
    macropore=st.just(0.0) | st.floats(1e-3, 0.5),
    porosity=st.floats(0.05, 0.95),
    spread=st.floats(0, 0.3),
    seed=st.integers(0, 2**40),
)
def test_shares_are_met_and_the_seed_repeats(shape, active, macropore, porosity, spread, seed):
    assume(active + macropore < 0.9)
    options = SMALL | {
        "active_share": active,
        "macropore_share": macropore,
        "cbd_porosity": porosity,
        "cbd_porosity_spread": spread,
    }
    labels = electrode(shape, **options, seed=seed)
    domain = 1 - active - macropore
    wanted = {"active": active, "cbd": domain * (1 - porosity), "cbd-pore": domain * porosity, "macropore": macropore}
    assert labels.max() <= max(PHASES.values())
    for name, label in PHASES.items():
        assert np.mean(labels == label) == pytest.approx(wanted[name], abs=1e-4 + 10 / labels.size)
    np.testing.assert_array_equal(labels, electrode(shape, **options, seed=seed))
    assert (labels != electrode(shape, **options, seed=seed + 1)).any()


def test_voxels_do_not_depend_on_the_number_of_threads(monkeypatch):
    found = []
    for threads in (1, 3):
        monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", threads)
        found.append(electrode((40, 48, 44), **SMALL, seed=5))
    np.testing.assert_array_equal(*found)


def matrices(planes):
    """Weight of every node at every voxel, per axis."""
    for first, weights, nodes in zip(planes.first, planes.weights, planes.noise.shape, strict=True):
        dense = np.zeros((len(first), nodes))
        for taken in range(weights.shape[1]):
            dense[np.arange(len(first)), (first + taken) % nodes] = weights[:, taken]
        yield dense


@settings(max_examples=20, deadline=None)
@given(sizes=st.tuples(*[st.integers(24, 60)] * 3), length=st.floats(1, 6), seed=st.integers(0, 2**40))
def test_planes_are_the_field_of_the_covariance_they_claim(sizes, length, seed):
    """The covariance follows from the weights without a sample, and holds across the edges."""
    planes = GaussianPlanes.draw(sizes, length, np.random.default_rng(seed))
    x, y, z = matrices(planes)
    field = np.einsum("xa,yb,zc,abc->xyz", x, y, z, planes.noise.astype(float), optimize=True)
    found = np.stack([planes.plane(number) for number in range(sizes[0])])
    np.testing.assert_allclose(found, field, atol=2e-5)
    assert field.mean() == pytest.approx(0, abs=1e-5)
    assert field.var() == pytest.approx(1, abs=1e-4)
    for size, dense in zip(sizes, (x, y, z), strict=True):
        apart = np.arange(size)[:, None] - np.arange(size)
        expected = sum(np.exp(-(((apart + shift) / length) ** 2) / 4) for shift in size * np.arange(-2, 3))
        np.testing.assert_allclose(dense @ dense.T, expected / expected[0, 0], atol=2e-3)


def test_the_porosity_of_the_carbon_binder_domain_varies_as_told():
    """Where the field of the local porosity is t, the porosity is mean + spread x t."""
    shape, levels = (96, 96, 96), np.array([-1.5, -0.5, 0.5, 1.5])
    options = SMALL | {"porosity_length": 12, "active_share": 0, "macropore_share": 0, "cbd_porosity_spread": 0.12}
    found = []
    for seed in range(6):
        pores = electrode(shape, **options, seed=seed) == PHASES["cbd-pore"]
        rng = np.random.default_rng(seed)
        GaussianPlanes.draw(shape, SMALL["macropore_length"], rng)
        local = GaussianPlanes.draw(shape, 12, rng)
        field = np.stack([local.plane(x) for x in range(shape[0])])
        found.append([pores[np.abs(field - level) < 0.25].mean() for level in levels])
    error = np.std(found, axis=0, ddof=1) / np.sqrt(len(found))
    assert error.max() < 0.01
    assert (np.abs(np.mean(found, axis=0) - (0.337 + 0.12 * levels)) < 4 * error).all()


def test_particles_are_pushed_apart():
    """Few overlap: balls at random would fill 1 - exp(-0.575) = 44 % and have to be scaled by 14 % for 57.5 %."""
    rng = np.random.default_rng(1)
    radii = 10 * np.exp(0.25 * rng.standard_normal(60))
    edge = (sum(4 / 3 * np.pi * radii**3) / 0.575) ** (1 / 3)
    centres = _pushed_apart(rng.random((60, 3)) * edge, radii, np.full(3, edge))
    between = centres[:, None] - centres
    distance = np.linalg.norm(between - edge * np.round(between / edge), axis=-1)
    overlap = (radii[:, None] + radii - distance)[np.triu_indices(60, 1)]
    assert overlap.max() < 0.05 * radii.mean()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"active_share": 0.9}, "add up to 1.087; keep the sum below 1"),
        ({"particle_diameter": 33}, "a particle of 33 voxels does not fit in an image of 32"),
        ({"macropore_length": 17}, "macropore_length of 17 voxels is longer than half"),
        ({"pore_length": 5}, "pore_length, 4 times over, of 20 voxels is longer than half"),
        ({"active_share": 1e-5}, "active_share of 1e-05 is less than a voxel"),
        ({"active_share": 0.01, "macropore_share": 0, "particle_diameter": 1}, None),
    ],
)
def test_what_does_not_fit(options, sentence):
    if sentence is None:
        assert np.mean(electrode((32, 32, 32), **SMALL | options) == 0) == pytest.approx(0.01, abs=3e-4)
    else:
        with pytest.raises(InputError, match=sentence):
            electrode((32, 32, 32), **SMALL | options)
