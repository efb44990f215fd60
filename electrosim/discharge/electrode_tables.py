"""The [electrode] and [negative] tables: a coating, and how electrons get into its particles."""

from __future__ import annotations

from pydantic import Field

from electrosim.base.quantities import AreaResistance
from electrosim.discharge.cell import Electrode
from electrosim.discharge.coated import Electronics, electrode, single_layer
from electrosim.discharge.conductivity_tables import ConductivityTable, ContactTable
from electrosim.recipe.tables import CoatingTable


class ElectrodeTable(CoatingTable):
    """An electrode by what was weighed; layers are given bottom (at the collector) first."""

    film_resistance: AreaResistance = Field(
        "0 ohm*m^2", validate_default=True, description="around particles, of their surface"
    )

    def electrode(self, conductivity: ConductivityTable, contact: ContactTable) -> Electrode:
        """Return the electrode."""
        return electrode(self.coating, self._electronics(conductivity, contact), self.film_resistance)

    def single_layers(self, conductivity: ConductivityTable, contact: ContactTable) -> tuple[Electrode, ...]:
        """Return an electrode of one layer for the recipe of each layer, with as much active material."""
        electronics = self._electronics(conductivity, contact)
        return tuple(
            electrode(single_layer(self.coating, number), electronics, self.film_resistance)
            for number in range(len(self.coating.layers))
        )

    def _electronics(self, conductivity: ConductivityTable, contact: ContactTable) -> Electronics:
        background = conductivity.background_of(self.ingredients.active[0][0])
        return Electronics(conductivity.law, background, contact.law, conductivity.wired_law)


class NegativeTable(ElectrodeTable):
    """The negative electrode, with conductivity and contact of its own."""

    conductivity: ConductivityTable
    contact: ContactTable = ContactTable()
