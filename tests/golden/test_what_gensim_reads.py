"""Each save of gensim's own test data (0.12 to 3.8), and one of every kind by 4.4.0: all that gensim reads from it is read here, bit for bit.

Runs where W2VCORE_GENSIM_PYTHON names a Python that has gensim 4.4.0: `gensim/ask.py` saves, reads and answers there. What that version
cannot open any more is held against the arrays in the pickle.
"""

import json
import logging
import os
import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest

from w2vcore.fasttext import FastText
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.phrases import FrozenPhrases, Phrases
from w2vcore.word2vec import Word2Vec

PYTHON = os.environ.get("W2VCORE_GENSIM_PYTHON")
pytestmark = pytest.mark.skipif(not PYTHON, reason="set W2VCORE_GENSIM_PYTHON to a Python that has gensim 4.4.0")
ASK = Path(__file__).parent / "gensim" / "ask.py"
CORPUS = [["the", "naïve", "cat", "東京", "sat"], ["the", "dog", "the", "cat", "</s>"], ["a", "dog", "sat"]] * 10
WORD2VEC, PHRASES = "gensim.models.word2vec.Word2Vec", "gensim.models.phrases."
OF_MODELS = (
    "sg",
    "hs",
    "negative",
    "window",
    "epochs",
    "alpha",
    "min_alpha",
    "min_count",
    "sample",
    "seed",
    "cbow_mean",
    "corpus_count",
)


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gensim")
    subprocess.run([PYTHON, str(ASK), str(folder)], cwd=folder, check=True)
    found = json.loads((folder / "answers.json").read_text(encoding="utf8"))
    for number, answer in enumerate(found):
        answer["arrays"] = dict(np.load(folder / f"{number}.npz"))
    return found


def same(one, other):
    return one.dtype == other.dtype and one.shape == other.shape and np.asarray(one).tobytes() == other.tobytes()


def differences(answers, differs):
    """The files in which something differs, and what; a fault in reading one is a difference."""
    found = {}
    for answer in answers:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                what = [name for name, differ in differs(answer).items() if differ]
            except Exception as error:
                what = [f"{type(error).__name__}: {error}"]
        if what:
            found[answer["file"]] = what
    return found


def of_vectors(answers):
    return [answer for answer in answers if not answer["class"].startswith(PHRASES)]


def test_all_are_there(answers):
    """gensim 4.4.0 ships 65 saves of vectors and 8 of phrases; 26 of them it can still open."""
    theirs = [answer for answer in answers if not answer["own"]]
    assert len(theirs) == 73
    assert len(of_vectors(theirs)) == 65
    assert len([answer for answer in theirs if answer["by"] == "gensim"]) == 26
    ours = [answer for answer in answers if answer["own"]]
    assert len(ours) == 67
    assert {answer["by"] for answer in ours} == {"gensim"}


@pytest.mark.parametrize("load", [KeyedVectors.load, KeyedVectors.load_any])
def test_vectors_counts_and_columns(answers, load):
    def differs(answer):
        kv = (
            load(answer["path"])
            if load == KeyedVectors.load
            else load(answer["path"], datatype=answer["arrays"]["vectors"].dtype)
        )
        columns = {key: kv.expandos[key].tolist() for key in answer.get("columns", {})}
        return {
            "keys": kv.index_to_key != answer["keys"],
            "vectors": not same(kv.vectors, answer["arrays"]["vectors"]),
            "counts": answer["counts"] is not None and kv.expandos["count"].tolist() != answer["counts"],
            "columns": columns != answer.get("columns", {}),
            "types": {type(key) for key in kv.index_to_key} - {str, int},
        }

    assert differences(of_vectors(answers), differs) == {}


def test_models(answers):
    def differs(answer):
        model = Word2Vec.load(answer["path"])
        arrays, settings = answer["arrays"], answer["settings"]
        syn1 = getattr(model, "syn1", None)  # left out where the tree is another one here
        return {
            "keys": model.wv.index_to_key != answer["keys"],
            "vectors": not same(model.wv.vectors, arrays["vectors"]),
            "syn1neg": bool(model.negative) and not same(model.syn1neg, arrays["syn1neg"]),
            "syn1": syn1 is not None and not same(syn1, arrays["syn1"][: len(syn1)]),
            **{name: name in settings and getattr(model, name) != settings[name] for name in OF_MODELS},
        }

    models = [answer for answer in answers if answer["class"] == WORD2VEC]
    assert len([answer for answer in models if not answer["own"]]) == 32
    assert differences(models, differs) == {}


def test_training_goes_on(answers):
    def differs(answer):
        model = Word2Vec.load(answer["path"])
        if model.hs and getattr(model, "syn1", None) is None:
            return {}
        before = model.wv.vectors.copy()
        corpus = [model.wv.index_to_key[:2]] * 500
        model.train(corpus, total_examples=len(corpus), epochs=1)
        return {"nothing was trained": np.array_equal(model.wv.vectors, before)}

    models = [answer for answer in answers if answer["class"] == WORD2VEC and len(answer["keys"]) > 1]
    assert differences(models, differs) == {}


def test_what_training_keeps_of_a_word_that_is_never_dropped(answers):
    """gensim 3 wrote 2**32 for it, which is 0 in the 32 bits of gensim 4: a word that is always dropped."""

    def differs(answer):
        rates = KeyedVectors.load(answer["path"]).expandos.get("sample_int")
        return {"dropped": rates is not None and (rates.dtype != np.uint32 or not rates.all())}

    assert differences(of_vectors(answers), differs) == {}


def test_other_models_say_how_their_vectors_are_read(answers):
    others = [answer for answer in of_vectors(answers) if answer["class"] != WORD2VEC]
    assert len(others) > 40
    for answer in others:
        loader = "FastText" if answer["class"] == "gensim.models.fasttext.FastText" else "KeyedVectors"
        with pytest.raises(AttributeError, match=rf"Model of type {answer['class']} can't .* use {loader}\.load\("):
            Word2Vec.load(answer["path"])


def test_fasttext_models_are_read_whole_and_trained_on(answers):
    models = [answer for answer in of_vectors(answers) if answer["class"] == "gensim.models.fasttext.FastText"]
    assert len(models) > 3
    for answer in models:
        model = FastText.load(answer["path"])
        before = model.wv.vectors.copy()
        assert np.array_equal(KeyedVectors.load(answer["path"]).vectors, before)
        model.train([list(model.wv.index_to_key)[:50]] * 20, total_examples=20, epochs=1)
        assert np.isfinite(model.wv.vectors).all() and not np.array_equal(model.wv.vectors, before)


def test_words_that_are_not_in_a_fasttext_model(answers):
    models = [answer for answer in answers if "unseen" in answer["arrays"]]
    assert len(models) == 8
    for answer in models:
        kv = KeyedVectors.load(answer["path"])
        ours = [kv.subwords.vector(word) for word in ("unseen", "東京naïve")]
        # a sum is divided there, and multiplied by the inverse here, as in fastText
        np.testing.assert_array_max_ulp(np.array(ours), answer["arrays"]["unseen"], maxulp=1)


def of_phrases(answers):
    return [answer for answer in answers if answer["class"].startswith(PHRASES) and answer["scoring"] != "own_scorer"]


def test_phrases(answers):
    def differs(answer):
        counted = answer["class"].endswith("Phrases.Phrases") or answer["class"].endswith("phrases.Phrases")
        model = (Phrases if counted else FrozenPhrases).load(answer["path"])
        names = (
            "threshold",
            "min_count",
            "delimiter",
            "max_vocab_size",
            "min_reduce",
            "corpus_word_count",
            "progress_per",
        )
        table = model.vocab if counted else model.phrasegrams
        return {
            "table": [list(item) for item in table.items()] != answer["table"],
            "connector words": sorted(model.connector_words) != answer["connector_words"],
            "scoring": model.scoring.__name__ != answer["scoring"],
            "joined": [list(words) for words in model[CORPUS]] != answer["joined"],
            **{name: counted and getattr(model, name) != answer[name] for name in names},
        }

    assert len([answer for answer in of_phrases(answers) if not answer["own"]]) == 8
    assert differences(of_phrases(answers), differs) == {}


def test_a_scorer_of_the_users_own_is_asked_for(answers):
    (counted,) = (answer for answer in answers if answer["file"] == "own_scorer.phrases")
    (frozen,) = (answer for answer in answers if answer["file"] == "own_scorer.frozen")
    for load in (Phrases.load, FrozenPhrases.load):
        with pytest.raises(
            ValueError, match=r"scoring function 'own_scorer', which is code and is not stored: .*load\(path, scoring="
        ):
            load(counted["path"])

    def scorer(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
        return bigram_count / (worda_count + wordb_count)

    model = Phrases.load(counted["path"], scoring=scorer)
    assert model.export_phrases() == dict(frozen["table"])
    assert FrozenPhrases.load(frozen["path"]).phrasegrams == dict(frozen["table"])


def test_one_line_in_the_log_says_what_was_read(answers, caplog):
    for answer in answers[-70:]:
        load = Phrases.load if answer["class"].endswith("phrases.Phrases") else KeyedVectors.load
        if answer["class"].endswith("FrozenPhrases") or answer.get("scoring") == "own_scorer":
            continue
        caplog.clear()
        with caplog.at_level(logging.INFO, "w2vcore"):
            load(answer["path"])
        lines = [
            record.getMessage()
            for record in caplog.records
            if "gensim" in record.getMessage().replace(answer["path"], "")
        ]
        assert len(lines) == 1
        assert "was saved by gensim" in lines[0]
        assert "save() writes w2vcore's format" in lines[0]


@pytest.mark.parametrize("mode", ["r", "c"])
def test_arrays_beside_old_models_are_mapped(answers, mode):
    apart = [answer for answer in answers if answer["file"].startswith("word2vec_pre_kv_sep")]
    assert len(apart) == 3
    for answer in apart:
        model = Word2Vec.load(answer["path"], mmap=mode)
        for array, name in ((model.wv.vectors, "vectors"), (model.syn1neg, "syn1neg")):
            assert isinstance(array, np.memmap)
            assert same(array, answer["arrays"][name])
        model.train([["the", "to"]] * 500, total_examples=500, epochs=1)
        assert not np.array_equal(model.wv.vectors, answer["arrays"]["vectors"])


def test_linked_files(answers, tmp_path):
    """As in a cache of downloads: each file is a link, under its own name, to one with another name elsewhere."""
    (answer,) = (answer for answer in answers if answer["file"] == "apart.model")
    (tmp_path / "store").mkdir()
    for number, path in enumerate(Path(answer["path"]).parent.glob("apart.model*")):
        shutil.copy(path, tmp_path / "store" / str(number))
        (tmp_path / path.name).symlink_to(tmp_path / "store" / str(number))
    model = Word2Vec.load(tmp_path / "apart.model", mmap="r")
    assert same(model.wv.vectors, answer["arrays"]["vectors"])
    assert same(model.syn1neg, answer["arrays"]["syn1neg"])


@pytest.mark.parametrize("ending", [".gz", ".bz2"])
def test_packed_files_are_not_mapped(answers, ending):
    (answer,) = (answer for answer in answers if answer["file"] == "apart.model" + ending)
    with pytest.raises(OSError, match=r"mmap='r' needs uncompressed files"):
        Word2Vec.load(answer["path"], mmap="r")
