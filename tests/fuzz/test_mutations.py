"""A few hundred hostile files for each parser, always; minutes of them by fuzz.py."""

import random

import mutations
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.parametrize("parser", mutations.PARSERS)
def test_good_files_are_taken(parser, tmp_path):
    found = mutations.seeds()
    mutations.prepare(tmp_path, found)
    assert mutations.attempt(parser, found[parser], tmp_path)


@pytest.mark.parametrize("parser", mutations.PARSERS)
def test_mutated_files(parser, tmp_path):
    taken = mutations.rounds(parser, 300, tmp_path)
    assert taken < 300  # else nothing was broken


@pytest.mark.parametrize("parser", mutations.PARSERS)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_cut_spliced_and_flipped_files(parser, folder, data):
    """The same by hypothesis, which makes small what fails."""
    good = mutations.seeds()[parser]
    mutations.prepare(folder, mutations.seeds())
    start, stop = sorted(data.draw(st.tuples(st.integers(0, len(good)), st.integers(0, len(good)))))
    put = data.draw(st.binary(max_size=40) | st.sampled_from(mutations.PIECES))
    mutations.attempt(parser, good[:start] + put + good[stop:], folder)


def test_mutations_differ():
    files = {mutations.mutate(b"3 2\na 1 2\nb 3 4\nc 5 6\n", random.Random(number)) for number in range(100)}
    assert len(files) > 80
