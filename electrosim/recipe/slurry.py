"""The state of an electrode slurry after Yari et al. 2020: binder film, solvent shell, solid volume fraction."""

from __future__ import annotations

from dataclasses import dataclass

from electrosim.base.errors import InputError
from electrosim.recipe.solids import Ingredients, Weights

NMP_DENSITY = 1028.0  # kg m-3, N-methyl-2-pyrrolidone at 25 °C


@dataclass(frozen=True)
class Slurry:
    """Solids in a solvent; one of three ways to say how much solvent there is makes it, the others follow.

    Parameters
    ----------
    ingredients : Ingredients
        What the solids are.
    weights : Weights
        Their weight fractions.
    solvent_ratio : float
        Mass of solvent per mass of solids, ss in the paper.
    solvent_density : float
        [kg m-3]

    References
    ----------
    .. [1] S. Yari et al., ACS Appl. Energy Mater. 3 (2020) 11820, doi 10.1021/acsaem.0c01966. Its eqs. S1 and S2 are
       not in the main text; t_b and t_s are taken as its words define them.
    """

    ingredients: Ingredients
    weights: Weights
    solvent_ratio: float
    solvent_density: float = NMP_DENSITY

    def __post_init__(self) -> None:
        """Check once."""
        if not self.solvent_ratio > 0:
            raise InputError(f"a slurry has solvent: {self.solvent_ratio:g} per mass of solids is not positive")

    @classmethod
    def from_shell(
        cls, ingredients: Ingredients, weights: Weights, shell: float, solvent_density: float = NMP_DENSITY
    ) -> Slurry:
        """Return the slurry whose solvent shell has a thickness t_s [m]."""
        ratio = shell * solvent_density * float(ingredients.surface(weights))
        return cls(ingredients, weights, ratio, solvent_density)

    @classmethod
    def from_solid_fraction(
        cls, ingredients: Ingredients, weights: Weights, fraction: float, solvent_density: float = NMP_DENSITY
    ) -> Slurry:
        """Return the slurry with a solid volume fraction phi."""
        if not 0 < fraction < 1:
            raise InputError(f"a solid volume fraction of {fraction:g} is not between 0 and 1")
        ratio = (1 / fraction - 1) * solvent_density * float(ingredients.volume(weights))
        return cls(ingredients, weights, ratio, solvent_density)

    @property
    def film_thickness(self) -> float:
        """Thickness t_b of the binder film [m]."""
        return float(self.ingredients.film_thickness(self.weights))

    @property
    def shell_thickness(self) -> float:
        """Thickness t_s of the solvent shell over active material and carbon [m]: ss/(rho_s (f_a S_a + f_c S_c))."""
        return self.solvent_ratio / (self.solvent_density * float(self.ingredients.surface(self.weights)))

    @property
    def solid_fraction(self) -> float:
        """Volume fraction phi of the solids by the mass balance: 1/phi = 1 + t_s (f_a S_a + f_c S_c)/sum(f_i/rho_i)."""
        solids = float(self.ingredients.volume(self.weights))
        return solids / (solids + self.solvent_ratio / self.solvent_density)

    @property
    def approximate_solid_fraction(self) -> float:
        """The same by eq. 1 of the paper, 1/phi = 1 + rho_a (S_a + S_c f_c) t_s/(1 - f_c).

        It leaves out the volume of the binder and of the carbon and takes f_a = 1 in the area, so it lies 4-16 % below
        the mass balance over the paper's recipes.
        """
        carbon = float(self.weights.carbon)
        surface = self.ingredients.active_surface + self.ingredients.carbon.specific_surface * carbon
        return 1 / (1 + surface * self.shell_thickness / (self.ingredients.active_volume * (1 - carbon)))

    @property
    def weight_solids(self) -> float:
        """Weight fraction of the solids in the slurry."""
        return 1 / (1 + self.solvent_ratio)

    @property
    def density(self) -> float:
        """Of the slurry [kg m-3]."""
        volume = float(self.ingredients.volume(self.weights)) + self.solvent_ratio / self.solvent_density
        return (1 + self.solvent_ratio) / volume

    @property
    def volume_fractions(self) -> tuple[float, float, float, float]:
        """Of active material, carbon, binder and solvent in the slurry."""
        per_mass = self.density * self.weight_solids  # mass of solids per volume of slurry
        weights, ingredients = self.weights, self.ingredients
        active = per_mass * float(weights.active) * ingredients.active_volume
        carbon = per_mass * float(weights.carbon) / ingredients.carbon.density
        binder = per_mass * float(weights.binder) / ingredients.binder.density
        return active, carbon, binder, 1 - self.solid_fraction
