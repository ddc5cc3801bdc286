"""What a callback changes of a model is trained from the next epoch on, by every backend, or is refused by its name.

The oracle is a loop of calls of `train(epochs=1)` that makes the same change between two of them: with a learning rate that
stays, it trains the same to the bit.
"""

import random

import numpy as np
import pytest
from cuda_backend import emulated  # noqa: F401

from w2vcore import KeyedVectors, Word2Vec

pytestmark = pytest.mark.usefixtures("tiny_jobs")

WORDS = [f"w{number}" for number in range(12)]
SMALL = {
    "vector_size": 8,
    "min_count": 1,
    "workers": 1,
    "sample": 0,
    "sg": 1,
    "alpha": 0.05,
    "min_alpha": 0.05,
    "window": 2,
}
BACKENDS = {"threads": {}, "reference": {"backend": "reference"}, "cuda": {"device": "cuda"}}
ROUNDING = {"threads": 0, "cuda": 0, "reference": 2e-6}  # the reference rounds nothing between two epochs of one call
EPOCHS = 3

backends = pytest.mark.parametrize("backend", BACKENDS)


def data(sentences=12):
    rng = np.random.default_rng(3)
    return [[WORDS[word] for word in rng.zipf(1.5, rng.integers(2, 7)) % 12] for _ in range(sentences)]


def numbers(rows, columns=8, seed=7):
    return np.random.default_rng(seed).standard_normal((rows, columns)).astype(np.float32)


class Once:
    """Makes a change in the hook `event` of epoch `epoch`, once."""

    def __init__(self, change, corpus=None, event="on_epoch_end", epoch=0):
        self.change, self.corpus, self.when, self.epochs = change, corpus, (event, epoch), 0

    def __getattr__(self, event):
        if not event.startswith("on_"):
            raise AttributeError(event)

        def call(model):
            if (event, self.epochs) == self.when:
                self.change(model, self.corpus)
                self.when = None
            self.epochs += event == "on_epoch_end"

        return call


class Stream:
    def __init__(self, sentences):
        self.sentences = sentences

    def __iter__(self):
        return iter(self.sentences)


def built(corpus, backend="threads", **settings):
    model = Word2Vec(**{**SMALL, **BACKENDS[backend], **settings})
    model.build_vocab(corpus)
    return model


def trained(corpus, callback=None, make=list, epochs=EPOCHS, **settings):
    model = built(corpus, **settings)
    callbacks = [] if callback is None else [callback]
    whole = corpus if make is list else make(corpus)
    model.train(whole, total_examples=len(corpus), epochs=epochs, callbacks=callbacks)
    return model


def train_in_turn(model, corpus, change):
    """The oracle: the change comes between the first call of train() and the second."""
    for epoch in range(EPOCHS):
        model.train(corpus, total_examples=len(corpus), epochs=1)
        if epoch == 0:
            change(model, corpus)


def matrices(model):
    found = {name: getattr(model, name) for name in ("syn1", "syn1neg") if getattr(model, name, None) is not None}
    return {"vectors": model.wv.vectors, **found}


def are_same(mine, theirs, atol):
    """Whether two models have the same matrices."""
    return mine.keys() == theirs.keys() and all(
        matrix.shape == theirs[name].shape and np.abs(matrix - theirs[name]).max() <= atol
        for name, matrix in mine.items()
    )


def assert_same(model, other, atol=0):
    assert model.wv.index_to_key == other.wv.index_to_key
    assert are_same(matrices(model), matrices(other), atol)
    for name in ("words", "examples", "alpha"):
        assert [line[name] for line in model.training_history] == [line[name] for line in other.training_history], name


# ---------------------------------------------------------------------- what is taken up


def set_rate(model, corpus):
    model.alpha = model.min_alpha = 0.2


def replace_vectors(model, corpus):
    model.wv.vectors = numbers(len(model.wv))


def write_vectors(model, corpus):
    model.wv.vectors[1:4] = numbers(3)


def write_kept_vectors(model, corpus):
    matrix = model.wv.vectors
    model.wv.most_similar("w1")
    matrix *= 0.5


def replace_targets(model, corpus):
    name = "syn1" if model.hs else "syn1neg"
    setattr(model, name, numbers(*getattr(model, name).shape))


def write_targets(model, corpus):
    (model.syn1 if model.hs else model.syn1neg)[:3] = numbers(3)


def replace_locks(model, corpus):
    model.wv.vectors_lockf = np.linspace(0, 1, len(model.wv)).astype(np.float32)


def write_locks(model, corpus):
    model.wv.vectors_lockf[:] = 0.5


def replace_wv(model, corpus):
    wv = KeyedVectors(8)
    keys = model.wv.index_to_key[::-1]
    wv.add_vectors(keys, numbers(len(keys)), extras={"count": [model.wv.get_vecattr(key, "count") for key in keys]})
    model.wv = wv


def add_words(model, corpus):
    corpus.append(["new", "newer", "w1"])
    model.wv.add_vectors(["new", "newer"], numbers(2))
    for key in ("new", "newer"):
        model.wv.set_vecattr(key, "count", 3)
    model.update_weights()


def set_vector(model, corpus):
    model.wv["w2"] = numbers(1)[0]


def update_vocabulary(model, corpus):
    corpus += [["fresh", "w1", "fresher"], ["w2", "fresh"]]
    model.build_vocab([["fresh", "fresher", "fresh"]], update=True)


def new_vocabulary(model, corpus):
    corpus[:] = [*data()[:5], ["another", "w1"]]
    model.build_vocab(corpus)


def init_weights(model, corpus):
    model.init_weights()


def reset_from(model, corpus):
    other = built(data(5), seed=9)
    model.reset_from(other)


def shuffle(model, corpus):
    random.Random(4).shuffle(corpus)


def shuffle_baskets(model, corpus):
    for sentence in corpus:
        sentence.reverse()


def replace_sentences(model, corpus):
    corpus[:] = data(20)[8:]


def sort_rows(model, corpus):
    model.wv.set_vecattr("w3", "count", 1000)
    model.wv.sort_by_descending_frequency()


def set_counts(model, corpus):
    model.wv.set_vecattr("w3", "count", 1000)


def setter(**settings):
    def change(model, corpus):
        for name, value in settings.items():
            setattr(model, name, value)

    change.__name__ = ", ".join(f"{name}={value}" for name, value in settings.items())
    return change


CHANGES = [
    set_rate, replace_vectors, write_vectors, write_kept_vectors, replace_targets, write_targets, replace_locks, write_locks,
    replace_wv, add_words, set_vector, update_vocabulary, new_vocabulary, init_weights, reset_from, shuffle,
    shuffle_baskets, replace_sentences, set_counts, setter(sample=0.05), setter(negative=2), setter(window=5), setter(window="sentence"),
    setter(workers=3), setter(compute_loss=True), setter(sg=0), setter(sg=0, cbow_mean=0), setter(seed=77),
    setter(ns_exponent=-1.0), setter(shrink_windows=False), setter(batch_words=9), setter(negative_sharing="window"),
]  # fmt: skip
OF_NO_EFFECT = {"workers=3", "compute_loss=True", "batch_words=9"}  # on the weights, at a rate that stays

changes = pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)


@changes
@pytest.mark.parametrize("backend", ["threads", "reference", pytest.param("cuda", marks=pytest.mark.timeout(600))])
def test_what_is_changed_after_an_epoch_is_trained_in_the_next(change, backend):
    corpus, other = data(), data()
    locks = np.ones(12, np.float32)
    model = built(corpus, backend)
    turn = built(other, backend)
    plain = built(data(), backend)
    for one in (model, turn, plain):
        one.wv.vectors_lockf = locks[: len(one.wv)].copy()
    model.train(corpus, total_examples=len(corpus), epochs=EPOCHS, callbacks=[Once(change, corpus)])
    train_in_turn(turn, other, change)
    assert_same(model, turn, atol=ROUNDING[backend])
    plain.train(data(), total_examples=12, epochs=EPOCHS)
    assert are_same(matrices(model), matrices(plain), 2e-6) == (change.__name__ in OF_NO_EFFECT)
    assert [line["loss"] is None for line in model.training_history][1:] == [not model.compute_loss] * 2


@pytest.mark.parametrize("event", ["on_train_begin", "on_epoch_begin"])
@changes
def test_what_is_changed_before_the_first_epoch_is_trained_in_it(change, event):
    corpus, other = data(), data()
    turn = built(other)
    change(turn, other)
    model = trained(corpus, Once(change, corpus, event))
    turn.train(other, total_examples=len(corpus), epochs=EPOCHS)
    assert_same(model, turn)


TREE = {"hs": 1, "negative": 0}


@pytest.mark.parametrize("settings", [TREE, {"hs": 1}, {**TREE, "sg": 0}])
@pytest.mark.parametrize(
    "change",
    [
        *(replace_targets, write_targets, replace_vectors, init_weights, shuffle, replace_wv),
        *(update_vocabulary, new_vocabulary, reset_from, add_words, set_counts, sort_rows),
    ],
)
@pytest.mark.parametrize("backend", ["threads", "cuda"])
def test_with_a_tree(settings, change, backend):
    corpus, other = data(), data()
    turn = built(other, backend=backend, **settings)
    train_in_turn(turn, other, change)
    assert_same(trained(corpus, Once(change, corpus), backend=backend, **settings), turn)


@pytest.mark.parametrize("change", [set_rate, update_vocabulary, shuffle, setter(batch_words=5), replace_wv])
def test_a_corpus_that_is_read_anew_in_each_epoch(change):
    corpus, other = data(), data()
    turn = built(other)
    train_in_turn(turn, other, change)
    assert_same(trained(corpus, Once(change, corpus), make=Stream), turn)


@pytest.mark.parametrize("workers", [2, 5])
def test_several_workers_train_the_new_arrays(workers):
    """Their sums differ by lost races, not by a matrix: all examples are those of one worker."""
    corpus, other = data(200), data(200)
    turn = built(other, workers=workers)
    train_in_turn(turn, other, update_vocabulary)
    model = trained(corpus, Once(update_vocabulary, corpus), workers=workers, batch_words=50)
    assert model.wv.index_to_key == turn.wv.index_to_key
    assert [line["examples"] for line in model.training_history] == [line["examples"] for line in turn.training_history]
    fresh = [model.wv.key_to_index[word] for word in ("fresh", "fresher")]
    assert (model.syn1neg[fresh] != 0).any(axis=1).all()
    assert not np.array_equal(model.wv.vectors[fresh], built(corpus).wv.vectors[fresh])


def test_the_rate_follows_from_the_next_epoch_on_along_the_line_to_min_alpha():
    """As in gensim: alpha and min_alpha are the ends of one line over all epochs."""

    def change(model, corpus):
        model.alpha, model.min_alpha = 0.4, 0.1

    model = trained(data(), Once(change), epochs=4, alpha=0.1, min_alpha=0.0, batch_words=1)
    words = sum(map(len, data()))
    last = [1 - 1 / words, 2 - 1 / words, 3 - 1 / words, 4 - 1 / words]
    expected = [0.1 - 0.1 * last[0] / 4, *(0.4 - 0.3 * done / 4 for done in last[1:])]
    assert [line["alpha"] for line in model.training_history] == pytest.approx(expected)
    assert model.min_alpha_yet_reached == pytest.approx(expected[-1])


def test_a_rate_that_each_epoch_sets_anew():
    """The usual way to set a rate by hand: alpha falls by a step, and min_alpha is the same."""

    class Steps:
        def on_epoch_end(self, model):
            model.alpha -= 0.01
            model.min_alpha = model.alpha

        def on_train_begin(self, model):
            pass

        on_epoch_begin = on_train_end = on_train_begin

    model = trained(data(), Steps())
    assert [line["alpha"] for line in model.training_history] == pytest.approx([0.05, 0.04, 0.03])


@pytest.mark.parametrize(("wanted", "trained_epochs"), [(5, 5), (2, 2), (1, 1), (3, 3)])
@pytest.mark.parametrize("event", ["on_epoch_begin", "on_epoch_end"])
def test_another_number_of_epochs(wanted, trained_epochs, event):
    model = trained(data(), Once(setter(epochs=wanted), event=event), alpha=0.1, min_alpha=0.0, batch_words=1)
    assert model.epochs_trained == trained_epochs
    last = model.training_history[-1]["alpha"]
    assert last == pytest.approx(0, abs=0.002) or (event == "on_epoch_end" and wanted == 1)


def test_fewer_epochs_than_were_trained_end_it():
    model = trained(data(), Once(setter(epochs=1), event="on_epoch_begin", epoch=2), epochs=5)
    assert model.epochs_trained == 2


def test_more_epochs_said_in_the_last_one():
    model = trained(data(), Once(setter(epochs=4), epoch=2))
    assert model.epochs_trained == 4


# ---------------------------------------------------------------------- other corpora


def shuffle_rows(model, corpus):
    np.random.default_rng(1).shuffle(corpus)


@pytest.mark.parametrize("kind", [np.int64, object])
def test_an_array_is_encoded_again(kind):
    def rows():
        return (np.arange(60).reshape(12, 5) ** 2 % 17).astype(kind)

    corpus, other = rows(), rows()
    turn = built(other)
    train_in_turn(turn, other, shuffle_rows)
    assert_same(trained(corpus, Once(shuffle_rows, corpus)), turn)


def test_a_file_that_a_callback_writes_is_read_again(tmp_path):
    path = tmp_path / "text"
    texts = ["\n".join(map(" ".join, sentences)) + "\n" for sentences in (data(), data()[::-1])]

    def rewrite(model, corpus):
        path.write_text(texts[1], encoding="utf8")

    def model_of():
        path.write_text(texts[0], encoding="utf8")
        model = Word2Vec(**SMALL)
        model.build_vocab(corpus_file=path)
        return model

    turn = model_of()
    for epoch in range(EPOCHS):
        turn.train(corpus_file=path, total_examples=12, epochs=1)
        if epoch == 0:
            rewrite(turn, None)
    model = model_of()
    model.train(corpus_file=path, total_examples=12, epochs=EPOCHS, callbacks=[Once(rewrite)])
    assert_same(model, turn)


def test_the_corpus_of_the_constructor_is_watched_too():
    corpus, other = data(), data()
    turn = built(other)
    train_in_turn(turn, other, shuffle)
    assert_same(Word2Vec(corpus, epochs=EPOCHS, callbacks=[Once(shuffle, corpus)], **SMALL), turn)


def test_a_shuffle_in_each_epoch():
    corpus, other = data(), data()
    turn = built(other)
    for _ in range(4):
        shuffle(turn, other)
        turn.train(other, total_examples=12, epochs=1)

    class Shuffling(Once):
        def __getattr__(self, event):
            return lambda model: shuffle(model, corpus) if event == "on_epoch_begin" else None

    assert_same(trained(corpus, Shuffling(None), epochs=4), turn)


def test_words_that_are_added_need_a_corpus_that_can_be_read_again():
    corpus = data()
    model = built(corpus)
    with pytest.raises(RuntimeError, match=r"a callback has changed the vocabulary, .* generator .* only once"):
        model.train(
            (sentence for sentence in corpus),
            total_examples=12,
            epochs=2,
            cache_corpus=True,
            callbacks=[Once(update_vocabulary, [])],
        )
    assert model.epochs_trained == 1


# ---------------------------------------------------------------------- what is refused, by its name


def longer_vectors(model, corpus):
    model.wv.vectors = numbers(len(model.wv), 9)


def fewer_targets(model, corpus):
    model.syn1neg = model.syn1neg[:-1]


def bad_locks(model, corpus):
    model.wv.vectors_lockf = np.ones((2, 2))


def lose_targets(model, corpus):
    model.syn1neg = None


def add_words_only(model, corpus):
    model.wv.add_vectors(["new", "newer"], numbers(2))


def add_word_by_item(model, corpus):
    model.wv["new"] = numbers(1)[0]


def wv_without_counts(model, corpus):
    wv = KeyedVectors(8)
    wv.add_vectors(model.wv.index_to_key, numbers(len(model.wv)))
    model.wv = wv


def unhashable(model, corpus):
    corpus[3].append(["nested"])


REFUSED = [
    (setter(window=0), ValueError, "window must be an int"),
    (setter(workers=0), ValueError, "workers must be"),
    (setter(alpha=float("nan")), ValueError, "alpha must be"),
    (setter(epochs=0), ValueError, "epochs must be|epochs=0"),
    (setter(epochs="5"), TypeError, "epochs must be"),
    (setter(vector_size=9), ValueError, r"wv.vectors must have shape \(11, 9\)"),
    (setter(negative=0), ValueError, "hs=0, negative=0"),
    (setter(hs=1), RuntimeError, "the model has no syn1"),
    (setter(device="cuda:9", backend=None), (ImportError, RuntimeError), "CuPy|no CUDA device"),
    (setter(backend="mpi"), ValueError, "a callback set backend='mpi'"),
    (setter(objective="mine"), ValueError, "objective must be"),
    (longer_vectors, ValueError, r"wv.vectors must have shape \(11, 8\), one row for each word, got \(11, 9\)"),
    (fewer_targets, ValueError, r"syn1neg must have shape"),
    (bad_locks, ValueError, "wv.vectors_lockf must be 1 to 11 finite factors"),
    (lose_targets, RuntimeError, "the model has no syn1neg"),
    (add_words_only, ValueError, r"'new', 'newer'.*set_vecattr.*update_weights\(\).*build_vocab"),
    (add_word_by_item, ValueError, r"'new'.*set_vecattr.*update_weights\(\).*build_vocab"),
    (wv_without_counts, RuntimeError, "wv has the counts of 0 words, but 11 keys"),
    (unhashable, TypeError, r"token \d+ of sentence 3 is \['nested'\]"),
]


@pytest.mark.parametrize(("change", "error", "match"), REFUSED, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("event", ["on_train_begin", "on_epoch_begin", "on_epoch_end"])
def test_what_cannot_be_taken_up_is_refused_before_the_next_epoch(change, error, match, event, alone):
    corpus = data()
    model = built(corpus)
    with pytest.raises(error, match=match):
        model.train(corpus, total_examples=12, epochs=3, callbacks=[Once(change, corpus, event)])
    assert len(model.training_history) == (event == "on_epoch_end")


def test_other_counts_leave_the_tree_until_the_weights_begin_anew():
    def change(model, corpus):
        model.wv.set_vecattr(model.wv.index_to_key[-1], "count", 10**6)

    settings = {**TREE, "sample": 0}
    model = trained(data(), Once(change), **settings)
    plain = trained(data(), **settings)
    assert are_same(matrices(model), matrices(plain), 0)
    assert len(model.wv.get_vecattr(model.wv.index_to_key[-1], "code")) > 1

    def anew(model, corpus):
        change(model, corpus)
        model.init_weights()

    other = data()
    turn = built(other, **TREE)
    train_in_turn(turn, other, anew)
    model = trained(data(), Once(anew), **TREE)
    assert_same(model, turn)
    assert len(model.wv.get_vecattr(model.wv.index_to_key[-1], "code")) == 1


def test_after_the_last_epoch_the_model_is_the_callback_s():
    """Nothing is trained any more, so nothing need be right."""

    def change(model, corpus):
        del model.syn1neg
        model.window = 0
        model.wv.vectors = model.wv.vectors.astype(np.float64)

    model = trained(data(), Once(change, epoch=2))
    assert model.wv.vectors.dtype == np.float64 and model.epochs_trained == 3


# ---------------------------------------------------------------------- and where nothing is changed


class Reading:
    """Looks at everything, and changes nothing."""

    def __getattr__(self, event):
        def look(model):
            model.wv.most_similar("w1")
            model.wv.vectors.sum() + model.syn1neg.sum()
            model.wv.index_to_key, model.wv.key_to_index, model.wv.get_vecattr("w1", "count")
            model.estimate_memory(), model.cum_table, model.wv.vectors_lockf

        return look


@pytest.mark.parametrize("make", [list, Stream])
def test_nothing_is_opened_or_encoded_again(make, monkeypatch, tmp_path):
    from w2vcore.backends.threads import ThreadsBackend
    from w2vcore.corpus.feed import Feed

    done = []
    for kind, method in ((ThreadsBackend, "open"), (Feed, "encode_again")):
        original = getattr(kind, method)
        monkeypatch.setattr(
            kind, method, lambda *args, original=original, method=method: done.append(method) or original(*args)
        )
    path = tmp_path / "text"
    path.write_text("\n".join(map(" ".join, data())) + "\n", encoding="utf8")
    for corpus in ({"sentences": make(data())}, {"corpus_file": path}):
        done.clear()
        model = Word2Vec(**corpus, epochs=4, callbacks=[Reading(), Once(lambda *_: None)], **SMALL)
        assert done == ["open"]
        assert_same(model, Word2Vec(data(), epochs=4, **SMALL))


def test_equal_arrays_and_settings_are_no_change(caplog):
    def change(model, corpus):
        model.alpha, model.window, model.negative = np.float64(0.05), 2.0, np.int64(5)
        model.wv.vectors_lockf = model.wv.vectors_lockf.copy()
        model.wv.expandos["count"] = model.wv.expandos["count"].copy()
        corpus[:] = [list(sentence) for sentence in corpus]

    corpus = data()
    with caplog.at_level("INFO"):
        model = trained(corpus, Once(change, corpus))
    assert "a callback changed" not in caplog.text
    assert_same(model, trained(data()))


def test_the_log_says_what_is_taken_up(caplog):
    def change(model, corpus):
        model.alpha, model.wv.vectors_lockf = 0.01, np.zeros(1)
        model.syn1neg = model.syn1neg.copy()
        corpus.pop()

    corpus = data()
    with caplog.at_level("INFO"):
        trained(corpus, Once(change, corpus))
    start = "a callback changed in on_epoch_"
    assert [record.getMessage() for record in caplog.records if record.getMessage().startswith(start)] == [
        f"{start}end, and training goes on with it: alpha=0.01 (was 0.05), syn1neg, wv.vectors_lockf",
        f"{start}begin, and training goes on with it: the corpus",  # it is looked at once, before it is trained
    ]
