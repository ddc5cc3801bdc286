"""Faults that gensim 4.4.0 has (and some that others have), each shown not to be here, as a user would meet it."""

import bz2
import gzip
import lzma
import mmap
import pickle
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.backends.base import Job, Plan
from w2vcore.backends.registry import create
from w2vcore.corpus.encoding import Batch
from w2vcore.kernels import _dispatch
from w2vcore.model.config import TrainingConfig
from w2vcore.model.weights import Weights

KINDS = [{"sg": sg, "hs": hs, "negative": 0 if hs else 5} for sg in (0, 1) for hs in (0, 1)]


def untrained(corpus, **settings):
    model = Word2Vec(**settings)
    model.build_vocab(corpus)
    return model


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_long_sentences_are_trained_to_the_last_token(kind):
    """gensim#2880: of one sentence of 25,000 words, gensim trains 9,891."""
    sentence = [f"w{i}" for i in range(25_000)]
    settings = {"vector_size": 4, "min_count": 1, "sample": 0, "workers": 2, "epochs": 2, **kind}
    before, model = untrained([sentence], **settings), Word2Vec([sentence], **settings)
    assert model.training_history[0]["words"] == 25_000
    changed = (model.wv.vectors != before.wv.vectors).any(axis=1)
    assert changed.all()


def test_batch_words_loses_nothing():
    """gensim: of 50 sentences of 2,000 words with batch_words=50000, 20,000 words of 100,000 are trained."""
    corpus = [[f"w{(i * j) % 997}" for i in range(2000)] for j in range(50)]
    model = Word2Vec(corpus, vector_size=4, min_count=1, sample=0, batch_words=50_000, epochs=1)
    assert model.training_history[0]["words"] == 100_000


def test_workers_minus_one_trains():
    """gensim#2709: nothing is trained, and only a log line says so."""
    corpus = [["a", "b", "c"]] * 50
    settings = {"vector_size": 4, "min_count": 1, "workers": -1, "sample": 0}
    model = Word2Vec(corpus, **settings)
    assert [epoch["words"] for epoch in model.training_history] == [150] * 5
    assert not np.array_equal(model.wv.vectors, untrained(corpus, **settings).wv.vectors)


def test_unknown_integer_is_nobody():
    """gensim: with the keys 100..119, wv[7] is the vector of another key."""
    walks = [[100 + (i * j) % 20 for i in range(10)] for j in range(1, 60)]
    model = Word2Vec(walks, vector_size=4, min_count=1)
    assert model.wv[107].shape == (4,)
    with pytest.raises(KeyError, match="7 is not a key"):
        model.wv[7]


def test_corpus_that_can_be_read_once_is_refused():
    """gensim#443: an object whose __iter__ returns the same iterator "succeeds" with warnings."""

    class Once:
        def __init__(self, sentences):
            self.iterator = iter(sentences)

        def __iter__(self):
            return self.iterator

    with pytest.raises(TypeError, match="read only once"):
        Word2Vec(Once([["a", "b"]] * 20), min_count=1)
    once = Word2Vec(Once([["a", "b"]] * 20), min_count=1, vector_size=4, cache_corpus=True, sample=0)
    assert [epoch["words"] for epoch in once.training_history] == [40] * 5


@pytest.mark.usefixtures("tiny_jobs")
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_loss_is_exact_for_any_number_of_workers(kind):
    """gensim#2617, #2735: a float32 sum over all epochs, of which racing workers lose most."""
    rng = np.random.default_rng(3)
    corpus = [[str(word) for word in rng.zipf(1.4, 40) % 200] for _ in range(500)]
    settings = {"vector_size": 16, "min_count": 1, "compute_loss": True, "batch_words": 500, "epochs": 4, "alpha": 0.05}
    one, four = (Word2Vec(corpus, workers=workers, **settings, **kind) for workers in (1, 4))
    for a, b in zip(one.training_history, four.training_history, strict=True):
        assert (a["words"], a["examples"]) == (b["words"], b["examples"])  # the same draws
        assert a["loss"] == pytest.approx(b["loss"], rel=0.05)  # weights differ by races; a lost worker would cost 25 %
    assert one.training_history[-1]["loss"] < one.training_history[0]["loss"]
    total = sum(epoch["loss"] * epoch["examples"] for epoch in one.training_history)
    assert one.get_latest_training_loss() == pytest.approx(total, rel=1e-9)


# Address space without memory behind it: the pages that training touches come into being, the others never do.
MAP_NORESERVE = getattr(mmap, "MAP_NORESERVE", 0x4000)  # Python knows the name since 3.13; the number is Linux's


@pytest.mark.skipif(sys.platform != "linux", reason="needs address space without memory behind it, as Linux has it")
@pytest.mark.parametrize("elements", [2**31, 2**32])
@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("objective", ["negative", "tree"])
def test_rows_far_into_large_matrices(elements, architecture, objective):
    """gensim#3100: an offset of 32 bits trains the rows of other words."""
    stride = 1 << 16
    rows = elements // stride + 10

    def matrix():
        memory = mmap.mmap(-1, rows * stride * 4, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_NORESERVE)
        return np.frombuffer(memory, np.float32).reshape(rows, stride)

    weights = Weights({"input": matrix(), objective: matrix()}, stride)
    config = TrainingConfig(
        vector_size=stride, architecture=architecture, objectives=(objective,), window=2, shrink_windows=False,
        negative=3, subsample=False, workers=1, epochs=1,
    )  # fmt: skip
    counts = np.ones(rows, np.int64)
    words = np.arange(rows - 4, rows, dtype=np.uint32)
    weights.matrices["input"][words] = 0.01
    weights.matrices[objective][rows - 6 : rows - 1] = 0.01  # so that the input rows have something to learn from
    twins = words - elements // stride  # where a 32-bit (or signed 32-bit) offset would land
    batch = Batch(words, np.array([0, 4], np.int64), 4, 1)
    backend = create("threads")
    backend.open(Plan(config, counts, np.full(rows, 0xFFFFFFFF, np.uint32), np.ones(1, np.float32)), weights)
    stats = backend.run(0, iter([Job(batch, 0, 4, 0.5, 0, 4, 1)]), lambda job, stats: None)
    backend.close()
    assert stats.words == 4
    assert not weights.matrices["input"][twins].any()
    assert (weights.matrices["input"][words] != np.float32(0.01)).all()


def test_strings_as_sentences_are_named():
    """gensim trains on letters and says so in a log line that names no remedy."""
    with pytest.warns(UserWarning, match=r"s\.split\(\)"):
        Word2Vec(["hello world"] * 5, min_count=1, vector_size=4)


@pytest.mark.parametrize(("ending", "compress"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_compressed_corpus_file_is_the_same_corpus(tmp_path, ending, compress):
    """gensim#3246: the vocabulary is read from the text, training from the compressed bytes."""
    text = "\n".join(f"some words and the number n{i % 7}" for i in range(200)).encode()
    plain, packed = tmp_path / "corpus.txt", tmp_path / f"corpus.txt.{ending}"
    plain.write_bytes(text)
    packed.write_bytes(compress(text))
    settings = {"vector_size": 8, "min_count": 1, "workers": 1}
    models = [Word2Vec(corpus_file=path, **settings) for path in (plain, packed)]
    assert models[0].wv.index_to_key == models[1].wv.index_to_key
    assert models[0].wv.vectors.tobytes() == models[1].wv.vectors.tobytes()


@pytest.mark.usefixtures("tiny_jobs")
@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_each_line_of_a_corpus_file_is_trained_once_an_epoch(tmp_path, workers):
    """gensim#2693: each thread begins at a byte, maybe inside a word, and some ranges are read twice or never."""
    lines = [[f"é{i}" for i in range(n % 23)] for n in range(300)]
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(map(" ".join, lines)), encoding="utf8")
    model = Word2Vec(corpus_file=path, vector_size=4, min_count=1, sample=0, workers=workers, epochs=2, batch_words=100)
    for epoch in model.training_history:
        assert epoch["raw_words"] == epoch["words"] == sum(map(len, lines))
        assert epoch["sentences"] == sum(map(bool, lines))


@pytest.mark.usefixtures("tiny_jobs")
@pytest.mark.timeout(60)
@pytest.mark.parametrize("workers", [1, 4])
def test_a_failing_corpus_does_not_hang(workers):
    """gensim waits for ever when the corpus raises in the second pass."""

    class Failing:
        passes = 0

        def __iter__(self):
            self.passes += 1
            for number in range(1000):
                if self.passes == 2 and number == 500:
                    raise ConnectionError("lost")
                yield ["some", "words", "here"]

    with pytest.raises(ConnectionError, match="lost"):
        Word2Vec(Failing(), min_count=1, vector_size=4, workers=workers, batch_words=30)


def run_python(code, cwd):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )


def test_no_silent_slow_path(tmp_path):
    """gensim#351: "C extension not loaded, training will be slow", noticed hours later, or never."""
    assert _dispatch.active() in _dispatch.available()
    code = """
        import sys
        class Blocked:
            def find_spec(self, name, path=None, target=None):
                if name == "w2vcore.kernels._dispatch":
                    raise ImportError("built for another machine")
        sys.meta_path.insert(0, Blocked())
        import w2vcore
        w2vcore.Word2Vec
    """
    done = run_python(code, tmp_path)
    assert done.returncode != 0
    assert "ImportError" in done.stderr
    assert "built for another machine" in done.stderr


def test_loading_runs_no_code(tmp_path):
    """gensim#3646, #3651, #3663: whoever loads a model runs whatever its file says."""

    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    path = tmp_path / "model.safetensors"
    path.write_bytes(pickle.dumps(Bomb()))
    for load in (Word2Vec.load, KeyedVectors.load):
        with pytest.raises(ValueError, match="pickle"):
            load(path)
    assert not (tmp_path / "ran").exists()
    model = Word2Vec([["a", "b"]] * 10, min_count=1, vector_size=4)
    model.save(path)
    done = run_python(
        f"""
        import pickle, sys
        def refuse(*arguments, **options):
            raise AssertionError("unpickled")
        pickle.load = pickle.loads = pickle.Unpickler = refuse
        from w2vcore import Word2Vec
        print(len(Word2Vec.load({str(path)!r}).wv))
        """,
        tmp_path,
    )
    assert done.stdout.strip() == "2", done.stderr


def test_models_can_be_mapped(tmp_path):
    """gensim#2883: processes that share one copy of the vectors; nothing is computed or written at loading."""
    path = tmp_path / "model.safetensors"
    model = Word2Vec([["a", "b", "c"]] * 10, min_count=1, vector_size=17, workers=1)
    model.save(path)
    for mapped in (Word2Vec.load(path, mmap="r").wv, KeyedVectors.load(path, mmap="r")):
        assert isinstance(mapped.vectors, np.memmap)
        assert not mapped.vectors.flags.writeable
        np.testing.assert_array_equal(mapped.vectors, model.wv.vectors)
        assert [key for key, _ in mapped.most_similar("a")] == [key for key, _ in model.wv.most_similar("a")]
