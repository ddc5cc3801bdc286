"""w2vcore info."""

import json
from pathlib import Path

import pytest

from w2vcore import KeyedVectors, Phrases, Word2Vec
from w2vcore.formats.registry import FORMATS

GOLDEN = Path(__file__).parents[2] / "golden"


def test_a_model(run, model):
    report = json.loads(run("info", model, "--json").stdout)
    loaded = Word2Vec.load(model)
    assert (report["format"], report["kind"], report["vectors"], report["vector_size"]) == ("native", "word2vec", 9, 12)
    assert report["first words"] == loaded.wv.index_to_key[:5]
    counts = [loaded.wv.get_vecattr(key, "count") for key in loaded.wv.index_to_key]
    assert report["counts"] == {"sum": sum(counts), "largest": max(counts), "smallest": min(counts)}
    assert report["settings"]["window"] == 5
    assert report["arrays"]["negative"] == [9, 12]
    assert [row["epoch"] for row in report["training history"]] == [0, 1, 2]


def test_for_eyes(run, model):
    lines = run("info", model).stdout.splitlines()
    assert lines[0] == f"file ....................... {model}"
    assert "vectors .................... 9" in lines
    assert "  window ................... 5" in lines
    assert lines[-4].split() == ["epoch", "words", "seconds", "words_per_second", "alpha", "loss", "accuracy"]
    assert [line.split()[0] for line in lines[-3:]] == ["1", "2", "3"]


def test_a_checkpoint(run, sentences, here):
    Word2Vec(sentences, min_count=1, epochs=2, checkpoint="c")
    report = json.loads(run("info", "c", "--json").stdout)
    assert report["kind"] == "checkpoint"
    assert report["checkpoint"]["finished"] is True
    assert (report["checkpoint"]["epochs done"], report["checkpoint"]["epochs in all"]) == (2, 2)
    assert "finished ................. True" in run("info", "c").stdout


def test_phrases(run, sentences, here):
    phrases = Phrases(sentences, min_count=1, threshold=0.1)
    phrases.save("counted")
    phrases.freeze().save("frozen")
    report = json.loads(run("info", "counted", "--json").stdout)
    assert (report["kind"], report["words and pairs"]) == ("phrases", len(phrases.vocab))
    assert report["settings"]["delimiter"] == "_"
    report = json.loads(run("info", "frozen", "--json").stdout)
    assert (report["kind"], report["phrases"]) == ("frozenphrases", len(phrases.export_phrases()))


@pytest.mark.parametrize("target", ["v.txt", "v.bin.gz", "v.glove", "v.npz", "v_tensor.tsv", "v.kv"])
def test_vectors(run, model, target):
    run("convert", model, target, "--vectors-only")
    report = json.loads(run("info", target, "--json").stdout)
    assert (report["kind"], report["vectors"], report["vector_size"]) == ("keyedvectors", 9, 12)
    assert report["called"] in {entry.called for entry in FORMATS.values()}
    assert report["first words"] == KeyedVectors.load(model).index_to_key[:5]


def test_files_of_others(run):
    report = json.loads(run("info", GOLDEN / "fasttext" / "subwords.bin", "--json").stdout)
    assert report["format"] == "fasttext-binary"
    assert report["subwords"] == "of 2 to 4 characters, in 50 rows: words that are not in it have vectors, too"
    assert "subwords" not in json.loads(run("info", GOLDEN / "fasttext" / "words.bin", "--json").stdout)
    assert "subwords" not in json.loads(run("info", GOLDEN / "fasttext" / "supervised_bigrams.bin", "--json").stdout)
    report = json.loads(run("info", next((GOLDEN / "gensim").glob("*.model")), "--json").stdout)
    assert report["format"] == "gensim"


@pytest.mark.parametrize(
    "name, kind, trained",
    [
        ("fasttext/subwords.bin", "fasttext", ("skipgram", "ns")),
        ("fasttext/hierarchical.bin", "fasttext", ("skipgram", "hs")),
        ("facebook/cbow_ns.bin", "fasttext", ("cbow", "ns")),
        ("facebook/skipgram_softmax.bin", "fasttext", ("skipgram", "softmax")),
        ("fasttext/supervised.bin", "fasttext supervised", ("supervised", "softmax")),
        ("fasttext/supervised_pretrained.bin", "fasttext supervised", ("supervised", "hs")),
        ("fasttext/quantised_pruned.ftz", "fasttext supervised quantised", ("supervised", "softmax")),
    ],
)
def test_models_of_fasttext(run, name, kind, trained):
    report = json.loads(run("info", GOLDEN / name, "--json").stdout)
    settings = report["settings"]
    assert (report["kind"], (settings["model"], settings["loss"])) == (kind, trained)
    assert report["use"].startswith("load_facebook_model" if kind == "fasttext" else "load_facebook_vectors")
    assert {"dim", "minn", "maxn", "bucket"} < settings.keys() and "spellings" not in settings
    assert settings["labels"] > 0 if "supervised" in kind else "labels" not in settings


def test_a_floret_table(run):
    report = json.loads(run("info", GOLDEN / "floret" / "hashes2.floret", "--json").stdout)
    assert (report["format"], report["vectors"], report["vector_size"]) == ("floret", 0, 5)
    assert report["subwords"] == "of 2 to 4 characters, in 60 rows by 2 hashes (floret): all words have vectors"
    assert "first words" not in report


def test_bad_files(failure, here):
    assert failure("info", "none") == "none: no such file; FILE is a model, vectors, a checkpoint or phrases"
    Path("text").write_text("hello")
    assert failure("info", "text") == "text: no known file of vectors: it begins with 'hello'"
    Path("cut.txt").write_text("3 2\na 1 2\n")
    assert "cut.txt" in failure("info", "cut.txt")
