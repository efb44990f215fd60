"""Where numbers stand in the flat arrays of the compiled loops.

A run keeps all its vectors in one array, one behind the other, `STRIDE` numbers apart: the compiler then knows that
they do not overlap, and a function needs few arguments. A vector is read as ``work[ROW + k]``. Index k counts cells (or
the faces left of them) from the collector of the negative electrode; slot m = population * cells + k counts kinds of
particles in cells.
"""

from __future__ import annotations

STRIDE = 520
"""Numbers in a vector: most slots, and twice the most cells, that a run can have. Not a power of two, on purpose:
the vectors would compete for the same lines of the processor's cache."""

SURFACE = STRIDE - 1
"""The place of the surface of lithium metal among the cells."""


def _rows(count: int) -> list[int]:
    return [STRIDE * row for row in range(count)]


# What stays the same during a run.
(
    STORAGE,  # pore volume of a cell per area, epsilon dx [m]
    IONIC,  # half a cell over its transport efficiency, dx / (2 epsilon/tau) [m]
    HALF,  # half a cell, dx / 2 [m]
    SIGMA,  # electronic conductivity without its background [S m-1]
    SHARE,  # of the left cell in values at a face
    AREA,  # particle surface of a slot per area, a dx; 0 where there are no such particles
    MAXIMUM,  # lithium concentration at stoichiometry 1 [mol m-3]
    RATE,  # 4 m^2 of the exchange current density
    FILM,  # film resistance [ohm m2]
    FLUX,  # gradient at a particle's surface per reaction current: R / (F D), or R / F for shells
    SINK,  # fall of the mean concentration per reaction current, 3 / (F R)
) = _rows(11)
FIXED_ROWS = 11

# What changes. Unknowns: salt concentration c, ionic current i, reaction current j.
(
    C,
    I,
    J,
    C1,  # at the last accepted time, and at the two before
    I1,
    J1,
    C2,
    I2,
    J2,
    C3,
    I3,
    J3,
    CP,  # predicted
    IP,
    JP,
    PLACE,  # in a table, and its slope
    SLOPE,
    LEVEL,  # c with a smooth floor
    SPREAD,  # sqrt(c^2 + floor^2); one over it is d ln(level) / dc
    RESISTIVITY,  # 1 / kappa, and its slope
    RESISTIVITY_C,
    RESISTANCE,  # 1 / D, and its slope
    RESISTANCE_C,
    ANION,  # (1 - t+) / F, and its slope
    ANION_C,
    X,  # integral of 2 (1 - t+) TDF RT/F d ln c, and its slope
    X_C,
    SOLID,  # half a cell over its electronic conductivity [ohm m2]
    A,  # surface concentration = A + B j
    B,
    REACH,  # sqrt(j^2 + 4 j0^2)
    F,  # phi_s - phi_e + X of a slot, and its slopes
    F_J,
    F_C,
    PSI,  # the same for the cell as the slots agree on it, and its slopes
    PSI_I,  # per difference of the ionic currents on both sides
    PSI_C,
    AGREED,  # psi at the end of a Newton step
    HISTORY,  # of c in the formula of the time step
    LOWER2,  # the five diagonals of the linear system
    LOWER1,
    DIAGONAL,
    UPPER1,
    UPPER2,
    RIGHT,  # right-hand sides: for the residual, and for one unit of cell current
    RIGHT_I,
    DELTA,  # their solutions, one place further: 2 k + 1 for c of cell k, 2 k for i of face k
    DELTA_I,
    MEAN,  # mean concentration in the particles of a slot
) = _rows(49)
WORK_ROWS = 49

# Particles: modes or shells, one vector each, in blocks. The present comes first.
MOST_VARIABLES = 24
BLOCK = MOST_VARIABLES * STRIDE
PAST, KNOWN, RESPONSE, RATIO, INVERSE = BLOCK, 2 * BLOCK, 3 * BLOCK, 4 * BLOCK, 5 * BLOCK
PARTICLE_BLOCKS = 6

# Numbers of a run.
(
    THERMAL,  # RT/F [V]
    LOGARITHM,  # factor of ln c in X
    SPACING,  # cells of the electrolyte's tables per square root of concentration
    RESISTANCES,  # of contacts and leads [ohm m2]
    BOTTOM,  # contact of the negative electrode alone [ohm m2]
    EXCHANGE,  # exchange current density of lithium metal at rest [A m-2]
    EXPONENT,  # of the salt concentration in it
    REST,  # salt concentration at rest [mol m-3]
    TOLERANCE,  # of the time step [V]
    CLOSE,  # quadratic remainder at which Newton's method stops [V]
    FIRST,  # time step [s]
) = range(11)
NUMBERS = 11

TABLE_CELLS = 1024

# Control and ends of a step, and how a run can fail.
CURRENT, VOLTAGE, POWER, TABLE = range(4)
LOWER_VOLTAGE, UPPER_VOLTAGE, LOWER_CURRENT, CHARGE, LONGEST, FAILED = range(6)
GOOD, NO_START, NO_STEP, DEPLETED, EXHAUSTED = range(5)

# Columns of the table of steps.
VALUE, MINIMUM, MAXIMUM_VOLTAGE, LEAST_CURRENT, MOST_CHARGE, DURATION = range(6)
LIMITS = 6

# Columns of the history: time, voltage, current and step, and from the fifth on the fields.
AT_FIELDS = 4


def history_width(cells: int, slots: int) -> int:
    """Return the columns of a history with fields: c, i, phi_e, phi_s, then surface, mean and j of the slots."""
    return AT_FIELDS + 4 * cells + 1 + 3 * slots
