"""Inference: a pure function of model, words and rates; the model is only read."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from planted_documents import KINDS, SMALL, documents, texts

from w2vcore import Doc2Vec
from w2vcore.backends.base import EpochStats, Job, Plan
from w2vcore.backends.reference import ReferenceBackend
from w2vcore.corpus.encoding import Batch
from w2vcore.corpus.tagging import Tags
from w2vcore.doc2vec import TaggedDocument, inference
from w2vcore.model.weights import Weights, padded, padded_copy
from w2vcore.word2vec.columns import columns_of
from w2vcore.word2vec.tree import code_tree

kinds = pytest.mark.parametrize("kind", KINDS)


def trained(kind="dbow", **settings):
    return Doc2Vec(documents(), epochs=20, alpha=0.05, **KINDS[kind], **{**SMALL, **settings})


def matrices(model):
    return [model.wv.vectors.copy(), model.dv.vectors.copy()] + [
        getattr(model, name).copy() for name in vars(model) if name.startswith("syn1")
    ]


class FrozenReference(ReferenceBackend):
    """Trains the rows from `first` on alone."""

    first = 0

    def _block(self, unit, trained, targets, named, alpha):
        with self._frozen(targets):
            return super()._block(unit, trained, targets, named, alpha)

    def _block_of_positives(self, unit, trained, targets, job, epoch, centre):
        """Also of examples that update their rows in turn: here none finds them changed."""
        sums = EpochStats()
        before = self._matrices["input"][self.first :].copy()
        change = np.zeros_like(before)
        for place, word in zip(unit.places, unit.positives, strict=True):
            one = replace(unit, places=np.array([place]), positives=np.array([word]))
            with self._frozen(targets):
                sums += super()._block_of_positives(one, trained, targets, job, epoch, centre)
            change += self._matrices["input"][self.first :] - before
            self._matrices["input"][self.first :] = before
        self._matrices["input"][self.first :] += change
        return sums

    @contextmanager
    def _frozen(self, targets):
        words, before = self._matrices["input"][: self.first].copy(), targets.copy()
        yield
        self._matrices["input"][: self.first], targets[:] = words, before


def by_the_reference(model, words, rates):
    """The vector of a text by the oracle in float64: a job of one document, at the beginning of an epoch."""
    asked = inference.asked_of(model)
    counts, keep, _ = columns_of(model)
    ids = np.array([model.wv.key_to_index[word] for word in words if word in model.wv.key_to_index], np.uint32)
    first, size = len(model.wv), model.vector_size
    tags = Tags(np.array([0, 1]), np.array([first], np.uint32))
    batch = Batch(ids, np.array([0, len(ids)]), len(ids), 1, tags)
    stride = padded(size)
    weights = {"input": np.zeros((first + 1, stride), np.float32)}
    weights["input"][:first, :size] = model.wv.vectors
    weights["input"][first, :size] = inference.beginning(model.seed, size)
    for name in asked.config.objectives:
        matrix = getattr(model, {"negative": "syn1neg", "tree": "syn1"}.get(name, f"syn1_{name}"))
        weights[name] = padded_copy(matrix, matrix.shape[1])
    tree = code_tree(model, whole=True) if model.hs else None
    backend = FrozenReference(np.float64)
    backend.first = first
    backend.open(Plan(asked.config, counts, keep, np.ones(1, np.float32), tree=tree), Weights(weights, size))
    for epoch, rate in enumerate(rates):
        job = Job(batch, 0, len(ids), rate, 0, len(ids), 1)
        backend.run(epoch, iter([job]), lambda job, stats: None)
    vector = backend._matrices["input"][first].copy()
    backend.close()
    return vector


@kinds
@pytest.mark.parametrize("sample", [0, 0.01])
def test_it_is_what_the_reference_computes_with_a_frozen_model(kind, sample):
    model = trained(kind, sample=sample)
    words = [*texts(seed=9)[2], "unknown", *texts(seed=9)[3]]
    rates = np.linspace(0.05, 0.01, 3)
    expected = by_the_reference(model, words, rates)
    np.testing.assert_allclose(model.infer_vector(words, 0.05, 0.01, 3), expected, atol=2e-5)


@kinds
def test_the_model_stays_as_it_is(kind):
    model = trained(kind)
    before = matrices(model)
    model.infer_vectors(texts(20, seed=9), workers=2)
    for old, new in zip(before, matrices(model), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(("kind", "change"), [("dbow", 0.08), ("dm/m", 0.2)])
def test_a_word_more_changes_a_vector_a_little(kind, change):
    """Texts have the same noise words: with those of its own, a text's vector would change three times as much."""
    model, changes = trained(kind), []
    for words in texts(10, seed=9):
        one, other = model.infer_vector(words[:-1]), model.infer_vector(words)
        changes.append(np.linalg.norm(one - other) / np.linalg.norm(other))
    assert np.mean(changes) < change


@kinds
def test_a_text_has_one_vector(kind):
    model, given = trained(kind), [words[: 1 + place % 29] for place, words in enumerate(texts(40, seed=9))]
    alone = np.stack([model.infer_vector(words) for words in given])
    for workers in (1, 3):
        np.testing.assert_array_equal(model.infer_vectors(given, workers=workers), alone)
    np.testing.assert_array_equal(model.infer_vectors(given[::-1]), alone[::-1])
    np.testing.assert_array_equal(model.infer_vectors(TaggedDocument(words, ["x"]) for words in given), alone)
    with ThreadPoolExecutor(4) as pool:
        np.testing.assert_array_equal(list(pool.map(model.infer_vector, given)), alone)


def test_other_processes_agree(tmp_path):
    """gensim's start vector follows from Python's hash of the words."""
    model = trained()
    model.save(tmp_path / "model")
    script = (
        f"from w2vcore import Doc2Vec; m = Doc2Vec.load({str(tmp_path / 'model')!r}); "
        "print(m.infer_vector(['a1', 'a2', 'c3']).tobytes().hex())"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True, cwd=tmp_path
        )
        assert done.stdout.strip() == model.infer_vector(["a1", "a2", "c3"]).tobytes().hex()


@pytest.mark.parametrize("size", [12, 16])
@pytest.mark.parametrize("kind", ["dbow", "dm/m", "dm/m, hs"])
def test_a_model_in_a_read_only_map_is_asked(tmp_path, kind, size):
    model = trained(kind, vector_size=size)
    model.save(tmp_path / "model")
    mapped = Doc2Vec.load(tmp_path / "model", mmap="r")
    assert not mapped.wv.vectors.flags.writeable
    given = texts(5, seed=9)
    np.testing.assert_array_equal(mapped.infer_vectors(given), model.infer_vectors(given))


def test_texts_without_known_words_are_zeros_and_a_warning():
    model = trained()
    with pytest.warns(UserWarning, match="2 of 3 texts have no word that the model knows: their vectors are zeros"):
        vectors = model.infer_vectors([["unknown"], ["a1"], []])
    assert (vectors != 0).any(axis=1).tolist() == [False, True, False]
    with pytest.warns(UserWarning, match="1 of 1 texts"):
        assert not model.infer_vector([]).any()
    with pytest.warns(UserWarning, match="1 of 1 texts"):
        assert model.similarity_unseen_docs(["a1"], ["unknown"]) == 0.0
    assert model.infer_vectors([]).shape == (0, 12)


def test_rates_are_honoured():
    """gensim takes its defaults for alpha=0, min_alpha=0 and epochs=0."""
    model, words = trained(), texts()[0]
    start = model.infer_vector(words, alpha=0.0, min_alpha=0.0)
    np.testing.assert_array_equal(model.infer_vector(words, alpha=0.0, min_alpha=0.0, epochs=7), start)
    assert (model.infer_vector(words) != start).all()
    assert (model.infer_vector(words, min_alpha=0.0) != model.infer_vector(words, min_alpha=0.02)).any()
    with pytest.raises(ValueError, match="epochs must be"):
        model.infer_vector(words, epochs=0)
    with pytest.raises(ValueError, match="alpha must be"):
        model.infer_vector(words, alpha=-1.0)


def test_texts_that_are_str_are_refused():
    model = trained()
    with pytest.raises(TypeError, match="must be a list of strings \\(not a single string\\)"):
        model.infer_vector("a1 a2")
    with pytest.raises(TypeError, match="text 1 must be a list of words, not a single string"):
        model.infer_vectors([["a1"], "a2"])


def test_a_model_without_words_or_targets_says_so():
    with pytest.raises(RuntimeError, match="the model has no words"):
        Doc2Vec().infer_vector(["a"])
    model = trained()
    del model.syn1neg
    with pytest.raises(RuntimeError, match="the model has no syn1neg"):
        model.infer_vector(["a1"])


def test_texts_may_be_of_any_length():
    """gensim reads the first 10,000 words."""
    model = trained()
    long = texts(1, length=25_000, seed=4)[0]
    assert (model.infer_vector(long, epochs=1) != model.infer_vector(long[:10_000], epochs=1)).any()


def test_a_model_that_is_trained_further_gives_other_vectors():
    model = trained()
    before = model.infer_vector(["a1", "a2"])
    model.train(documents(), total_examples=60, epochs=5)
    after = model.infer_vector(["a1", "a2"])
    assert (after != before).any()
    model.syn1neg = np.zeros_like(model.syn1neg)
    assert (model.infer_vector(["a1", "a2"]) != after).any()


@pytest.mark.parametrize("kind", ["dbow", "dm/m"])
def test_documents_find_themselves(kind):
    """All 60, after 100 passes; each has words of its own among those of its topic."""
    given = [TaggedDocument([*words, *[f"own{tag}"] * 10], [tag]) for tag, (words, _) in enumerate(documents())]
    model = Doc2Vec(given, epochs=100, alpha=0.05, **KINDS[kind], **{**SMALL, "vector_size": 24})
    found = model.infer_vectors([document.words for document in given])
    first = [model.dv.most_similar([vector], topn=1)[0][0] for vector in found]
    assert sum(tag == place for place, tag in enumerate(first)) >= 58


def test_equal_texts_are_alike_even_in_a_model_that_is_not_trained():
    model = Doc2Vec(**SMALL)
    model.build_vocab(documents())
    assert model.similarity_unseen_docs(["a1", "a2"], ["a1", "a2"]) > model.similarity_unseen_docs(["a1", "a2"], ["b3"])


def test_the_block_writes_nothing_but_own_rows():
    """Everything else is read-only memory: a write would end the process."""
    model = trained("dm/m", vector_size=16)
    asked = inference.asked_of(model)
    asked.inputs.flags.writeable = False
    for _, matrix in asked.targets:
        matrix.shared.flags.writeable = False
    vectors = inference._trained(asked, batch := next(iter(_batches(model))), np.array([0.05]))[1]
    assert np.isfinite(vectors).all()
    assert len(vectors) == len(batch.offsets) - 1


def _batches(model):
    texts_of = inference._Texts(texts(4))
    return inference.encode(texts_of, model.wv.key_to_index, 1000, inference._Numbers())


def test_settings_of_the_model_are_followed():
    one = trained()
    assert (one.infer_vector(["a1", "a2"]) != replace_seed(one, 5).infer_vector(["a1", "a2"])).any()


def replace_seed(model, seed):
    model.seed = seed
    return model


def test_config_is_one_of_a_run():
    config = inference.asked_of(trained()).config
    assert replace(config).architecture == "dbow"
