"""Whole models of fastText: loaded, trained on and saved; files of the C++ tool in tests/golden."""

import io
import logging
from pathlib import Path

import numpy as np
import pytest

from w2vcore import FastText
from w2vcore.fasttext import load_facebook_model, load_facebook_vectors, load_fasttext_format, save_facebook_model
from w2vcore.objectives.huffman import facebook_tree, huffman_tree

GOLDEN = Path(__file__).parents[2] / "golden"
FILES = [
    *(
        GOLDEN / "facebook" / f"{name}.bin"
        for name in ("skipgram_ns", "skipgram_hs", "skipgram_softmax", "skipgram_words")
    ),
    *(GOLDEN / "facebook" / f"{name}.bin" for name in ("cbow_ns", "cbow_hs")),
    *(GOLDEN / "fasttext" / f"{name}.bin" for name in ("subwords", "words", "hierarchical", "none_fit")),
]
files = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
DATA = [["one", "two", "three", "twenty"], ["four", "five", "sixty"]] * 20
SMALL = {"vector_size": 6, "min_count": 1, "bucket": 500, "workers": 1, "sample": 0}


def saved(model, **options):
    file = io.BytesIO()
    save_facebook_model(model, file, **options)
    return file.getvalue()


@files
@pytest.mark.parametrize("mmap", ["r", None])
def test_loaded_and_saved_is_the_same_file(path, mmap):
    model = load_facebook_model(path, mmap=mmap)
    assert saved(model) == path.read_bytes()
    vectors = load_facebook_vectors(path)
    assert np.array_equal(model.wv.vectors, vectors.vectors)
    assert model.wv.bucket == 0 or np.array_equal(model.wv["unheard"], vectors["unheard"])


@files
def test_in_a_file_of_this_library_it_stays_the_same(path, tmp_path):
    if path.stem == "none_fit":
        pytest.skip(
            "its min_n is above its max_n, so no word has n-grams: our file leaves out the rows that nothing can ask for"
        )
    load_facebook_model(path).save(tmp_path / "m")
    assert saved(FastText.load(tmp_path / "m")) == path.read_bytes()
    assert saved(FastText.load(tmp_path / "m", mmap="r")) == path.read_bytes()


@files
def test_training_goes_on_with_new_words(path):
    model = load_facebook_model(path)
    before, known = model.wv.vectors.copy(), model.wv.vectors_for(list(model.wv.index_to_key))
    model.sample, data = 0, [["brand", "new", *list(model.wv.index_to_key[:9])]] * 40
    model.build_vocab(data, update=True, min_count=1)
    assert {"brand", "new"} <= model.wv.key_to_index.keys()
    assert np.allclose(model.wv.vectors[: len(known)], known, atol=1e-6)
    model.train(data, total_examples=len(data), epochs=2)
    assert np.isfinite(model.wv.vectors).all() and not np.allclose(model.wv.vectors[: len(before)], before, atol=1e-5)
    again = load_facebook_model(io.BytesIO(saved(model)))
    assert np.allclose(again.wv.vectors, model.wv.vectors, atol=2e-6)
    assert model.wv.bucket == 0 or np.allclose(again.wv["unheard"], model.wv["unheard"], atol=2e-6)


def test_settings_are_those_of_the_file():
    model = load_facebook_model(GOLDEN / "facebook" / "skipgram_hs.bin")
    assert (model.sg, model.hs, model.negative, model.objective) == (1, 1, 0, None)
    assert model.corpus_total_words > 0 and model.nwords == model.vocab_size == len(model.wv)
    assert model.num_original_vectors == len(model.wv) + model.wv.bucket
    assert load_facebook_model(GOLDEN / "facebook" / "skipgram_softmax.bin").objective == "softmax"
    cbow = load_facebook_model(GOLDEN / "facebook" / "cbow_ns.bin")
    assert (cbow.sg, cbow.hs, cbow.negative, cbow.bucket, cbow.wv.bucket) == (0, 0, 5, 100, 100)
    assert (cbow.min_n, cbow.max_n) == (cbow.wv.min_n, cbow.wv.max_n)


def tree_of_fasttext(counts):
    """Model::buildTree and the paths of fastText's loss.cc, by hand: rows and labels from the leaf to the root."""
    size = len(counts)
    count = [*counts, *[10**15] * (size - 1)]
    parent, binary = [-1] * (2 * size - 1), [False] * (2 * size - 1)
    leaf, node = size - 1, size
    for made in range(size, 2 * size - 1):
        smallest = []
        for _ in range(2):
            if leaf >= 0 and count[leaf] < count[node]:
                smallest.append(leaf)
                leaf -= 1
            else:
                smallest.append(node)
                node += 1
        count[made] = sum(count[each] for each in smallest)
        for each in smallest:
            parent[each] = made
        binary[smallest[1]] = True
    paths = []
    for word in range(size):
        path, at = [], word
        while parent[at] != -1:
            path.append((parent[at] - size, binary[at]))
            at = parent[at]
        paths.append(path)
    return paths


@pytest.mark.parametrize("seed", range(5))
def test_the_tree_is_fasttexts(seed):
    counts = np.sort(np.random.default_rng(seed).integers(1, 9, 40))[::-1]
    found = facebook_tree(counts).paths()
    for word, path in enumerate(tree_of_fasttext(counts.tolist())):
        of_word = slice(found.offsets[word], found.offsets[word + 1])
        labels = [code == 0 for code in found.codes[of_word]]  # a step to the left has label 1
        assert list(zip(found.points[of_word].tolist(), labels, strict=True)) == path[::-1]
    # as short as any tree
    assert facebook_tree(counts).weights(counts).sum() == huffman_tree(counts).weights(counts).sum()


def test_a_model_of_hierarchical_softmax_has_the_tree_of_its_file(caplog):
    model = FastText(DATA, hs=1, negative=0, **SMALL)
    counts = model.wv.expandos["count"]
    assert model._tree.tree.same_as(facebook_tree(counts))
    with caplog.at_level(logging.WARNING):
        again = load_facebook_model(io.BytesIO(saved(model)))
    assert np.array_equal(again.syn1[: len(counts) - 1], model.syn1[: len(counts) - 1])
    assert not caplog.records
    for each in (model, again):
        each.alpha, each.random = 0.025, np.random.RandomState(1)
        each.train(DATA, total_examples=len(DATA), epochs=1, start_alpha=0.025, end_alpha=0.025)
    model.build_vocab([["eleven"] * 5], update=True)
    with pytest.warns(UserWarning, match="the tree of this model is not the one"):
        saved(model)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"hs": 1, "negative": 5}, "holds one output matrix"),
        ({"objective": "nce"}, "holds one output matrix"),
        ({"window": "sentence"}, "number of words as window, got 'sentence'"),
    ],
)
def test_what_a_file_cannot_hold_is_refused(settings, text):
    model = FastText(DATA, **{**SMALL, **settings})
    with pytest.raises(ValueError, match=text):
        saved(model)


def test_one_of_two_matrices_can_be_chosen():
    model = FastText(DATA, hs=1, negative=5, **SMALL)
    with pytest.raises(ValueError, match=r"set model\.negative or model\.hs to 0 to save the other$"):
        saved(model)
    for name, attribute, rows in (("hs", "syn1neg", len(model.wv)), ("negative", "syn1", len(model.wv) - 1)):
        before, _ = getattr(model, name), setattr(model, name, 0)
        again = load_facebook_model(io.BytesIO(saved(model)))
        assert np.array_equal(getattr(again, attribute)[:rows], getattr(model, attribute)[:rows])
        assert (again.hs > 0, again.negative > 0) == (name != "hs", name != "negative")
        setattr(model, name, before)


def test_what_is_no_model_to_train_is_refused(tmp_path):
    with pytest.raises(NotImplementedError, match="Supervised fastText models are not supported"):
        load_facebook_model(GOLDEN / "facebook" / "supervised.bin")
    with pytest.raises(NotImplementedError, match="load_facebook_vectors loads their vectors"):
        load_facebook_model(GOLDEN / "facebook" / "quantised.ftz")
    with pytest.raises(RuntimeError, match="no vocabulary"):
        saved(FastText(**SMALL))
    with pytest.raises(ValueError, match="encoding must be 'utf-8'"):
        saved(FastText(DATA, **SMALL), encoding="latin-1")
    with pytest.raises(TypeError, match="must be a FastText, got dict"):
        saved({})
    whole = (GOLDEN / "facebook" / "cbow_ns.bin").read_bytes()
    for cut in (10, 200, len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut.bin").write_bytes(whole[:cut])
        with pytest.raises((EOFError, ValueError), match=r"cut"):
            load_facebook_model(tmp_path / "cut.bin")


def test_the_old_name_warns():
    with pytest.warns(DeprecationWarning, match="use load_facebook_model"):
        assert len(load_fasttext_format(GOLDEN / "facebook" / "cbow_ns.bin").wv)


def test_the_old_method_says_what_to_use():
    with pytest.raises(AttributeError, match=r"FastText has no load_fasttext_format.*use .*load_facebook_model"):
        FastText.load_fasttext_format("cc.en.300.bin")


def test_numbers_that_are_kept_for_fasttext():
    model = FastText(DATA, **SMALL)
    plain, other = saved(model), saved(model, lr_update_rate=7, word_ngrams=2)
    assert len(plain) == len(other) and plain != other
    again = load_facebook_model(io.BytesIO(other))
    assert saved(again) == other and saved(again, lr_update_rate=100, word_ngrams=1) == plain
