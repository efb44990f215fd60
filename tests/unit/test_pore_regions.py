"""Pores parted at their necks, against rooms of known size."""

import numpy as np
import pytest

import electrosim as es
from electrosim.base import memory
from electrosim.structure.regions import pore_regions


def rooms():
    """Three cubic rooms of 9, 7 and 5 voxels in a row along x, joined by a corridor one voxel wide."""
    image = np.zeros((30, 11, 11), bool)
    image[1:10, 1:10, 1:10] = image[12:19, 2:9, 2:9] = image[22:27, 3:8, 3:8] = True
    image[1:27, 5, 5] = True
    return image


def test_rooms_are_found_with_centre_volume_and_diameter():
    image = rooms()
    found = pore_regions(image, 2e-6)
    assert found.labels.dtype == np.int32
    np.testing.assert_array_equal(found.labels > 0, image)
    order = np.argsort(found.centre[:, 0])
    assert len(order) == 3
    np.testing.assert_allclose(found.inscribed_diameter[order], [20e-6, 16e-6, 12e-6], rtol=1e-6)
    np.testing.assert_allclose(found.volume[order], np.array([729, 343, 125]) * 8e-18, rtol=0.02)  # and the corridor
    np.testing.assert_allclose(found.volume.sum(), image.sum() * 8e-18)
    np.testing.assert_allclose(found.centre[order, 1:], 11e-6, rtol=1e-9)
    np.testing.assert_allclose(found.centre[order, 0], np.array([5.5, 15.5, 24.5]) * 2e-6, atol=0.3e-6)
    for number in range(3):
        inside = np.argwhere(found.labels == number + 1)
        np.testing.assert_allclose(found.centre[number], (inside.mean(axis=0) + 0.5) * 2e-6)


def test_the_faces_of_the_image_are_no_walls():
    slit = np.zeros((40, 30, 9), bool)
    slit[:, :, 1:8] = True
    assert set(pore_regions(slit, 1.0).inscribed_diameter) == {8.0}
    assert pore_regions(np.ones((4, 4, 4), bool), 1.0).inscribed_diameter.tolist() == [np.inf]
    nothing = pore_regions(np.zeros((4, 4, 4), bool), 1.0)
    assert nothing.centre.shape == (0, 3)
    assert not nothing.labels.any()


def test_what_cannot_be_parted_is_refused(monkeypatch):
    with pytest.raises(es.InputError, match="give three axes"):
        pore_regions(np.ones((4, 4), bool), 1.0)
    monkeypatch.setattr(memory, "available_memory", lambda: 1000)
    with pytest.raises(es.InputError, match="parting 64 voxels into pores needs 3200 bytes"):
        pore_regions(np.ones((4, 4, 4), bool), 1.0)
