"""The example of OpenPNM's documentation, by way of electrosim."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from electrosim.base.data import IMAGES, locate
from electrosim.base.observer import Observer
from electrosim.structure import Problem
from electrosim.structure.network import network_of
from electrosim.structure.regions import measured
from electrosim.study.validation.metrics import Row
from electrosim.voxels.guarded_porespy import guarded_porespy
from electrosim.voxels.read import read_array


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    problem = Problem(np.asarray(read_array(locate("berea"), IMAGES["berea"].key), bool), 5.345e-6, {"pore": 1})
    with guarded_porespy() as porespy:
        found = porespy.filters.snow_partitioning(problem.pore_space)
    regions = measured(found.regions.astype(np.int32), found.dt, problem.edge)
    factor = 1 / network_of(problem, regions, observer)["network_relative_conductivity"][1][0]
    return [Row("formation factor", "x", float(factor), 25.098142684548733, "published")]
