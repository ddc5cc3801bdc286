"""A few hundred hostile files for each parser, always; minutes of them by fuzz.py."""

import random

import mutations
import pytest
import structured
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.parametrize("parser", mutations.PARSERS)
def test_good_files_are_taken(parser, tmp_path):
    found = mutations.seeds()
    mutations.prepare(tmp_path, found)
    packed = structured.PACKERS.get(mutations.PARSERS[parser].packed, bytes)
    assert mutations.attempt(parser, packed(found[parser]), tmp_path)


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
    good = b"3 2\na 1 2\nb 3 4\nc 5 6\n"
    files = {mutations.mutate("word2vec_text", good, random.Random(number)) for number in range(100)}
    assert len(files) > 80


@pytest.mark.parametrize("parser", mutations.PARSERS)
def test_structured_mutations_get_past_the_first_checks(parser):
    """What is put together again differs from the good file, mostly, and still begins as its format does."""
    good = mutations.seeds()[parser]
    files = [mutations.PARSERS[parser].structured(good, random.Random(number)) for number in range(50)]
    assert sum(file != good for file in files) > 40
    if mutations.PARSERS[parser].structured not in (structured.lines, structured.binary_rows) and "side" not in parser:
        reads = mutations.registry.get(mutations.PARSERS[parser].format).sniff
        assert sum(map(reads, files)) > 25
