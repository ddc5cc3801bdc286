"""Walks as a corpus: what is iterated, what is trained, and that both are the same."""

import itertools
import pickle

import numpy as np
import pytest

from w2vcore import FastText, Word2Vec
from w2vcore.backends.team import simulate
from w2vcore.callbacks import CallbackAny2Vec
from w2vcore.corpus import vocabulary
from w2vcore.kernels.reference_random import PURPOSE_STEP, random_key
from w2vcore.walks import RandomWalks, random_walks, reference

RNG = np.random.default_rng(7)
EDGES = [tuple(f"n{node}" for node in pair) for pair in RNG.integers(60, size=(150, 2)).tolist()]
SETTINGS = {"vector_size": 8, "min_count": 1, "workers": 1, "epochs": 3, "seed": 3}


def walks_of(**settings):
    return RandomWalks(EDGES, **{"num_walks": 4, "walk_length": 10, "p": 0.5, "q": 2, "nodes": ["alone"], **settings})


def equal(one, other):
    assert one.wv.index_to_key == other.wv.index_to_key
    assert np.array_equal(one.wv.vectors, other.wv.vectors) and np.array_equal(one.syn1neg, other.syn1neg)


def no_iteration(monkeypatch):
    """A model that iterates over walks fails."""

    def refuse(walks, number):
        raise AssertionError("iterated")

    monkeypatch.setattr(RandomWalks, "epoch", refuse)


def test_each_round_begins_once_from_each_node_in_a_new_order():
    walks = walks_of()
    sentences, nodes = list(walks), len(walks.graph)
    assert len(sentences) == len(walks) == 4 * nodes
    starts = [[sentence[0] for sentence in sentences[begin : begin + nodes]] for begin in range(0, len(walks), nodes)]
    assert all(sorted(each) == sorted(walks.graph.names) for each in starts)
    assert len({tuple(each) for each in starts}) == 4
    assert ["alone"] in sentences and all(len(walk) == 10 for walk in sentences if walk != ["alone"])


def test_walks_follow_edges():
    there = {frozenset(edge) for edge in EDGES}
    assert all(frozenset(step) in there for walk in walks_of() for step in itertools.pairwise(walk))


def test_walks_of_a_directed_graph_end_where_no_edge_leaves():
    walks = walks_of(directed=True)
    there, leave = set(EDGES), {source for source, _ in EDGES}
    for walk in walks:
        assert all(step in there for step in itertools.pairwise(walk))
        assert len(walk) == 10 or walk[-1] not in leave


def test_walks_are_those_of_the_oracle():
    walks = walks_of()
    key = random_key(walks.seed, 2, PURPOSE_STEP)
    names = walks.graph.names
    for number, walk in enumerate(walks.epoch(2)):
        expected = reference.walk(walks.graph, names.index(walk[0]), number, key, 10, 0.5, 2)
        assert walk == [names[node] for node in expected]


@pytest.mark.parametrize("batch_tokens", [1, 25, 400, 10_000])
@pytest.mark.parametrize("workers", [1, 3])
def test_batches_of_any_size_have_the_same_walks(monkeypatch, batch_tokens, workers):
    expected = list(walks_of())
    monkeypatch.setattr(random_walks, "BATCH_TOKENS", batch_tokens)
    walks = walks_of()
    names, found = walks.graph.names, []
    for batch in walks.batches(0, workers):
        assert batch.sentences == len(batch.offsets) - 1 and batch.raw_words == len(batch.ids)
        found += [[names[node] for node in batch.ids[a:b]] for a, b in itertools.pairwise(batch.offsets)]
    assert found == expected


def test_shares_together_are_all_walks():
    walks = walks_of()
    assert [walk for rank in range(3) for walk in walks.share(rank, 3)] == list(walks)
    assert sum(len(walks.share(rank, 3)) for rank in range(3)) == len(walks)


def test_seeds_and_epochs_have_other_walks():
    walks = walks_of()
    assert list(walks) == list(walks) == list(walks_of())
    assert list(walks_of(seed=2)) != list(walks)
    assert list(walks.epoch(1)) != list(walks)


def test_with_renew_each_pass_is_the_next_epoch():
    walks = walks_of(renew=True)
    passes = [list(walks) for _ in range(3)]
    assert passes == [list(walks.epoch(number)) for number in range(3)]


def test_walks_are_trained_as_a_list_of_them_is(monkeypatch):
    expected = Word2Vec(list(walks_of()), **SETTINGS)
    no_iteration(monkeypatch)
    equal(Word2Vec(walks_of(), **SETTINGS), expected)


def test_in_steps_too(monkeypatch):
    walks, expected = walks_of(), Word2Vec(list(walks_of()), **SETTINGS)
    no_iteration(monkeypatch)
    model = Word2Vec(**SETTINGS)
    model.build_vocab(walks)
    model.train(walks, total_examples=model.corpus_count, epochs=3)
    equal(model, expected)


def test_rare_nodes_are_left_out_as_in_a_list(monkeypatch):
    settings = {**SETTINGS, "min_count": 30, "sample": 0.01, "sorted_vocab": 0}
    expected = Word2Vec(list(walks_of()), **settings)
    assert 0 < len(expected.wv) < len(walks_of().graph)
    no_iteration(monkeypatch)
    equal(Word2Vec(walks_of(), **settings), expected)


def test_max_vocab_size_and_other_readers_iterate():
    settings = {**SETTINGS, "max_vocab_size": 30}
    with pytest.warns(UserWarning, match="max_vocab_size"):
        expected = Word2Vec(list(walks_of()), **settings)
    with pytest.warns(UserWarning, match="max_vocab_size"):
        equal(Word2Vec(walks_of(), **settings), expected)
    assert vocabulary.count_tokens(walks_of()) == vocabulary.count_tokens(list(walks_of()))


def test_a_subclass_is_iterated():
    """It may give something else."""

    class Marked(RandomWalks):
        def __iter__(self):
            for walk in super().__iter__():
                yield ["start", *walk]

    model = Word2Vec(Marked(EDGES, num_walks=2, walk_length=5), **SETTINGS)
    assert "start" in model.wv


def test_fasttext_and_shuffle(monkeypatch):
    settings = {**SETTINGS, "bucket": 100, "shuffle": "sentences"}
    expected = FastText(list(walks_of()), **settings)
    no_iteration(monkeypatch)
    model = FastText(walks_of(), **settings)
    assert np.array_equal(model.wv.vectors, expected.wv.vectors)


class NewWalks:
    """The same as an iterable of Python objects: counted in epoch 0, then trained from epoch 0 on."""

    def __init__(self):
        self.walks, self.passes = walks_of(renew=True), 0

    def __iter__(self):
        self.passes += 1
        yield from self.walks.epoch(max(0, self.passes - 2))


def test_renewed_walks_are_trained_as_if_iterated(monkeypatch):
    expected = Word2Vec(NewWalks(), **SETTINGS)
    no_iteration(monkeypatch)
    model = Word2Vec(walks_of(renew=True), **SETTINGS)
    equal(model, expected)
    with pytest.raises(AssertionError):
        equal(model, Word2Vec(walks_of(), **SETTINGS))


def test_a_second_call_of_train_has_new_walks():
    walks = walks_of(renew=True)
    once = Word2Vec(**{**SETTINGS, "alpha": 0.02, "min_alpha": 0.02})
    once.build_vocab(walks)
    once.train(walks, total_examples=len(walks), epochs=2)
    twice = Word2Vec(**{**SETTINGS, "alpha": 0.02, "min_alpha": 0.02})
    twice.build_vocab(walks)
    for _ in range(2):
        twice.train(walks, total_examples=len(walks), epochs=1)
    equal(once, twice)


def test_renewed_walks_can_be_cached_and_shuffled():
    expected = Word2Vec(list(walks_of()), shuffle="sentences", **SETTINGS)
    equal(Word2Vec(walks_of(renew=True), shuffle="sentences", cache_corpus=True, **SETTINGS), expected)
    with pytest.raises(ValueError, match="shuffle='sentences' needs a corpus that is encoded once"):
        Word2Vec(walks_of(renew=True), shuffle="sentences", **SETTINGS)


class Crash(Exception):
    pass


class CrashAfter(CallbackAny2Vec):
    def __init__(self, epochs):
        self.left = epochs

    def on_epoch_end(self, model):
        self.left -= 1
        if not self.left:
            raise Crash


@pytest.mark.parametrize("renew", [False, True])
def test_a_run_goes_on_from_a_checkpoint(tmp_path, renew):
    expected = Word2Vec(walks_of(renew=renew), **SETTINGS)
    path = tmp_path / "run.checkpoint"
    with pytest.raises(Crash):
        Word2Vec(walks_of(renew=renew), checkpoint=path, callbacks=[CrashAfter(2)], **SETTINGS)
    equal(Word2Vec.resume(path, walks_of(renew=renew)), expected)


def test_callbacks_may_change_the_vocabulary():
    class More(CallbackAny2Vec):
        def on_epoch_end(self, model):
            if model.epochs_trained == 1:
                model.build_vocab([["n1", "new"]] * 3, update=True)

    one, other = (Word2Vec(corpus, callbacks=[More()], **SETTINGS) for corpus in (walks_of(), list(walks_of())))
    equal(one, other)
    renewed = Word2Vec(walks_of(renew=True), callbacks=[More()], **SETTINGS)
    assert "new" in renewed.wv


def test_it_is_pickled():
    walks = walks_of()
    assert list(pickle.loads(pickle.dumps(walks))) == list(walks)


def test_it_says_what_it_is():
    assert repr(RandomWalks([(1, 2)], p=0.5)) == (
        "RandomWalks(2 nodes, 2 directed edges, num_walks=10, walk_length=80, p=0.5, q=1, seed=1, renew=False)"
    )


@pytest.mark.parametrize("renew", [False, True])
def test_ranks_share_the_walks(renew):
    def program(rank):
        return Word2Vec(walks_of(renew=renew), backend="mpi", **SETTINGS)

    models = simulate(2, program)
    equal(*models)
    whole = Word2Vec(walks_of(renew=renew), **SETTINGS)
    assert models[0].wv.index_to_key == whole.wv.index_to_key
    assert np.array_equal(models[0].wv.expandos["count"], whole.wv.expandos["count"])
    assert models[0].corpus_total_words == whole.corpus_total_words


def test_ranks_with_other_walks_are_refused():
    with pytest.raises(ValueError, match="corpus"):
        simulate(2, lambda rank: Word2Vec(walks_of(seed=rank), backend="mpi", **SETTINGS))
