"""One model from several ranks, simulated in one process: `backend="mpi"` without MPI."""

from dataclasses import asdict
from itertools import pairwise

import numpy as np
import pytest

from w2vcore import LineSentence, Text8Corpus, Word2Vec
from w2vcore.backends import merging
from w2vcore.backends.distributed import DistributedBackend
from w2vcore.backends.team import RankError, simulate
from w2vcore.corpus import order

pytestmark = pytest.mark.timeout(120)  # ranks that wait for each other for ever are the fault to be found

SETTINGS = {"vector_size": 12, "min_count": 2, "epochs": 3, "workers": 1, "seed": 4, "sample": 1e-2}


def corpus(sentences=300, vocabulary=40):
    rng = np.random.default_rng(2)
    words = [f"w{number}" for number in range(vocabulary)]
    return [
        [words[min(rank, vocabulary - 1)] for rank in rng.geometric(0.08, rng.integers(0, 12)) - 1]
        for _ in range(sentences)
    ]


SENTENCES = corpus()


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "text"
    file.write_text("".join(" ".join(sentence) + "\n" for sentence in SENTENCES), encoding="utf8")
    return file


@pytest.fixture(autouse=True)
def many_merges(monkeypatch):
    monkeypatch.setattr(merging, "SHORTEST", 100)
    monkeypatch.setattr(merging, "FIRST_ROWS", 8)


def models(size, make=Word2Vec, **settings):
    """The model of each rank."""
    return simulate(size, lambda rank: make(backend="mpi", **{**SETTINGS, **settings}))


def raised(size, make):
    """What is raised on each rank."""
    errors = {}

    def program(rank):
        try:
            make(rank)
        except Exception as error:
            errors[rank] = error

    simulate(size, program)
    return [errors.get(rank) for rank in range(size)]


def parts(size):
    borders = np.linspace(0, len(SENTENCES), size + 1).astype(int)
    return [SENTENCES[start:stop] for start, stop in pairwise(borders)]


def assert_same(first, second):
    assert first.wv.index_to_key == second.wv.index_to_key
    np.testing.assert_array_equal(first.wv.vectors, second.wv.vectors)
    for name in ("syn1", "syn1neg"):
        assert hasattr(first, name) == hasattr(second, name)
        if hasattr(first, name):
            np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


KINDS = {
    "skip-gram": {"sg": 1, "negative_sharing": "window"},
    "skip-gram by pairs": {"sg": 1, "negative_sharing": "pair"},
    "cbow": {},
    "tree": {"sg": 1, "hs": 1, "negative": 0, "negative_sharing": "window"},
    "both": {"hs": 1},
    "unsorted": {"sorted_vocab": 0},
    "phrases of no order": {"ns_exponent": -0.5},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [2, 3])
def test_ranks_end_with_one_model_and_repeat_it_bit_for_bit(path, kind, size):
    first = models(size, corpus_file=path, **KINDS[kind])
    again = models(size, corpus_file=path, **KINDS[kind])
    for model in [*first, *again]:
        assert_same(model, first[0])
    one = Word2Vec(corpus_file=path, **SETTINGS, **KINDS[kind])
    assert np.abs(one.wv.vectors - first[0].wv.vectors).max() > 0


def test_one_rank_is_one_machine(path):
    assert_same(models(1, corpus_file=path)[0], Word2Vec(corpus_file=path, **SETTINGS))


@pytest.mark.parametrize("size", [2, 3, 8])
def test_vocabulary_draws_and_sums_are_those_of_one_machine(path, size):
    one = Word2Vec(corpus_file=path, **SETTINGS)
    for model in models(size, corpus_file=path):
        assert model.wv.index_to_key == one.wv.index_to_key
        np.testing.assert_array_equal(model.wv.expandos["count"], one.wv.expandos["count"])
        assert (model.corpus_count, model.corpus_total_words) == (one.corpus_count, one.corpus_total_words)
        for mine, theirs in zip(model.training_history, one.training_history, strict=True):
            for number in ("epoch", "words", "raw_words", "sentences", "examples"):
                assert mine[number] == theirs[number], number


def test_each_rank_brings_its_own_sentences():
    one = Word2Vec(SENTENCES, **SETTINGS)
    three = parts(3)
    results = simulate(3, lambda rank: Word2Vec(three[rank], backend="mpi", **SETTINGS))
    assert results[0].wv.index_to_key == one.wv.index_to_key
    assert results[2].training_history[-1]["words"] == one.training_history[-1]["words"]
    assert_same(results[0], results[2])


class Stream:
    """An iterable that is read anew in each epoch."""

    def __init__(self, sentences):
        self.sentences = sentences

    def __iter__(self):
        return iter(self.sentences)


def test_a_corpus_that_is_read_while_it_is_trained_draws_the_same():
    three = parts(3)
    streamed = simulate(3, lambda rank: Word2Vec(Stream(three[rank]), backend="mpi", **SETTINGS))
    listed = simulate(3, lambda rank: Word2Vec(three[rank], backend="mpi", **SETTINGS))
    for mine, theirs in zip(streamed[0].training_history, listed[0].training_history, strict=True):
        assert (mine["words"], mine["examples"]) == (theirs["words"], theirs["examples"])


def test_build_vocab_and_train_by_hand(path):
    def make(rank):
        model = Word2Vec(backend="mpi", **SETTINGS)
        model.build_vocab(corpus_file=path)
        _, raw = model.train(corpus_file=path, total_examples=model.corpus_count, epochs=model.epochs)
        assert raw == 3 * model.corpus_total_words
        return model

    results = simulate(2, make)
    assert_same(results[0], models(2, corpus_file=path)[0])


@pytest.mark.parametrize("kind", ["cbow", "tree", "both"])
def test_new_words_on_all_ranks(path, tmp_path, kind):
    more = tmp_path / "more"
    more.write_text("".join(f"w0 new w{n} newer\nnew w{n % 7} w2 new\n" for n in range(40)), encoding="utf8")

    def make(rank, backend="mpi"):
        model = Word2Vec(corpus_file=path, backend=backend, **SETTINGS, **KINDS[kind])
        model.build_vocab(corpus_file=more, update=True)
        model.train(corpus_file=more, total_examples=80, epochs=2)
        return model

    one = make(0, backend=None)
    results = simulate(2, make)
    assert_same(results[0], results[1])
    for model in results:
        assert model.wv.index_to_key == one.wv.index_to_key
        assert model.wv.expandos["count"].tolist() == one.wv.expandos["count"].tolist()
        if model.hs:
            assert [path.tolist() for path in model.wv.expandos["point"]] == [
                path.tolist() for path in one.wv.expandos["point"]
            ]


def test_ranks_without_any_line_take_part(tmp_path):
    file = tmp_path / "one line"
    file.write_text("a b c a b a b c d " * 50, encoding="utf8")
    results = models(3, corpus_file=file)
    assert_same(results[0], results[2])
    assert results[0].training_history[0]["raw_words"] == 450


def test_several_files_and_readers(path, tmp_path):
    second = tmp_path / "more"
    second.write_text("more words more words\n" * 30, encoding="utf8")
    one = Word2Vec(corpus_file=[path, second], **SETTINGS)
    two = models(2, corpus_file=[path, second])[0]
    assert two.wv.index_to_key == one.wv.index_to_key
    assert two.training_history[0]["words"] == one.training_history[0]["words"]
    reader = simulate(2, lambda rank: Word2Vec(LineSentence(path), backend="mpi", **SETTINGS))[1]
    assert_same(reader, models(2, corpus_file=path)[0])


DIFFERENT = {
    "window": {"window": 3},
    "alpha": {"alpha": 0.05},
    "epochs": {"epochs": 2},
    "seed": {"seed": 5},
    "negative": {"negative": 4},
    "vector_size": {"vector_size": 13},
    "min_count": {"min_count": 3},
    "batch_words": {"batch_words": 2000},
    "compute_loss": {"compute_loss": True},
    "architecture": {"sg": 1},
}


@pytest.mark.parametrize("field", DIFFERENT)
def test_other_options_on_a_rank_are_refused_by_name(path, field):
    errors = raised(
        3,
        lambda rank: Word2Vec(
            corpus_file=path, backend="mpi", **{**SETTINGS, **(DIFFERENT[field] if rank == 2 else {})}
        ),
    )
    assert all(isinstance(error, ValueError) for error in errors)
    assert all(f"rank 2 has {field}=" in str(error) for error in errors)


@pytest.mark.parametrize("size", [2])
def test_other_files_are_refused_by_name(path, tmp_path, size):
    other = tmp_path / "other"
    other.write_text("another corpus\n" * 10, encoding="utf8")
    for files, field in (([path, other], "file 1 of the corpus"), ([path, [path, other]], "number of files")):
        errors = raised(size, lambda rank, files=files: Word2Vec(corpus_file=files[rank], backend="mpi", **SETTINGS))
        assert all(f"rank 1 has {field}=" in str(error) for error in errors)
    errors = raised(size, lambda rank: Word2Vec(LineSentence(path) if rank else SENTENCES, backend="mpi", **SETTINGS))
    assert all("rank 1 has corpus=files, rank 0 has corpus=sentences" in str(error) for error in errors)


def test_another_vocabulary_or_weights_are_refused_by_name():
    def train(rank, change):
        model = Word2Vec(backend="mpi", **SETTINGS)
        model.build_vocab_from_freq({"a": 5, "b": 4, "c" if rank and change == "vocabulary" else "d": 3})
        if rank and change == "counts":
            model.wv.expandos["count"][0] = 6
        if rank and change == "weights (input)":
            model.wv.vectors[0] += 1
        model.train([["a", "b"]] * (rank + 1), total_examples=3, epochs=1)

    for change in ("vocabulary", "counts", "weights (input)"):
        for error in raised(2, lambda rank, change=change: train(rank, change)):
            assert isinstance(error, ValueError)
            assert f"rank 1 has {change}=" in str(error)


def test_another_tree_of_the_same_words_is_refused_by_name():
    def train(rank):
        model = Word2Vec(backend="mpi", hs=1, negative=0, **SETTINGS)
        model.build_vocab_from_freq({"a": 9, "b": 8, "c": 7, **({} if rank else {"d": 6})})
        model.build_vocab_from_freq({"d": 6, "e": 5} if rank else {"e": 5}, update=True)
        model.train([["a", "b"]] * (rank + 1), total_examples=3, epochs=1)

    for error in raised(2, train):
        assert isinstance(error, ValueError)
        assert "rank 1 has tree=" in str(error)


def test_another_version_is_refused_by_name(path, monkeypatch):
    from w2vcore.training import shards as module

    def make(rank):
        monkeypatch.setattr(module, "__version__", f"{rank}.0")
        return Word2Vec(corpus_file=path, backend="mpi", **SETTINGS)

    # all ranks are threads of one process, one at a time: each sees its own version when it compares
    original = module.check_ranks

    def checked(crew, *arguments):
        monkeypatch.setattr(module, "__version__", f"{crew.rank}.0")
        return original(crew, *arguments)

    monkeypatch.setattr("w2vcore.training.session.check_ranks", checked)
    for error in raised(2, make):
        assert "rank 1 has version of w2vcore=1.0, rank 0 has version of w2vcore=0.0" in str(error)


def test_the_same_sentences_on_two_ranks_are_refused():
    for error in raised(3, lambda rank: Word2Vec(SENTENCES if rank else SENTENCES[:5], backend="mpi", **SETTINGS)):
        assert "ranks 1 and 2 bring the same sentences" in str(error)


def test_a_text_without_lines_is_refused_as_the_same_sentences(path):
    for error in raised(2, lambda rank: Word2Vec(Text8Corpus(path), backend="mpi", **SETTINGS)):
        assert "ranks 0 and 1 bring the same sentences" in str(error)


def test_pruning_is_refused(path):
    for error in raised(2, lambda rank: Word2Vec(corpus_file=path, backend="mpi", max_vocab_size=9, **SETTINGS)):
        assert "max_vocab_size=9 is not possible with several processes" in str(error)


class Faulty:
    """Raises in some pass, after some sentences."""

    def __init__(self, sentences, fails_in):
        self.sentences, self.passes, self.fails_in = sentences, 0, fails_in

    def __iter__(self):
        self.passes += 1
        yield from self.sentences[:60]
        if self.passes == self.fails_in:
            raise OSError("the disk of this rank")
        yield from self.sentences[60:]


@pytest.mark.parametrize("fails_in", [1, 2, 4])
@pytest.mark.parametrize("failing", [0, 2])
def test_a_rank_that_raises_stops_all_with_its_error(failing, fails_in):
    three = parts(3)
    errors = raised(
        3,
        lambda rank: Word2Vec(Faulty(three[rank], fails_in if rank == failing else 0), backend="mpi", **SETTINGS),
    )
    assert isinstance(errors.pop(failing), OSError)
    for error in errors:
        assert isinstance(error, RankError)
        assert str(error).startswith(f"rank {failing}: OSError: the disk of this rank")


class Callback:
    def __init__(self, fails=None, stops=None):
        self.fails, self.stops, self.calls = fails, stops, []

    def __getattr__(self, event):
        if not event.startswith("on_"):
            raise AttributeError(event)

        def call(model):
            self.calls.append(event)
            if event == self.fails:
                raise ArithmeticError(event)
            return event == "on_epoch_end" and self.stops is not None and model.epochs_trained >= self.stops

        return call


@pytest.mark.parametrize("event", ["on_train_begin", "on_epoch_begin", "on_epoch_end", "on_train_end"])
def test_a_callback_that_raises_on_one_rank_stops_all(path, event):
    errors = raised(
        2,
        lambda rank: Word2Vec(
            corpus_file=path, backend="mpi", callbacks=[Callback(fails=event if rank else None)], **SETTINGS
        ),
    )
    if event == "on_train_end":  # after all is done: nobody waits for anybody
        assert errors[0] is None
    else:
        assert str(errors[0]) == f"rank 1: ArithmeticError: {event}"
    assert isinstance(errors[1], ArithmeticError)


def test_one_rank_may_stop_the_training_for_all(path):
    results = simulate(
        2,
        lambda rank: Word2Vec(
            corpus_file=path, backend="mpi", callbacks=[Callback(stops=2 if rank else None)], **SETTINGS
        ),
    )
    assert [model.epochs_trained for model in results] == [2, 2]
    assert_same(*results)


class Crash(Exception):
    pass


def crash_after(monkeypatch, merges):
    """Have every rank raise after so many merges."""
    original, done = DistributedBackend.run, {"merges": 0}

    def run(self, epoch, jobs, report):
        def counted(job, stats):
            done["merges"] += 1
            if done["merges"] > merges:
                raise Crash
            report(job, stats)

        return original(self, epoch, jobs, counted)

    monkeypatch.setattr(DistributedBackend, "run", run)


@pytest.mark.usefixtures("tiny_jobs")
@pytest.mark.parametrize("shuffle", [False, "sentences", "jobs"])
@pytest.mark.parametrize("merges", [3, 20, 45, 70])
def test_a_run_goes_on_from_its_checkpoint_to_the_same_bits(path, tmp_path, merges, shuffle, monkeypatch):
    monkeypatch.setattr(order, "BATCH_TOKENS", 200)
    settings = {**SETTINGS, "checkpoint": tmp_path / "run", "checkpoint_every": 500, "batch_words": 60}
    settings["shuffle"] = shuffle
    expected = simulate(
        2, lambda rank: Word2Vec(corpus_file=path, backend="mpi", **{**settings, "checkpoint": tmp_path / "x"})
    )
    with monkeypatch.context() as patch:
        crash_after(patch, merges)
        errors = raised(2, lambda rank: Word2Vec(corpus_file=path, backend="mpi", **settings))
    assert any(isinstance(error, Crash) for error in errors)
    resumed = simulate(2, lambda rank: Word2Vec.resume(tmp_path / "run", corpus_file=path, backend="mpi"))
    assert_same(*resumed)
    assert_same(resumed[0], expected[0])
    assert [line["words"] for line in resumed[0].training_history] == [
        line["words"] for line in expected[0].training_history
    ]


@pytest.mark.usefixtures("tiny_jobs")
def test_in_the_middle_of_an_epoch_as_many_ranks_must_go_on(path, tmp_path, monkeypatch):
    settings = {**SETTINGS, "checkpoint": tmp_path / "run", "checkpoint_every": 500, "batch_words": 60}
    with monkeypatch.context() as patch:
        crash_after(patch, 20)
        raised(2, lambda rank: Word2Vec(corpus_file=path, backend="mpi", **settings))
    for error in raised(3, lambda rank: Word2Vec.resume(tmp_path / "run", corpus_file=path, backend="mpi")):
        assert "taken in the middle of epoch 0 by 2 ranks, and there are 3 now" in str(error)
    with pytest.raises(ValueError, match="by 2 ranks, and there are 1 now"):
        Word2Vec.resume(tmp_path / "run", corpus_file=path)


def test_between_epochs_any_number_of_ranks_can_go_on(path, tmp_path, monkeypatch):
    def stop(model):
        if model.epochs_trained == 2:
            raise Crash

    class Stopper(Callback):
        def on_epoch_begin(self, model):
            stop(model)

    settings = {**SETTINGS, "checkpoint": tmp_path / "run", "callbacks": [Stopper()]}
    raised(2, lambda rank: Word2Vec(corpus_file=path, backend="mpi", **settings))
    one = Word2Vec.resume(tmp_path / "run", corpus_file=path)
    assert one.epochs_trained == 3
    assert {line["raw_words"] for line in one.training_history} == {one.corpus_total_words}


def test_only_rank_0_saves_and_reports(path, tmp_path, caplog):
    def make(rank):
        model = Word2Vec(corpus_file=path, backend="mpi", **SETTINGS)
        assert model.rank == rank
        model.save(tmp_path / f"model {rank}")
        return model

    with caplog.at_level("INFO", logger="w2vcore"):
        results = simulate(3, make)
    assert [(tmp_path / f"model {rank}").exists() for rank in range(3)] == [True, False, False]
    assert sum("effective words/s" in record.message and "EPOCH" in record.message for record in caplog.records) == 3
    assert_same(Word2Vec.load(tmp_path / "model 0"), results[2])


def test_loss_is_that_of_all_ranks(path):
    one = Word2Vec(corpus_file=path, compute_loss=True, **SETTINGS)
    two = models(2, corpus_file=path, compute_loss=True)
    assert two[0].training_history[0]["loss"] == two[1].training_history[0]["loss"]
    assert two[0].training_history[0]["loss"] == pytest.approx(one.training_history[0]["loss"], rel=0.05)
    assert two[0].training_history[0]["loss_sum"] == pytest.approx(one.training_history[0]["loss_sum"], rel=0.05)


def test_the_state_of_ranks_survives_the_file():
    from w2vcore.model.config import TrainingConfig
    from w2vcore.training.checkpoint import Extent, Position, RunState

    ranks = (Extent(1, 2, 3, 4), Extent(5, 6, 7, 8))
    state = RunState(TrainingConfig(), Position(1, 1, 2), (3, None), None, 0, None, 0.0, "avx2", False, ranks)
    again = RunState.from_settings({"checkpoint": state.as_settings()}, "file")
    assert again == state
    assert again.done(1, 2) == ranks[1]
    old = state.as_settings()
    del old["ranks"]
    assert RunState.from_settings({"checkpoint": {**old, "version": 1}}, "file").ranks == ()
    broken = {**state.as_settings(), "ranks": [asdict(ranks[0]) | {"jobs": -1}]}
    with pytest.raises(ValueError, match="damaged"):
        RunState.from_settings({"checkpoint": broken}, "file")
