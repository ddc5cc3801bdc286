"""A short call of train() does nothing whose time grows with the vocabulary: counted, not timed."""

import copy
import gzip

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.backends import threads
from w2vcore.corpus import spooling
from w2vcore.model import weights
from w2vcore.model.inspection import LONG
from w2vcore.objectives import hierarchical_softmax, negative_sampling
from w2vcore.training import finiteness
from w2vcore.word2vec import columns

KINDS = {
    "sgns": {"sg": 1},
    "cbow": {"sg": 0},
    "sghs": {"sg": 1, "hs": 1, "negative": 0},
    "both": {"sg": 1, "hs": 1, "negative": 5},
}
WORDS = 300
CORPUS = [[f"w{7 * i % WORDS}", f"w{i}"] for i in range(20)]
LONG_CORPUS = CORPUS * (LONG * WORDS // 40 + 1)

kinds = pytest.mark.parametrize("kind", KINDS)


def untrained(kind="sgns", **settings):
    model = Word2Vec(vector_size=10, min_count=1, seed=1, **{"workers": 1, **KINDS[kind], **settings})
    model.build_vocab_from_freq({f"w{row}": 2 * WORDS - row for row in range(WORDS)})
    return model


def train(model, corpus=CORPUS, epochs=1):
    model.train(corpus, total_examples=len(corpus), epochs=epochs)


class Calls:
    """Counts the calls of a function, and lets them through."""

    def __init__(self, monkeypatch, owner, name):
        self.number = 0
        real = getattr(owner, name)

        def counting(*arguments, **options):  # a function, so that it is bound as a method is
            self.number += 1
            return real(*arguments, **options)

        monkeypatch.setattr(owner, name, counting)


@pytest.fixture
def looks(monkeypatch):
    """How often a matrix is looked at."""
    return Calls(monkeypatch, finiteness, "all_finite")


@pytest.fixture
def alias_tables(monkeypatch):
    return Calls(monkeypatch, negative_sampling, "alias_table_of")


@pytest.fixture
def trees(monkeypatch):
    return Calls(monkeypatch, hierarchical_softmax, "PathSelector")


class TestTables:
    @kinds
    @pytest.mark.parametrize("workers", [1, 3])
    def test_made_once(self, kind, workers, alias_tables, trees):
        model = untrained(kind, workers=workers)
        for _ in range(4):
            train(model, epochs=3)
        assert alias_tables.number == int(model.negative > 0)
        assert trees.number == model.hs

    @kinds
    @pytest.mark.parametrize(
        ("change", "changes_tree"),
        [
            pytest.param(lambda model: model.wv.expandos["count"].__setitem__(5, 9999), True, id="in place"),
            pytest.param(lambda model: model.wv.set_vecattr("w5", "count", 7), True, id="set_vecattr"),
            pytest.param(
                lambda model: model.wv.expandos.update(count=np.roll(model.wv.expandos["count"], 1)), True, id="column"
            ),
            pytest.param(lambda model: setattr(model, "ns_exponent", 0.5), False, id="ns_exponent"),
            pytest.param(lambda model: setattr(model, "negative", 2 * model.negative), False, id="negative"),
        ],
    )
    def test_made_again_when_what_they_are_made_of_changes(self, kind, change, changes_tree, alias_tables, trees):
        model = untrained(kind)
        train(model)
        forgetful = copy.deepcopy(model)  # a copy remembers nothing
        alias_tables.number = trees.number = 0
        for each in (model, forgetful):
            change(each)
            train(each)
        np.testing.assert_array_equal(model.wv.vectors, forgetful.wv.vectors)
        assert alias_tables.number == 2 * (model.negative > 0)
        assert trees.number == (2 if changes_tree else 1) * model.hs

    def test_dropped_after_a_long_call(self, alias_tables):
        """They take memory, and to make them again is not noticed beside it."""
        model = untrained()
        for _ in range(2):
            train(model, LONG_CORPUS)
        assert alias_tables.number == 2

    def test_keep_rates_of_vectors_that_have_none(self, monkeypatch):
        made = Calls(monkeypatch, columns, "downsample")
        model = untrained()
        del model.wv.expandos["sample_int"]
        made.number = 0
        for _ in range(3):
            train(model)
        assert made.number == 1
        model.sample = 0.5
        train(model)
        assert made.number == 2


class TestLooks:
    @kinds
    def test_the_models_own_matrices(self, kind, looks, monkeypatch):
        """They were made padded and finite."""

        def behind(matrix, size, clean):
            assert clean
            return real(matrix, size, clean)

        real = weights.whole_behind
        monkeypatch.setattr(weights, "whole_behind", behind)
        model = untrained(kind)
        for _ in range(3):
            train(model)
        model.init_weights()
        train(model)
        assert looks.number == 0

    @pytest.mark.parametrize("name", ["vectors", "syn1neg"])
    def test_a_users_matrix_once(self, name, looks):
        model = untrained()
        train(model)
        owner = model.wv if name == "vectors" else model
        setattr(owner, name, getattr(owner, name).copy())
        for _ in range(3):
            train(model)
        assert looks.number == 2

    def test_added_words(self, looks):
        model = untrained()
        train(model)
        model.build_vocab([["new", "words"]] * 3, update=True)
        train(model)
        assert looks.number == 0

    def test_after_so_many_tokens_that_it_is_cheap(self, looks):
        model, calls = untrained(), 0
        while not looks.number:
            train(model)
            calls += 1
        assert 40 * (calls - 1) < LONG * WORDS <= 40 * calls
        train(model)
        assert looks.number == 2

    def test_after_each_long_epoch(self, looks):
        train(untrained(), LONG_CORPUS, epochs=3)
        assert looks.number == 6

    def test_before_each_checkpoint(self, looks, tmp_path):
        model = untrained(batch_words=1000)
        options = {"checkpoint": tmp_path / "run", "checkpoint_every": 1000}
        model.train(CORPUS * 100, total_examples=2000, epochs=1, **options)
        assert looks.number == 2 * 3  # of four jobs of 1,000 words, checkpoints come after three and at the end


def test_matrices_stay_the_same_arrays():
    model = untrained()
    vectors, targets = model.wv.vectors, model.syn1neg
    train(model)
    assert model.wv.vectors is vectors
    assert model.syn1neg is targets


class TestThreads:
    @pytest.fixture
    def started(self, monkeypatch):
        return Calls(monkeypatch, threads.threading.Thread, "start")

    @pytest.mark.parametrize("workers", [1, 3])
    def test_none_for_one_short_job(self, workers, started, monkeypatch):
        sorted_counts = Calls(monkeypatch, threads, "hot_rows")
        train(untrained(workers=workers), epochs=5)
        assert started.number == sorted_counts.number == 0

    def test_one_for_a_long_job(self, started):
        train(untrained(workers=3, window=1000), [CORPUS[0] * 4000])
        assert started.number == 1

    def test_as_many_as_jobs(self, started):
        train(untrained(workers=8, batch_words=1000), CORPUS * 60)  # 2,400 words
        assert started.number == 3


class TestText:
    """A short text is looked up in the dict that is there, not in a table that is made for it."""

    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "short.txt"
        path.write_text("".join(" ".join(sentence) + " unknown\n" for sentence in CORPUS))
        return path

    @pytest.fixture
    def scans(self, monkeypatch):
        return Calls(monkeypatch, spooling, "scan_text")

    def check(self, model, other, path):
        for _ in range(3):
            model.train(corpus_file=path, total_examples=20, epochs=2)
            train(other, [[*sentence, "unknown"] for sentence in CORPUS], epochs=2)
        np.testing.assert_array_equal(model.wv.vectors, other.wv.vectors)
        assert model.training_history[-1]["raw_words"] == 60

    def test_with_keys_in_a_dict(self, path, scans):
        self.check(untrained(), untrained(), path)
        assert scans.number == 0

    def test_with_keys_that_were_scanned(self, path, scans, tmp_path):
        text = tmp_path / "long.txt"
        text.write_text("\n".join(f"w{row} " * (WORDS - row) for row in range(WORDS)))
        model, other = (Word2Vec(corpus_file=text, vector_size=10, min_count=1, workers=1) for _ in range(2))
        scans.number = 0
        self.check(model, other, path)
        assert scans.number == 0

    def test_that_may_be_longer(self, path, scans, tmp_path):
        packed, longer = tmp_path / "short.txt.gz", tmp_path / "longer.txt"
        packed.write_bytes(gzip.compress(path.read_bytes()))
        longer.write_text(path.read_text() * 20)
        model = untrained()
        model.train(corpus_file=packed, total_examples=20, epochs=1)
        model.train(corpus_file=longer, total_examples=400, epochs=1)
        assert scans.number == 2
