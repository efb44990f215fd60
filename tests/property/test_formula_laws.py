"""Laws of chemical formulas: what is written is what is read, and mass fractions do not depend on how."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from electrosim.materials import compound, parse_formula
from electrosim.materials.elements import elements

COUNTS = st.dictionaries(
    st.sampled_from(list(elements())), st.integers(1, 9999).map(lambda count: count / 10), min_size=1, max_size=8
)


@given(counts=COUNTS, times=st.integers(2, 50))
def test_a_formula_is_read_as_written(counts, times):
    formula = "".join(f"{symbol}{count:g}" for symbol, count in counts.items())
    assert parse_formula(formula) == pytest.approx(counts)
    assert parse_formula(f"({formula}){times}") == pytest.approx(
        {symbol: times * count for symbol, count in counts.items()}
    )
    whole, repeated = compound(formula, 1e3), compound(f"({formula}){times}", 1e3)
    assert dict(repeated.composition) == pytest.approx(dict(whole.composition))
    backwards = "".join(f"{symbol}{count:g}" for symbol, count in reversed(counts.items()))
    assert dict(compound(backwards, 1e3).composition) == pytest.approx(dict(whole.composition))
