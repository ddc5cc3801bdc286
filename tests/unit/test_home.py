"""A path that begins with ``~`` is in the home folder, wherever a path is taken: read, written, mapped or looked at."""

import logging
from pathlib import Path

import numpy as np
import pytest

from w2vcore import KeyedVectors, Phrases, Word2Vec, utils
from w2vcore.callbacks import Checkpoint, EvaluateCallback
from w2vcore.corpus.paths import expanded
from w2vcore.formats import fasttext_binary, numpy_file, projector
from w2vcore.phrases import FrozenPhrases
from w2vcore.scripts import word2vec2tensor, word2vec_standalone
from w2vcore.scripts.glove2word2vec import glove2word2vec
from w2vcore.word2vec import BrownCorpus, LineSentence, PathLineSentences, Text8Corpus

SENTENCES = [["new", "york", "city"], ["new", "jersey"]] * 5
SMALL = {"min_count": 1, "vector_size": 4, "epochs": 1, "sample": 0}
GENSIM = Path(__file__).parents[1] / "golden" / "gensim"


@pytest.fixture(params=[str, Path], ids=["str", "Path"])
def home(request, tmp_path, monkeypatch):
    """Make paths in a home folder, while the current one is another."""
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    (tmp_path / "home" / "texts").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    utils.save_as_line_sentence(SENTENCES, tmp_path / "home" / "texts" / "a.txt")
    yield lambda name: request.param(f"~/{name}")
    assert list((tmp_path / "elsewhere").iterdir()) == [], "something was written beside a folder called ~"


@pytest.fixture(scope="module")
def model():
    return Word2Vec(SENTENCES, **SMALL)


def test_what_begins_with_a_tilde_only():
    assert expanded("~") == str(Path.home())
    assert [expanded(name) for name in ("a/~", "./~/b", "")] == ["a/~", "./~/b", ""]
    assert expanded("~nobody-of-this-name/x") == "~nobody-of-this-name/x"


def test_corpora(home):
    text = home("texts/a.txt")
    assert list(LineSentence(text)) == SENTENCES
    assert list(PathLineSentences(home("texts"))) == list(PathLineSentences(text)) == SENTENCES
    assert [word for words in Text8Corpus(text) for word in words] == [word for words in SENTENCES for word in words]
    Path(expanded(home("brown"))).mkdir()
    Path(expanded(home("brown/ca01"))).write_text("The/at Fulton/np-tl\n")
    assert list(BrownCorpus(home("brown"))) == [["the/at", "fulton/np"]]


def test_training_on_files(home):
    text = home("texts/a.txt")
    model = Word2Vec(corpus_file=text, **SMALL)
    assert model.wv.key_to_index.keys() == {"new", "york", "city", "jersey"}
    model.build_vocab(corpus_file=[text, text], update=True)
    model.train(corpus_file=text, total_words=25, epochs=1)
    model.train(LineSentence(text), total_examples=10, epochs=1)
    for sentences in (LineSentence(text), PathLineSentences(home("texts")), Text8Corpus(text)):
        assert len(Word2Vec(sentences, **SMALL).wv) == 4
    assert Phrases(LineSentence(text), min_count=1).vocab["new"] == 10
    Word2Vec(iter(SENTENCES), cache_corpus=True, cache_dir=home("texts"), **SMALL)


def test_models_and_vectors(home, model):
    model.save(home("m"))
    assert (Word2Vec.load(home("m")).wv.vectors == model.wv.vectors).all()
    for mode in (None, "r", "c"):
        assert (Word2Vec.load(home("m"), mmap=mode).wv.vectors == model.wv.vectors).all()
        assert (KeyedVectors.load(home("m"), mmap=mode).vectors == model.wv.vectors).all()
    model.wv.save(home("v"))
    assert KeyedVectors.load_any(home("v"), mmap="r").index_to_key == model.wv.index_to_key
    phrases = Phrases(SENTENCES, min_count=1, threshold=1e-3)
    phrases.save(home("p"))
    phrases.freeze().save(home("f"))
    assert Phrases.load(home("p")).vocab == phrases.vocab
    assert FrozenPhrases.load(home("f")).phrasegrams == phrases.freeze().phrasegrams


@pytest.mark.parametrize("binary", [False, True])
def test_word2vec_files(home, model, binary):
    path, counts = home("v"), home("counts.gz")
    model.wv.save_word2vec_format(path, fvocab=counts, binary=binary)
    kv = KeyedVectors.load_word2vec_format(path, fvocab=counts, binary=binary)
    assert kv.get_vecattr("new", "count") == 10
    model.wv.save_word2vec_format(path, binary=binary, append=True, write_header=False)
    assert Path(expanded(path)).stat().st_size > 0
    Word2Vec(SENTENCES, **SMALL).wv.intersect_word2vec_format(path, binary=binary)
    assert KeyedVectors.load_any(path).index_to_key == kv.index_to_key


def test_other_formats(home, model):
    snapshot = model.wv.snapshot()
    for write, name in (
        (numpy_file.write, "v.npz"),
        (numpy_file.write, "v.npy"),
        (projector.write, "v_tensor.tsv"),
        (fasttext_binary.write, "v.bin"),
    ):
        write(snapshot, home(name))
        assert KeyedVectors.load_any(home(name)).index_to_key == model.wv.index_to_key
    assert numpy_file.read(home("v.npy"), keys=home("v.keys.txt")).keys == model.wv.index_to_key
    assert projector.read(home("v_tensor.tsv"), metadata=home("v_metadata.tsv")).keys == model.wv.index_to_key
    assert KeyedVectors.load_any(home("v_metadata.tsv")).index_to_key == model.wv.index_to_key


@pytest.mark.parametrize("mode", [None, "r"])
def test_gensims_saves(home, mode):
    for path in GENSIM.glob("apart_gensim4_sgns.model*"):
        Path(expanded(home(path.name))).write_bytes(path.read_bytes())
    name = "apart_gensim4_sgns.model"
    assert len(KeyedVectors.load(home(name), mmap=mode)) == 5
    assert len(Word2Vec.load(home(name), mmap=mode).wv) == 5
    assert len(KeyedVectors.load_any(home(name), mmap=mode)) == 5
    assert len(Word2Vec.from_gensim(home(name)).wv) == 5


def test_checkpoints(home):
    Word2Vec(SENTENCES, checkpoint=home("c"), **SMALL)
    assert len(Word2Vec.resume(home("c"), SENTENCES).wv) == 4
    with pytest.raises(ValueError, match="is a file of the corpus"):
        Word2Vec(corpus_file=home("texts/a.txt"), checkpoint=home("texts/a.txt"), **SMALL)
    with pytest.raises(IsADirectoryError):
        Word2Vec(SENTENCES, checkpoint=home("texts"), **SMALL)


def test_callbacks(home):
    Path(expanded(home("questions"))).write_text(": pairs\nnew york new jersey\n")
    Path(expanded(home("pairs"))).write_text("new\tyork\t3\nnew\tcity\t2\nyork\tcity\t1\n")
    judge = EvaluateCallback(analogies=home("questions"), pairs=home("pairs"))
    model = Word2Vec(SENTENCES, callbacks=[Checkpoint(home("epoch-{epoch}")), judge], **SMALL)
    assert len(Word2Vec.load(home("epoch-1")).wv) == 4
    assert model.wv.evaluate_word_analogies(home("questions"))
    assert model.wv.evaluate_word_pairs(home("pairs"))


def test_pictures_and_projector(home, model):
    assert (model.wv.export_projector(home("logs")) / "vectors.tsv").is_file()
    model.wv.save_word2vec_format(home("v.txt"))
    word2vec2tensor.word2vec2tensor(home("v.txt"), str(home("t")))
    model.wv.save_word2vec_format(home("glove"), write_header=False)
    glove2word2vec(home("glove"), home("from_glove"))
    for name in ("t_tensor.tsv", "t_metadata.tsv", "from_glove"):
        assert Path(expanded(home(name))).is_file()


def test_what_is_missing_is_named_with_its_folder(home, tmp_path):
    for load in (Word2Vec.load, KeyedVectors.load, KeyedVectors.load_any, KeyedVectors.load_word2vec_format):
        with pytest.raises(FileNotFoundError) as caught:
            load(home("none"))
        assert caught.value.filename == str(tmp_path / "home" / "none")


def test_arrays(home):
    """What users write beside it with NumPy is theirs to expand."""
    numpy_file.write(Word2Vec(SENTENCES, **SMALL).wv.snapshot(), home("v.npy"))
    assert np.load(expanded(home("v.npy"))).shape == (4, 4)


def test_scripts(home, caplog):
    """Behind = a shell leaves ~ alone."""
    caplog.set_level(logging.INFO, "w2vcore")  # the scripts set it, and pytest sets it back
    text = home("texts/a.txt")
    assert (
        word2vec_standalone.main([f"-train={text}", f"-output={home('w')}", f"-save-vocab={home('c')}", "-size=4"]) == 0
    )
    assert word2vec_standalone.main([f"-train={text}", f"-read-vocab={home('c')}", "-size=4", "-min_count=1"]) == 0
    assert Path(expanded(home("texts/a.model"))).is_file()
    assert word2vec2tensor.main([f"--input={home('w')}", f"--output={home('t')}"]) == 0
    assert Path(expanded(home("t_tensor.tsv"))).is_file()
