"""The example of OpenPNM's documentation, by way of electrosim."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from electrosim.base.data import IMAGES, locate
from electrosim.base.observer import Observer
from electrosim.structure import Analysis, Network, Problem, solve
from electrosim.study.validation.metrics import Row
from electrosim.voxels.read import read_array


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    pores = np.asarray(read_array(locate("berea"), IMAGES["berea"].key), bool)
    analysis = Analysis(False, False, False, False, network=Network())
    found = solve(Problem(pores, 5.345e-6, {"pore": 1}), method=analysis, observer=observer)
    factor = 1 / float(found["network_relative_conductivity"].sel(axis="x"))
    return [Row("formation factor", "x", factor, 25.098142684548733, "published")]
