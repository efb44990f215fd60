"""The ``[ageing]`` table of ``kind = "discharge"`` scenarios."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from electrosim.base.errors import concerning
from electrosim.base.quantities import AreaResistance
from electrosim.base.scenario import Table
from electrosim.discharge.ageing.cycling import Cycling
from electrosim.discharge.ageing.jumps import CycleJumps
from electrosim.discharge.ageing.laws import Driver, Law, Laws
from electrosim.discharge.ageing.problem import Ageing, PostMortem
from electrosim.discharge.protocol_tables import Voltage
from electrosim.materials.electrochemical import LithiumMetal

Rate = Annotated[float, Field(gt=0, le=1000, strict=True)]
Share = Annotated[float, Field(ge=0, lt=1, strict=True)]


class ShareLaw(Table):
    """A law whose damage is a share of what there is."""

    rate: Share = Field(0.0, description="per equivalent full cycle; where work drives it, at the reference")
    driver: Driver = Field("throughput", description="what the damage is in proportion to")

    def law(self) -> Law:
        """Return the law."""
        return Law(self.rate, self.driver)


class ResistanceLaw(Table):
    """A law whose damage is a resistance."""

    rate: AreaResistance = Field(
        "0 ohm*m^2",  # type: ignore[assignment]
        description="per equivalent full cycle; where work drives it, at the reference",
    )
    driver: Driver = Field("throughput", description="what the damage is in proportion to")

    def law(self) -> Law:
        """Return the law."""
        return Law(self.rate, self.driver)


class LawsTable(Table):
    """What a cycle does to each layer of the positive electrode."""

    lithium: ShareLaw = Field(ShareLaw(), description="share of the charge that side reactions consume")
    active_material: ShareLaw = Field(ShareLaw(), description="share of the active material that is lost")
    contacts: ShareLaw = Field(ShareLaw(), description="growth of the electronic resistivity of the layer, relative")
    film: ResistanceLaw = Field(ResistanceLaw(), description="growth between particle and electrolyte")
    collector: ResistanceLaw = Field(ResistanceLaw(), description="growth between collector and bottom layer")
    reference_overpotential: Voltage = Field(
        "50 mV",  # type: ignore[assignment]
        description="work over charge at which the rates of laws driven by work hold",
    )

    def laws(self) -> Laws:
        """Return the laws."""
        return Laws(
            self.lithium.law(),
            self.active_material.law(),
            self.contacts.law(),
            self.film.law(),
            self.collector.law(),
            self.reference_overpotential,
        )


class PostMortemTable(Table):
    """A slow cycle of the positive electrode, fresh and aged, against fresh lithium in fresh electrolyte."""

    lower_voltage: Voltage = Field("3.0 V")  # type: ignore[assignment]
    upper_voltage: Voltage = Field("4.3 V")  # type: ignore[assignment]


class AgeingTable(Table):
    """Long cycling at constant current: resolved cycles, jumps between them, slow check-ups."""

    cycles: int = Field(strict=True, ge=1, le=100_000)
    charge_rate: Rate = Field(1.0, description="C-rate")
    discharge_rate: Rate = Field(1.0, description="C-rate")
    lower_voltage: Voltage | None = Field(None, description="where a discharge ends; that of the protocol by default")
    upper_voltage: Voltage | None = Field(None, description="where a charge ends; that of the protocol by default")
    check_rate: Rate = Field(0.1, description="C-rate of the slow cycles")
    check_every: int = Field(50, strict=True, ge=1, description="cycles from one check-up to the next")
    laws: LawsTable = LawsTable()
    post_mortem: PostMortemTable | None = None
    tolerance: float = Field(
        0.01, strict=True, gt=0, lt=1, description="largest error of a jump, as a share of the damage it does"
    )
    longest_jump: int = Field(100, strict=True, ge=1, description="most cycles in one jump; 1 resolves each cycle")

    def ageing(self, one_c: float, lower: float, upper: float, metal: LithiumMetal) -> Ageing:
        """Return what the cell goes through.

        Parameters
        ----------
        one_c : float
            Current density of 1C [A m-2].
        lower, upper : float
            Voltages of the protocol [V].
        metal : LithiumMetal
            Fresh counter electrode of the post-mortem.
        """
        slow = self.check_rate * one_c
        voltages = self.lower_voltage or lower, self.upper_voltage or upper
        opened = None
        if self.post_mortem is not None:
            own = self.post_mortem.lower_voltage, self.post_mortem.upper_voltage
            with concerning("ageing", "post_mortem"):
                opened = PostMortem(metal, Cycling(slow, slow, *own))
        with concerning("ageing", "lower_voltage"):
            cycling = Cycling(self.charge_rate * one_c, self.discharge_rate * one_c, *voltages)
        return Ageing(
            cycling=cycling,
            cycles=self.cycles,
            laws=self.laws.laws(),
            check_up=Cycling(slow, slow, *voltages),
            check_every=self.check_every,
            post_mortem=opened,
            jumps=CycleJumps(self.tolerance, self.longest_jump),
        )
