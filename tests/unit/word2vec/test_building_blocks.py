"""The parts of building a model that people call one by one: vocabulary, tables, weights, events, old names."""

import logging
import warnings

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec, word2vec
from w2vcore.corpus.vocabulary import downsample
from w2vcore.objectives.huffman import huffman

DATA = [["often", "often", "often", "seldom"], ["often", "rare"]] * 10
SMALL = {"vector_size": 6, "min_count": 1, "workers": 1}


def built(data=DATA, **settings):
    model = Word2Vec(**{**SMALL, **settings})
    model.build_vocab(data)
    return model


# ---------------------------------------------------------------------- vocabulary


def test_scan_then_prepare_then_weights_is_build_vocab():
    model = Word2Vec(**SMALL)
    assert model.scan_vocab(iter(DATA)) == (60, 20)
    assert model.raw_vocab["often"] == 40
    report = model.prepare_vocab(dry_run=True, min_count=20)
    assert report["num_retained_words"] == 1
    assert len(model.wv) == 0
    assert model.min_count == 1
    report = model.prepare_vocab(keep_raw_vocab=True)
    assert report["drop_unique"] == 0
    assert report["retain_total"] == 60
    assert len(model.raw_vocab) == 3
    model.prepare_weights()
    twin = built()
    assert model.wv.index_to_key == twin.wv.index_to_key
    assert model.wv.vectors.tobytes() == twin.wv.vectors.tobytes()


def test_zero_is_a_value():
    """gensim takes sample=0 and min_count=0 in prepare_vocab for "not given"."""
    model = Word2Vec(**{**SMALL, "sample": 0.01, "min_count": 5})
    model.scan_vocab(DATA)
    report = model.prepare_vocab(sample=0, min_count=0)
    assert (model.sample, model.min_count) == (0, 0)
    assert report["downsample_unique"] == 0
    assert report["downsample_total"] == 60
    assert (model.wv.expandos["sample_int"] == 0xFFFFFFFF).all()


@pytest.mark.parametrize("from_file", [False, True])
def test_raw_vocab_can_be_changed_before_words_are_chosen(tmp_path, from_file):
    sentences = [["a", "b", "c", "a"], ["c"]]
    model = Word2Vec(min_count=1, vector_size=2)
    if from_file:
        (tmp_path / "c").write_text("\n".join(map(" ".join, sentences)))
        model.scan_vocab(corpus_file=tmp_path / "c")
    else:
        model.scan_vocab(sentences)
    del model.raw_vocab["b"]
    model.raw_vocab["c"] += 5
    model.raw_vocab["d"] = 1
    model.prepare_vocab(keep_raw_vocab=True)
    model.prepare_weights()
    assert model.wv.index_to_key == ["c", "a", "d"]
    assert model.wv.expandos["count"].tolist() == [7, 2, 1]
    assert model.raw_vocab == {"a": 2, "c": 7, "d": 1} and model.raw_vocab is model.wv.dropped_counts
    model.raw_vocab = {"x": 3}
    model.prepare_vocab()
    assert model.wv.index_to_key == ["x"] and model.raw_vocab == {}


def test_null_word_stands_where_gensim_has_it():
    """Orders and keep rates of the others measured with gensim 4.4.0."""
    for sorted_vocab, order in ((0, ["a", "b", "c", "d", "\0"]), (1, ["d", "b", "\0", "c", "a"])):
        model = Word2Vec(min_count=1, vector_size=2, null_word=1, sorted_vocab=sorted_vocab)
        model.build_vocab([["a", "b", "b", "c", "d", "d"]])
        assert model.wv.index_to_key == order
        assert model.wv.get_vecattr("a", "sample_int") == 358456539
        assert model.wv.get_vecattr("b", "sample_int") == 248129949


def test_null_word():
    model = built(null_word=1)
    assert model.wv.index_to_key[-1] == "\0"
    assert model.wv.get_vecattr("\0", "count") == 1
    assert model.wv.vectors.shape == (4, 6)
    other = built()
    other.add_null_word()
    other.add_null_word()
    assert other.wv.index_to_key == model.wv.index_to_key
    assert other.wv.get_vecattr("\0", "sample_int") == 0xFFFFFFFF
    with pytest.raises(ValueError, match="one row for each word"):
        other.train(DATA, total_examples=20, epochs=1)
    before = other.wv.vectors[:3].copy()
    other.update_weights()
    np.testing.assert_array_equal(other.wv.vectors[:3], before)
    assert other.train(DATA, total_examples=20, epochs=1)[1] == 60


@pytest.mark.parametrize("from_file", [False, True])
def test_the_null_word_comes_with_each_vocabulary_once(tmp_path, from_file):
    """Also with a second one, and with a text in which it is a word."""
    for text in (["a b", "b"], ["a \0 b", "\0"]):
        (tmp_path / "text").write_text("\n".join(text), encoding="utf8")
        corpus = (
            {"corpus_file": tmp_path / "text"} if from_file else {"corpus_iterable": [line.split(" ") for line in text]}
        )
        model = Word2Vec(min_count=1, vector_size=2, null_word=1)
        for update in (False, False, True):
            model.build_vocab(**corpus, update=update)
            assert sorted(model.wv.index_to_key) == ["\0", "a", "b"]
            assert len(model.wv.key_to_index) == 3


def test_update_counts_all_words_together():
    """gensim takes thresholds and keep rates of the new text alone, and leaves those of the other words."""
    model = built(sample=0.05)
    model.build_vocab([["rare", "fresh", "fresh"]] * 30, update=True)
    counts = dict(zip(model.wv.index_to_key, model.wv.expandos["count"].tolist(), strict=True))
    assert counts == {"often": 40, "seldom": 10, "rare": 40, "fresh": 60}
    expected = downsample(model.wv.expandos["count"], 0.05).keep
    np.testing.assert_array_equal(model.wv.expandos["sample_int"], expected)
    assert model.cum_table.tolist() == built_table(model)
    assert model.corpus_count == 30
    assert model.train([["rare", "fresh", "fresh"]] * 30, total_examples=30, epochs=1)[1] == 90


def built_table(model):
    weights = model.wv.expandos["count"].astype(float) ** model.ns_exponent
    return [round(x) for x in (np.cumsum(weights) / weights.sum() * (2**31 - 1)).tolist()]


def test_update_grows_all_that_belongs_to_a_word():
    model = built()
    model.wv.vectors_lockf = np.array([0.0, 0.5, 1.0], np.float32)
    model.wv.set_vecattr("often", "mark", 7)
    model.create_binary_tree()
    model.build_vocab([["fresh"] * 3], update=True)
    assert model.wv.vectors_lockf.tolist() == [0.0, 0.5, 1.0, 1.0]
    assert model.wv.get_vecattr("often", "mark") == 7
    assert model.wv.get_vecattr("fresh", "mark") == 0
    assert "code" not in model.wv.expandos  # a tree of other words
    assert model.syn1neg.shape == (4, 6)
    assert len(model.cum_table) == 4
    frozen = model.wv["often"].copy()
    model.train(DATA, total_examples=20, epochs=1)
    np.testing.assert_array_equal(model.wv["often"], frozen)


def test_a_single_lock_factor_stays_single():
    model = built()
    model.build_vocab([["fresh"] * 3], update=True)
    assert model.wv.vectors_lockf.tolist() == [1.0]


def test_update_after_loading(tmp_path):
    built().save(tmp_path / "model")
    model = Word2Vec.load(tmp_path / "model", mmap="r")
    model.build_vocab([["fresh", "often"] * 3], update=True)
    assert model.train([["fresh", "often"] * 3], total_examples=1, epochs=2)[1] == 12
    assert model.wv.get_vecattr("often", "count") == 43


def test_reset_from_shares_the_vocabulary_and_can_be_trained():
    """gensim's train() hangs after reset_from."""
    first = Word2Vec(DATA, **SMALL)
    model = Word2Vec(**{**SMALL, "vector_size": 9, "sg": 1})
    model.reset_from(first)
    assert model.wv.key_to_index is first.wv.key_to_index
    assert model.wv.index_to_key is first.wv.index_to_key
    assert model.wv.expandos is first.wv.expandos
    assert model.cum_table is first.cum_table
    assert (model.corpus_count, model.corpus_total_words) == (20, 60)
    twin = built(vector_size=9, sg=1)
    for m in (model, twin):
        m.train(DATA, total_examples=m.corpus_count, epochs=3)
    assert model.wv.vectors.tobytes() == twin.wv.vectors.tobytes()
    model.build_vocab([["fresh"]], update=True)
    assert "fresh" not in first.wv
    assert len(first.wv.expandos["count"]) == 3
    with pytest.raises(RuntimeError, match="other_model has no vocabulary"):
        model.reset_from(Word2Vec())
    with pytest.raises(TypeError, match="must be a Word2Vec, got KeyedVectors"):
        model.reset_from(first.wv)


# ---------------------------------------------------------------------- tables and weights


def test_cum_table():
    model = built()
    assert model.cum_table.dtype == np.uint32
    assert model.cum_table.tolist() == built_table(model)
    assert model.cum_table is model.cum_table
    model.ns_exponent = 0.0
    assert model.cum_table.tolist() == built_table(model)
    model.make_cum_table(domain=300)
    assert model.cum_table.tolist() == [100, 200, 300]
    assert Word2Vec().cum_table.tolist() == []
    assert not hasattr(built(hs=1, negative=0), "cum_table")
    with pytest.raises(AttributeError):
        model.cum_table = np.ones(3, np.uint32)


def test_binary_tree():
    model = built([[f"w{i}"] * (3**i) for i in range(6)], hs=1, negative=0)
    model.create_binary_tree()
    tree = huffman(model.wv.expandos["count"])
    for row, word in enumerate(model.wv.index_to_key):
        path = slice(tree.offsets[row], tree.offsets[row + 1])
        code, point = model.wv.get_vecattr(word, "code"), model.wv.get_vecattr(word, "point")
        assert (code.dtype, point.dtype) == (np.uint8, np.uint32)
        assert code.tolist() == tree.codes[path].tolist()
        assert point.tolist() == tree.points[path].tolist()
        assert point[0] == len(model.wv) - 2  # the root
    with pytest.raises(RuntimeError, match="no vocabulary"):
        Word2Vec().create_binary_tree()


def test_binary_tree_is_not_saved(tmp_path):
    model = built()
    model.create_binary_tree()
    model.save(tmp_path / "model")
    assert "code" in model.wv.expandos
    assert "code" not in Word2Vec.load(tmp_path / "model").wv.expandos


def test_init_weights_resets_everything():
    """gensim keeps wv.vectors if their shape is unchanged."""
    for kind in ({"hs": 0, "negative": 5}, {"hs": 1, "negative": 0}):
        model, fresh = Word2Vec(DATA, **SMALL, **kind), built(**kind)
        model.wv.vectors_lockf = np.zeros(3, np.float32)
        model.init_weights()
        assert model.wv.vectors.tobytes() == fresh.wv.vectors.tobytes()
        assert not (model.syn1 if model.hs else model.syn1neg).any()
        assert model.wv.vectors_lockf.tolist() == [1.0]


def test_update_weights_without_a_matrix():
    model = built()
    model.syn1neg = None
    with pytest.raises(RuntimeError, match=r"no syn1neg.*init_weights\(\)"):
        model.update_weights()


def test_seeded_vector_and_init_sims_are_deprecated():
    model = built(hashfxn=len)
    with pytest.warns(DeprecationWarning):
        one = model.seeded_vector("four", 5)
    with pytest.warns(DeprecationWarning):
        assert model.seeded_vector("five", 5).tolist() == one.tolist()
    assert one.dtype == np.float32
    assert np.abs(one).max() <= 0.1
    assert one.any()
    with pytest.warns(DeprecationWarning):
        model.init_sims()
    assert model.wv.norms is not None
    with pytest.warns(DeprecationWarning):
        model.init_sims(replace=True)
    np.testing.assert_allclose(np.linalg.norm(model.wv.vectors, axis=1), 1, rtol=1e-5)


# ---------------------------------------------------------------------- events


def test_lifecycle_events(tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        model = Word2Vec(DATA, **SMALL)
    names = [event["event"] for event in model.lifecycle_events]
    assert names == ["created", "build_vocab", "train"]
    assert "Word2Vec lifecycle event" in caplog.text
    assert {"datetime", "python", "platform", "w2vcore"} <= model.lifecycle_events[0].keys()
    note = ["x"]
    model.add_lifecycle_event("note", note=note, odd={1})
    note.append("y")
    assert model.lifecycle_events[-1]["note"] == ["x"]
    model.save(tmp_path / "model")
    loaded = Word2Vec.load(tmp_path / "model")
    assert [event["event"] for event in loaded.lifecycle_events] == [*names, "note", "loaded"]
    assert loaded.lifecycle_events[3]["odd"] == "{1}"


def test_lifecycle_events_can_be_switched_off(tmp_path):
    model = Word2Vec(**SMALL)
    model.lifecycle_events = None
    model.build_vocab(DATA)
    model.add_lifecycle_event("note")
    assert model.lifecycle_events is None
    model.save(tmp_path / "model")
    assert Word2Vec.load(tmp_path / "model").lifecycle_events is None


# ---------------------------------------------------------------------- names


def test_names_of_the_module():
    assert word2vec.MAX_WORDS_IN_BATCH == 10_000
    assert word2vec.FAST_VERSION > -1
    assert word2vec.CORPUSFILE_VERSION > -1
    items = [word2vec.Heapitem(3, 0, None, None), word2vec.Heapitem(1, 9, None, None)]
    assert min(items).index == 9
    assert all(hasattr(word2vec, name) for name in word2vec.__all__)


@pytest.mark.parametrize(
    ("name", "now"),
    [
        ("syn0", "wv.vectors"),
        ("vocabulary", "wv.key_to_index"),
        ("trainables", "syn1neg"),
        ("most_similar", "wv.most_similar"),
        ("similarity", "wv.similarity"),
        ("accuracy", "wv.evaluate_word_analogies"),
        ("save_word2vec_format", "wv.save_word2vec_format"),
        ("load_word2vec_format", "KeyedVectors.load_word2vec_format"),
        ("reset_weights", "init_weights"),
        ("iter", "epochs"),
        ("size", "vector_size"),
    ],
)
def test_attributes_of_gensim_3(name, now):
    with pytest.raises(AttributeError, match=rf"no attribute '{name}' since gensim 4: use .*{now}"):
        getattr(built(), name)
    assert not hasattr(built(), name)


def test_other_ways_of_gensim_3():
    model = built()
    with pytest.raises(TypeError, match=r"use 'often' in model\.wv"):
        _ = "often" in model
    with pytest.raises(TypeError, match=r"use model\.wv\['often'\]"):
        model["often"]
    with pytest.raises(TypeError, match="sentences was renamed corpus_iterable"):
        model.train(sentences=DATA, total_examples=20, epochs=1)
    with pytest.raises(TypeError, match="sentences was renamed corpus_iterable"):
        model.build_vocab(sentences=DATA)
    with pytest.raises(AttributeError, match="should be called on a class object"):
        model.load("model")


def test_every_new_name_exists():
    """The errors above must not send people to something that is not there either."""
    from w2vcore.facade.oldnames import REMOVED_ATTRIBUTES

    model = built()
    for where in REMOVED_ATTRIBUTES.values():
        for name in where.replace("KeyedVectors.", "wv.").split(" and "):
            target = model
            for part in name.split("(")[0].split("."):
                if part == "syn1" or (part == "wv" and target is not model):
                    break
                present = hasattr(target, part) or (isinstance(target, KeyedVectors) and part in NOT_BUILT_HERE)
                assert present, where
                target = getattr(target, part, None)


NOT_BUILT_HERE = {
    "wmdistance", "evaluate_word_analogies", "evaluate_word_pairs", "log_accuracy", "log_evaluate_word_pairs",
    "intersect_word2vec_format",
}  # fmt: skip


def test_no_warning_of_our_own():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Word2Vec(DATA, sample=0, **SMALL).wv.most_similar("often")


def test_log_lines_that_people_look_for(caplog):
    with caplog.at_level(logging.INFO):
        model = Word2Vec(DATA, **SMALL)
        model.build_vocab([["fresh"] * 3], update=True)
    for line in (
        "collecting all words and their counts", "Creating a fresh vocabulary", "effective_min_count=1 retains 3 unique",
        "resetting layer weights", "estimated required memory for 3 words and 6 dimensions: 384 bytes",
        "downsamples 3 most-common words", "training model with 1 workers on 3 vocabulary and 6 features",
        "EPOCH 0: training on 60 raw words", "Updating model with new vocabulary",
    ):  # fmt: skip
        assert line in caplog.text


def test_attributes_that_come_with_a_setting():
    with pytest.raises(AttributeError, match=r"'syn1': the matrix of hierarchical softmax; .* with hs=1"):
        _ = built().syn1
    with pytest.raises(AttributeError, match=r"'syn1neg': .* with negative > 0"):
        _ = Word2Vec().syn1neg
    with pytest.raises(AttributeError, match=r"'cum_table': .* with negative > 0"):
        _ = built(hs=1, negative=0).cum_table


def test_other_vectors_in_place_of_wv(tmp_path):
    """Vectors from a file may have no counts, or no keep rates and lock factors; gensim raises a KeyError, or hangs."""
    model = Word2Vec(DATA, **SMALL)
    keys, vectors = model.wv.index_to_key, model.wv.vectors.copy()
    model.wv = KeyedVectors(6)
    model.wv.add_vectors(keys, vectors)
    with pytest.raises(RuntimeError, match=r"counts of 0 words, but 3 keys.*build_vocab\(\)"):
        model.train(DATA, total_examples=20, epochs=1)
    model.wv = KeyedVectors(6)
    model.wv.add_vectors(keys, vectors, extras={"count": [40, 10, 10]})
    assert model.train(DATA, total_examples=20, epochs=1)[1] == 60


# ---------------------------------------------------------------------- sample, set after the vocabulary was built


def test_sample_that_is_set_later_is_obeyed(tmp_path):
    corpus = [["often"] * 9 + ["seldom", "rare"]] * 100
    settings = {"vector_size": 4, "min_count": 1, "workers": 1}
    expected = Word2Vec(sample=1e-2, **settings)
    expected.build_vocab(corpus)
    for before in (0, 1e-5):
        model = Word2Vec(sample=before, **settings)
        model.build_vocab(corpus)
        model.sample = 1e-2
        model.save(tmp_path / "model")
        for one in (model, Word2Vec.load(tmp_path / "model")):
            one.train(corpus, total_examples=100, epochs=1)
            np.testing.assert_array_equal(one.wv.expandos["sample_int"], expected.wv.expandos["sample_int"])
    expected.train(corpus, total_examples=100, epochs=1)
    assert model.training_history[0]["words"] == expected.training_history[0]["words"] < 500
    np.testing.assert_array_equal(model.wv.vectors, expected.wv.vectors)


def test_keep_rates_that_were_set_by_hand_stay():
    corpus = [["often"] * 9 + ["seldom", "rare"]] * 100
    model = Word2Vec(corpus, vector_size=4, min_count=1, workers=1, epochs=1)
    model.wv.expandos["sample_int"][0] = 12345
    model.train(corpus, total_examples=100, epochs=1)
    assert model.wv.expandos["sample_int"][0] == 12345
