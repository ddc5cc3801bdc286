"""Every file of gensim's own test data: it opens in both and is the same to the bit, or only here, or holds no word vectors, and why.

Runs where W2VCORE_GENSIM_PYTHON names a Python that has gensim 4.4.0: `gensim/open_all.py` opens the files there. What is in the
saves that gensim cannot open any more is compared in test_what_gensim_reads.py.
"""

import json
import os
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pytest

from w2vcore.formats import gensim_save
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.model.subwords import split_as_fasttext

PYTHON = os.environ.get("W2VCORE_GENSIM_PYTHON")
pytestmark = pytest.mark.skipif(not PYTHON, reason="set W2VCORE_GENSIM_PYTHON to a Python that has gensim 4.4.0")
SCRIPT = Path(__file__).parent / "gensim" / "open_all.py"

# Files in which there are no word vectors, by their names: why.
NONE = {
    "*.npy": "an array of a save, which is read with it",
    "*.cor": "a text",
    "*.cor.bz2": "a text",
    "*.xml*.bz2": "pages of an encyclopedia",
    "*.mm*": "a corpus in Matrix Market's format, or where its lines begin",
    "testcorpus.*": "a small corpus in many formats",
    "*.state": "a part of a topic model",
    "*.id2word": "the dictionary of a topic model",
    "*.dict": "a dictionary",
    "lda*model*": "a topic model",
    "atmodel*": "a topic model",
    "DTM/*": "a topic model",
    "pre_0_13_2_model": "a topic model",
    "nmf_model": "a topic model",
    "ensemblelda": "a topic model",
    "ldavowpalwabbit*": "a topic model's words",
    "*tfidf*": "weights of words",
    "phras*": "phrases, which Phrases.load reads",
    "poincare_test_3.4.0": "points of a hyperbolic space, in which cosines mean nothing",
    "poincare_*.tsv": "pairs of words",
    "simlex999.txt": "judged pairs",
    "wordsim353.tsv": "judged pairs",
    "similarities0-1.txt": "judged pairs",
    "questions-words.txt": "analogies",
    "fb-ngrams.txt": "what fastText prints of the n-grams of a word",
    "head500.noblanks.cor_wordids.txt": "numbers of words",
    "w2v_keyedvectors_load_test.vocab": "counts of words",
    "OPUS*": "translations of words",
    "pretrained.vec": "three vectors are announced, and one is there",
    "varembed_morfessor.bin": "a splitter of words",
    "varembed_vectors.pkl": "vectors of parts of words, made by a program that gensim does not read any more",
    "mini_newsgroup": "texts, packed",
    "reproduce.dat*": "a text",
    "PathLineSentences/*": "a text",
    "*.txt": "a text",
}

# What fastText itself gives, as its .vec files show: the end of a sentence has no n-grams, and n-grams are hashed as the bytes that are
# in the file. gensim gives it n-grams, and hashes them in UTF-8.
FASTTEXT = {
    "cp852_fasttext.bin": None,
    "crime-and-punishment.bin": {"</s>"},
    "lee_fasttext.bin": set(),
    "lee_fasttext_new.bin": {"</s>"},
    "non_ascii_fasttext.bin": set(),
    "toy-model-pretrained.bin": set(),
    "toy-model.bin": set(),
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("opened")
    subprocess.run([PYTHON, str(SCRIPT), str(folder)], cwd=folder, check=True, capture_output=True)
    found = json.loads((folder / "opened.json").read_text(encoding="utf8"))
    for number, answer in enumerate(found["answers"]):
        answer["path"] = Path(found["root"]) / answer["file"]
        if answer["keys"] is not None:
            answer["vectors"] = np.load(folder / f"{number}.npy")
    return found["answers"]


def load(answer):
    """The vectors of a file, or None."""
    name = answer["path"].name
    options = {"encoding": "cp852"} if name.startswith("cp852") else {"unicode_errors": "ignore"}
    try:
        return KeyedVectors.load_any(answer["path"], **options)
    except (ValueError, EOFError, AttributeError, FileNotFoundError):
        return None


@pytest.fixture(scope="module")
def kinds(answers):
    """The files of each kind: the same in both, fastText's, opened here only, neither."""
    found = {"same": [], "fasttext": [], "ours": [], "none": [], "differ": [], "theirs": []}
    for answer in answers:
        kv = load(answer)
        if answer["keys"] is None:
            kind = "none" if kv is None else "ours"
        elif kv is None:
            kind = "theirs"
        elif answer["file"] in FASTTEXT:
            kind = "fasttext"
        else:
            numbers = answer["vectors"].astype(kv.vectors.dtype)
            same = list(map(str, kv.index_to_key)) == answer["keys"] and kv.vectors.tobytes() == numbers.tobytes()
            kind = "same" if same else "differ"
        found[kind].append(answer["file"])
    return found


def test_every_file(kinds):
    assert kinds["differ"] == []
    assert kinds["theirs"] == []  # there is nothing that gensim opens, and we do not
    assert {kind: len(files) for kind, files in kinds.items() if files} == {
        "same": 31,
        "fasttext": 7,
        "ours": 48,
        "none": 117,
    }


def test_those_without_word_vectors_have_a_reason(kinds):
    assert [name for name in kinds["none"] if not any(fnmatch(name, pattern) for pattern in NONE)] == []
    assert [pattern for pattern in NONE if not any(fnmatch(name, pattern) for name in kinds["none"])] == []


def test_those_that_gensim_does_not_open_are_saves_of_old_versions(kinds):
    """One is a model of fastText's with words that are not UTF-8."""
    assert [name for name in kinds["ours"] if name.endswith(".bin")] == ["pang_lee_polarity_fasttext.bin"]
    others = [name for name in kinds["ours"] if not name.endswith(".bin")]
    known = ("old_d2v", "old_w2v", "d2v-", "doc2vec_old", "fasttext_old", "ft_", "lee_fasttext", "word2vec_pre_kv")
    known += ("large_tag", "small_tag", "w2v-lee")
    assert [name for name in others if not name.startswith(known)] == []


def test_models_of_fasttext(answers):
    """A sum is divided there, and multiplied by the inverse here, as in fastText."""
    found = {answer["file"]: answer for answer in answers if answer["file"] in FASTTEXT}
    assert found.keys() == FASTTEXT.keys()
    for name, other in FASTTEXT.items():
        kv, answer = load(found[name]), found[name]
        assert kv.index_to_key == answer["keys"]
        if other is not None:
            far = np.abs(kv.vectors - answer["vectors"]).max(axis=1) > 3e-7
            assert {key for key, is_far in zip(kv.index_to_key, far, strict=True) if is_far} == other
    kv, text = (load({"path": found["crime-and-punishment.bin"]["path"].with_suffix(end)}) for end in (".bin", ".vec"))
    for key in text.index_to_key:  # which has five digits of each number
        np.testing.assert_allclose(kv[key], text[key], rtol=0, atol=5e-6)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("compatible-hash-true.model", "vectors_vocab"),
        ("fasttext_old", "syn0_vocab"),
        ("fasttext_old_sep", "syn0_vocab"),
    ],
)
def test_ngrams_of_old_models_of_fasttext(answers, name, own):
    """The vectors in the file are the means of what else is in it: each n-gram has the row that it had."""
    path = next(answer["path"] for answer in answers if answer["file"] == name)
    kv = KeyedVectors.load_any(path)
    stored = gensim_save.open_save(path, None).root.get("wv").get(own)
    made = kv.subwords.composed(split_as_fasttext([word.encode() for word in kv.index_to_key]), stored)
    np.testing.assert_allclose(made, kv.vectors, rtol=0, atol=1e-7)
    assert kv.most_similar("treesystem", topn=1)


def test_texts_are_not_read_as_binary_as_gensim_reads_them(answers):
    """gensim makes vectors of the characters of a text."""
    texts = [answer for answer in answers if answer["keys"] and answer["path"].suffix in (".txt", ".vec")]
    assert len(texts) == 8
    for answer in texts:
        with pytest.raises(ValueError, match=r"this is a text file; pass binary=False|no header line, and it is text"):
            KeyedVectors.load_word2vec_format(answer["path"], binary=True)
