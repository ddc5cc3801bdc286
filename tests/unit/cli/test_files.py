"""w2vcore convert and export-projector."""

from pathlib import Path

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.formats import fasttext_binary

GOLDEN = Path(__file__).parents[2] / "golden"
TARGETS = ["v.safetensors", "v.txt", "v.vec.gz", "v.bin", "v.glove", "v.npz", "v.npy", "v_tensor.tsv"]


def same(one, other):
    return one.index_to_key == other.index_to_key and (one.vectors == other.vectors).all()


# ---------------------------------------------------------------------- convert


@pytest.mark.parametrize("first", TARGETS)
@pytest.mark.parametrize("second", ["w.safetensors", "w.txt", "w.bin", "w.npz"])
def test_there_and_on(run, model, first, second):
    assert run("convert", model, first).stdout == ""
    run("convert", first, second)
    assert same(KeyedVectors.load_any(second), KeyedVectors.load(model))


def test_what_it_says(run, model):
    assert run("convert", model, "v.txt").stderr == "9 vectors of 12 numbers in v.txt (word2vec-text)\n"
    assert run("convert", model, "v.npy").stderr == "9 vectors of 12 numbers in v.npy, v.keys.txt (numpy)\n"
    assert run("convert", model, "v.tsv", "-q").stderr == ""
    assert Path("v.tsv_tensor.tsv").exists()


def test_by_name(run, model):
    run("convert", model, "a", "--to", "glove")
    run("convert", "a", "b", "--from", "glove", "--to", "word2vec_binary")
    assert same(KeyedVectors.load_word2vec_format("b", binary=True), KeyedVectors.load(model))


def test_rows_are_in_the_order_of_the_counts(run):
    vectors = KeyedVectors(1)
    vectors.add_vectors(["rare", "usual"], [[1], [2]], extras={"count": [1, 2]})
    vectors.save("v.kv")
    run("convert", "v.kv", "v.txt")
    assert Path("v.txt").read_text() == "2 1\nusual 2.0\nrare 1.0\n"


def test_a_model_stays_one(run, model, here):
    run("convert", model, "packed.safetensors.gz")
    assert (Word2Vec.load("packed.safetensors.gz").syn1neg == Word2Vec.load(model).syn1neg).all()
    run("convert", model, "vectors.safetensors", "--vectors-only")
    with pytest.raises(AttributeError):
        Word2Vec.load("vectors.safetensors")
    assert same(KeyedVectors.load("vectors.safetensors"), KeyedVectors.load(model))


@pytest.mark.parametrize("limit", [1, 4])
def test_the_first_vectors(run, model, limit):
    run("convert", model, "v.txt", "--limit", limit)
    run("convert", "v.txt", "v.safetensors", "--limit", limit)
    expected = KeyedVectors.load(model)
    found = KeyedVectors.load("v.safetensors")
    assert found.index_to_key == expected.index_to_key[:limit]
    assert (found.vectors == expected.vectors[:limit]).all()


def test_integers_that_are_words_in_text(run, failure, here):
    ids = KeyedVectors(1)
    ids.add_vectors([2872, 5], [[1], [2]])
    ids.save_word2vec_format("v.txt")
    run("convert", "v.txt", "text.kv")
    assert KeyedVectors.load("text.kv").index_to_key == ["2872", "5"]
    run("convert", "v.txt", "ids.kv", "--keys", "int")
    run("convert", "text.kv", "again.kv", "--keys", "int")
    for name in ("ids.kv", "again.kv"):
        assert KeyedVectors.load(name).index_to_key == [2872, 5]
    run("convert", "ids.kv", "back.kv", "--keys", "str")
    assert KeyedVectors.load("back.kv").index_to_key == ["2872", "5"]
    Path("w.txt").write_text("1 1\ncat 1\n")
    message = failure("convert", "w.txt", "w.kv", "--keys", "int")
    assert message.startswith("w.txt: key 'cat' (row 0) is not an integer; leave --keys out")


def test_a_whole_model_of_integers(run, here):
    model = Word2Vec([["5", "17", "99"]] * 5, min_count=1, vector_size=4, workers=1)
    model.save("m.safetensors")
    run("convert", "m.safetensors", "ids.safetensors", "--keys", "int")
    loaded = Word2Vec.load("ids.safetensors")
    assert loaded.wv.index_to_key == [int(key) for key in model.wv.index_to_key]
    assert (loaded.syn1neg == model.syn1neg).all()


def test_a_fasttext_model_keeps_its_subwords(run):
    source = GOLDEN / "fasttext" / "subwords.bin"
    run("convert", source, "m.bin", "--to", "fasttext-binary")
    one, other = (KeyedVectors.load_any(path).subwords for path in (source, "m.bin"))
    assert (one.vector("unheardof") == other.vector("unheardof")).all()
    run("convert", source, "words.bin", "--to", "fasttext-binary", "--vectors-only")
    assert not fasttext_binary.read("words.bin").settings["fasttext"]["bucket"]


def test_a_floret_table(run, failure, here):
    source = Path(__file__).parents[2] / "golden" / "floret" / "hashes2.floret"
    assert "60 rows of 5 numbers in x.kv (native)" in run("convert", source, "x.kv").stderr
    run("convert", "x.kv", "y.floret.gz")
    back, first = KeyedVectors.load_any("y.floret.gz"), KeyedVectors.load_any(source)
    np.testing.assert_array_equal(back.vectors_ngrams, first.vectors_ngrams)
    for target in ("x.txt", "x.bin"):
        assert "is a floret table, which has no words" in failure("convert", source, target)
    assert "which has no words" in failure("convert", source, "z.kv", "--vectors-only")
    subwords = source.parents[1] / "fasttext" / "subwords.bin"
    assert "these vectors are not made of one" in failure("convert", subwords, "z.floret")
    assert sorted(path.name for path in here.glob("[x-z]*")) == ["x.kv", "y.floret.gz"]


@pytest.mark.parametrize("path", sorted((GOLDEN / "gensim").glob("*.model")), ids=lambda path: path.name)
def test_gensim(run, path):
    run("convert", path, "m.safetensors")
    run("convert", path, "v.txt")
    expected = KeyedVectors.load_any(path)
    assert same(KeyedVectors.load("m.safetensors"), expected)
    np.testing.assert_array_equal(KeyedVectors.load_any("v.txt")[expected.index_to_key], expected.vectors)


def test_words_in_another_encoding(run, failure, here):
    Path("latin.txt").write_bytes("1 2\nfür 1 2\n".encode("latin-1"))
    assert failure("convert", "latin.txt", "v.kv") == (
        "latin.txt: invalid start byte: word 1 is not UTF-8; give --encoding, or --unicode-errors replace"
    )
    assert "w2vcore convert latin.txt NEW.safetensors" in failure("similar", "latin.txt", "x")
    run("convert", "latin.txt", "v.kv", "--encoding", "latin-1")
    assert KeyedVectors.load("v.kv").index_to_key == ["für"]
    run("convert", "latin.txt", "v.kv", "--unicode-errors", "ignore")
    assert KeyedVectors.load("v.kv").index_to_key == ["fr"]


def test_bad_conversions(failure, model, here):
    assert failure("convert", "none", "v.txt") == "none: no such file; SOURCE is a file of vectors"
    assert failure("convert", model, "v.xyz", code=2).startswith("v.xyz: this ending stands for no format; give --to")
    assert "is the file that is read" in failure("convert", model, model, code=2)
    assert "there is no folder 'no'" in failure("convert", model, "no/v.txt")
    assert "is not one of" in failure("convert", model, "v", "--to", "gensim", code=2)
    assert failure("convert", model, "v.npz.gz") == "v.npz.gz: numpy files are not packed; leave .gz out"
    Path("corpus.txt").write_text("just some text\n")
    assert "no known file of vectors" in failure("convert", "corpus.txt", "v.kv")
    assert not Path("v.kv").exists()


# ---------------------------------------------------------------------- export-projector


def test_export_projector(run, model):
    result = run("export-projector", model, "logs", "--name", "animals")
    assert result.stdout == ""
    assert result.stderr == "Written to logs; to view it: tensorboard --logdir logs\n"
    vectors = KeyedVectors.load(model)
    assert len(Path("logs/vectors.tsv").read_text().splitlines()) == len(vectors)
    header, *rows = [line.split("\t") for line in Path("logs/metadata.tsv").read_text().splitlines()]
    assert [row[0] for row in rows] == vectors.index_to_key
    assert [int(row[1]) for row in rows] == [vectors.get_vecattr(key, "count") for key in vectors.index_to_key]
    assert len(header) == 2
    config = Path("logs/projector_config.pbtxt").read_text()
    assert "vectors.tsv" in config and "metadata.tsv" in config and "animals" in config


def test_export_the_first_words(run, model):
    assert run("export-projector", model, "logs", "--limit", 4, "-q").stderr == ""
    assert len(Path("logs/vectors.tsv").read_text().splitlines()) == 4


def test_bad_exports(failure, model, here):
    assert failure("export-projector", "none", "logs").startswith("none: no such file")
    assert "is a file" in failure("export-projector", model, model, code=2)
    assert "Missing argument 'LOG_DIR'" in failure("export-projector", model, code=2)
