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
    SPEED,  # of groups of slots that diffuse alike: D / R^2 [s-1], or 1 / R^2 for shells
    MODE_RATE,  # eigenvalues of the modes
    MODE_SURFACE,  # their values at the surface and, last, the part that follows the flux at once
    SHELL_VOLUME,  # over 4 pi
    SHELL_EXCHANGE,  # with the next one and, last, the surface's rise above the outermost shell per gradient
    _NUMBERS,
) = _rows(17)
FIXED_ROWS = 17

# Where properties begin in the table, and which slots diffuse alike.
(
    POTENTIAL,  # open-circuit potential of a slot
    BACKGROUND,  # background conductivity of a cell, -1 for none
    FIRST_SLOT,  # of a group, and one past the last
    LAST_SLOT,
    DIFFUSIVITY,  # of the group, -1 if it is constant
) = _rows(5)
PLACES_ROWS = 5

# What changes. Unknowns: salt concentration c, ionic current i, reaction current j.
(
    C,
    I,  # noqa: E741
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
    _CLOCK,
) = _rows(50)
VECTORS = 50

# Particles behind the other vectors: modes or shells, one vector each, in blocks.
MOST_VARIABLES = 24
_BLOCK = MOST_VARIABLES * STRIDE
NOW, PAST, KNOWN, RESPONSE, RATIO, INVERSE, FACTORS = (VECTORS * STRIDE + block * _BLOCK for block in range(7))
DECAY, OLD, NEW = (FACTORS + number * MOST_VARIABLES for number in range(3))  # of the modes of the first group
NEXT_GROUP = 3 * MOST_VARIABLES
WORK_SIZE = FACTORS + NEXT_GROUP * STRIDE

# Numbers of a run, in the last of the vectors that stay the same.
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
) = range(_NUMBERS, _NUMBERS + 11)

TABLE_CELLS = 1024

STILL = 1e30
"""Rate of change at which salt stays where it is [s-1]."""

# The clock, the last vector of those that change: times [s], currents [A m-2], voltages [V], now and before.
(
    TIME,  # of the run
    SINCE,  # of the step of the protocol
    PASSED,  # charge in it [C m-2]
    LAST,  # step of time, and the one before
    BEFORE_LAST,
    KNOWN_TIMES,  # accepted in it, at most 3
    CURRENT_NOW,
    CURRENT_1,
    CURRENT_2,
    CURRENT_3,
    VOLTAGE_NOW,
    VOLTAGE_1,
    VOLTAGE_2,
    VOLTAGE_3,
    PREDICTED,  # voltage
) = range(_CLOCK, _CLOCK + 15)

# Control and ends of a step, and how a run can fail.
CURRENT, VOLTAGE, POWER, TABLE = range(4)
LOWER_VOLTAGE, UPPER_VOLTAGE, LOWER_CURRENT, CHARGE, LONGEST, FAILED = range(6)
GOOD, NO_START, NO_STEP, DEPLETED, EXHAUSTED = range(5)

# Sizes, all that a compiled loop has to know.
CELLS, NEGATIVE_CELLS, FIRST_POSITIVE, POPULATIONS, GROUPS, MODES, SHELLS = range(7)

# Columns of the table of steps.
VALUE, MINIMUM, MAXIMUM_VOLTAGE, LEAST_CURRENT, MOST_CHARGE, DURATION = range(6)
LIMITS = 6

# Columns of the history: time, voltage, current and step, and from the fifth on the fields.
AT_FIELDS = 4


def history_width(cells: int, slots: int) -> int:
    """Return the columns of a history with fields: c, i, phi_e, phi_s, then surface, mean and j of the slots."""
    return AT_FIELDS + 4 * cells + 1 + 3 * slots
