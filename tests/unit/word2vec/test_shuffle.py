"""`shuffle`: sentences in a new order in each epoch, whatever brings them and whoever trains them."""

import functools
import itertools
import logging

import numpy as np
import pytest

from w2vcore import LineSentence, Word2Vec
from w2vcore.backends import merging
from w2vcore.backends.team import simulate
from w2vcore.callbacks import CallbackAny2Vec
from w2vcore.corpus import order as orders
from w2vcore.corpus.encoding import Batch
from w2vcore.corpus.order import Order, reordered
from w2vcore.corpus.token_cache import TokenCache
from w2vcore.training import jobs
from w2vcore.word2vec import model as model_module

RNG = np.random.default_rng(8)
DATA = [[f"w{word}" for word in RNG.geometric(0.08, size=length) % 40] for length in RNG.integers(1, 30, 300)]
WORDS = sum(map(len, DATA))
SMALL = {"vector_size": 10, "min_count": 1, "workers": 1, "epochs": 3, "sample": 1e-2, "batch_words": 100, "seed": 3}
BATCH = 500

both = pytest.mark.parametrize("shuffle", ["sentences", "jobs"])


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch, tiny_jobs):
    monkeypatch.setattr(orders, "BATCH_TOKENS", BATCH)


class Stream:
    def __init__(self, data=DATA):
        self.data = data

    def __iter__(self):
        return iter(self.data)


def in_order(shuffle, epoch, seed=SMALL["seed"]):
    """The sentences of DATA as that epoch has them."""
    offsets = np.cumsum([0, *map(len, DATA)])
    corpus = Batch(np.arange(WORDS, dtype=np.uint32), offsets, WORDS, len(DATA))
    order = Order(1 if shuffle == "sentences" else SMALL["batch_words"], seed, epoch)
    starts = np.concatenate([batch.ids[batch.offsets[:-1]] for batch in reordered(corpus, order)])
    return [DATA[number] for number in np.searchsorted(offsets, starts)]


def same(first, second):
    names = [name for name in ("syn1", "syn1neg") if hasattr(first, name)]
    return first.wv.vectors.tobytes() == second.wv.vectors.tobytes() and all(
        getattr(first, name).tobytes() == getattr(second, name).tobytes() for name in names
    )


def sums(model):
    return [
        {name: line[name] for name in ("words", "raw_words", "sentences", "examples")}
        for line in model.training_history
    ]


@both
@pytest.mark.parametrize(
    "kind",
    [
        {"sg": 1, "negative_sharing": "window"},
        {"sg": 1, "negative_sharing": "pair", "window": "sentence"},
        {"hs": 1},
    ],
)
def test_it_is_a_list_that_is_put_in_order_before_each_epoch(shuffle, kind):
    class PutInOrder(CallbackAny2Vec):
        epoch = 0

        def on_epoch_begin(self, model):
            listed[:] = in_order(shuffle, self.epoch)
            self.epoch += 1

    listed = list(DATA)
    # jobs are cut at other places, where the rate takes its steps: here it stays as it is
    settings = {**SMALL, **kind, "alpha": 0.05, "min_alpha": 0.05}
    expected = Word2Vec(listed, callbacks=[PutInOrder()], **settings)
    model = Word2Vec(DATA, shuffle=shuffle, **settings)
    assert sums(model) == sums(expected)
    assert same(model, expected)
    assert not same(model, Word2Vec(DATA, **settings))


@both
def test_whatever_is_encoded_once_is_put_in_the_same_order(shuffle, tmp_path, monkeypatch):
    file = tmp_path / "corpus.txt"
    file.write_text("\n".join(map(" ".join, DATA)) + "\n", encoding="utf8")
    settings = {**SMALL, "shuffle": shuffle}
    expected = Word2Vec(DATA, **settings)
    for model in (
        Word2Vec(corpus_file=file, **settings),
        Word2Vec(LineSentence(file), **settings),
        Word2Vec(Stream(), cache_corpus=True, **settings),
        Word2Vec(iter(DATA), cache_corpus=True, **settings),
    ):
        assert same(model, expected)
    monkeypatch.setattr(model_module, "TokenCache", functools.partial(TokenCache, ram_limit=0))
    mapped = []
    original = orders.reordered
    monkeypatch.setattr(
        "w2vcore.corpus.feed.reordered", lambda batch, order: mapped.append(batch.ids.base) or original(batch, order)
    )
    assert same(Word2Vec(corpus_file=file, cache_dir=tmp_path, **settings), expected)
    assert len(mapped) == 3 and all(base is not None for base in mapped)


@both
@pytest.mark.parametrize("workers", [2, 3, 5])
def test_draws_are_those_of_one_worker(shuffle, workers):
    one = Word2Vec(DATA, shuffle=shuffle, **SMALL)
    assert sums(Word2Vec(DATA, shuffle=shuffle, **{**SMALL, "workers": workers})) == sums(one)


@both
def test_each_epoch_is_the_whole_corpus_and_the_rate_falls(shuffle, caplog):
    with caplog.at_level(logging.INFO):
        model = Word2Vec(DATA, shuffle=shuffle, **SMALL)
    assert [(line["raw_words"], line["sentences"]) for line in model.training_history] == [(WORDS, len(DATA))] * 3
    alphas = [line["alpha"] for line in model.training_history]
    wanted = [model.alpha - (model.alpha - model.min_alpha) * epoch / 3 for epoch in (1, 2, 3)]
    np.testing.assert_allclose(alphas, wanted, rtol=0, atol=model.alpha * 100 / WORDS)  # the last job's begin
    assert "did not equal expected" not in caplog.text


@both
def test_words_outside_of_the_vocabulary_are_counted(shuffle):
    model = Word2Vec(DATA, shuffle=shuffle, **{**SMALL, "min_count": 80})
    assert 1 < len(model.wv) < 30
    assert [(line["raw_words"], line["sentences"]) for line in model.training_history] == [(WORDS, len(DATA))] * 3


def test_the_order_of_sentences_does_not_depend_on_batch_words():
    settings = {**SMALL, "alpha": 0.05, "min_alpha": 0.05, "shuffle": "sentences"}
    assert same(Word2Vec(DATA, **settings), Word2Vec(DATA, **{**settings, "batch_words": 77}))


def test_the_sentences_of_a_corpus_in_a_file_go_by_the_page(monkeypatch):
    monkeypatch.setattr(jobs, "MOST_SINGLE", WORDS - 1)
    monkeypatch.setattr(jobs, "PAGE_WORDS", SMALL["batch_words"])
    assert same(Word2Vec(DATA, shuffle="sentences", **SMALL), Word2Vec(DATA, shuffle="jobs", **SMALL))
    monkeypatch.setattr(jobs, "MOST_SINGLE", WORDS)
    assert not same(Word2Vec(DATA, shuffle="sentences", **SMALL), Word2Vec(DATA, shuffle="jobs", **SMALL))


@both
def test_a_second_call_goes_on_with_other_orders(shuffle):
    settings = {**SMALL, "shuffle": shuffle, "alpha": 0.05, "min_alpha": 0.05}
    whole = Word2Vec(DATA, **{**settings, "epochs": 4})
    model = Word2Vec(DATA, **{**settings, "epochs": 1})
    model.train(DATA, total_examples=len(DATA), epochs=3)
    assert same(model, whole)
    assert len({tuple(map(tuple, in_order(shuffle, epoch))) for epoch in range(4)}) == 4


def test_a_callback_may_change_it():
    class Change(CallbackAny2Vec):
        def on_epoch_end(self, model):
            model.shuffle = {1: "sentences", 2: False}.get(model.epochs_trained, model.shuffle)

    settings = {**SMALL, "alpha": 0.05, "min_alpha": 0.05}
    changed = Word2Vec(DATA, callbacks=[Change()], **settings)
    model = Word2Vec(DATA, **{**settings, "epochs": 1})
    for shuffle in ("sentences", False):
        model.shuffle = shuffle
        model.train(DATA, total_examples=len(DATA), epochs=1)
    assert same(changed, model)


REFUSED = r"^shuffle='{}' needs a corpus that is encoded once, and the corpus of type Stream is iterated again .* cache_corpus=True"


@both
def test_a_corpus_that_is_iterated_again_is_refused_before_any_work(shuffle):
    class Untouched(Stream):
        def __iter__(self):
            yield from ()
            raise AssertionError("read too early")

    class Own(Word2Vec):
        def train(self, *arguments, **options):
            return super().train(*arguments, **options)

    message = REFUSED.format(shuffle).replace("Stream", "Untouched")
    for make in (Word2Vec, Own):
        with pytest.raises(ValueError, match=message):
            make(Untouched(), shuffle=shuffle, **SMALL)
    model = Word2Vec(shuffle=shuffle, **SMALL)
    model.build_vocab(Stream())
    with pytest.raises(ValueError, match=message):
        model.train(Untouched(), total_examples=len(DATA), epochs=2)
    model.train(Stream(), total_examples=len(DATA), epochs=3, cache_corpus=True)
    assert same(model, Word2Vec(DATA, shuffle=shuffle, **SMALL))


def test_a_callback_cannot_ask_for_it_then():
    class Change(CallbackAny2Vec):
        def on_epoch_end(self, model):
            model.shuffle = "jobs"

    with pytest.raises(ValueError, match=REFUSED.format("jobs")):
        Word2Vec(Stream(), callbacks=[Change()], **SMALL)


@pytest.mark.parametrize("value", [True, 1, "all", "", b"jobs", ["jobs"], 0])
def test_other_values_are_refused(value):
    with pytest.raises(ValueError, match=r"^shuffle must be False, 'sentences' or 'jobs', got "):
        Word2Vec(shuffle=value)


@pytest.mark.parametrize("value", [False, None, np.False_, "jobs"])
def test_it_is_kept(tmp_path, value):
    model = Word2Vec(shuffle=value)
    assert model.shuffle is False or model.shuffle == "jobs"
    model.save(tmp_path / "model")
    assert Word2Vec.load(tmp_path / "model").shuffle == model.shuffle


# ---------------------------------------------------------------------- ranks


@pytest.fixture
def many_merges(monkeypatch):
    monkeypatch.setattr(merging, "SHORTEST", 100)
    monkeypatch.setattr(merging, "FIRST_ROWS", 8)


@both
def test_one_rank_is_one_machine(shuffle):
    (model,) = simulate(1, lambda rank: Word2Vec(DATA, backend="mpi", shuffle=shuffle, **SMALL))
    assert same(model, Word2Vec(DATA, shuffle=shuffle, **SMALL))


@both
@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.usefixtures("many_merges")
def test_each_rank_puts_its_own_part_in_order(shuffle, size, monkeypatch):
    asked = []
    original = orders.reordered
    monkeypatch.setattr(
        "w2vcore.corpus.feed.reordered",
        lambda batch, order: asked.append((order, len(batch))) or original(batch, order),
    )
    borders = np.linspace(0, len(DATA), size + 1).astype(int)
    parts = [DATA[start:stop] for start, stop in itertools.pairwise(borders)]

    def make(rank):
        return Word2Vec(parts[rank], backend="mpi", shuffle=shuffle, **SMALL)

    first = simulate(size, make)
    assert all(same(model, first[0]) for model in [*first, *simulate(size, make)])
    whole = [{"raw_words": WORDS, "sentences": len(DATA)}] * 3
    assert [{name: line[name] for name in whole[0]} for line in first[0].training_history] == whole
    words = [sum(map(len, part)) for part in parts]
    places = [sum(words[:rank]) for rank in range(size)]
    seen = {(order.epoch, order.first_token, tokens) for order, tokens in asked}
    assert seen == {(epoch, place, count) for epoch in range(3) for place, count in zip(places, words, strict=True)}


@both
def test_another_order_on_a_rank_is_refused_by_name(shuffle):
    def make(rank):
        with pytest.raises(ValueError, match=f"rank 1 has shuffle={shuffle}"):
            Word2Vec(DATA[rank::2], backend="mpi", shuffle=shuffle if rank else False, **SMALL)

    simulate(2, make)
