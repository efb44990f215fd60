"""The scenario tables [errors] and [rev]: how far a conductivity may be off, and how far it stands for the material."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag

from electrosim.base.errors import InputError, concerning
from electrosim.base.scenario import Table, entries, refuse
from electrosim.base.units import Fraction
from electrosim.conduction.error_budget import Errors
from electrosim.conduction.problem import Boundary
from electrosim.conduction.representative_volume import RepresentativeVolume
from electrosim.voxels.table import ImageTable, Seed


class ThresholdBand(Table):
    """How far the grey value that parts the phases may lie on either side."""

    threshold_band: float = Field(strict=True, gt=0, description="solve also with image.threshold less and plus this")


def _switch_or_band(value: Any) -> str:
    """Tell the two spellings of `segmentation` apart; no key looks like the tags."""
    return "a band" if isinstance(value, (dict, ThresholdBand)) else "a switch"


class ErrorsTable(Table):
    """Which parts of the error budget to compute."""

    discretisation: bool = Field(
        False, strict=True, description="half the guaranteed interval, and an estimate from half the resolution"
    )
    cutout: bool = Field(False, strict=True, description="constant current, periodic and constant potential")
    segmentation: Annotated[
        Annotated[bool, Field(strict=True), Tag("a switch")] | Annotated[ThresholdBand, Tag("a band")],
        Discriminator(_switch_or_band),
    ] = Field(False, description="surface moved by a voxel each way, or { threshold_band = 5 } on a grey image")

    @property
    def threshold_band(self) -> float | None:
        """Half the width of the band, if one is asked for."""
        return self.segmentation.threshold_band if isinstance(self.segmentation, ThresholdBand) else None

    def check(self, image: ImageTable) -> None:
        """Refuse a threshold band for an image that is not made by a threshold."""
        if self.threshold_band is not None and getattr(image, "threshold", None) is None:
            raise refuse(
                "segmentation.threshold_band needs a grey image with image.threshold; write segmentation = true"
            )

    def errors(self, image: ImageTable) -> Errors:
        """Return what `solve` takes; with a threshold band the image is read twice more.

        Raises
        ------
        InputError
            If a threshold leaves a phase without voxels.
        """
        band = self.threshold_band
        if band is None:
            return Errors(self.discretisation, self.cutout, bool(self.segmentation))
        threshold: float = image.threshold  # type: ignore[attr-defined]
        first, second = (_labels(image, threshold + shift) for shift in (-band, band))
        return Errors(self.discretisation, self.cutout, (first, second))


def _labels(image: ImageTable, threshold: float) -> Any:
    with concerning("errors", "segmentation", "threshold_band"):
        try:
            return image.model_copy(update={"threshold": threshold}).load().labels
        except InputError as error:
            raise InputError(f"with image.threshold = {threshold:g}, {error}") from None


def _different(sizes: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(sizes)) < len(sizes):
        raise refuse("holds a size twice; give each once")
    return sizes


class RepresentativeVolumeTable(Table):
    """Conductivity of sub-volumes, and whether the image is large enough to be representative."""

    sizes: Annotated[
        tuple[Annotated[int, Field(strict=True, ge=2)], ...], AfterValidator(entries(2, 30)), AfterValidator(_different)
    ] = Field(description="edges of the sub-volumes in voxels, at least two", examples=[[25, 50, 100]])
    most: int = Field(64, strict=True, ge=2, le=100_000, description="most sub-volumes of a size, chosen at random")
    seed: Seed = 0
    boundary: Boundary = Field("constant-potential", description="what drives the current through a sub-volume")
    accuracy: Fraction = Field(0.05, description="scatter of volumes as large as the image that is still accepted")

    def asked(self) -> RepresentativeVolume:
        """Return what `solve` takes."""
        return RepresentativeVolume(self.sizes, self.most, self.seed, self.boundary, self.accuracy)
