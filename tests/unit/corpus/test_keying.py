"""What key a token is: one rule, whether it is counted, encoded, looked up, added or saved."""

import datetime
import decimal
import enum
import math

import numpy as np
import pytest

from w2vcore.corpus.encoding import encode
from w2vcore.corpus.keying import clean_key, is_converted, plain_key, why_not_saved
from w2vcore.corpus.spooling import count_and_encode, encode_into, renumber
from w2vcore.corpus.token_cache import TokenCache
from w2vcore.corpus.vocabulary import count_tokens, given_counts

# pyarrow and torch are no dependencies: these behave as their scalars do, in what the rule looks at.


class Scalar:
    """As pyarrow's: equal to others of its kind, never to the str or int that it holds."""

    def __init__(self, value):
        self.value = value

    def as_py(self):
        return self.value

    def __eq__(self, other):
        return isinstance(other, Scalar) and self.value == other.value

    def __hash__(self):
        return hash(("arrow", self.value))


Scalar.__module__ = "pyarrow.lib"


class Tensor:
    """As torch's: hashed by identity, so that no two are the same key."""

    def __init__(self, value):
        self.value = np.asarray(value)

    @property
    def ndim(self):
        return self.value.ndim

    def item(self):
        return self.value.item()

    def __array__(self, *_):
        return self.value


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 1


class Word(str):
    pass


RECORDS = np.array([(1, "a"), (2, "b")], dtype=[("number", "i4"), ("letter", "U1")])

# token -> its key, and the type of that
CONVERTED = [
    (np.datetime64("2020-01-02"), datetime.date(2020, 1, 2)),
    (np.datetime64("2020-01-02T03:04:05"), datetime.datetime(2020, 1, 2, 3, 4, 5)),
    (np.datetime64("2020-01-02", "ns"), 1_577_923_200_000_000_000),
    (np.timedelta64(3, "D"), datetime.timedelta(3)),
    (np.timedelta64(3, "ns"), 3),
    (RECORDS[1], (2, "b")),
    (np.void(b"ab"), b"ab"),
    (np.float16(0.1), float(np.float16(0.1))),
    (np.float32(0.1), float(np.float32(0.1))),
    (np.float64(0.1), 0.1),
    (np.complex64(1j), 1j),
    (np.int64(5), 5),
    (np.uint8(5), 5),
    (np.bool_(True), True),
    (np.str_("w"), "w"),
    (np.bytes_(b"w"), b"w"),
    (np.array(5), 5),
    (Scalar("w"), "w"),
    (Scalar(5), 5),
    (Tensor(5), 5),
]
AS_IT_IS = [
    "w",
    5,
    True,
    0.5,
    b"w",
    ("a", np.int64(1)),
    frozenset("a"),
    Colour.RED,
    Level.LOW,
    Word("w"),
    datetime.date(2020, 1, 2),
    decimal.Decimal("0.1"),
]


def name(value):
    return f"{type(value).__name__}-{value!r:.30}"


@pytest.mark.parametrize(("token", "key"), CONVERTED, ids=name)
def test_scalars_of_array_libraries_become_python_s(token, key):
    made = plain_key(token)
    assert (made, type(made)) == (key, type(key))
    assert clean_key(token, "token 0") == key


@pytest.mark.parametrize("token", AS_IT_IS, ids=name)
def test_anything_else_is_its_own_key(token):
    assert plain_key(token) is token
    assert clean_key(token, "token 0") is token
    assert not is_converted(type(token))


@pytest.mark.parametrize(("token", "key"), CONVERTED, ids=name)
def test_what_is_not_converted_before_a_look_up_is_found_without(token, key):
    """A dict finds a NumPy number by its Python twin; whatever it would not find must be converted."""
    if not is_converted(type(token)):
        assert {key: 7}[token] == 7


def again(tokens):
    """The same kind of tokens, made anew: some are equal to others only by what they hold."""
    return [type(token)(token.value) if isinstance(token, (Scalar, Tensor)) else token for token in tokens]


@pytest.mark.parametrize(("token", "key"), CONVERTED, ids=name)
@pytest.mark.parametrize("first", [[], ["x"]], ids=["alone", "after a str"])
def test_counting_and_encoding_follow_the_rule(token, key, first):
    corpus = [again([*first, token, token]), again([token])]
    wanted = {**dict.fromkeys(first, 1), key: 3}
    counts = count_tokens(corpus).counts
    assert dict(counts.items()) == wanted
    assert [type(k) for k in counts] == [type(k) for k in wanted]
    assert dict(count_tokens(corpus, max_vocab_size=100).counts.items()) == wanted
    ids = {k: i for i, k in enumerate(wanted)}
    expected = [ids[k] for k in [*first, key, key, key]]
    (batch,) = encode(iter(corpus), ids, 1000)
    assert batch.ids.tolist() == expected
    with TokenCache() as cache:
        assert encode_into(cache, corpus, ids).ids.tolist() == expected
    with TokenCache() as cache:
        raw, spooled = count_and_encode(corpus, cache)
        assert dict(raw.counts.items()) == wanted
        assert renumber(spooled, raw.counts, ids).ids.tolist() == expected


@pytest.mark.parametrize("dtype", ["datetime64[D]", "datetime64[ns]", "timedelta64[s]"])
def test_rows_of_an_array_are_their_scalars(dtype):
    rows = np.array([[1, 2], [2, 2]]).astype(dtype)
    assert count_tokens(rows).counts == count_tokens([list(row) for row in rows]).counts
    assert list(count_tokens(rows).counts.values()) == [1, 3]
    records = np.array([RECORDS, RECORDS])
    assert (
        count_tokens(records).counts
        == count_tokens([list(row) for row in records]).counts
        == {(1, "a"): 2, (2, "b"): 2}
    )


def test_unknown_tokens_of_a_converted_kind_are_passed_over():
    corpus = [[np.datetime64("2020-01-01"), "a", np.datetime64("NaT"), Scalar("b"), Scalar("a"), np.int64(7)]]
    (batch,) = encode(corpus, {"a": 0}, 1000)
    assert (batch.ids.tolist(), batch.raw_words) == ([0, 0], 6)


@pytest.mark.parametrize(
    "missing",
    [
        *(None, math.nan, np.float32("nan"), np.longdouble("nan"), complex(0, math.nan), decimal.Decimal("nan")),
        *(np.datetime64("NaT"), np.timedelta64("NaT"), Scalar(None), Tensor(math.nan)),
    ],
    ids=name,
)
@pytest.mark.parametrize("first", [[], ["x"], [5]])
def test_missing_values_are_no_keys(missing, first):
    place = len(first)
    with pytest.raises(TypeError, match=rf"token {place} of sentence 0 is .*; clean missing values first"):
        count_tokens([[*first, missing]])
    with TokenCache() as cache, pytest.raises(TypeError, match="clean missing values first"):
        count_and_encode([[*first, missing]], cache)


@pytest.mark.parametrize("token", [Tensor([1, 2]), np.array([1, 2]), np.array([[1]])], ids=name)
def test_arrays_are_no_keys(token):
    with pytest.raises(TypeError, match=r"token 1 of sentence 0 is .*, which cannot be a key"):
        count_tokens([["x", token]])


def test_equal_tokens_are_one_key_in_the_form_seen_first():
    """True, 1 and 1.0 are equal in Python, and so one key."""
    for tokens, first in (
        ([1, True, 1.0, np.int64(1), np.True_], 1),
        ([True, 1, 1.0], True),
        ([1.0, 1, Level.LOW], 1.0),
    ):
        (key, count), *others = count_tokens([tokens]).counts.items()
        assert (key, type(key), count, others) == (first, type(first), len(tokens), [])
    assert count_tokens([[1, "1", b"1"]]).counts == {1: 1, "1": 1, b"1": 1}


def test_counts_of_equal_keys_add_up():
    day = datetime.date(2020, 1, 2)
    assert given_counts({np.datetime64("2020-01-02"): 2, day: 3}).counts == {day: 5}


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ([], None),
        (["a", Word("b")], None),
        ([1, Level.LOW, 2**63 - 1, -(2**63)], None),
        ([("a", 1), ("b", 2)], r"key \('a', 1\) \(row 0\) is a tuple; a file holds keys that are all str or all int"),
        (["a", 0.5], r"key 0.5 \(row 1\) is a float, and key 'a' is a str; a file holds"),
        ([5, "a"], r"key 'a' \(row 1\) is a str, and key 5 is an int; a file holds"),
        (["a", 5], r"key 5 \(row 1\) is an int, and key 'a' is a str; a file holds"),
        ([True, 2], r"key True \(row 0\) is a bool; a file holds"),
        ([2, True], r"key True \(row 1\) is a bool, and key 2 is an int; a file holds"),
        ([Colour.RED], r"key <Colour.RED: 1> \(row 0\) is a Colour; a file holds"),
        ([b"a"], r"key b'a' \(row 0\) is a bytes; a file holds"),
        ([1, 2**63], rf"key {2**63} \(row 1\) does not fit into 64 bits; use str keys"),
        (["a", None], r"row 1 has no key \(allocated and never filled\)"),
    ],
)
def test_what_a_file_can_hold(keys, said):
    reason = why_not_saved(keys)
    assert (reason is None) == (said is None)
    if said is not None:
        with pytest.raises(TypeError, match=said):
            raise TypeError(reason)
