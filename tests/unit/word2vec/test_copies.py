"""Models that are copied, pickled by their users, sent to other processes, and saved in every way that gensim offers."""

import copy
import gzip
import io
import logging
import multiprocessing
import pickle
import subprocess
import sys

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.formats import native
from w2vcore.model.config import SETTINGS
from w2vcore.word2vec.files import ATTRIBUTES, snapshot_of

DATA = [[f"w{i * j % 17}" for i in range(j % 9 + 1)] for j in range(120)]
SMALL = {"vector_size": 12, "min_count": 1, "workers": 1, "epochs": 2}


@pytest.fixture
def corpus_file(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(map(" ".join, DATA)), encoding="utf8")
    return path


def state(model):
    """What two equal models have in common."""
    arrays = {name: getattr(model, name).tobytes() for name in ("syn1", "syn1neg") if hasattr(model, name)}
    columns = {name: [np.asarray(value).tolist() for value in column] for name, column in model.wv.expandos.items()}
    random = model.random.get_state()[1].tolist()
    return (
        model.wv.vectors.tobytes(), model.wv.index_to_key, columns, model.wv.vectors_lockf.tolist(), arrays, random,
        model.training_history, model.corpus_count, model.epochs_trained, model.min_alpha_yet_reached, str(model),
    )  # fmt: skip


def copies(model):
    yield copy.deepcopy(model)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        yield pickle.loads(pickle.dumps(model, protocol))


@pytest.mark.parametrize("kind", [{}, {"sg": 1, "hs": 1, "negative": 0}], ids=["cbow", "tree"])
def test_copies_are_equal_and_train_on_equally(kind):
    model = Word2Vec(DATA, **SMALL, **kind)
    before = state(model)
    results = []
    for twin in (copy.copy(model), *copies(model)):
        assert state(twin) == before
        assert twin.wv.most_similar("w1") == model.wv.most_similar("w1")
    assert copy.copy(model).wv is model.wv
    for twin in copies(model):
        twin.train(DATA, total_examples=len(DATA), epochs=1)
        results.append(twin.wv.vectors.tobytes())
    assert len(set(results)) == 1
    assert state(model) == before  # the copies have memory of their own


def test_copies_of_a_model_from_a_file_that_keeps_its_counts(corpus_file):
    model = Word2Vec(**SMALL)
    model.build_vocab(corpus_file=corpus_file, keep_raw_vocab=True)
    counts = dict(model.raw_vocab.items())
    for twin in copies(model):
        assert dict(twin.raw_vocab.items()) == counts
        assert twin.raw_vocab is twin.wv.dropped_counts
        twin.prepare_vocab(min_count=100, keep_raw_vocab=True)
    assert len(model.wv) == 17


def test_copies_of_a_mapped_model(tmp_path):
    Word2Vec(DATA, **SMALL).save(tmp_path / "model")
    mapped = Word2Vec.load(tmp_path / "model", mmap="r")
    for twin in copies(mapped):
        twin.train(DATA, total_examples=len(DATA), epochs=1)
        assert not np.array_equal(twin.wv.vectors, mapped.wv.vectors)


def test_copies_of_vectors():
    wv = Word2Vec(DATA, **SMALL).wv
    for twin in (copy.deepcopy(wv), pickle.loads(pickle.dumps(wv))):
        assert isinstance(twin, KeyedVectors)
        assert twin.most_similar("w1") == wv.most_similar("w1")
        twin.add_vectors(["fresh"], np.ones((1, 12)))
        assert "fresh" not in wv


IN_A_CHILD = """
import multiprocessing, sys
from w2vcore import Word2Vec
data = [[f"w{i * j % 17}" for i in range(j % 9 + 1)] for j in range(120)]

def train_on(model):
    model.train(data, total_examples=len(data), epochs=1)
    return model.wv.vectors.tobytes(), model.wv.most_similar("w1", topn=3)

if __name__ == "__main__":
    model = Word2Vec(data, vector_size=12, min_count=1, workers=2)  # its threads have gone when the fork comes
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        answers = pool.map(train_on, [model, model])
        similar = pool.map(model.wv.most_similar, ["w1", "w2"])
    assert similar == [model.wv.most_similar("w1"), model.wv.most_similar("w2")]
    assert answers == [train_on(model)] * 2  # one job: equal for any number of workers
    print("equal")
"""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("way", ["spawn", "fork", "forkserver"])
def test_other_processes(way, tmp_path):
    if way not in multiprocessing.get_all_start_methods() or (way == "fork" and sys.platform == "darwin"):
        pytest.skip(f"no safe {way} on this system")
    script = tmp_path / "script.py"
    script.write_text(IN_A_CHILD, encoding="utf8")
    command = [sys.executable, str(script), way]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout.strip() == "equal", done.stderr


def test_joblib(tmp_path):
    joblib = pytest.importorskip("joblib", reason="joblib is not installed")
    model = Word2Vec(DATA, **SMALL)
    joblib.dump(model, tmp_path / "model.joblib")
    assert state(joblib.load(tmp_path / "model.joblib")) == state(model)


# ---------------------------------------------------------------------- save and load


def test_save_keeps_the_random_state(tmp_path):
    model = Word2Vec(DATA, **SMALL)
    model.random.standard_normal(3)
    model.save(tmp_path / "model")
    loaded = Word2Vec.load(tmp_path / "model")
    assert state(loaded) == state(model)
    assert loaded.random.standard_normal(4).tolist() == model.random.standard_normal(4).tolist()


def test_arguments_that_say_nothing_here_are_logged_once(tmp_path, caplog):
    model = Word2Vec(DATA, **SMALL)
    with caplog.at_level(logging.DEBUG):
        model.save(tmp_path / "a", separately=["syn1neg"], sep_limit=1, pickle_protocol=2)
        lines = [r for r in caplog.records if r.levelno == logging.DEBUG and "pickle_protocol" in r.message]
        assert len(lines) == 1
        caplog.clear()
        model.save(tmp_path / "b")
        assert not [r for r in caplog.records if "pickle_protocol" in r.message]
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_an_open_file_gets_the_same_bytes(tmp_path):
    model = Word2Vec(DATA, **SMALL)
    model.save(tmp_path / "model")
    memory = io.BytesIO()
    model.save(memory)
    assert memory.getvalue() == (tmp_path / "model").read_bytes()
    memory.seek(0)
    assert state(Word2Vec.load(memory)) == state(model)


@pytest.mark.parametrize("ending", [".gz", ".bz2"])
def test_compressed(tmp_path, ending):
    model = Word2Vec(DATA, **SMALL)
    path = tmp_path / f"model{ending}"
    model.save(path)
    assert state(Word2Vec.load(path)) == state(model)
    if ending == ".gz":
        assert gzip.decompress(path.read_bytes())[8:9] == b"{"
    with pytest.raises(OSError, match="needs an uncompressed"):
        Word2Vec.load(path, mmap="r")


def test_ignore(tmp_path):
    model = Word2Vec(DATA, **SMALL, comment="mine")
    model.save(tmp_path / "model", ignore=["syn1neg", "comment", "cum_table"])
    loaded = Word2Vec.load(tmp_path / "model")
    assert loaded.syn1neg is None
    assert loaded.comment is None
    assert len(loaded.cum_table) == 17
    assert (tmp_path / "model").stat().st_size < 4 * 17 * 12 * 2 + 8000
    with pytest.raises(RuntimeError, match="no syn1neg"):
        loaded.train(DATA, total_examples=len(DATA), epochs=1)
    with pytest.raises(TypeError, match=r"got 'syn1neg'; pass \['syn1neg'\]"):
        model.save(tmp_path / "model", ignore="syn1neg")


def test_loading_something_else(tmp_path):
    Word2Vec(DATA, **SMALL).wv.save(tmp_path / "vectors")
    with pytest.raises(AttributeError, match=r"Model of type keyedvectors can't be loaded by Word2Vec"):
        Word2Vec.load(tmp_path / "vectors")
    with pytest.raises(FileNotFoundError):
        Word2Vec.load(tmp_path / "nothing")


def test_vectors_added_to_a_model_are_saved_with_it(tmp_path):
    """The other matrices have no rows for them, so the model is only asked from then on."""
    model = Word2Vec(DATA, **SMALL)
    words = len(model.wv)
    model.wv.add_vectors(["extra", "more"], np.ones((2, 12)))
    model.save(tmp_path / "m")
    for loaded in (Word2Vec.load(tmp_path / "m"), Word2Vec.load(tmp_path / "m", mmap="r")):
        assert state(loaded) == state(model)
        assert loaded.wv.most_similar("more", topn=1)[0][0] == "extra"
        assert loaded.predict_output_word(["extra"], topn=None) == model.predict_output_word(["extra"], topn=None)
        with pytest.raises(ValueError, match=rf"syn1neg must have shape \({words + 2}, 12\)"):
            loaded.train(DATA, total_examples=120, epochs=1)
    assert KeyedVectors.load(tmp_path / "m").index_to_key == model.wv.index_to_key


class Own(Word2Vec):
    """A subclass with an attribute."""

    def __init__(self, *arguments, extra=3, **options):
        self.extra = extra
        super().__init__(*arguments, **options)


def test_attributes_of_your_own_are_saved(tmp_path, caplog):
    model = Own(DATA, extra=7, **SMALL)
    assert (
        not set(vars(Word2Vec(DATA, hs=1, **SMALL)))
        - ATTRIBUTES
        - SETTINGS.keys()
        - {"syn1", "syn1neg"}
        - {name for name in vars(model) if name.startswith("_")}
    )
    model.note, model.version, model.gone = "v2", {"data": [1, 2.5, None, True]}, 1
    model.pair, model.numbers = (1, 2), np.ones(2)
    model.wv.source = "news"
    model.save(tmp_path / "m", ignore=["gone"])
    (warning,) = [record.message for record in caplog.records if "not saved with" in record.message]
    assert warning.startswith(f"not saved with {model}: attribute pair, numbers. Saved are str, numbers")
    loaded = Own.load(tmp_path / "m")
    assert (loaded.extra, loaded.note, loaded.version, loaded.gone) == (7, "v2", {"data": [1, 2.5, None, True]}, None)
    assert not hasattr(loaded, "pair") and not hasattr(loaded, "numbers")
    assert loaded.wv.source == KeyedVectors.load(tmp_path / "m").source == "news"
    assert not hasattr(KeyedVectors.load(tmp_path / "m"), "note")
    loaded.wv.save(tmp_path / "kv")
    assert KeyedVectors.load(tmp_path / "kv").source == "news"


def test_a_file_cannot_replace_what_a_class_has(tmp_path):
    model = Word2Vec(DATA, **SMALL)
    snapshot = snapshot_of(model)
    snapshot.settings["attributes"] = {"train": 1, "alpha": 9, "_loan": 1, "__class__": 1, "good": 1, "syn1neg": 2}
    snapshot.settings["attributes of the vectors"] = ["no dict"]
    native.write(snapshot, tmp_path / "m")
    loaded = Word2Vec.load(tmp_path / "m")
    assert callable(loaded.train) and loaded.alpha == 0.025 and type(loaded) is Word2Vec
    assert loaded.good == 1 and loaded.syn1neg.shape == model.syn1neg.shape
