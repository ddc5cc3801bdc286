"""FastText: its rows before and after training, what users change, and what is refused."""

import copy
import inspect
import pickle

import numpy as np
import pytest

from w2vcore import FastText, KeyedVectors, Word2Vec
from w2vcore.backends.team import simulate
from w2vcore.callbacks import CallbackAny2Vec
from w2vcore.fasttext import ft_ngram_hashes
from w2vcore.keyedvectors import FastTextKeyedVectors
from w2vcore.model.config import SUBWORD_SETTINGS
from w2vcore.model.features import subword_features
from w2vcore.model.subwords import InitialRows, StoredRows, Subwords
from w2vcore.model.weights import initial_vectors

WORDS = [f"{stem}{ending}" for stem in ("walk", "talk", "jump", "éclair") for ending in ("", "s", "ed", "ing")]
RNG = np.random.default_rng(5)
DATA = [[WORDS[place] for place in RNG.integers(0, len(WORDS), 12)] for _ in range(60)]
SMALL = {"vector_size": 9, "min_count": 1, "bucket": 3000, "workers": 1, "sample": 0, "seed": 4}
KINDS = [
    {"sg": 0},
    {"sg": 1},
    {"sg": 1, "hs": 1, "negative": 0},
    {"sg": 0, "hs": 1, "negative": 5},
    {"sg": 0, "cbow_mean": 0},
    {"sg": 1, "window": "sentence"},
    {"sg": 1, "negative_sharing": "window"},
    {"sg": 1, "window_weights": "linear", "window": 3},
    {"sg": 1, "bucket": 0},
    {"sg": 0, "max_n": 0},
]
NAMES = [
    "cbow",
    "skipgram",
    "skipgram_hs",
    "cbow_both",
    "cbow_sum",
    "sentence",
    "shared",
    "weights",
    "no_bucket",
    "no_ngrams",
]
kinds = pytest.mark.parametrize("kind", KINDS, ids=NAMES)


def equal(a, b):
    """Whether two models have the same bits, whatever is asked of them."""
    same = np.array_equal(a.wv.vectors, b.wv.vectors) and np.array_equal(a.wv.vectors_vocab, b.wv.vectors_vocab)
    if a.wv.bucket:
        words = ["walkers", "unseen", "zzz"]
        same = same and np.array_equal(a.wv.vectors_for(words), b.wv.vectors_for(words))
        same = same and np.array_equal(a.wv.vectors_ngrams, b.wv.vectors_ngrams)
    names = [name for name in ("syn1", "syn1neg") if hasattr(a, name)]
    # the last row of syn1 belongs to no node, and a mapped file has none
    rows = {"syn1": len(a.wv) - 1, "syn1neg": len(a.wv)}
    return same and all(
        np.array_equal(getattr(a, name)[: rows[name]], getattr(b, name)[: rows[name]]) for name in names
    )


def mean_of_rows(wv, word):
    """The vector of a word, by its definition."""
    buckets = ft_ngram_hashes(word, wv.min_n, wv.max_n, wv.bucket)
    rows = [wv.vectors_ngrams[bucket].astype(np.float64) for bucket in buckets]
    if wv.has_index_for(word):
        rows.append(wv.vectors_vocab[wv.get_index(word)].astype(np.float64))
    return np.mean(rows, axis=0)


# ---- arguments

# the order of gensim 4's constructor
GENSIMS = """
    sentences corpus_file sg hs vector_size alpha window min_count max_vocab_size word_ngrams sample seed workers
    min_alpha negative ns_exponent cbow_mean hashfxn epochs null_word min_n max_n sorted_vocab bucket trim_rule
    batch_words callbacks max_final_vocab shrink_windows
"""


def test_arguments_are_gensims_and_the_rest_word2vecs():
    ours, words = (inspect.signature(model).parameters for model in (FastText, Word2Vec))
    positional = [name for name, argument in ours.items() if argument.kind is not argument.KEYWORD_ONLY]
    assert positional == GENSIMS.split()
    assert ours.keys() == words.keys() | {"word_ngrams", "min_n", "max_n", "bucket", "hash_count"}
    assert all(ours[name].default == words[name].default for name in words)
    for name, setting in SUBWORD_SETTINGS.items():
        assert ours[name].default == setting.default and setting.check(setting.default) == setting.default


# ---- rows before training


@pytest.mark.parametrize("size", [1, 4, 7, 128, 131, 300])
def test_a_bucket_begins_with_its_row_of_gensims_matrix(size):
    whole = initial_vectors(5000, size, 11)
    rng = np.random.default_rng(0)
    for buckets in (
        [0],
        [4999],
        [3, 4, 5],
        [0, 18, 35, 36, 4000],
        np.sort(rng.choice(5000, 900, replace=False)),
        range(5000),
    ):
        chosen = np.array(buckets)
        assert np.array_equal(InitialRows(11, size).rows(chosen), whole[chosen])
    assert InitialRows(11, size).rows(np.empty(0, np.int64)).shape == (0, size)


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1, 2**32])
def test_far_rows_of_any_seed(seed):
    bits = np.random.default_rng(seed).bit_generator
    bits.advance(1_999_999 * 301 // 2)
    numbers = np.random.Generator(bits).random(302, np.float32)[1:]  # it begins with the second half of a number
    assert np.array_equal(InitialRows(seed, 301).rows(np.array([1_999_999]))[0], (numbers * 2 - 1) / 301)


def test_rows_before_training_are_gensims():
    model = FastText(**SMALL)
    model.build_vocab(DATA)
    assert np.array_equal(model.wv.vectors_vocab, initial_vectors(len(WORDS), 9, 4))
    assert np.array_equal(model.wv.vectors_ngrams, initial_vectors(3000, 9, 5))
    for word in (*WORDS, "walkers", "unseen"):
        assert np.allclose(model.wv[word], mean_of_rows(model.wv, word), atol=1e-7)


def test_buckets_in_use_alone_have_a_row_and_the_most_updated_come_first():
    model = FastText(**SMALL)
    model.build_vocab(DATA)
    used = {bucket for word in WORDS for bucket in ft_ngram_hashes(word, 3, 6, 3000)}
    assert model.wv.subwords.table.shape == (len(used), 9) and len(used) < 300
    features, buckets = subword_features([word.encode() for word in model.wv.index_to_key], 3, 6, 3000)
    counts = model.wv.expandos["count"]
    updates = np.zeros(3000)
    for id in range(len(WORDS)):
        np.add.at(updates, buckets[features.bag(id)[0][1:] - len(WORDS)], counts[id])
    hashes, rows = model.wv.subwords.kept
    in_order = updates[hashes[np.argsort(rows)]]
    assert (np.diff(in_order) <= 0).all() and in_order[0] > in_order[-1]


# ---- training


@kinds
def test_vectors_follow_the_rows_after_training(kind):
    model = FastText(DATA, **{**SMALL, **kind})
    before = FastText(**{**SMALL, **kind})
    before.build_vocab(DATA)
    assert np.abs(model.wv.vectors - before.wv.vectors).max() > 1e-4
    if not model.wv.bucket:
        assert np.array_equal(model.wv.vectors, model.wv.vectors_vocab)
        with pytest.raises(KeyError):
            model.wv["unseen"]
        return
    for word in (*WORDS, "walkers", "unseen", "zzz"):
        assert np.allclose(model.wv[word], mean_of_rows(model.wv, word), atol=1e-6)
    unused = np.setdiff1d(np.arange(3000), model.wv.subwords.kept[0])
    assert np.array_equal(model.wv.vectors_ngrams[unused], before.wv.vectors_ngrams[unused])


@kinds
def test_in_one_step_in_two_from_a_file_and_by_the_reference(kind, tmp_path):
    settings = {**SMALL, **kind, "epochs": 2}
    model = FastText(DATA, **settings)
    steps = FastText(**settings)
    steps.build_vocab(DATA)
    steps.train(DATA, total_examples=steps.corpus_count, epochs=steps.epochs)
    assert equal(model, steps)
    text = tmp_path / "corpus.txt"
    text.write_text("\n".join(map(" ".join, DATA)) + "\n", encoding="utf8")
    assert equal(model, FastText(corpus_file=text, **settings))
    one, other = (FastText(DATA[:12], backend=backend, **settings) for backend in ("threads", "reference"))
    assert np.allclose(one.wv.vectors, other.wv.vectors, atol=2e-6)


@kinds
def test_a_file_holds_the_whole_model(kind, tmp_path):
    model = FastText(DATA, **{**SMALL, **kind})
    model.note = "mine"
    model.save(tmp_path / "m")
    for mmap in (None, "r"):
        loaded = FastText.load(tmp_path / "m", mmap=mmap)
        assert type(loaded.wv) is FastTextKeyedVectors and equal(model, loaded) and loaded.note == "mine"
        assert (loaded.min_n, loaded.max_n, loaded.bucket) == (model.min_n, model.max_n, model.bucket)
    again = copy.deepcopy(model)
    packed = pickle.loads(pickle.dumps(model))
    for each in (model, loaded, again, packed):
        each.train(DATA, total_examples=len(DATA), epochs=1)
        assert equal(model, each)
    assert not np.shares_memory(model.wv.vectors_vocab, again.wv.vectors_vocab)


class Crash(CallbackAny2Vec):
    def on_epoch_end(self, model):
        if model.epochs_trained == 2:
            raise KeyboardInterrupt


@pytest.mark.parametrize("kind", KINDS[:3], ids=NAMES[:3])
def test_a_run_goes_on_from_a_checkpoint(kind, tmp_path):
    settings = {**SMALL, **kind, "epochs": 3}
    with pytest.raises(KeyboardInterrupt):
        FastText(DATA, callbacks=[Crash()], checkpoint=tmp_path / "run", **settings)
    assert equal(FastText.resume(tmp_path / "run", DATA), FastText(DATA, **settings))
    with pytest.raises(AttributeError, match=r"use FastText.load"):
        Word2Vec.resume(tmp_path / "run", DATA)


def test_ranks_train_one_model():
    def program(rank):
        return FastText(DATA[rank::2], backend="mpi", sg=1, epochs=2, **SMALL)

    first, second = simulate(2, program)
    assert equal(first, second)
    for word in ("walking", "walkers"):
        assert np.allclose(first.wv[word], mean_of_rows(first.wv, word), atol=1e-6)


def test_callbacks_see_vectors_of_their_epoch():
    seen = []

    class Look(CallbackAny2Vec):
        def on_epoch_end(self, model):
            seen.append(model.wv["walking"].copy())
            assert np.allclose(seen[-1], mean_of_rows(model.wv, "walking"), atol=1e-6)

    model = FastText(DATA, callbacks=[Look()], **{**SMALL, "epochs": 3})
    assert np.abs(seen[0] - seen[1]).max() > 1e-5 and np.array_equal(seen[-1], model.wv["walking"])


def test_factors_of_words_and_ngrams_freeze_their_rows():
    model = FastText(**SMALL)
    model.build_vocab(DATA)
    wv = model.wv
    frozen = ft_ngram_hashes("walking", 3, 6, 3000)
    wv.vectors_vocab_lockf = np.ones(len(wv), np.float32)
    wv.vectors_vocab_lockf[3] = 0
    wv.vectors_ngrams_lockf = np.ones(3000, np.float32)
    wv.vectors_ngrams_lockf[frozen] = 0
    own, ngrams = wv.vectors_vocab.copy(), wv.vectors_ngrams.copy()
    model.train(DATA, total_examples=len(DATA), epochs=1)
    moved = (wv.vectors_vocab != own).any(axis=1)
    assert not moved[3] and moved.sum() == len(WORDS) - 1
    used = np.setdiff1d(wv.subwords.kept[0], frozen)
    changed = (wv.vectors_ngrams != ngrams).any(axis=1)
    assert changed[used].all() and not changed[frozen].any()
    wv.vectors_ngrams_lockf = np.ones(3001, np.float32)
    with pytest.raises(ValueError, match=r"wv.vectors_ngrams_lockf must be 1 to 3000 finite factors"):
        model.train(DATA, total_examples=len(DATA), epochs=1)


# ---- new words


@pytest.mark.parametrize("kind", KINDS[:4], ids=NAMES[:4])
def test_new_words_get_rows_and_those_that_are_there_stay(kind, tmp_path):
    model = FastText(DATA, **{**SMALL, **kind})
    model.save(tmp_path / "m")
    new = [["jumpers", "unheard", "walk"]] * 20
    for each in (model, FastText.load(tmp_path / "m", mmap="r")):
        before = copy.deepcopy(each.wv)
        was = {word: before[word] for word in ("jumpers", "unheard")}
        each.build_vocab(new, update=True)
        assert len(each.wv) == len(WORDS) + 2 and each.wv.vectors_ngrams.shape == (3000, 9)
        assert np.array_equal(each.wv.vectors_vocab[: len(WORDS)], before.vectors_vocab)
        assert np.array_equal(each.wv.vectors_ngrams, before.vectors_ngrams)
        for word, vector in was.items():  # its n-grams are what they were, and its own row is beside them
            n = len(ft_ngram_hashes(word, 3, 6, 3000))
            own = each.wv.vectors_vocab[each.wv.get_index(word)]
            assert np.allclose(each.wv[word], (n * vector + own) / (n + 1), atol=1e-6)
        each.train(new, total_examples=20, epochs=2)
        assert np.allclose(each.wv["unheard"], mean_of_rows(each.wv, "unheard"), atol=1e-6)
        assert not np.array_equal(each.wv.vectors_ngrams, before.vectors_ngrams)


def test_no_first_vocabulary_to_update():
    with pytest.raises(RuntimeError, match="no prior vocabulary"):
        FastText(**SMALL).build_vocab(DATA, update=True)


# ---- what users change


def test_assigned_vectors_are_kept(tmp_path):
    model = FastText(DATA, **SMALL)
    mine = np.arange(9, dtype=np.float32)
    model.wv["walks"] = mine
    rest = model.wv["talking"].copy()

    def is_kept(model):
        return np.allclose(model.wv["walks"], mine, atol=1e-5) and np.allclose(model.wv["talking"], rest, atol=1e-6)

    model.wv.adjust_vectors()
    assert is_kept(model)
    model.save(tmp_path / "m")
    assert is_kept(FastText.load(tmp_path / "m"))
    model.train(DATA, total_examples=len(DATA), epochs=1, start_alpha=0.0, end_alpha=0.0)
    assert is_kept(model)
    model.wv.unit_normalize_all()
    model.train(DATA, total_examples=len(DATA), epochs=1, start_alpha=0.0, end_alpha=0.0)
    assert np.allclose(np.linalg.norm(model.wv.vectors, axis=1), 1, atol=1e-5)


def test_a_table_of_ngrams_that_a_user_sets_is_trained():
    model = FastText(DATA, **SMALL)
    table = RNG.normal(size=(3000, 9)).astype(np.float32)
    model.wv.vectors_ngrams = table
    model.wv.adjust_vectors()
    assert np.allclose(model.wv["walkers"], mean_of_rows(model.wv, "walkers"), atol=1e-6)
    model.train(DATA, total_examples=len(DATA), epochs=1)
    now = model.wv.vectors_ngrams
    unused = np.setdiff1d(np.arange(3000), model.wv.subwords.kept[0])
    assert np.array_equal(now[unused], table[unused]) and not np.array_equal(now, table)


def test_the_table_that_is_made_on_request_cannot_be_written_into():
    model = FastText(DATA, **SMALL)
    with pytest.raises(ValueError, match="read-only"):
        model.wv.vectors_ngrams[0] = 1


def test_added_words_need_counts_before_training():
    model = FastText(DATA, **SMALL)
    model.wv.add_vectors(["runner"], [np.ones(9)])
    with pytest.raises(ValueError, match=r"wv.set_vecattr\('runner', 'count', 10\)"):
        model.train(DATA, total_examples=len(DATA), epochs=1)
    model.wv.set_vecattr("runner", "count", 10)
    model.update_weights()
    assert np.allclose(model.wv["runner"], 1, atol=1e-5)
    model.train([["runner", "walk"]] * 50, total_examples=50, epochs=1)
    assert not np.allclose(model.wv["runner"], 1, atol=1e-5)


def test_other_vectors_in_the_place_of_wv_are_refused():
    model = FastText(DATA, **SMALL)
    model.wv = model.wv.vectors_for_all(WORDS, copy_vecattrs=True)
    with pytest.raises(TypeError, match="wv must be FastTextKeyedVectors"):
        model.train(DATA, total_examples=len(DATA), epochs=1)


def test_untrained_ngrams_can_be_left_out(tmp_path):
    model = FastText(DATA, **SMALL)
    used = set(model.wv.subwords.kept[0].tolist())
    met = [bucket for bucket in ft_ngram_hashes("walkers", 3, 6, 3000) if bucket in used]
    every = model.wv["walkers"]
    model.wv.trained_ngrams_only = True
    expected = model.wv.vectors_ngrams[met].mean(axis=0)
    assert np.allclose(model.wv["walkers"], expected, atol=1e-6) and not np.allclose(every, expected, atol=1e-4)
    model.save(tmp_path / "m")
    assert FastText.load(tmp_path / "m").wv.trained_ngrams_only
    model.wv.trained_ngrams_only = False
    assert np.array_equal(model.wv["walkers"], every)
    dense = FastTextKeyedVectors(9, 3, 6, 3000)
    dense.vectors_ngrams = model.wv.vectors_ngrams
    dense.add_vectors(WORDS, model.wv.vectors_for(WORDS))
    dense.trained_ngrams_only = True
    assert np.allclose(dense["walkers"], expected, atol=1e-6)
    with pytest.raises(ValueError, match="needs n-grams"):
        FastTextKeyedVectors(9, 3, 6, 0).trained_ngrams_only = True


def test_a_rest_that_is_stored_comes_back(tmp_path):
    model = FastText(DATA, **SMALL)
    model.wv.vectors_ngrams = RNG.normal(size=(3000, 9)).astype(np.float32)
    model.train(DATA, total_examples=len(DATA), epochs=1)
    assert isinstance(model.wv.subwords.rest, StoredRows)
    model.save(tmp_path / "m")
    assert equal(model, FastText.load(tmp_path / "m", mmap="r"))
    assert np.array_equal(FastTextKeyedVectors.load(tmp_path / "m")["unseen"], model.wv["unseen"])


@pytest.mark.parametrize("rest", [None, InitialRows(3, 5)], ids=["pruned", "drawn"])
def test_many_words_at_once_have_the_vectors_of_each(rest):
    """A few words look their n-grams up in the list of those that have a row, many in a table of all."""
    rng = np.random.default_rng(2)
    hashes = np.sort(rng.choice(100_000, 40_000, replace=False)).astype(np.int32)
    kept = np.array([hashes, rng.permutation(40_000)], np.int32)
    table = rng.standard_normal((40_000, 5)).astype(np.float32)
    subwords = Subwords(table, 3, 6, 100_000, kept, rest)
    words = ["".join(rng.choice(list("abcdefgé"), rng.integers(1, 12))) for _ in range(2_000)]
    together = subwords.vectors(words)
    assert together.any(axis=1).sum() > 1_000
    assert np.array_equal(together, np.concatenate([subwords.vectors([word]) for word in words]))


def test_rows_of_a_table_with_and_without_a_rest():
    kept = np.array([[2, 5], [1, 0]], np.int32)
    table = np.array([[5, 5], [2, 2]], np.float32)
    asked = np.array([1, 2, 5])
    assert Subwords(table, 3, 6, 8, kept).rows(asked).tolist() == [[0, 0], [2, 2], [5, 5]]
    rest = StoredRows(np.full((8, 2), 9, np.float32))
    assert Subwords(table, 3, 6, 8, kept, rest).rows(asked).tolist() == [[9, 9], [2, 2], [5, 5]]


# ---- what is asked, and what is refused


def test_words_that_are_not_known_are_left_out_of_a_context():
    model = FastText(DATA, **SMALL)
    assert model.predict_output_word(["unseen"]) is None
    assert model.predict_output_word(["unseen", "walk"]) == model.predict_output_word(["walk"])


def test_each_class_loads_its_own_files(tmp_path):
    FastText(DATA, **SMALL).save(tmp_path / "ft")
    Word2Vec(DATA, min_count=1).save(tmp_path / "w2v")
    with pytest.raises(AttributeError, match=r"Model of type fasttext can't be loaded by Word2Vec: use FastText.load"):
        Word2Vec.load(tmp_path / "ft")
    with pytest.raises(AttributeError, match=r"Model of type word2vec can't be loaded by FastText: use Word2Vec.load"):
        FastText.load(tmp_path / "w2v")
    loaded = KeyedVectors.load(tmp_path / "ft")
    assert loaded["unseen"].shape == (9,) and not hasattr(loaded, "vectors_lockf")


@pytest.mark.parametrize(
    ("argument", "error", "text"),
    [
        ({"word_ngrams": 2}, NotImplementedError, "word_ngrams must be 1, got 2"),
        ({"bucket": -1}, ValueError, "bucket must be an int .* got -1"),
        ({"min_n": "3"}, TypeError, "min_n must be an int"),
        ({"max_n": 101}, ValueError, "max_n must be an int .* got 101"),
        ({"size": 5}, TypeError, "size was renamed vector_size"),
        ({"device": "cuda"}, ValueError, "device must be 'cpu' with n-grams, which no GPU trains; got device='cuda'"),
        ({"negative": 0}, ValueError, "hs"),
    ],
    ids=["word_ngrams", "bucket", "min_n", "max_n", "size", "device", "no_objective"],
)
def test_what_is_not_allowed(argument, error, text):
    with pytest.raises(error, match=text):
        FastText(DATA, **{**SMALL, **argument})


def test_plain_words_where_no_ngram_can_be():
    assert FastText(min_n=5, max_n=4).wv.bucket == 0
    assert FastText(min_n=0, max_n=0).wv.bucket == 0


def test_the_estimate_has_gensims_names():
    model = FastText(sg=1, hs=1, **SMALL)
    empty = model.estimate_memory(1000)
    model.build_vocab(DATA)
    report = model.estimate_memory()
    assert {"vocab", "syn0_vocab", "syn0_ngrams", "buckets_word", "syn1", "syn1neg", "total"} <= report.keys()
    assert report["total"] == sum(report.values()) - report["total"]
    assert report["syn0_ngrams"] == len(model.wv.subwords.table) * 16 * 4 and empty["syn0_ngrams"] > 0
