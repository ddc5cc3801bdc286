"""A dict of columns of which some are made late: whatever looks at a value sees it made, and nothing else makes it."""

import copy
import pickle
from functools import partial

import numpy as np
import pytest

from w2vcore.keyedvectors.columns import Columns, as_columns

calls = []


def squares(rows):
    calls.append(rows)
    return np.arange(rows) ** 2


@pytest.fixture
def columns():
    calls.clear()
    result = Columns({"count": np.array([5, 3, 1])})
    result.derive("square", squares, 3)
    result["note"] = np.array([7, 8, 9])
    return result


def lists(columns):
    return {name: np.asarray(column).tolist() for name, column in columns.items()}


ALL = {"count": [5, 3, 1], "square": [0, 1, 4], "note": [7, 8, 9]}


@pytest.mark.parametrize(
    "look",
    [
        lambda c: ("square" in c, "x" in c) == (True, False),
        lambda c: list(c) == list(reversed(list(reversed(c)))) == list(c.keys()) == list(ALL),
        lambda c: len(c) == 3 and bool(c),
        lambda c: c.get("count") is c["count"] and c.get("x", 1) == 1 and c.get("x") is None,
        lambda c: list(c.stored()) == ["count", "note"],
        lambda c: isinstance(c, dict) and as_columns(c) is c,
        lambda c: isinstance(c.copy(), Columns) and isinstance(copy.copy(c), Columns),
        lambda c: len(pickle.loads(pickle.dumps(copy.deepcopy(c)))) == 3,
        lambda c: c.pop("x", None) is None,
        lambda c: c.grow(3) is None,
        lambda c: c.grow(9) is None,
    ],
)
def test_looking_at_names_or_at_other_columns_makes_nothing(columns, look):
    assert look(columns)
    assert not calls


def swallow(**columns):
    return columns


@pytest.mark.parametrize(
    "look",
    [
        lists,
        lambda c: lists(dict(c)),
        lambda c: lists({**c}),
        lambda c: lists(swallow(**c)),
        lambda c: lists(Columns(c)),
        lambda c: lists(c | {}),
        lambda c: lists({} | c),
        lambda c: lists(c.copy()),
        lambda c: lists(copy.copy(c)),
        lambda c: lists(copy.deepcopy(c)),
        lambda c: lists(pickle.loads(pickle.dumps(c))),
        lambda c: {name: c[name].tolist() for name in c},
        lambda c: {name: c.get(name).tolist() for name in c},
        lambda c: {name: c.setdefault(name).tolist() for name in c},
        lambda c: dict(zip(c, (column.tolist() for column in c.values()), strict=True)),
        lambda c: {name: c.pop(name).tolist() for name in list(c)},
        lambda c: {name: column.tolist() for name, column in [c.popitem(), c.popitem(), c.popitem()][::-1]},
    ],
)
def test_whatever_gives_values_away_has_made_them(columns, look):
    assert look(columns) == ALL


def test_a_column_is_made_once(columns):
    assert columns["square"] is columns["square"]
    assert calls == [3]
    assert list(columns.stored()) == ["count", "note"], "it still follows from something else"


def test_columns_that_are_set_or_taken_away(columns):
    columns["square"] = np.array([1, 1, 1])
    assert columns["square"].tolist() == [1, 1, 1] and not calls
    del columns["square"]
    columns["square"] = np.array([2, 2, 2])
    assert list(columns.stored()) == ["count", "note", "square"], "it is the user's own now"
    columns.derive("square", squares, 3)
    assert columns.pop("square").tolist() == [0, 1, 4] and "square" not in columns
    with pytest.raises(KeyError):
        columns.pop("square")
    assert columns.popitem()[0] == "note"
    columns |= {"more": np.zeros(3)}
    columns.update(last=np.ones(3))
    assert list(columns) == ["count", "more", "last"]
    columns.clear()
    assert not columns and columns == {}
    with pytest.raises(KeyError):
        columns.popitem()


def test_equality_is_that_of_dicts(columns):
    one = Columns({"a": 1})
    one.derive("b", lambda rows: rows, 2)
    plain = {"a": 1, "b": 2}
    assert one == plain and plain == one and one != {"a": 1} and one == one.copy()
    assert "array([0, 1, 4])" in repr(columns)


def test_copies_make_their_own(columns):
    twin = columns.copy()
    twin["square"][0] = 9
    twin["extra"] = np.zeros(3)
    assert columns["square"].tolist() == [0, 1, 4] and "extra" not in columns
    assert twin["count"] is columns["count"]


def test_columns_of_more_rows_and_of_other_rows(columns):
    columns.grow(5)
    assert columns["square"].tolist() == [0, 1, 4, 9, 16]
    columns.grow(3)
    some = columns.taken([2, 0])
    assert lists(some) == {"count": [1, 5], "square": [4, 0], "note": [9, 7]}
    assert list(some.stored()) == ["count", "note"]
    some.grow(4)
    assert some["square"].tolist() == [4, 0, 0, 0], "what new rows would be is not known"
    some.grow(1)
    assert some["square"].tolist() == [4]


def test_makers_travel_with_a_pickle():
    columns = Columns()
    columns.derive("part", partial(np.full, fill_value=4), 2)
    assert pickle.loads(pickle.dumps(columns))["part"].tolist() == [4, 4]
