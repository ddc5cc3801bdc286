"""What gensim 3.8.3 and 4.4.0 and fastText 0.9.2 wrote is read as what it holds, bit for bit."""

import io
import warnings
from pathlib import Path

import numpy as np
import pytest
from mutations import unmarked

from w2vcore.formats import fasttext_binary, gensim_native
from w2vcore.formats.budget import Budget
from w2vcore.formats.gensim_save import Save
from w2vcore.formats.inert_pickle import InertUnpickler
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.objectives.huffman import huffman
from w2vcore.phrases import FrozenPhrases, Phrases
from w2vcore.word2vec import Word2Vec
from w2vcore.word2vec.files import model_of

GENSIM = Path(__file__).parent / "gensim"
FASTTEXT = Path(__file__).parent / "fasttext"
SAVES = sorted(path.name for path in GENSIM.iterdir() if path.suffix in {".model", ".kv", ".gz"})
FACEBOOKS = sorted(path.stem for path in FASTTEXT.glob("*.bin"))
MODELS = [name for name in SAVES if ".model" in name]
CORPUS = [["the", "naïve", "cat", "東京"], ["the", "dog", "the", "cat"]] * 10


def expected(name):
    return np.load(GENSIM / f"{name.removeprefix('apart_').split('.')[0]}.npz")


def same(one, other):
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()


def test_all_saves_are_there():
    assert len(SAVES) == 13


@pytest.mark.parametrize("name", SAVES)
def test_vectors_and_counts(name):
    kv, held = KeyedVectors.load_any(GENSIM / name), expected(name)
    assert kv.index_to_key == held["keys"].tolist()
    assert same(kv.vectors, held["vectors"])
    assert kv.expandos["count"].tolist() == held["counts"].tolist()
    assert not hasattr(kv, "vectors_lockf")
    kv.add_vector("cat", [0, 0, 0, 0])
    kv["cat"] = [1, 2, 3, 4]  # the arrays are the caller's to change
    assert kv["cat"].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("name", MODELS)
def test_models_with_their_output_matrix_and_settings(name):
    held = expected(name)
    with warnings.catch_warnings(record=True):
        model = Word2Vec.from_gensim(GENSIM / name)
    hs = "hs" in name
    snapshot = gensim_native.read(GENSIM / name)
    output = snapshot.arrays["tree" if hs else "negative"]
    assert output.tobytes() == held["output"][: len(output)].tobytes()
    assert len(output) == len(held["keys"]) - hs
    assert (model.hs, model.negative, model.sg) == ((1, 0, 0) if hs else (0, 3, 1))
    assert (model.epochs, model.seed, model.min_count, model.vector_size) == (2, 3, 1, 4)
    assert (model.corpus_count, model.corpus_total_words, model.train_count) == (20, 80, 1)


@pytest.mark.parametrize("name", [name for name in MODELS if "sgns" in name])
def test_training_goes_on(name, tmp_path):
    model = Word2Vec.from_gensim(GENSIM / name)
    before, output = model.wv.vectors.copy(), model.syn1neg.copy()
    assert same(output, expected(name)["output"])
    model.train(CORPUS * 50, total_examples=1000, epochs=1)  # many, as subsampling leaves few of so small a vocabulary
    assert not np.array_equal(model.wv.vectors, before)
    assert not np.array_equal(model.syn1neg, output)
    model.build_vocab([["neu", "the"]] * 3, update=True)
    model.train([["neu", "the"]] * 3, total_examples=3, epochs=1)
    model.save(tmp_path / "ours")
    assert "neu" in Word2Vec.load(tmp_path / "ours").wv


@pytest.mark.parametrize("load", [Word2Vec.from_gensim, Word2Vec.load])
@pytest.mark.parametrize("name", [name for name in MODELS if "hs" in name])
def test_the_tree_of_gensim_is_kept(name, load, tmp_path):
    """naïve, 東京 and dog occur equally often: gensim joins other two of them first than w2vcore would."""
    model = load(GENSIM / name)
    stored = gensim_native.read(GENSIM / name).arrays
    for column, values in (("code", stored["tree.code"]), ("point", stored["tree.point"])):
        paths = [model.wv.get_vecattr(key, column) for key in model.wv.index_to_key]
        np.testing.assert_array_equal(np.concatenate(paths), values)
        np.testing.assert_array_equal(np.cumsum([0, *map(len, paths)]), stored["tree.offsets"])
    assert not np.array_equal(stored["tree.point"], huffman(stored["counts"]).points)
    assert same(model.syn1, expected(name)["output"])
    model.save(tmp_path / "ours")
    loaded = Word2Vec.load(tmp_path / "ours")
    for each in (model, loaded):
        each.build_vocab([["neu", "the"]] * 3, update=True)
        each.train(CORPUS, total_examples=20, epochs=1)
    assert model.syn1.shape == (len(model.wv), 4)
    assert same(model.syn1, loaded.syn1)


@pytest.mark.parametrize("load", [Word2Vec.from_gensim, Word2Vec.load])
@pytest.mark.parametrize("column", ["code", "point"])
def test_paths_that_make_no_tree_are_left_out(column, load, monkeypatch):
    read = gensim_native.read_model

    def damaged(path, *options):
        snapshot = read(path, *options)
        snapshot.arrays[f"tree.{column}"][0] += 1
        return snapshot

    monkeypatch.setattr(gensim_native, "read_model", damaged)
    with pytest.warns(
        UserWarning, match=r"the paths of hierarchical softmax make no tree of these words, .* \(syn1\) are left out"
    ) as warned:
        model = load(GENSIM / "gensim4_cbowhs.model")
    assert warned[0].filename == __file__
    assert same(model.wv.vectors, expected("gensim4_cbowhs.model")["vectors"])
    with pytest.raises(RuntimeError, match=r"the model has no syn1.*init_weights"):
        model.train(CORPUS, total_examples=20, epochs=1)
    model.init_weights()
    model.train(CORPUS, total_examples=20, epochs=1)


@pytest.mark.parametrize("name", [name for name in SAVES if name.startswith("apart") and not name.endswith(".gz")])
@pytest.mark.parametrize("mode", ["r", "c"])
def test_arrays_beside_a_save_are_mapped(name, mode):
    kv = KeyedVectors.load_any(GENSIM / name, mmap=mode)
    assert isinstance(kv.vectors, np.memmap)
    assert kv.vectors.flags.writeable == (mode == "c")
    assert same(np.asarray(kv.vectors), expected(name)["vectors"])


@pytest.mark.parametrize("name", ["gensim4_sgns.model", "gensim4_cbowhs.model"])
@pytest.mark.parametrize("rows", [[0, 1], [0, 1, 2, 3, 0]])
def test_models_to_which_vectors_were_added_or_from_which_they_were_taken(name, rows):
    """What model.wv.add_vectors() leaves behind: fewer rows in the other matrices."""
    root = InertUnpickler((GENSIM / name).read_bytes(), name).load()
    vectors = root.get("wv").state
    vectors["index_to_key"] = [f"k{place}" for place in range(len(rows))]
    vectors["vectors"] = vectors["vectors"][rows]
    snapshot = gensim_native._snapshot(Save(root, name, Budget(1 << 10)))
    assert snapshot.arrays["vectors"].shape == (len(rows), 4)
    assert snapshot.arrays["tree" if "hs" in name else "negative"].shape == (5 - ("hs" in name), 4)
    assert model_of(Word2Vec, snapshot).wv["k1"].tolist() == vectors["vectors"][1].tolist()


def test_options_of_load_any():
    kv = KeyedVectors.load_any(GENSIM / "gensim4_sgns.model", limit=2, datatype=np.float16)
    assert (kv.index_to_key, kv.vectors.dtype) == (["the", "cat"], np.float16)


def test_which_call_to_use():
    save, vectors = GENSIM / "gensim4_sgns.model", GENSIM / "gensim4_sgns.kv"
    with pytest.raises(
        ValueError, match=r"a Python pickle \(a gensim save\?\).* Word2Vec.load, KeyedVectors.load and .* read gensim's"
    ):
        KeyedVectors.load_word2vec_format(save)
    for load in (Word2Vec.load, Word2Vec.from_gensim):
        with pytest.raises(
            AttributeError,
            match=r"type gensim.models.keyedvectors.KeyedVectors can't be loaded by Word2Vec: use KeyedVectors.load\('.*kv'\)",
        ):
            load(vectors)
    for load in (Phrases.load, FrozenPhrases.load):
        with pytest.raises(ValueError, match=r"holds a gensim.models.word2vec.Word2Vec, not phrases"):
            load(save)


@pytest.mark.parametrize("name", SAVES)
def test_load_reads_them_too(name):
    held = expected(name)
    kv = KeyedVectors.load(GENSIM / name)
    assert kv.index_to_key == held["keys"].tolist()
    assert same(kv.vectors, held["vectors"])
    with (GENSIM / name).open("rb") as file:
        if not name.startswith("apart") and not name.endswith(".gz"):
            assert same(KeyedVectors.load(file).vectors, held["vectors"])
    if "sgns.model" in name:
        model = Word2Vec.load(GENSIM / name)
        assert same(model.wv.vectors, held["vectors"])
        assert same(model.syn1neg, held["output"])
        assert model.lifecycle_events[-1]["event"] == "loaded"


# ------------------------------------------------------------------ fastText

WHOLE_WORDS = {"words", "none_fit", "supervised_words", "supervised_bigrams"}  # they have no subwords


def test_all_fasttext_models_are_there():
    assert {"subwords", "hierarchical", "supervised", "supervised_pretrained"} | WHOLE_WORDS == set(FACEBOOKS)


@pytest.mark.parametrize("name", FACEBOOKS)
def test_fasttext(name):
    held = np.load(FASTTEXT / f"{name}.npz")
    kv = KeyedVectors.load_any(FASTTEXT / f"{name}.bin")
    assert kv.index_to_key == held["keys"].tolist()
    assert same(kv.vectors, held["vectors"])
    assert kv.expandos["count"].tolist() == held["counts"].tolist()
    assert (kv.subwords is None) == (name in WHOLE_WORDS)
    for word, vector in zip(held["names"].tolist(), held["unseen"], strict=True):
        assert not kv.has_index_for(word)
        assert (word in kv) == (name not in WHOLE_WORDS)
        if name in WHOLE_WORDS:
            assert not vector.any()
        else:
            assert same(kv.subwords.vector(word), vector)


@pytest.mark.parametrize("name", ["quantised", "quantised_pruned"])
def test_quantised_fasttext(name, tmp_path):
    held = np.load(FASTTEXT / f"{name}.npz")
    kv = KeyedVectors.load_any(FASTTEXT / f"{name}.ftz")
    assert kv.index_to_key == held["keys"].tolist()
    assert same(kv.vectors, held["vectors"])
    assert kv.expandos["count"].tolist() == held["counts"].tolist()
    for word, vector in zip(held["names"].tolist(), held["unseen"], strict=True):
        assert not kv.has_index_for(word)
        assert word in kv
        assert same(kv.subwords.vector(word), vector)
    fasttext_binary.write(fasttext_binary.read(FASTTEXT / f"{name}.ftz"), tmp_path / "whole.bin")
    again = KeyedVectors.load_any(tmp_path / "whole.bin")
    np.testing.assert_allclose(again.vectors, kv.vectors, rtol=0, atol=1e-6)
    if name == "quantised_pruned":
        assert again.subwords is None, "there is no pruned table of numbers"
    else:
        assert same(again["tokyocat"], kv["tokyocat"])


def test_supervised_fasttext_of_version_11_has_no_subwords(tmp_path):
    """fastText takes maxn for 0 there, whatever the file says."""
    data = bytearray((FASTTEXT / "supervised.bin").read_bytes())
    data[4] = 11
    (tmp_path / "old.bin").write_bytes(data)
    kv = KeyedVectors.load_any(tmp_path / "old.bin")
    assert same(kv.vectors, fasttext_binary.read(FASTTEXT / "supervised.bin").arrays["fasttext.words"])
    assert kv.subwords is None


@pytest.mark.parametrize("name", FACEBOOKS)
def test_fasttext_is_written_as_it_was_read(name):
    path, again = FASTTEXT / f"{name}.bin", io.BytesIO()
    fasttext_binary.write(fasttext_binary.read(path), again)
    assert again.getvalue() == path.read_bytes()


@pytest.mark.parametrize("name", ["subwords", "words", "hierarchical"])
def test_fasttext_of_2016(name, tmp_path):
    """Its first versions wrote no magic and version, no number of pruned subwords, and no mark before a matrix; </s> had subwords."""
    (tmp_path / "old.bin").write_bytes(unmarked((FASTTEXT / f"{name}.bin").read_bytes()))
    kv, new = KeyedVectors.load_any(tmp_path / "old.bin"), KeyedVectors.load_any(FASTTEXT / f"{name}.bin")
    assert kv.index_to_key == new.index_to_key
    assert kv.expandos["count"].tolist() == new.expandos["count"].tolist()
    end = kv.key_to_index["</s>"]
    others = [row for row in range(len(kv)) if row != end]
    assert same(kv.vectors[others], new.vectors[others])
    if new.subwords is None:
        assert same(kv.vectors, new.vectors)
        return
    own = fasttext_binary.read(FASTTEXT / f"{name}.bin").arrays["fasttext.words"][end : end + 1]
    total, count = new.subwords.added([b"<</s>>"], own)
    assert count[0] > 5
    assert same(kv.vectors[end], total[0] * np.float32(1 / count[0]))
