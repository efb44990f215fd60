"""A drying result as the load of a film: its thickness, and how its free strain rises once it has consolidated."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, nearest
from electrosim.base.result import read

if TYPE_CHECKING:
    import xarray as xr

Floats = NDArray[np.float64]
Driver = Literal["stress", "solvent"]
History = tuple[Floats, Floats]
"""Times [s] and the free strains reached at them."""

_ENTRY = "shrinkage"  # the stage of drying at whose end the solid is at rest and air enters its pores


@dataclass(frozen=True)
class DryingRecord:
    """What a drying result says about the film from the end of consolidation on.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    thickness : float
        Of the consolidated film [m].
    time : ndarray, shape (times,)
        From the moment on when air enters the pores [s].
    solvent : ndarray, shape (times,)
        In the film [kg m-2].
    stress : dict of str to ndarray, shape (times,)
        What the film would bear if it did not crack [Pa], by the name of the law.
    """

    name: str
    thickness: float
    time: Floats
    solvent: Floats
    stress: dict[str, Floats]

    def by_stress(self, law: str, biaxial_modulus: float) -> History:
        """Return times and free strains: the stress that a law gives over the biaxial modulus, while it rises.

        Raises
        ------
        InputError
            If the result has no such stress, or it is so high that the film would shrink by its whole length.
        """
        if not self.stress:
            raise InputError(
                f"{self.name}: this result holds no stress; run the drying scenario with [cracking], or set "
                'follows = "solvent"',
                ("shrinkage", "drying"),
            )
        if law not in self.stress:
            known = nearest(law, self.stress)
            raise InputError(f'{self.name}: there is no stress by "{law}"; {known}', ("shrinkage", "stress_model"))
        stress = self.stress[law]
        if not np.isfinite(stress).all() or stress.max() <= 0:
            raise InputError(
                f"{self.name}: the stress by {law} is not known or never rises; choose another stress_model",
                ("shrinkage", "stress_model"),
            )
        highest = float(stress.max())
        if highest >= biaxial_modulus:
            raise InputError(
                f"{self.name}: the stress by {law} reaches {highest:.4g} Pa, over a biaxial modulus of "
                f"{biaxial_modulus:.4g} Pa a free strain of 1 or more; raise film.modulus",
                ("film", "modulus"),
            )
        return self._while_rising(stress / biaxial_modulus)

    def by_solvent(self, strain: float) -> History:
        """Return times and free strains: in proportion to the solvent that the pores have lost, up to a final strain.

        Raises
        ------
        InputError
            If the pores lose none.
        """
        lost = self.solvent[0] - self.solvent
        if lost[-1] <= 0:
            raise InputError(f"{self.name}: no solvent leaves the pores of this film", ("shrinkage", "drying"))
        return self._while_rising(strain * lost / lost[-1])

    def _while_rising(self, strain: Floats) -> History:
        """Return the points at which a strain is higher than ever before."""
        before = np.maximum.accumulate(strain)[:-1]
        rising = np.append(True, strain[1:] > before)
        return self.time[rising], strain[rising]


def read_drying(path: Path) -> DryingRecord:
    """Read a drying result from its folder or its file.

    Raises
    ------
    InputError
        If it is no drying result, did not succeed, or its film never consolidates.
    """
    dataset, name = read(path), str(path)
    kind = json.loads(dataset.attrs["scenario"]).get("kind")
    if kind != "drying":
        raise _refusal(name, f'this is a result of kind "{kind}"; give one of kind "drying"')
    try:
        if not bool(dataset["solved"]):
            raise _refusal(name, f"the drying did not succeed ({dataset['status'].item()})")
        entry = float(dataset["stage_end_times"].sel(stage=_ENTRY))
        time, height, solvent = (_over_time(dataset, key) for key in ("time", "solid_height", "solvent_inventory"))
        laws = [str(law) for law in dataset["model"].values] if "stress_whole" in dataset else []
        stress = {law: _over_time(dataset, "stress_whole", law) for law in laws}
    except InputError:
        raise
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise _refusal(name, f"the result lacks something of a drying result ({error})") from None
    if not np.isfinite(entry):
        raise _refusal(name, "the film never consolidates; dry it longer, or give times and strains")
    if not (np.isfinite([time, height, solvent]).all() and (np.diff(time) > 0).all() and (height > 0).all()):
        raise _refusal(name, "times, heights or solvent of this result are not finite and rising")
    if not time[0] <= entry < time[-1]:
        raise _refusal(name, "the drying ends before air enters the pores")
    after = np.append(entry, time[time > entry])
    return DryingRecord(
        name,
        thickness=float(np.interp(entry, time, height)),
        time=after,
        solvent=np.interp(after, time, solvent),
        stress={law: np.interp(after, time, values) for law, values in stress.items()},
    )


def _over_time(dataset: xr.Dataset, key: str, law: str | None = None) -> Floats:
    values = dataset[key] if law is None else dataset[key].sel(model=law)
    if values.dims != ("time",):
        raise ValueError(f"{key} is not over time")
    return np.asarray(values.values, np.float64)


def _refusal(name: str, reason: str) -> InputError:
    return InputError(f"{name}: {reason}", ("shrinkage", "drying"))
