"""How evenly two layers are used: as it is, and as equations 7 and 8 of Yari et al. have it from single layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.discharge.capacities import layer_charges
from electrosim.discharge.record import Record

Floats = NDArray[np.float64]


def disparity_variables(records: Sequence[Record], single_layers: Floats | None) -> dict[str, Any]:
    """Return how evenly the layers of the positive electrode are used.

    With q_1 and q_2 the charge per active mass that the bottom and the top layer give, the disparity is
    psi = q_1/(q_1 + q_2), one half if both are used alike. Yari et al. could not measure it. Their equations

        Q_t = w_1 u_1 Q_1 + w_2 u_2 Q_2,   u_1 = 1                      (7)
        psi = Q_1/(u_2 Q_2 + Q_1) = w_2/(w_2 - w_1 + Q_t/Q_1)           (8)

    infer it from Q_t, the charge per active mass of the bilayer, from Q_1 and Q_2, that of single layers of either
    recipe, and from the shares w of active mass, by supposing that the bottom layer gives what it would by itself.

    Parameters
    ----------
    records : sequence of Record
        One for each rate.
    single_layers : ndarray, shape (rates, layers), or None
        Charge per active mass of single layers of each layer's recipe [C kg-1].

    Returns
    -------
    dict of str to variables
        For two layers, with dimension `rate`: `true_disparity` and `top_to_bottom`, q_2/q_1, from the lithium in the
        particles. With single layers: `single_layer_capacity` [C kg-1] and `layer_coefficient`, the true u_i = q_i/Q_i,
        with `rate` and `positive_layer`; for two layers `disparity` (8), `top_layer_coefficient` u_2 (7), and
        `inferred_top_to_bottom`, u_2 Q_2/Q_1.

    References
    ----------
    S. Yari et al., ACS Appl. Energy Mater. 3 (2020) 11820, doi:10.1021/acsaem.0c01966, equations 7 and 8.
    """
    positive = [number for number, section in enumerate(records[0].sections) if section.side == "positive"]
    masses = np.array([[record.mass(record.sections[number]) for number in positive] for record in records])
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.array([layer_charges(record) for record in records])[:, positive] / masses
        found: dict[str, Any] = {}
        if len(positive) == 2:
            bottom, top = each.T
            found["true_disparity"] = variable(
                "rate", bottom / (bottom + top), "1", "share of the bottom layer per active mass, from its lithium"
            )
            found["top_to_bottom"] = variable("rate", top / bottom, "1", "use of the top over that of the bottom layer")
        if single_layers is not None:
            found |= _from_single_layers(records, masses, each, single_layers)
    return found


def _from_single_layers(records: Sequence[Record], masses: Floats, each: Floats, single: Floats) -> dict[str, Any]:
    found = {
        "single_layer_capacity": variable(
            ("rate", "positive_layer"),
            single,
            "C kg-1",
            "charge of a single layer of the layer's recipe per active mass",
        ),
        "layer_coefficient": variable(
            ("rate", "positive_layer"), each / single, "1", "charge of a layer over that of its single layer, true u"
        ),
    }
    if single.shape[1] == 2:
        total = np.array([record.charge for record in records]) / masses.sum(axis=1)
        coefficient, disparity = inferred(masses[0] / masses[0].sum(), total, single[:, 0], single[:, 1])
        found |= {
            "top_layer_coefficient": variable("rate", coefficient, "1", "u_2 of equation 7 with u_1 = 1"),
            "disparity": variable("rate", disparity, "1", "psi of equation 8, from single layers with u_1 = 1"),
            "inferred_top_to_bottom": variable(
                "rate", coefficient * single[:, 1] / single[:, 0], "1", "u_2 Q_2/Q_1 of equation 7 with u_1 = 1"
            ),
        }
    return found


def inferred(shares: Floats, total: Floats, bottom: Floats, top: Floats) -> tuple[Floats, Floats]:
    """Return u_2 (equation 7 with u_1 = 1) and psi (equation 8).

    Examples
    --------
    >>> u_2, psi = inferred(np.array([0.5, 0.5]), np.array([120.0]), np.array([100.0]), np.array([140.0]))
    >>> u_2.item(), round(psi.item(), 4)
    (1.0, 0.4167)
    """
    coefficient = (total - shares[0] * bottom) / (shares[1] * top)
    return coefficient, np.asarray(shares[1] / (shares[1] - shares[0] + total / bottom))
