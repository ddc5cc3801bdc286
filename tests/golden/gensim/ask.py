"""Save models of every kind, and say what is in them and in all saves of gensim's own test data.

    python ask.py FOLDER

is run by the tests with an interpreter that has gensim 4.4.0. Writes the saves, `answers.json`, and the arrays of answer N in `N.npz`.
What gensim 4.4.0 itself cannot open any more (models before 1.0, documents before 3.3, FastText before 3.8) is taken out of the pickle
as it is there.
"""

import json
import os
import pickle
import sys
import warnings
from pathlib import Path

import gensim
import numpy as np
from gensim.models import Doc2Vec, FastText, KeyedVectors, Phrases, Word2Vec
from gensim.models.doc2vec import TaggedDocument
from gensim.models.phrases import ENGLISH_CONNECTOR_WORDS, FrozenPhrases
from gensim.test.utils import datapath

warnings.simplefilter("ignore")
CORPUS = [["the", "naïve", "cat", "東京", "sat"], ["the", "dog", "the", "cat", "</s>"], ["a", "dog", "sat"]] * 10
SMALL = {"vector_size": 6, "min_count": 1, "epochs": 2, "seed": 3, "workers": 1}
KINDS = ("word2vec.", "keyedvectors.", "fasttext.", "doc2vec.", "phrases.", "wrappers.fasttext.")


def own_hash(text):
    """A hash function of a user's own."""
    return len(text)


def own_scorer(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
    """A scorer of a user's own."""
    return bigram_count / (worda_count + wordb_count)


def tagged(tags):
    """The corpus as documents."""
    return [TaggedDocument(words, [tag]) for words, tag in zip(CORPUS, tags, strict=True)]


def vectors(keys, dtype=np.float32):
    """Vectors of some keys, with columns."""
    kv = KeyedVectors(6, dtype=dtype)
    numbers = np.random.default_rng(len(keys)).standard_normal((len(keys), 6)).astype(dtype)
    kv.add_vectors(keys, numbers)
    for row, key in enumerate(keys):
        kv.set_vecattr(key, "count", len(keys) - row)
        kv.set_vecattr(key, "weight", row / 7)
    return kv


def save_all():
    """Save something of every kind into the present folder."""
    for protocol in range(6):
        Word2Vec(CORPUS, sg=1, **SMALL).save(f"protocol{protocol}.model", pickle_protocol=protocol)
        vectors(["a", "é", "東京"]).save(f"protocol{protocol}.kv", pickle_protocol=protocol)
        phrases = Phrases(CORPUS, min_count=1, threshold=0.01, connector_words=ENGLISH_CONNECTOR_WORDS)
        phrases.save(f"protocol{protocol}.phrases", pickle_protocol=protocol)
        phrases.freeze().save(f"protocol{protocol}.frozen", pickle_protocol=protocol)
    for ending in ("", ".gz", ".bz2", ".GZ"):
        Word2Vec(CORPUS, **SMALL).save("apart.model" + ending, sep_limit=4)
        Word2Vec(CORPUS, **SMALL).wv.save("apart.kv" + ending, sep_limit=4)
        FastText(CORPUS, bucket=40, min_n=2, max_n=4, **SMALL).save("apart_ft.model" + ending, sep_limit=4)
    with Path("handle.model").open("wb") as file:  # all in one file, whatever its size
        Word2Vec(CORPUS, **SMALL).save(file)
    Path("pickled.model").write_bytes(pickle.dumps(Word2Vec(CORPUS, **SMALL)))
    Word2Vec(CORPUS, hs=1, negative=0, **SMALL).save("hs.model")
    Word2Vec(CORPUS, hs=1, negative=3, **SMALL).save("both.model")
    Word2Vec(CORPUS, hashfxn=own_hash, **SMALL).save("hashfxn.model")
    model = Word2Vec(**SMALL)
    model.build_vocab(CORPUS, keep_raw_vocab=True)
    model.random = np.random.default_rng(1)
    model.remark = {"read": ["by", ("a", "human")], 0.5: None, (1, 2): {3}, np.int64(4): np.float32(0.1)}
    model.save("untrained.model")
    Word2Vec([list(map(np.int64, (7, 3, -1, 7))), [np.int64(7)]] * 9, **SMALL).save("int64.model")
    Word2Vec([list(map(np.str_, words)) for words in CORPUS], **SMALL).save("str_.model")
    Word2Vec.load(datapath("old_w2v_models/w2v_3.4.0.mdl")).save("saved_again.model")
    vectors([np.int64(5), np.int64(2**40), np.int64(-9)]).save("int64.kv")
    vectors([np.str_("a"), np.str_("é")]).save("str_.kv")
    vectors([3, "three", np.uint8(7)]).save("mixed.kv")
    vectors(["a", "b"], np.float64).save("float64.kv")
    vectors(["a", "b"], np.float16).save("float16.kv")
    for name, settings in {
        "ft": {"bucket": 40, "min_n": 1, "max_n": 3},
        "ft_words": {"bucket": 0, "max_n": 0},
        "ft_hs": {"bucket": 7, "hs": 1, "negative": 0},
    }.items():
        model = FastText(CORPUS, **{**SMALL, **settings})
        model.save(name + ".model")
        model.wv.save(name + ".kv")
    for name, settings in {
        "dm": {},
        "dbow": {"dm": 0, "dbow_words": 1},
        "concat": {"dm_concat": 1, "dm_tag_count": 1},
    }.items():
        Doc2Vec(tagged(range(30)), **{**SMALL, **settings}).save(f"d2v_{name}.model")
    Doc2Vec(tagged(f"tag {number}" for number in range(30)), **SMALL).dv.save("tags.kv")
    Doc2Vec(tagged([*range(15), *map(str, range(15))]), **SMALL).dv.save("mixed_tags.kv")
    for scoring in ("default", "npmi", own_scorer):
        name = scoring if isinstance(scoring, str) else scoring.__name__
        phrases = Phrases(CORPUS, min_count=1.5, threshold=0.2, scoring=scoring, delimiter="·")
        phrases.save(name + ".phrases")
        FrozenPhrases(phrases).save(name + ".frozen")


class Plain(pickle.Unpickler):
    """Makes an empty object of every class of gensim's."""

    def find_class(self, module, name):
        """Return the class, or an empty one that remembers its name."""
        if module.startswith("gensim"):
            return type(name, (), {"__new__": lambda cls, *_: object.__new__(cls), "full_name": f"{module}.{name}"})
        return super().find_class(module, name)


def plain(path):
    """What is in a pickle, or None if it is none of gensim's words or phrases."""
    try:
        with gensim.utils.open(path, "rb") as file:
            root = Plain(file, encoding="latin1").load()
    except Exception:
        return None
    return root if getattr(root, "full_name", "").startswith(tuple("gensim.models." + kind for kind in KINDS)) else None


def raw_answer(root, path):
    """The arrays and counts of an old model as they are in the pickle and beside it."""
    for prefix, part in ((path, root), (f"{path}.wv", getattr(root, "wv", None))):
        for name in vars(part).get("__numpys", []) if part is not None else []:
            setattr(part, name, np.load(f"{prefix}.{name}.npy"))
    wv = getattr(root, "wv", root)
    keys = wv.index2word
    arrays = {"vectors": wv.vectors if hasattr(wv, "vectors") else wv.syn0}
    arrays |= {name: vars(root)[name] for name in ("syn1", "syn1neg") if name in vars(root)}
    return {"keys": keys, "counts": [wv.vocab[key].count for key in keys], **settings(root)}, arrays


def settings(model):
    """The settings that training goes on from."""
    renamed = {"iter": "epochs"}
    return {
        "settings": {
            renamed.get(name, name): value for name, value in vars(model).items() if type(value) in (int, float, bool)
        }
    }


def answer(path, kind):
    """What gensim says."""
    name = kind.rpartition(".")[2]
    if kind.startswith("gensim.models.phrases."):
        model = (Phrases if name == "Phrases" else FrozenPhrases).load(str(path))
        names = (
            "threshold",
            "min_count",
            "delimiter",
            "max_vocab_size",
            "min_reduce",
            "corpus_word_count",
            "progress_per",
        )
        found = {name: getattr(model, name) for name in names if hasattr(model, name)}
        found |= {"connector_words": sorted(model.connector_words), "scoring": model.scoring.__name__}
        table = model.vocab if name == "Phrases" else model.phrasegrams
        return {**found, "table": list(table.items()), "joined": list(model[CORPUS])}, {}
    model = KeyedVectors.load(str(path))
    wv = getattr(model, "wv", model)
    arrays = {"vectors": wv.vectors}
    arrays |= {name: vars(model)[name] for name in ("syn1", "syn1neg") if vars(model).get(name) is not None}
    counts = wv.expandos["count"].tolist() if "count" in wv.expandos else None
    others = {key: column.tolist() for key, column in wv.expandos.items() if column.dtype.kind == "f"}
    found = {"keys": list(wv.index_to_key), "counts": counts, "columns": others, **settings(model)}
    if getattr(wv, "bucket", 0) == len(getattr(wv, "vectors_ngrams", ())) > 0:
        arrays["unseen"] = np.array([wv["unseen"], wv["東京naïve"]])
    return found, arrays


def main():
    """Save, read, and write down."""
    os.chdir(sys.argv[1])
    save_all()
    test_data = Path(datapath(""))
    paths = sorted(path for folder in (Path(), test_data) for path in folder.rglob("*") if path.is_file())
    answers = []
    for path in paths:
        root = plain(path)
        if root is None:
            continue
        try:
            found, arrays = answer(path, root.full_name)
            by = "gensim"
        except (AttributeError, ModuleNotFoundError, TypeError):
            found, arrays = raw_answer(root, path)
            by = "pickle"
        own = path.parent == Path()
        np.savez(f"{len(answers)}.npz", **arrays)
        file = path.name if own else path.relative_to(test_data).as_posix()
        answers.append(
            {"file": file, "path": str(path.resolve()), "own": own, "class": root.full_name, "by": by, **found}
        )
    Path("answers.json").write_text(json.dumps(answers, default=lambda value: value.item()), encoding="utf8")


if __name__ == "__main__":
    main()
