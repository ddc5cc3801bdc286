"""The folder for the Embedding Projector: one visible line a word, files that name each other, all or nothing."""

import re

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.formats import projector as tables
from w2vcore.visual import projector

VECTORS = np.array([[0.5, -1.25, 1e-20], [3.0, 0.1, 2e30], [1.0, 2.0, 3.0]], np.float32)


def vectors_of(keys, counts=None):
    wv = KeyedVectors(3)
    wv.add_vectors(keys, VECTORS[: len(keys)])
    if counts is not None:
        wv.expandos["count"] = np.array(counts)
    return wv


def lines(folder, name="metadata.tsv"):
    return (folder / name).read_bytes().decode("utf8").split("\n")[:-1]


def test_files_are_those_that_the_configuration_names(tmp_path):
    folder = vectors_of(["sun", "road", "car"], [9, 4, 1]).export_projector(tmp_path / "new" / "run", name='my "words"')
    assert folder == tmp_path / "new" / "run"
    assert (folder / "projector_config.pbtxt").read_text() == (
        'embeddings {\n  tensor_name: "my \\"words\\""\n  tensor_path: "vectors.tsv"\n  metadata_path: "metadata.tsv"\n}\n'
    )
    assert lines(folder) == ["word\tcount", "sun\t9", "road\t4", "car\t1"]
    assert np.array_equal(np.loadtxt(folder / "vectors.tsv", delimiter="\t", dtype=np.float32), VECTORS)


def test_without_counts_there_is_no_line_of_names(tmp_path):
    assert lines(vectors_of(["sun", "road"]).export_projector(tmp_path)) == ["sun", "road"]


def test_awkward_words(tmp_path):
    keys = ["a\tb", "", " \u3000"]
    assert lines(vectors_of(keys).export_projector(tmp_path)) == [r"a\tb", "(empty)", r"\x20\u3000"]
    keys = ["a\r\nb\u2028\x00", "\ud800x", "👩‍🚀"]
    assert lines(vectors_of(keys).export_projector(tmp_path)) == [r"a\r\nb\u2028\x00", r"\ud800x", "👩‍🚀"]
    keys = [7, ("a", 1), r"C:\new"]
    assert lines(vectors_of(keys).export_projector(tmp_path)) == ["7", "('a', 1)", r"C:\new"]


@settings(deadline=None)
@given(st.text(st.characters(), max_size=8))
@example("\x85")
@example("\ufeff")
def test_every_word_is_one_line_and_one_column(word):
    shown = projector.label(word)
    assert shown.strip() and shown.encode()
    assert shown.splitlines() == [shown] and "\t" not in shown
    if word.strip() and not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", word):
        assert shown == word


def test_our_own_reader_takes_it_back(tmp_path):
    keys = ["sun", "a b", "été"]
    vectors_of(keys, [9, 4, 1]).export_projector(tmp_path)
    read = tables.read(tmp_path / "vectors.tsv")
    assert list(read.keys) == keys and np.array_equal(read.arrays["vectors"], VECTORS)


def test_limit_takes_the_first_rows(tmp_path):
    vectors_of(["sun", "road", "car"], [9, 4, 1]).export_projector(tmp_path, limit=2)
    assert lines(tmp_path) == ["word\tcount", "sun\t9", "road\t4"] and len(lines(tmp_path, "vectors.tsv")) == 2


def test_a_second_export_replaces_the_first(tmp_path):
    vectors_of(["sun", "road", "car"]).export_projector(tmp_path)
    vectors_of(["moon"]).export_projector(tmp_path)
    assert lines(tmp_path) == ["moon"] and len(lines(tmp_path, "vectors.tsv")) == 1
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"name": " "}, ValueError, "name must be a text that the Projector shows, got ' '"),
        ({"limit": 0}, ValueError, "limit must be an int at least 1, got 0"),
        (
            {"log_dir": "s3://bucket/logs"},
            ValueError,
            "log_dir must be the path of a local folder, got 's3://bucket/logs'",
        ),
        ({"log_dir": 7}, ValueError, "log_dir must be the path of a local folder, got 7"),
        ({"wv": "words"}, TypeError, "wv must be KeyedVectors, got str$"),
        ({"wv": KeyedVectors(2)}, ValueError, "there are no vectors to export"),
        ({"wv": KeyedVectors(2, count=1)}, TypeError, "row 0 has no key"),
    ],
)
def test_bad_arguments_are_said_before_anything_is_written(tmp_path, arguments, error, message):
    arguments = {"wv": vectors_of(["sun"]), "log_dir": tmp_path / "run", **arguments}
    with pytest.raises(error, match=message):
        projector.export_projector(**arguments)
    assert not list(tmp_path.iterdir())


def test_a_model_is_not_its_vectors(tmp_path):
    model = Word2Vec([["sun", "road"]], min_count=1, vector_size=4, epochs=1, workers=1)
    with pytest.raises(TypeError, match=r"got Word2Vec: pass model\.wv"):
        projector.export_projector(model, tmp_path)
    assert lines(model.wv.export_projector(tmp_path))[1:] == [f"{word}\t1" for word in model.wv.index_to_key]


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "run").write_text("x")
    with pytest.raises(NotADirectoryError, match="is a file; give the name of a folder"):
        vectors_of(["sun"]).export_projector(tmp_path / "run")


def test_a_failure_leaves_the_earlier_files(tmp_path, monkeypatch):
    vectors_of(["sun"]).export_projector(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr(tables, "write_rows", full)
    with pytest.raises(OSError, match="disk full"):
        vectors_of(["moon"]).export_projector(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
