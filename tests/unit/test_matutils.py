"""gensim's vector helpers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2vcore import matutils


def test_unitvec():
    unit = matutils.unitvec(np.array([3, 4], np.float32))
    assert unit.dtype == np.float32
    np.testing.assert_allclose(unit, [0.6, 0.8], rtol=1e-6)
    np.testing.assert_array_equal(matutils.unitvec([1, -3], norm="l1"), [0.25, -0.75])
    assert matutils.unitvec([3, 4], return_norm=True)[1] == 5.0
    zero, length = matutils.unitvec(np.zeros(2), return_norm=True)
    assert zero.tolist() == [0, 0] and length == 1.0
    with pytest.raises(ValueError, match="norm must be 'l1' or 'l2', got 'l3'"):
        matutils.unitvec([1.0], norm="l3")


@given(st.lists(st.integers(-50, 50), max_size=20, unique=True), st.integers(-1, 25), st.booleans())
def test_argsort(values, topn, reverse):
    wanted = sorted(range(len(values)), key=values.__getitem__, reverse=reverse)[: max(topn, 0)]
    assert matutils.argsort(values, topn, reverse).tolist() == wanted
    assert len(matutils.argsort(values)) == len(values)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint64, bool, np.float32])
def test_argsort_of_any_type(dtype):
    values = np.array([1, 0], dtype) if dtype is bool else np.array([3, 0, 127, 1], dtype)
    assert values[matutils.argsort(values, reverse=True)].tolist() == sorted(values.tolist(), reverse=True)
    assert matutils.argsort(np.array([-128, 127], np.int8), reverse=True).tolist() == [1, 0]
