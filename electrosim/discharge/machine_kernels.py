"""What compiled loops need and numba has no words for: arrays that are not counted, elementary functions by lanes.

The logarithm and the exponential are plain arithmetic, accurate to a few units of rounding, so that the compiler can
turn a loop over them into vector instructions.
"""

from __future__ import annotations

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic


@intrinsic
def bits_of(typing_context, value):  # noqa: ARG001
    """Return the bits of a double as an integer."""

    def generate(context, builder, signature, arguments):  # noqa: ARG001
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def double_of(typing_context, bits):  # noqa: ARG001
    """Return the double with these bits."""

    def generate(context, builder, signature, arguments):  # noqa: ARG001
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@intrinsic
def borrowed(typing_context, array):  # noqa: ARG001
    """Return an array that owns nothing, whose references are therefore not counted at every call of a function.

    Whoever owns the memory must outlive it. Counting took a third of the time of a discharge.
    """

    def generate(context, builder, signature, arguments):
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        view.meminfo = context.get_constant_null(types.MemInfoPointer(types.voidptr))
        view.parent = context.get_constant_null(types.pyobject)
        return view._getvalue()

    return array(array), generate


@njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def logarithm(x):
    """Return ln x of a positive normal number: 2 artanh((m - 1) / (m + 1)) + e ln 2 with sqrt(1/2) < m <= sqrt(2)."""
    bits = bits_of(x) - 0x3FE6A09E667F3BCD
    exponent = bits >> 52
    m = double_of((bits & 0xFFFFFFFFFFFFF) + 0x3FE6A09E667F3BCD)
    t = (m - 1.0) / (m + 1.0)
    s = t * t
    series = 1 / 9 + s * (1 / 11 + s * (1 / 13 + s * (1 / 15 + s * (1 / 17 + s / 19))))
    series = 2 * t * (1.0 + s * (1 / 3 + s * (1 / 5 + s * (1 / 7 + s * series))))
    return series + exponent * 0.6931471805599453


@njit(nogil=True, error_model="numpy", fastmath={"contract", "nsz"})
def exponential(x):
    """Return e^x for x from -700 to 700: 2^n e^r with |r| <= ln(2) / 2."""
    magic = 6755399441055744.0  # 1.5 * 2^52: adding it rounds to a whole number, which the low bits then hold
    shifted = x * 1.4426950408889634 + magic
    n = shifted - magic
    r = (x - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10
    series = 1 / 5040 + r * (1 / 40320 + r * (1 / 362880 + r * (1 / 3628800 + r * (1 / 39916800 + r / 479001600))))
    series = 1.0 + r * (1.0 + r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * series))))))
    return double_of(bits_of(series) + ((bits_of(shifted) - bits_of(magic)) << 52))
