"""Text in files, dealt out to ranks in whole lines."""

import bz2
import gzip
import lzma

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from w2vcore.corpus.encoding import encode
from w2vcore.corpus.pooling import digest, pack, pool, unpack
from w2vcore.corpus.readers import CorpusFile, LineSentence
from w2vcore.corpus.scanning import text_of
from w2vcore.corpus.shares import FileShare, file_size, fingerprint, lines_before, read_span, share
from w2vcore.corpus.sources import as_corpus
from w2vcore.corpus.spooling import count_and_encode, tokens_kept
from w2vcore.corpus.token_cache import TokenCache
from w2vcore.corpus.vocabulary import RawCounts, count_tokens, retain

PACKERS = {"": lambda data: data, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
TEXTS = st.lists(st.text(alphabet="abé \n", max_size=30).map(str.encode), min_size=1, max_size=4)
few = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def files(folder, texts, ending=""):
    paths = []
    for number, text in enumerate(texts):
        paths.append(folder / f"{number}{ending}")
        paths[-1].write_bytes(PACKERS[ending](text))
    return paths


def shares(paths, ranks, longest=None):
    sizes = [file_size(path) for path in paths]
    return [share(paths, sizes, longest, rank, ranks) for rank in range(ranks)]


@few
@given(texts=TEXTS, ranks=st.integers(1, 6), longest=st.sampled_from([None, 1, 2]))
def test_each_line_is_in_one_share_and_they_are_in_order(tmp_path, texts, ranks, longest):
    paths = files(tmp_path, texts)
    whole = [words for path in paths for words in LineSentence(path, max_sentence_length=longest)]
    parts = shares(paths, ranks, longest)
    assert [words for part in parts for words in part] == whole
    with TokenCache() as cache:  # and the scanner reads what Python reads
        for part in parts:
            raw, _ = count_and_encode(part, cache)
            assert (raw.words, raw.sentences) == (sum(map(len, part)), len(list(part)))
            assert dict(raw.counts) == dict(count_tokens(list(part)).counts)


@few
@given(text=st.text(alphabet="ab\n", max_size=9), ranks=st.integers(1, 12), ending=st.sampled_from(["", ".gz"]))
def test_a_byte_order_mark_belongs_to_the_first_line(tmp_path, text, ranks, ending):
    paths = files(tmp_path, [b"\xef\xbb\xbf" + text.encode()], ending)
    parts = shares(paths, ranks)
    assert [words for part in parts for words in part] == [line.split() for line in text.split("\n") if line.split()]
    for start in range(len(text) + 4):
        before = (b"\xef\xbb\xbf" + text.encode())[: max(0, start - 1)].count(b"\n") + 1
        assert lines_before(paths[0], start) == (before if start else 0)


@few
@given(texts=TEXTS, ranks=st.integers(1, 6))
def test_counts_of_the_shares_make_the_vocabulary_of_one_reading(tmp_path, texts, ranks):
    paths = files(tmp_path, texts)
    whole = count_tokens(CorpusFile(paths))
    pooled = pool(unpack(pack(count_tokens(part))) for part in shares(paths, ranks))
    assert list(pooled.counts.items()) == list(whole.counts.items())
    assert (pooled.words, pooled.sentences) == (whole.words, whole.sentences)
    assert list(retain(pooled.counts, min_count=0).keys) == list(retain(whole.counts, min_count=0).keys)


@pytest.mark.parametrize("ending", PACKERS)
def test_packed_files_are_shared_by_their_unpacked_bytes(tmp_path, ending):
    texts = [b"one\ntwo two\n" * 50, b"three\n" * 20]
    paths = files(tmp_path, texts, ending)
    assert [file_size(path) for path in paths] == [600, 120]
    parts = shares(paths, 3)
    assert [len(list(part)) for part in parts] == [40, 40, 40]
    assert [sum(map(len, part)) for part in parts] == [60, 60, 50] or sum(sum(map(len, part)) for part in parts) == 170
    assert [words for part in parts for words in part] == [["one"], ["two", "two"]] * 50 + [["three"]] * 20


def test_a_line_that_crosses_borders_belongs_to_the_rank_where_it_begins(tmp_path):
    (path,) = files(tmp_path, [b"a\n" + b"long " * 100 + b"\nz\n"])
    assert [sum(map(len, part)) for part in shares([path], 4)] == [101, 0, 0, 1]


def test_a_share_is_read_in_blocks_of_any_size(tmp_path):
    (path,) = files(tmp_path, [b"one two\nthree\n\nfour five six\nseven"])
    for size in range(1, 40):
        assert b"".join(read_span(path, (3, 16), size)) == b"three\n\nfour five six\n"
        assert b"".join(read_span(path, (16, 35), size)) == b"seven"
    assert b"".join(read_span(path, (9, 9), 4)) == b""


@pytest.mark.parametrize(("start", "lines"), [(0, 0), (1, 1), (8, 1), (9, 2), (14, 2), (15, 3), (16, 4)])
def test_lines_before_a_byte_are_counted(tmp_path, start, lines):
    (path,) = files(tmp_path, [b"one two\nthree\n\nfour five six\nseven"])
    assert lines_before(path, start) == lines


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_an_undecodable_line_has_its_number_in_the_whole_file(tmp_path, rank):
    lines = [b"fine words"] * 30
    lines[rank * 10 + 7] = b"bad \xff"
    (path,) = files(tmp_path, [b"\n".join(lines)])
    part = shares([path], 3)[rank]
    for read in (list, count_tokens):
        with pytest.raises(UnicodeDecodeError, match=f"in line {rank * 10 + 8} of"):
            read(part)


def test_a_share_is_a_corpus_that_need_be_encoded_once(tmp_path):
    (path,) = files(tmp_path, [b"a b\n"])
    part = FileShare([path], [(0, 4)])
    assert as_corpus(part, passes=6).cacheable
    assert text_of(part).spans == ((0, 4),)
    assert text_of(part).most_tokens == 3
    assert repr(part) == "FileShare(1 files, 4 bytes)"


def test_files_are_told_apart(tmp_path):
    paths = files(tmp_path, [b"a" * 10**6, b"a" * 10**6, b"b" + b"a" * (10**6 - 1), b"a" * (10**6 - 1) + b"b", b"a"])
    marks = [fingerprint(path) for path in paths]
    assert marks[0] == marks[1]
    assert len(set(marks)) == 4
    assert fingerprint("s3://bucket/text") == "s3://bucket/text"


KEYS = st.one_of(st.text(max_size=3), st.integers(-5, 5))


@few
@given(corpora=st.lists(st.lists(st.lists(KEYS, max_size=6), max_size=4), max_size=5))
def test_any_parts_pool_to_the_whole(corpora):
    whole = count_tokens([sentence for corpus in corpora for sentence in corpus])
    pooled = pool(unpack(pack(count_tokens(corpus))) for corpus in corpora)
    assert list(pooled.counts.items()) == list(whole.counts.items())
    assert (pooled.words, pooled.sentences) == (whole.words, whole.sentences)


def test_keys_that_cannot_be_sent_are_named():
    with pytest.raises(TypeError, match=r"keys must be str or int .* got \('a', 1\) of type tuple"):
        pack(count_tokens([[("a", 1)]]))


def test_digests_differ_with_keys_counts_and_order():
    raws = [
        RawCounts(counts, 3, 1) for counts in ({"a": 1, "b": 2}, {"a": 2, "b": 1}, {"b": 2, "a": 1}, {"a": 1, "c": 2})
    ]
    assert len({digest(raw) for raw in raws}) == 4


def test_tokens_of_kept_keys_are_counted_as_they_are_encoded():
    corpus = [["a", "b", "a"], ["c", "a"]]
    keys = {"a": 0, "c": 1}
    assert tokens_kept(count_tokens(corpus).counts, keys) == sum(len(batch) for batch in encode(corpus, keys)) == 4
