"""Word2Vec end to end: determinism, losses, callbacks, repeated calls, updates."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest

from w2vcore import Word2Vec

KINDS = [
    pytest.param({"sg": 1, "hs": 0, "negative": 5, "negative_sharing": "window"}, id="sgns"),
    pytest.param({"sg": 1, "hs": 0, "negative": 5, "negative_sharing": "pair"}, id="sgns by pairs"),
    pytest.param({"sg": 0, "hs": 0, "negative": 5}, id="cbow"),
    pytest.param({"sg": 1, "hs": 1, "negative": 0, "negative_sharing": "window"}, id="sghs"),
    pytest.param({"sg": 0, "hs": 1, "negative": 0}, id="cbowhs"),
    pytest.param({"sg": 1, "hs": 1, "negative": 3, "negative_sharing": "window"}, id="both"),
]


def corpus(sentences=200, seed=1):
    rng = np.random.default_rng(seed)
    words = [f"w{i}" for i in range(30)]
    return [[words[i] for i in rng.zipf(1.5, rng.integers(1, 12)) % 30] for _ in range(sentences)]


def make(data=None, **settings):
    return Word2Vec(corpus() if data is None else data, **{"vector_size": 10, "min_count": 1, "workers": 1, **settings})


@pytest.mark.parametrize("kind", KINDS)
def test_loss_falls_and_vectors_move(kind):
    model = make(compute_loss=True, epochs=8, alpha=0.05, sample=0, **kind)
    losses = [epoch["loss"] for epoch in model.training_history]
    assert len(losses) == 8
    assert losses[-1] < losses[0]
    untrained = Word2Vec(min_count=1, vector_size=10, **kind)
    untrained.build_vocab(corpus())
    assert not np.array_equal(untrained.wv.vectors, model.wv.vectors)


@pytest.mark.parametrize("kind", KINDS)
def test_loss_is_not_computed_unless_asked_for(kind):
    model = make(**kind)
    assert [epoch["loss"] for epoch in model.training_history] == [None] * 5
    assert model.get_latest_training_loss() == 0.0
    counted = make(compute_loss=True, **kind)
    np.testing.assert_array_equal(model.wv.vectors, counted.wv.vectors)


def test_latest_training_loss_is_the_sum_for_any_number_of_workers():
    # the draws are the same; only lost races differ, and this corpus is one job
    losses = [make(compute_loss=True, workers=n).get_latest_training_loss() for n in (1, 2, 4)]
    assert losses[0] == losses[1] == losses[2]
    history = make(compute_loss=True).training_history
    assert losses[0] == pytest.approx(sum(epoch["loss"] * epoch["examples"] for epoch in history))


def test_same_seed_same_model_in_another_process(tmp_path):
    script = (
        "import sys; from w2vcore import Word2Vec\n"
        "data = [[f'w{i * j % 17}' for i in range(j % 9 + 1)] for j in range(3000)]\n"
        "m = Word2Vec(data, vector_size=12, min_count=1, workers=1, seed=7, sg=1, batch_words=1000)\n"
        "m.wv.vectors.tofile(sys.argv[1])\n"
    )
    for name in "ab":
        subprocess.run([sys.executable, "-c", script, str(tmp_path / name)], check=True, cwd=tmp_path)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_another_seed_gives_another_model():
    assert not np.array_equal(make(seed=1).wv.vectors, make(seed=2).wv.vectors)


def test_a_list_and_a_stream_train_the_same_tokens(tmp_path):
    data = corpus()

    class Stream:
        def __iter__(self):
            return iter(data)

    file = tmp_path / "corpus.txt"
    file.write_text("\n".join(" ".join(sentence) for sentence in data) + "\n", encoding="utf8")
    models = [
        make(data),
        make(Stream()),
        make(Stream(), cache_corpus=True),
        Word2Vec(corpus_file=str(file), vector_size=10, min_count=1, workers=1),
    ]
    for model in models[1:]:
        np.testing.assert_array_equal(model.wv.vectors, models[0].wv.vectors)


def test_a_generator_can_be_trained_with_cache_corpus():
    model = make((sentence for sentence in corpus()), cache_corpus=True)
    np.testing.assert_array_equal(model.wv.vectors, make().wv.vectors)


def test_train_returns_trained_and_raw_words():
    data = corpus()
    model = Word2Vec(vector_size=5, min_count=1, sample=0, workers=2)
    model.build_vocab(data)
    raw = sum(map(len, data))
    assert model.train(data, total_examples=model.corpus_count, epochs=3) == (3 * raw, 3 * raw)
    model = Word2Vec(vector_size=5, min_count=20, sample=0.01)
    model.build_vocab(data)
    trained, read = model.train(data, total_words=raw, epochs=2)
    assert read == 2 * raw
    assert 0 < trained < read


def test_a_second_call_of_train_draws_anew():
    data = corpus()
    model = make(data, epochs=1)
    twin = copy.deepcopy(model)
    twin.epochs_trained = 0
    for m in (model, twin):
        m.train(data, total_examples=m.corpus_count, epochs=1)
    assert not np.array_equal(model.wv.vectors, twin.wv.vectors)
    assert [epoch["epoch"] for epoch in model.training_history] == [0, 1]


def test_settings_given_to_train_stay():
    data = corpus()
    model = make(data)
    model.train(data, total_examples=len(data), epochs=2, start_alpha=0.01, end_alpha=0.001, compute_loss=True)
    assert (model.epochs, model.alpha, model.min_alpha, model.compute_loss) == (2, 0.01, 0.001, True)
    assert model.training_history[-1]["loss"] > 0


def test_order_of_checks_in_train():
    data = corpus()
    empty = Word2Vec(hs=0, negative=0)
    with pytest.raises(ValueError, match="hs"):
        empty.train(data, total_examples=1, epochs=1)
    with pytest.raises(RuntimeError, match="you must first build vocabulary"):
        Word2Vec().train(data, total_examples=1, epochs=1)
    model = Word2Vec(min_count=1)
    model.build_vocab(data)
    with pytest.raises(ValueError, match=f"total_examples=model.corpus_count, here {len(data)}"):
        model.train(data, epochs=1)
    with pytest.raises(ValueError, match=r"epochs=model.epochs, here 5"):
        model.train(data, total_examples=len(data))
    with pytest.raises(ValueError, match="epochs"):
        model.train(data, total_examples=len(data), epochs=0)
    with pytest.raises(TypeError):
        model.train(total_examples=len(data), epochs=1)


def test_callbacks_are_called_in_order_and_may_stop():
    events = []

    class Recorder:
        def on_train_begin(self, model):
            events.append("train begin")

        def on_epoch_begin(self, model):
            events.append("epoch begin")

        def on_epoch_end(self, model):
            events.append(len(model.training_history))
            model.wv.most_similar("w1")
            return len(model.training_history) == 2

        def on_train_end(self, model):
            events.append("train end")

    model = make(callbacks=[Recorder()], epochs=5)
    assert events == ["train begin", "epoch begin", 1, "epoch begin", 2, "train end"]
    fresh = model.wv.vectors / np.linalg.norm(model.wv.vectors, axis=1, keepdims=True)
    best = model.wv.most_similar("w1", topn=1)[0]
    similarities = fresh @ fresh[model.wv.key_to_index["w1"]]
    similarities[model.wv.key_to_index["w1"]] = -2
    assert best[1] == pytest.approx(float(similarities.max()), abs=1e-6)


def test_lock_factors():
    data = corpus()
    model = Word2Vec(vector_size=6, min_count=1, workers=1)
    model.build_vocab(data)
    before = model.wv.vectors.copy()
    model.wv.vectors_lockf = np.ones(len(model.wv), np.float32)
    model.wv.vectors_lockf[3] = 0.0
    model.train(data, total_examples=len(data), epochs=2)
    np.testing.assert_array_equal(model.wv.vectors[3], before[3])
    assert (model.wv.vectors != before).any(axis=1).sum() >= len(before) - 2


def test_weights_set_from_outside_are_trained_on():
    data = corpus()
    model = Word2Vec(vector_size=6, min_count=1, workers=1)
    model.build_vocab(data)
    twin = copy.deepcopy(model)
    twin.wv.vectors = np.asfortranarray(twin.wv.vectors)
    twin.syn1neg = np.array(twin.syn1neg)
    for m in (model, twin):
        m.train(data, total_examples=len(data), epochs=1)
    np.testing.assert_array_equal(model.wv.vectors, twin.wv.vectors)
    model.wv.vectors = model.wv.vectors[:-1]
    with pytest.raises(ValueError, match=r"wv.vectors must have shape"):
        model.train(data, total_examples=len(data), epochs=1)


def test_update_keeps_known_words_and_adds_counts():
    data = [["old", "word"] * 5] * 20
    model = Word2Vec(data, vector_size=6, min_count=5, workers=1)
    known = model.wv["old"].copy()
    model.build_vocab([["new", "word"] * 5] * 4 + [["rare"]], update=True)
    assert set(model.wv.index_to_key) == {"old", "word", "new"}
    assert model.wv.index_to_key[:2] == [w for w in model.wv.index_to_key if w != "new"]
    np.testing.assert_array_equal(model.wv["old"], known)
    assert model.wv.get_vecattr("word", "count") == 120
    assert model.wv.get_vecattr("new", "count") == 20
    assert model.syn1neg.shape == (3, 6)
    assert not model.syn1neg[2].any()
    model.train([["new", "word"] * 5] * 4, total_examples=4, epochs=3)
    assert model.syn1neg[2].any()


def test_update_is_refused_without_a_vocabulary():
    with pytest.raises(RuntimeError, match="no prior vocabulary"):
        Word2Vec().build_vocab([["a"]], update=True)


def test_one_word_and_two_word_vocabularies():
    for kind in KINDS:
        for data in ([["a", "a", "a"]], [["a", "b", "a", "b"]]):
            model = make(data * 3, compute_loss=True, sample=0, **kind.values[0])
            assert np.isfinite(model.wv.vectors).all()


def test_pickle_and_deepcopy_can_be_trained():
    data = corpus()
    model = make(data)
    for twin in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        np.testing.assert_array_equal(twin.wv.vectors, model.wv.vectors)
        twin.train(data, total_examples=len(data), epochs=1)


@pytest.mark.parametrize("kind", KINDS)
def test_save_load_and_go_on_bit_equal(tmp_path, kind):
    data = corpus()
    model = make(data, **kind)
    path = tmp_path / "model.w2v"
    model.save(path)
    loaded = Word2Vec.load(path)
    assert str(loaded) == str(model)
    assert loaded.training_history == model.training_history
    assert loaded.corpus_count == len(data)
    for m in (model, loaded):
        m.train(data, total_examples=m.corpus_count, epochs=2)
    np.testing.assert_array_equal(loaded.wv.vectors, model.wv.vectors)
    mapped = Word2Vec.load(path, mmap="r")
    assert mapped.wv.most_similar("w1") == Word2Vec.load(path).wv.most_similar("w1")
    mapped.train(data, total_examples=mapped.corpus_count, epochs=2)
    np.testing.assert_array_equal(mapped.wv.vectors, model.wv.vectors)


def test_old_names_say_the_new_one():
    with pytest.raises(TypeError, match="size was renamed vector_size"):
        Word2Vec(size=100)
    with pytest.raises(TypeError, match="iter was renamed epochs"):
        Word2Vec(iter=5)
    with pytest.raises(TypeError, match="unexpected keyword argument 'vectorsize'"):
        Word2Vec(vectorsize=100)
    model = make()
    with pytest.raises(TypeError, match=r"use model.wv\['w1'\]"):
        model["w1"]
    with pytest.raises(AttributeError, match=r"model\.wv\.most_similar"):
        model.most_similar("w1")
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = model.nonsense
