"""An iterable that draws its sentences anew in each epoch: what is drawn is trained, once, while more is being drawn."""

import time

import numpy as np
import pytest

from w2vcore import Word2Vec

SETTINGS = {"vector_size": 8, "min_count": 1, "sample": 0, "seed": 3}


class Walks:
    """Random walks on two rings of ten nodes, which are never left."""

    def __init__(self, each=30, length=8):
        self.rng = np.random.default_rng(5)
        self.each, self.length = each, length
        self.drawn = []

    def __iter__(self):
        starts = np.repeat(np.arange(20), self.each)
        self.rng.shuffle(starts)
        steps = self.rng.choice([-1, 1], (len(starts), self.length)).cumsum(axis=1)
        walks = starts[:, None] // 10 * 10 + (starts[:, None] + steps) % 10
        self.drawn.append(walks)
        yield from walks


@pytest.mark.parametrize("workers", [1, 3])
def test_each_epoch_trains_what_was_drawn_for_it(workers):
    walks = Walks()
    model = Word2Vec(walks, workers=workers, epochs=4, **SETTINGS)
    assert len(walks.drawn) == 5  # the first for the counts
    assert not any(np.array_equal(walks.drawn[0], other) for other in walks.drawn[1:])
    assert [row["raw_words"] for row in model.training_history] == [walks.drawn[0].size] * 4
    assert sorted(model.wv.index_to_key) == list(range(20))

    class Recorded:
        """The same draws again, from a list."""

        def __init__(self):
            self.passes = iter(walks.drawn)

        def __iter__(self):
            yield from next(self.passes).tolist()

    again = Word2Vec(Recorded(), workers=1, epochs=4, **SETTINGS)
    if workers == 1:
        np.testing.assert_array_equal(again.wv.vectors, model.wv.vectors)


def test_a_vocabulary_from_counts_needs_no_draw():
    """Walks visit a node in proportion to its edges, so nothing has to be drawn to count."""
    walks = Walks()
    model = Word2Vec(workers=2, **SETTINGS)
    model.build_vocab_from_freq(dict.fromkeys(range(20), 2 * 30 * 8), corpus_count=600)
    model.train(walks, total_examples=model.corpus_count, epochs=3)
    assert len(walks.drawn) == 3
    assert [row["sentences"] for row in model.training_history] == [600] * 3


def test_epochs_may_be_of_any_size():
    class Shrinking(Walks):
        def __iter__(self):
            self.each -= 5
            yield from super().__iter__()

    model = Word2Vec(Shrinking(), workers=2, epochs=3, **SETTINGS)
    assert [row["sentences"] for row in model.training_history] == [400, 300, 200]
    assert model.training_history[-1]["alpha"] >= model.min_alpha


@pytest.mark.timeout(120)
@pytest.mark.parametrize("sg", [0, 1])
@pytest.mark.parametrize("workers", [1, 2])
def test_workers_train_while_the_iterable_draws(workers, sg):
    """In the midst of an epoch, the weights move before the iterable goes on: what it gave first is being trained."""
    seen = []

    class Watching(Walks):
        def __iter__(self):
            counting = not self.drawn
            for number, walk in enumerate(super().__iter__()):
                if number == 550 and not counting:
                    began = time.monotonic()
                    while np.array_equal(model.wv.vectors, before) and time.monotonic() - began < 60:
                        time.sleep(0.001)
                    seen.append(not np.array_equal(model.wv.vectors, before))
                yield walk

    walks = Watching()
    model = Word2Vec(workers=workers, sg=sg, batch_words=100, **SETTINGS)
    model.build_vocab(walks)
    before = model.wv.vectors.copy()
    model.train(walks, total_examples=model.corpus_count, epochs=1)
    assert seen == [True]
