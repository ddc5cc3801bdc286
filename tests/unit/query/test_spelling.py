"""Keys that are spelt almost as a word that is none, and the error that names them."""

import copy
import pickle
import traceback

import numpy as np
import pytest

from w2vcore import KeyedVectors
from w2vcore.keyedvectors.keys import UnknownKeyError
from w2vcore.query.spelling import near_spellings

WORDS = [
    "the",
    "king",
    "ring",
    "kings",
    "sing",
    "Paris",
    "NATO",
    "McDonald",
    "café",
    "naïve",
    "straße",
    "東京",
    "new_york",
]


def near(word, words=WORDS, **options):
    return near_spellings(word, {key: row for row, key in enumerate(words)}, words, **options)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("King", ["king", "ring", "kings"]),  # case first, then by frequency
        ("KING", ["king", "ring", "kings"]),
        ("paris", ["Paris"]),
        ("nato", ["NATO"]),
        ("Mcdonald", ["McDonald"]),
        ("mcdonald", ["McDonald"]),
        ("cafe", ["café"]),
        ("cafe\u0301", ["café"]),  # decomposed
        ("Cafe\u0301", ["café"]),
        ("ｋｉｎｇ", ["king"]),  # full width
        ("STRASSE", ["straße"]),
        ("knig", ["king"]),
        ("kin", ["king"]),
        ("kking", ["king"]),
        ("東亰", ["東京"]),
        ("newyork", ["new_york"]),
        ("", []),
        ("zzzzzz", []),
    ],
)
def test_near(word, expected):
    assert near(word) == expected


def test_with_time_two_letters_may_be_wrong():
    assert near("kkingss") == []
    assert near("kkingss", thorough=True)[0] == "kings"


def test_other_keys_than_str():
    assert near("a", [1, ("a",), None, "A", b"a"]) == ["A"]


def vectors(words=WORDS):
    kv = KeyedVectors(2)
    kv.add_vectors(words, np.ones((len(words), 2)))
    return kv


@pytest.mark.parametrize(
    "ask",
    [
        lambda kv: kv["King"],
        lambda kv: kv.get_vector("King"),
        lambda kv: kv.most_similar("King"),
        lambda kv: kv.most_similar(["the", "King"]),
        lambda kv: kv.similarity("the", "King"),
        lambda kv: kv.rank("the", "King"),
    ],
)
def test_errors_name_them(ask):
    with pytest.raises(KeyError) as caught:
        ask(vectors())
    assert "did you mean king or ring or kings?" in str(caught.value)
    assert str(caught.value).startswith("\"Key 'King' not present")
    assert caught.value.args[0] in ("Key 'King' not present", "Key 'King' not present in vocabulary")


def test_a_copy_is_text():
    kv = vectors()
    with pytest.raises(UnknownKeyError) as caught:
        kv["King"]
    for other in (pickle.loads(pickle.dumps(caught.value)), copy.copy(caught.value), copy.deepcopy(caught.value)):
        assert type(other) is KeyError
        assert str(other) == str(caught.value)
    assert len(pickle.dumps(caught.value)) < 300


def test_it_calls_itself_a_key_error():
    try:
        vectors()["King"]
    except KeyError as error:
        shown = traceback.format_exception_only(error)
    assert shown == ["KeyError: \"Key 'King' not present; did you mean king or ring or kings?\"\n"]


def test_nobody_looks_before_the_text_is_read(monkeypatch):
    kv = vectors()
    monkeypatch.setattr(
        "w2vcore.keyedvectors.keys.near_spellings", lambda *arguments: pytest.fail("looked for spellings")
    )
    for _ in range(3):
        with pytest.raises(KeyError):
            kv["King"]
        with pytest.raises(KeyError):
            kv.most_similar("King")


def test_other_hints_stay_alone():
    kv = KeyedVectors(1)
    kv.add_vectors([1047, 1048], [[1], [2]])
    with pytest.raises(KeyError, match=r"the int 1047 is a key\"$"):
        kv["1047"]


def test_no_more_keys_are_gone_through_than_the_first(monkeypatch):
    """So that what it takes does not grow with the vocabulary."""
    monkeypatch.setattr("w2vcore.query.spelling.FIRST_KEYS", 10)
    read = []

    class Listed(list):
        def __iter__(self):
            for key in list.__iter__(self):
                read.append(key)
                yield key

    words = Listed(f"w{number:x}" for number in range(1000))
    near_spellings("nothing", {}, words)
    assert len(read) == 10
