"""Cross-sections from the cache and without it, tables of a material, bad input."""

import numpy as np
import pytest
from scipy.constants import electron_volt

from electrosim.backscatter import elastic
from electrosim.backscatter.elastic import differential_cross_section, elastic_tables, energy_grid
from electrosim.backscatter.elastic_cache import CACHE_VARIABLE
from electrosim.backscatter.scattering_angle import ANGLES, over_the_sphere
from electrosim.backscatter.stopping import stopping_power
from electrosim.base.errors import InputError
from electrosim.materials import material, mixture

KILOVOLT = 1e3 * electron_volt


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    return tmp_path / "elastic"


@pytest.fixture
def computed(monkeypatch):
    """Energies for which partial waves were summed, not read."""
    energies = []

    def counted(atomic_number, energy):
        energies.append((atomic_number, energy))
        return original(atomic_number, energy)

    original = elastic._partial_waves
    monkeypatch.setattr(elastic, "_partial_waves", counted)
    return energies


def test_a_cross_section_is_computed_once(cache, computed):
    _, first = differential_cross_section(47, KILOVOLT)
    _, again = differential_cross_section(47, KILOVOLT)
    np.testing.assert_array_equal(first, again)
    assert len(computed) == 1
    differential_cross_section(47, 1.001 * KILOVOLT)
    differential_cross_section(46, KILOVOLT)
    assert len(computed) == 3
    assert len(list(cache.iterdir())) == 3
    assert not list(cache.glob(".*"))


DAMAGES = {
    "cut short": lambda content: content[:-8],
    "emptied": lambda _: b"",
    "one byte changed": lambda content: content[:99] + bytes([content[99] ^ 1]) + content[100:],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_cache_is_made_anew(cache, computed, damage):
    _, first = differential_cross_section(6, KILOVOLT)
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    _, again = differential_cross_section(6, KILOVOLT)
    np.testing.assert_array_equal(first, again)
    assert len(computed) == 2
    assert file.read_bytes() == whole


def test_no_cache_is_no_error(tmp_path, monkeypatch, computed):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv(CACHE_VARIABLE, str(blocked))
    for _ in range(2):
        differential_cross_section(6, KILOVOLT)
    assert len(computed) == 2


@pytest.mark.parametrize("model", ["mott", "screened-rutherford", "browning"])
def test_tables_of_a_mixture(cache, model):
    del cache
    grid = energy_grid(0.9 * KILOVOLT, 1.1 * KILOVOLT)
    parts = (material("C"), 0.3), (material("Au"), 0.7)
    mixed = elastic_tables(mixture("both", parts, density=5e3), grid, model)
    alone = [elastic_tables(part, grid, model) for part, _ in parts]
    for name in ("total", "transport"):
        expected = sum(
            share * 5e3 / part.density * getattr(table, name) for (part, share), table in zip(parts, alone, strict=True)
        )
        np.testing.assert_allclose(getattr(mixed, name), expected, rtol=1e-12)
    assert (np.diff(mixed.half_versine) > 0).all()
    between = np.sqrt(grid[0] * grid[1])
    assert mixed.total[1] < mixed.inverse_mean_free_path(between) < mixed.total[0]
    assert mixed.transport[1] < mixed.inverse_transport_mean_free_path(between) < mixed.transport[0]


def test_formulas_have_the_totals_they_are_made_of():
    _, browning = differential_cross_section(13, 2 * KILOVOLT, "browning")
    total = 3.0e-22 * 13**1.7 / (2 + 0.005 * 13**1.7 * 2**0.5 + 0.0007 * 169 / 2**0.5)
    assert float(over_the_sphere(browning)) == pytest.approx(total, rel=1e-6, abs=0)
    _, rutherford = differential_cross_section(13, 2 * KILOVOLT, "screened-rutherford")
    screening = 3.4e-3 * 13**0.67 / 2
    total = 5.21e-25 * (13 / 2) ** 2 * 4 * np.pi / (screening * (1 + screening)) * (513 / 1026) ** 2
    assert float(over_the_sphere(rutherford)) == pytest.approx(total, rel=1e-6, abs=0)
    mean = screening * ((1 + screening) * np.log(1 + 1 / screening) - 1)
    assert float(over_the_sphere(rutherford * np.sin(ANGLES / 2) ** 2)) == pytest.approx(total * mean, rel=1e-6, abs=0)


def test_casino_stops_more_in_carbon_and_less_in_silver():
    """backscatter.md, section 4: its J changes the stopping power by +4.2 % in graphite, -2 % in silver at 1 keV."""
    ratio = [
        float(stopping_power(material(name), KILOVOLT, "casino") / stopping_power(material(name), KILOVOLT))
        for name in ("graphite", "silver")
    ]
    assert ratio == pytest.approx([1.042, 0.98], abs=0.005)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: differential_cross_section(104, KILOVOLT), "no atomic data for Z = 104; they run from 1 to 103"),
        (lambda: differential_cross_section(6, 40 * electron_volt), "from 50 eV to 50 keV, not at 40 eV"),
        (lambda: differential_cross_section(6, KILOVOLT, "mot"), 'elastic = "mot" is not known; did you mean "mott"?'),
        (lambda: energy_grid(KILOVOLT, 60 * KILOVOLT), "from 50 eV to 50 keV, not from 1000 eV to 60 keV"),
        (lambda: stopping_power(material("C"), KILOVOLT, "bethe"), 'stopping = "bethe" is not known'),
    ],
    ids=["element", "energy", "model", "range", "stopping"],
)
def test_bad_input(wrong, sentence):
    with pytest.raises(InputError) as caught:
        wrong()
    assert sentence in str(caught.value)
