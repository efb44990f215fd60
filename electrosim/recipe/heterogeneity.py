"""Numbers of a coating of several layers: heterogeneity factor and mean carbon."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from electrosim.base.errors import InputError


def mean_carbon(carbon: Sequence[float], solids: Sequence[float]) -> float:
    """Return the weight fraction of carbon in all layers, each with its mass of solids."""
    return float(np.average(carbon, weights=solids))


def heterogeneity(carbon: Sequence[float], solids: Sequence[float]) -> float:
    """Return the heterogeneity factor delta of Yari et al. 2020, eq. 3.

    delta = sum_i (omega^i/omega^t) |f_c^i - f_c^t|/f_c^t, with the solid loadings omega and the mean carbon f_c^t. The
    equation as printed has f_c^i - f_c^i, which is always zero; its Table 1 needs f_c^t. The paper gives 0 < delta < 1;
    two layers of which one, with the share w of the solids, holds all carbon have 2 (1 - w), so up to 2.

    Parameters
    ----------
    carbon : sequence of float
        Weight fraction of carbon in each layer.
    solids : sequence of float
        Mass of solids in each layer, in any unit.

    Raises
    ------
    InputError
        If there is no carbon at all.

    References
    ----------
    .. [1] S. Yari et al., ACS Appl. Energy Mater. 3 (2020) 11820, doi 10.1021/acsaem.0c01966

    Examples
    --------
    >>> round(heterogeneity([0.01, 0.04], [1, 1]), 12)
    0.6
    """
    total = mean_carbon(carbon, solids)
    if not total > 0:
        raise InputError("the heterogeneity factor compares with the mean carbon, and there is none")
    return float(np.average(np.abs(np.subtract(carbon, total)), weights=solids)) / total
