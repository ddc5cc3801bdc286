"""What gensim's saves of all versions hold, made here without gensim: names, files beside them, keys, phrases, subwords."""

import collections
import gzip
import io
import os
import pickle
import sys
import threading
import types

import numpy as np
import pytest

from w2vcore.corpus.vocabulary import KEEP_ALWAYS
from w2vcore.formats import gensim_documents
from w2vcore.formats.gensim_save import open_save
from w2vcore.formats.inert_pickle import InertUnpickler
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.phrases import FrozenPhrases, Phrases, npmi_scorer, original_scorer
from w2vcore.word2vec import Word2Vec

VECTORS = np.arange(12, dtype=np.float32).reshape(3, 4)


@pytest.fixture
def made(monkeypatch):
    """Makes an object of a class of gensim's, as pickle sees it."""
    arguments = {}

    def make(name, new=(), **state):
        module, _, kind = name.rpartition(".")
        for depth in range(module.count(".") + 1):
            path = module.rsplit(".", depth)[0]
            if path not in sys.modules:
                monkeypatch.setitem(sys.modules, path, types.ModuleType(path))
        if not hasattr(sys.modules[module], kind):
            empty = type(kind, (), {"__module__": module, "__getnewargs__": lambda self: arguments.get(id(self), ())})
            setattr(sys.modules[module], kind, empty)
        thing = object.__new__(getattr(sys.modules[module], kind))
        thing.__dict__.update(state)
        arguments[id(thing)] = new
        return thing

    return make


@pytest.fixture
def kv(made):
    def make(**state):
        usual = {"index_to_key": ["a", "b", "c"], "vectors": VECTORS, "expandos": {"count": np.array([3, 2, 1])}}
        return made("gensim.models.keyedvectors.KeyedVectors", **{**usual, **state})

    return make


def written(tmp_path, thing, protocol=4):
    path = tmp_path / "x.model"
    path.write_bytes(pickle.dumps(thing, protocol))
    return path


def old_model(made, words, **state):
    """A Word2Vec model as gensim 0.12 saved it, of Python 2."""
    vocab = {
        word: made("gensim.models.word2vec.Vocab", index=row, **values) for row, (word, values) in enumerate(words)
    }
    usual = {"syn0": VECTORS, "syn1neg": VECTORS + 1, "vocab": vocab, "index2word": [word for word, _ in words]}
    usual |= {"syn0_lockf": np.array([1, 0.5, 1], np.float32), "sample": 0.001, "min_count": 1, "window": 3}
    usual |= {"iter": 7, "negative": 5, "hs": 0, "sg": 1, "seed": 2, "raw_vocab": collections.defaultdict(int)}
    usual |= {"hashfxn": hash, "layer1_size": 4, "vector_size": 4, "max_vocab_size": None}
    return made("gensim.models.word2vec.Word2Vec", **{**usual, **state})


# ------------------------------------------------------------------ old models


@pytest.mark.parametrize("protocol", range(3))
def test_a_model_before_1_0(made, tmp_path, protocol):
    words = [
        ("a", {"count": 30, "sample_int": 700}),
        ("b", {"count": 2, "sample_int": 2**32}),
        ("c", {"count": 1, "sample_int": 2**32}),
    ]
    path = written(tmp_path, old_model(made, words), protocol)
    if protocol < 2:  # as Python 2 began it
        assert path.read_bytes().startswith(b"ccopy_reg\n")
    model = Word2Vec.load(path)
    assert model.wv.index_to_key == ["a", "b", "c"]
    assert model.wv.vectors.tolist() == VECTORS.tolist()
    assert model.syn1neg.tolist() == (VECTORS + 1).tolist()
    assert (model.epochs, model.window, model.seed, model.sg, model.negative) == (7, 3, 2, 1, 5)
    assert (model.corpus_count, model.corpus_total_words) == (None, None)  # not known then
    assert model.wv.vectors_lockf.tolist() == [1, 0.5, 1]
    assert model.wv.expandos["count"].tolist() == [30, 2, 1]
    assert model.wv.expandos["sample_int"].tolist() == [700, KEEP_ALWAYS, KEEP_ALWAYS]
    assert not hasattr(KeyedVectors.load(path), "vectors_lockf")
    before = model.wv.vectors[1].copy()
    model.train([["b", "c"]] * 200, total_examples=200, epochs=1)
    assert (model.wv.vectors[1] != before).any()  # it was never kept where 2**32 became 0


@pytest.mark.parametrize(
    ("written_as", "read_as"),
    [
        (b"collections\ndefaultdict", b"UserString\ndefaultdict"),
        (b"gensim.models.word2vec\n", b"gensim.models.deprecated.word2vec\n"),
        (b"__builtin__\nlong", b"builtins\nint"),
    ],
)
def test_names_of_other_pythons_and_gensims(made, tmp_path, written_as, read_as):
    words = [("a", {"count": 3}), ("b", {"count": 2}), ("c", {"count": 1})]
    data = pickle.dumps(old_model(made, words), 2)
    assert written_as in data
    path = tmp_path / "x"
    path.write_bytes(data.replace(written_as, read_as))
    assert Word2Vec.load(path).wv.vectors.tolist() == VECTORS.tolist()


def test_bytes_that_python_2_wrote_with_escapes():
    """Protocol 0 there: the bytes of an array as the repr of a str."""
    numbers = np.array([1.5, -2, 3e8, 39, 92], "<f4")
    ours = repr(numbers.tobytes())[1:].encode()
    assert b"\\x" in ours
    assert InertUnpickler(b"S" + ours + b"\n.", "x").load() == numbers.tobytes().decode("latin-1")
    array = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(I5\ntcnumpy\ndtype\n(S'f4'\nI0\nI1\ntR"
    array += b"(I3\nS'<'\nNNNI-1\nI-1\nI0\ntbI00\nS" + ours + b"\ntb."
    assert InertUnpickler(array, "x").load().tolist() == numbers.tolist()
    with pytest.raises(ValueError, match=r"x: .*escape"):
        InertUnpickler(b"S'\\x1'\n.", "x").load()


def test_tags_of_documents_before_gensim_4(made, tmp_path):
    for name, state in {
        "gensim.models.keyedvectors.Doc2VecKeyedVectors": {
            "vectors_docs": VECTORS,
            "vectors": [],
            "offset2doctag": ["x"],
        },
        "gensim.models.doc2vec.DocvecsArray": {"doctag_syn0": VECTORS, "offset2doctag": ["x"], "max_rawint": 1},
        "gensim.models.deprecated.doc2vec.DocvecsArray": {"doctag_syn0": VECTORS, "index2doctag": ["x"], "count": 3},
    }.items():
        vectors = KeyedVectors.load(written(tmp_path, made(name, doctags={}, **state)))
        assert vectors.index_to_key == [0, 1, "x"]
        assert vectors["x"].tolist() == VECTORS[2].tolist()
    with pytest.raises(ValueError, match=r"x\.model: .*DocvecsArray has no list of tags for its 3 vectors"):
        KeyedVectors.load(
            written(tmp_path, made("gensim.models.doc2vec.DocvecsArray", doctag_syn0=VECTORS, offset2doctag=["x"] * 4))
        )


def documents(made, **state):
    """A Doc2Vec model as gensim 3 saved it, with a tag that is an integer and two that are str."""
    words = {"index2word": ["a", "b", "c"], "vectors": VECTORS, "vocab": {}}
    of_tags = {"vectors_docs": VECTORS + 5, "vectors": [], "offset2doctag": ["x", "y"], "max_rawint": 0}
    of_tags["doctags"] = {
        "x": made("gensim.models.keyedvectors.Doctag", (0, 12, 3)),
        "y": made("gensim.models.keyedvectors.Doctag", (1, 70, 1)),
    }
    usual = {
        "wv": made("gensim.models.keyedvectors.Word2VecKeyedVectors", **words),
        "docvecs": made("gensim.models.keyedvectors.Doc2VecKeyedVectors", **of_tags),
        "trainables": made(
            "gensim.models.doc2vec.Doc2VecTrainables", syn1neg=VECTORS, vectors_docs_lockf=np.ones(3, "f")
        ),
        **{"vector_size": 4, "epochs": 9, "sg": 0, "window": 2, "dm_concat": 0, "dm_tag_count": 1, "dbow_words": 0},
    }
    return made("gensim.models.doc2vec.Doc2Vec", **{**usual, **state})


def test_documents_of_gensim_3(made, tmp_path):
    snapshot = gensim_documents.read_model(written(tmp_path, documents(made)))
    assert (snapshot.kind, snapshot.keys) == ("doc2vec", ["a", "b", "c"])
    assert snapshot.arrays["tags.keys"].tolist() == [0, "x", "y"]
    assert snapshot.arrays["tags"].tolist() == (VECTORS + 5).tolist()
    assert snapshot.arrays["tags.lockf"].tolist() == [1]
    assert snapshot.arrays["negative"].tolist() == VECTORS.tolist()
    assert {name: snapshot.settings[name] for name in ("epochs", "dm_tag_count", "sg")} == {
        "epochs": 9,
        "dm_tag_count": 1,
        "sg": 0,
    }
    # gensim did not count the documents of integers
    assert snapshot.arrays["tags.doc_count"].tolist() == [0, 3, 1]
    assert snapshot.arrays["tags.word_count"].tolist() == [0, 12, 70]


def test_documents_that_are_damaged(made, tmp_path):
    twice = made("gensim.models.keyedvectors.KeyedVectors", index_to_key=["x", "x", "y"], vectors=VECTORS)
    wide = made("gensim.models.keyedvectors.KeyedVectors", index_to_key=["x"], vectors=np.ones((1, 5), np.float32))
    for state, says in (
        ({"docvecs": None}, "has no vectors of documents"),
        ({"dv": twice}, "a tag occurs twice"),
        ({"dv": wide}, "vectors of 4 numbers for words, of 5 for tags"),
        ({"dm_concat": 1, "window": -3}, "dm_concat without its numbers"),
        ({"dm_concat": 1}, "syn1neg has shape"),
    ):
        with pytest.raises(ValueError, match=rf"x\.model: .*{says}"):
            gensim_documents.read_model(written(tmp_path, documents(made, **state)))
    with pytest.raises(AttributeError, match="can't be loaded by Doc2Vec"):
        gensim_documents.read_model(written(tmp_path, old_model(made, [("a", {"count": 1})])))


def test_keys_that_are_numpys(kv, tmp_path):
    keys = [np.int64(7), np.str_("é"), np.uint8(3)]
    vectors = KeyedVectors.load(
        written(tmp_path, kv(index_to_key=keys, key_to_index={key: row for row, key in enumerate(keys)}))
    )
    assert vectors.index_to_key == [7, "é", 3]
    assert [type(key) for key in vectors.index_to_key] == [int, str, int]
    assert vectors[3].tolist() == VECTORS[2].tolist()


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (["a", "b", None], "key 2 is a NoneType"),
        (["a", True, "c"], "key 1 is a bool"),
        (["a", 2**63, "c"], "key 1 does not fit into 64 bits"),
        (("a", "b", "c"), "has no list of keys"),
        (["a", "b"], "2 keys and 3 vectors"),
    ],
)
def test_keys_that_are_none(kv, tmp_path, keys, message):
    with pytest.raises(ValueError, match=rf"x\.model: .*{message}"):
        KeyedVectors.load(written(tmp_path, kv(index_to_key=keys)))


# ------------------------------------------------------------------ names


def test_a_function_of_the_users_own_is_kept_by_its_name_alone(made, tmp_path, monkeypatch):
    """hashfxn= was the recipe for models that are the same each time."""
    module = types.ModuleType("own_module")
    module.own = len
    monkeypatch.setitem(sys.modules, "own_module", module)
    words = [("a", {"count": 3}), ("b", {"count": 2}), ("c", {"count": 1})]
    data = pickle.dumps(old_model(made, words), 2)
    assert data.count(b"c__builtin__\nhash\n") == 1
    path = tmp_path / "x.model"
    path.write_bytes(data.replace(b"c__builtin__\nhash\n", b"cown_module\nown\n"))
    model = Word2Vec.load(path)
    assert model.wv.index_to_key == ["a", "b", "c"]
    assert model.hashfxn is hash


@pytest.mark.parametrize("name", ["posix.system", "own_module.own", "builtins.eval"])
def test_a_name_anywhere_else_is_refused(made, tmp_path, name):
    """Even where nothing is done with it."""
    words = [("a", {"count": 3}), ("b", {"count": 2}), ("c", {"count": 1})]
    data = pickle.dumps(old_model(made, words, comment="a remark"), 2)
    remark = pickle.dumps("a remark", 2)[2:-3]
    assert data.count(remark) == 1
    module, _, function = name.rpartition(".")
    path = tmp_path / "x.model"
    path.write_bytes(data.replace(remark, f"c{module}\n{function}\n".encode()))
    for load in (Word2Vec.load, KeyedVectors.load, KeyedVectors.load_any):
        with pytest.raises(ValueError, match=rf"x\.model: the pickle names {name}, .* nothing of it was run"):
            load(path)


# ------------------------------------------------------------------ files beside it


@pytest.mark.parametrize(
    "name",
    ["beside/../../secret", "../secret", "/../secret", "a/b", "a.b", "", "é", "a\n", "a\0", "x" * 101, 7, None],
)
@pytest.mark.parametrize("which", ["__numpys", "__recursive_saveloads", "__ignoreds"])
def test_no_name_leads_out_of_the_folder(kv, made, tmp_path, name, which):
    """A file that the name would reach is there, and would fit: nothing but the name stops it."""
    (tmp_path / "in").mkdir()
    path = written(tmp_path / "in", kv())
    (tmp_path / "in" / "x.model.beside").mkdir()
    (tmp_path / "in" / "x.model.").mkdir()
    inside = made("gensim.models.keyedvectors.Vocab", **{"__numpys": ["vectors"]})
    for secret in ("secret.npy", "secret.vectors.npy", "in/x.model.a.b.npy", "in/x.model..npy"):
        np.save(tmp_path / secret, VECTORS)
    path.write_bytes(pickle.dumps(kv(**{which: [name], str(name): inside})))
    with pytest.raises(
        ValueError, match=r"x\.model: .* is no name of an attribute, and no file of that name is opened"
    ):
        KeyedVectors.load(path)


def test_a_name_that_is_one_is_opened(kv, tmp_path):
    """Guards the test above: what is in order is read."""
    path = written(tmp_path, kv(**{"__numpys": ["vectors", "vectors"]}))
    np.save(f"{path}.vectors.npy", 2 * VECTORS)
    assert KeyedVectors.load(path).vectors.tolist() == (2 * VECTORS).tolist()
    (tmp_path / "x.model.vectors.npy").unlink()
    with pytest.raises(FileNotFoundError, match=r"gensim stored the array 'vectors' beside it"):
        KeyedVectors.load(path)


@pytest.mark.parametrize("names", [["x"] * 101, "vectors", {"vectors": 1}])
def test_lists_of_names_that_are_none(kv, tmp_path, names):
    with pytest.raises(ValueError, match="__numpys is no list of names"):
        KeyedVectors.load(written(tmp_path, kv(**{"__numpys": names})))


@pytest.mark.parametrize("mode", ["w+", "w", "x", 1])
def test_no_way_of_mapping_writes_over_a_file(kv, tmp_path, mode):
    path = written(tmp_path, kv(**{"__numpys": ["vectors"]}))
    np.save(f"{path}.vectors.npy", VECTORS)
    for load in (KeyedVectors.load, KeyedVectors.load_any, Word2Vec.from_gensim):
        with pytest.raises(ValueError, match="mmap must be None, 'r', 'r\\+' or 'c', got"):
            load(path, mmap=mode)
    assert np.load(f"{path}.vectors.npy").tolist() == VECTORS.tolist()


def test_an_open_file_has_nothing_beside_it(kv, tmp_path):
    path = written(tmp_path, kv(**{"__numpys": ["vectors"]}))
    with path.open("rb") as file, pytest.raises(ValueError, match="give the path, not an open file"):
        KeyedVectors.load(file)
    with path.open("rb") as file, pytest.raises(ValueError, match="mmap='r' needs a path, got an open file"):
        KeyedVectors.load(file, mmap="r")


def test_vectors_without_rows_are_mapped_as_well(kv, tmp_path):
    path = written(tmp_path, kv(index_to_key=[], expandos={}, **{"__numpys": ["vectors"]}))
    np.save(f"{path}.vectors.npy", VECTORS[:0])
    assert KeyedVectors.load(path, mmap="r").vectors.shape == (0, 4)


def test_mapped_arrays_that_are_not_aligned_are_copied(kv, tmp_path):
    path = written(tmp_path, kv(**{"__numpys": ["vectors"]}))
    file = io.BytesIO()
    np.save(file, VECTORS)
    data = bytearray(file.getvalue())
    data[8:10] = (int.from_bytes(data[8:10], "little") + 1).to_bytes(2, "little")
    data[-VECTORS.nbytes : -VECTORS.nbytes] = b" "  # one byte later
    (tmp_path / "x.model.vectors.npy").write_bytes(data)
    for mode in ("r", "c"):
        vectors = KeyedVectors.load(path, mmap=mode).vectors
        assert vectors.flags.aligned
        assert vectors.flags.writeable == (mode == "c")
        assert vectors.tolist() == VECTORS.tolist()


def test_a_shape_as_python_2_wrote_it(kv, tmp_path):
    path = written(tmp_path, kv(**{"__numpys": ["vectors"]}))
    file = io.BytesIO()
    np.save(file, VECTORS)
    data = file.getvalue()
    assert data.count(b"(3, 4), }  ") == 1
    (tmp_path / "x.model.vectors.npy").write_bytes(data.replace(b"(3, 4), }  ", b"(3L, 4L), }"))
    assert KeyedVectors.load(path).vectors.tolist() == VECTORS.tolist()


@pytest.mark.parametrize("ending", [".gz", ".bz2"])
def test_packed_saves_that_are_damaged(kv, tmp_path, ending):
    path = tmp_path / f"x{ending}"
    path.write_bytes(b"\x1f\x8b" + b"nonsense" * 9)
    with pytest.raises((ValueError, OSError, EOFError)):
        KeyedVectors.load(path)
    (tmp_path / "x.gz").write_bytes(gzip.compress(pickle.dumps(kv(**{"__numpys": ["vectors"]}))))
    (tmp_path / "x.gz.vectors.npz").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ValueError, match=r"x\.gz\.vectors\.npz: the archive is damaged"):
        KeyedVectors.load(tmp_path / "x.gz")


def test_a_pipe(kv, tmp_path):
    """What cannot be read twice is looked at where it waits."""
    read, write = os.pipe()
    data = pickle.dumps(kv())
    writer = threading.Thread(target=lambda: (os.write(write, data), os.close(write)))
    writer.start()
    with os.fdopen(read, "rb") as pipe:
        assert KeyedVectors.load(pipe).vectors.tolist() == VECTORS.tolist()
    writer.join()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_named_pipe_is_opened_once(tmp_path):
    """As the shell's <(...) is: whoever looked at its beginning would have read it away."""
    ours = io.BytesIO()
    saved = KeyedVectors(4)
    saved.add_vectors(["a", "b", "c"], VECTORS)
    saved.save(ours)
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(ours.getvalue()))
    writer.start()
    assert KeyedVectors.load(tmp_path / "pipe").vectors.tolist() == VECTORS.tolist()
    writer.join()


def test_an_open_file_is_read_from_where_it_stands(kv):
    file = io.BytesIO(b"before" + pickle.dumps(kv()))
    file.seek(6)
    assert KeyedVectors.load(file).index_to_key == ["a", "b", "c"]


# ------------------------------------------------------------------ FastText


def subword_rows(word, min_n, max_n, bucket):
    """The rows of a word's subwords, slowly: FNV-1a over the UTF-8 of each, bytes taken as signed."""
    text, rows = f"<{word}>", []
    for start in range(len(text)):
        for end in range(start + 1, min(start + max_n, len(text)) + 1):
            if end - start < min_n or (end - start == 1 and (start == 0 or end == len(text))):
                continue
            state = 2166136261
            for byte in text[start:end].encode():
                state = ((state ^ (byte if byte < 128 else byte | 0xFFFFFF00)) * 16777619) & 0xFFFFFFFF
            rows.append(state % bucket)
    return rows


@pytest.fixture
def fasttext(made):
    def make(keys=("a", "東京", "</s>"), **state):
        rng = np.random.default_rng(1)
        usual = {
            "index_to_key": list(keys),
            "vectors": None,
            "vectors_vocab": rng.standard_normal((3, 4)).astype(np.float32),
        }
        usual |= {"vectors_ngrams": rng.standard_normal((7, 4)).astype(np.float32), "bucket": 7, "min_n": 1, "max_n": 3}
        return made("gensim.models.fasttext.FastTextKeyedVectors", compatible_hash=True, **{**usual, **state})

    return make


def test_the_vectors_that_gensim_leaves_out_are_computed(fasttext, tmp_path):
    thing = fasttext()
    kv = KeyedVectors.load(written(tmp_path, thing))
    for row, key in enumerate(kv.index_to_key):
        rows = subword_rows(key, 1, 3, 7)
        total = thing.vectors_vocab[row].copy()
        for place in rows:
            total += thing.vectors_ngrams[place]
        total /= len(rows) + 1
        assert kv[key].tobytes() == total.tobytes()
    unseen = sum(thing.vectors_ngrams[place] for place in subword_rows("xyz", 1, 3, 7)) / len(
        subword_rows("xyz", 1, 3, 7)
    )
    np.testing.assert_array_max_ulp(kv.subwords.vector("xyz"), unseen.astype(np.float32), maxulp=2)


def test_a_model_of_whole_words(fasttext, tmp_path):
    thing = fasttext(bucket=0, vectors_ngrams=np.zeros((0, 4), np.float32))
    kv = KeyedVectors.load(written(tmp_path, thing))
    assert kv.vectors.tobytes() == thing.vectors_vocab.tobytes()
    assert kv.subwords is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"compatible_hash": False}, "saved without its vectors"),
        ({"vectors_ngrams": None}, "saved without its vectors"),
        ({"bucket": 8}, r"a table of subwords of shape \(7, 4\), bucket=8"),
        ({"max_n": 1001}, "max_n=1001"),
        ({"max_n": "3"}, "max_n=a str"),
        ({"min_n": -1}, "min_n=-1"),
        ({"vectors_ngrams": np.zeros((7, 5), np.float32)}, r"shape \(7, 5\)"),
        ({"vectors_vocab": np.zeros((2, 4), np.float32)}, "3 keys and 2 vectors"),
    ],
)
def test_what_cannot_be_computed(fasttext, tmp_path, changes, message):
    thing = fasttext()
    thing.__dict__.update(changes)
    with pytest.raises(ValueError, match=rf"x\.model: .*{message}"):
        KeyedVectors.load(written(tmp_path, thing))


@pytest.fixture
def before_4(made):
    """Vectors as gensim 3.8 saved them: the rows of the buckets in use, and `hash2index`, which says which these are."""

    def make(**state):
        rng = np.random.default_rng(2)
        used = {bucket: place for place, bucket in enumerate(sorted(set(subword_rows("ab", 2, 3, 50)), reverse=True))}
        usual = {"index2word": ["ab"], "vectors": np.ones((1, 4), np.float32), "min_n": 2, "max_n": 3, "bucket": 50}
        usual |= {"vectors_ngrams": rng.standard_normal((len(used), 4)).astype(np.float32), "hash2index": used}
        return made("gensim.models.keyedvectors.FastTextKeyedVectors", **{**usual, "compatible_hash": True, **state})

    return make


def test_ngrams_by_their_hash(before_4, tmp_path):
    """Those that no word of the vocabulary has are left out of the mean."""
    thing = before_4()
    kv = KeyedVectors.load(written(tmp_path, thing))
    assert kv.bucket == 50
    for word in ("ab", "abc", "zab"):
        rows = [thing.hash2index[row] for row in subword_rows(word, 2, 3, 50) if row in thing.hash2index]
        np.testing.assert_allclose(kv.subwords.vector(word), thing.vectors_ngrams[rows].mean(axis=0), atol=1e-6)
    np.testing.assert_array_equal(kv["ab"], 1)


def test_all_ngrams(before_4, tmp_path):
    table = np.arange(200, dtype=np.float32).reshape(50, 4)
    kv = KeyedVectors.load(written(tmp_path, before_4(hash2index=None, vectors_ngrams=table)))
    np.testing.assert_allclose(kv["abc"], table[subword_rows("abc", 2, 3, 50)].mean(axis=0), rtol=1e-6)


@pytest.mark.parametrize("name", ["syn0_ngrams", "syn0_all"])
def test_ngrams_by_their_text(before_4, tmp_path, name):
    """gensim 2 to 3.2; what was hashed, and how, does not matter."""
    table = np.arange(12, dtype=np.float32).reshape(3, 4)
    state = {"vectors": None, "syn0": np.ones((1, 4), np.float32), "vectors_ngrams": None, name: table}
    thing = before_4(**state, ngrams={"<東": 2, "東京": 0, "ab": 1}, compatible_hash=False, hash2index={7: 1})
    kv = KeyedVectors.load(written(tmp_path, thing))
    np.testing.assert_allclose(kv["東京"], table[[2, 0]].mean(axis=0))
    np.testing.assert_allclose(kv["zabz"], table[1])
    assert not kv["東"][0] - table[2, 0]


@pytest.mark.parametrize("changes", [{"compatible_hash": False}, {"min_n": 4}, {"bucket": 0}, {"vectors_ngrams": None}])
def test_ngrams_that_nobody_can_find(before_4, tmp_path, changes):
    kv = KeyedVectors.load(written(tmp_path, before_4(**changes)))
    assert (type(kv), kv["ab"].tolist()) == (KeyedVectors, [1] * 4)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hash2index": {50: 0}}, "hash2index has keys that are no bucket of 50"),
        ({"hash2index": {"a": 0}}, "hash2index has keys that are no bucket of 50"),
        ({"hash2index": {1: 99}}, "n-grams without a row among"),
        ({"hash2index": {1: "0"}}, "n-grams without a row among"),
        ({"ngrams": {"ab": -1}}, "n-grams without a row among"),
        ({"ngrams": {7: 0}}, "n-grams without a row among"),
        ({"vectors_ngrams": np.zeros((9, 5), np.float32)}, "n-grams of shape"),
    ],
)
def test_damaged_ngrams(before_4, tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        KeyedVectors.load(written(tmp_path, before_4(**changes)))


# ------------------------------------------------------------------ phrases


def phraser(made, name="Phraser", **state):
    usual = {"threshold": 1.5, "min_count": 2, "delimiter": b"_", "phrasegrams": {(b"new", b"y\xc3\xb6rk"): (7, 2.5)}}
    usual |= {"vocab": {b"new": 3, b"y\xc3\xb6rk": 2, b"new_y\xc3\xb6rk": 2}}
    return made(f"gensim.models.phrases.{name}", **{**usual, **state})


@pytest.mark.parametrize("protocol", range(6))
def test_phrases_before_gensim_4(made, tmp_path, protocol):
    frozen = FrozenPhrases.load(written(tmp_path, phraser(made, common_terms=frozenset([b"of"])), protocol))
    assert frozen.phrasegrams == {"new_yörk": 2.5}
    assert (frozen.delimiter, frozen.connector_words, frozen.scoring) == ("_", frozenset(["of"]), original_scorer)
    counted = Phrases.load(written(tmp_path, phraser(made, "Phrases", scoring="npmi", threshold=0.5), protocol))
    assert dict(counted.vocab) == {"new": 3, "yörk": 2, "new_yörk": 2}
    assert (counted.scoring, counted.max_vocab_size, counted.min_reduce, counted.corpus_word_count) == (
        npmi_scorer,
        40_000_000,
        1,
        0,
    )
    counted.add_vocab([["new", "yörk"]])
    assert counted.vocab["new_yörk"] == 3


def test_phrases_of_python_2(made, tmp_path):
    """Its str came as Latin-1."""
    table = {word.decode("latin-1"): count for word, count in phraser(made).vocab.items()}
    model = Phrases.load(written(tmp_path, phraser(made, "Phrases", vocab=table, delimiter="_"), 2))
    assert dict(model.vocab) == {"new": 3, "yörk": 2, "new_yörk": 2}
    frozen = phraser(made, phrasegrams={("new", "yÃ¶rk"): (7, 2.5)}, delimiter="_")
    assert FrozenPhrases.load(written(tmp_path, frozen, 2)).phrasegrams == {"new_yörk": 2.5}


def test_phrases_of_gensim_4(made, tmp_path):
    frozen = phraser(
        made, "FrozenPhrases", phrasegrams={"a_Ã¶": np.float64(3)}, delimiter="_", connector_words=frozenset()
    )
    assert FrozenPhrases.load(written(tmp_path, frozen)).phrasegrams == {"a_Ã¶": 3.0}


def test_a_scorer_that_is_code(made, tmp_path, monkeypatch):
    module = types.ModuleType("own_module")

    def mine(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
        raise AssertionError("nothing of a file is run")

    mine.__module__, mine.__qualname__, module.mine = "own_module", "mine", mine
    monkeypatch.setitem(sys.modules, "own_module", module)
    path = written(tmp_path, phraser(made, "Phrases", scoring=mine))
    with pytest.raises(
        ValueError,
        match=r"scoring function 'mine', which is code and is not stored: Phrases.load\(path, scoring=mine\)",
    ):
        Phrases.load(path)
    assert Phrases.load(path, scoring=original_scorer).scoring is original_scorer
    assert FrozenPhrases.load(written(tmp_path, phraser(made, scoring=mine))).scoring is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"threshold": None}, "threshold is a NoneType"),
        ({"min_count": "1"}, "min_count is a str"),
        ({"min_count": -1}, "min_count should be at least 1"),
        ({"delimiter": 7}, "a word is a int"),
        ({"delimiter": b""}, "delimiter must have at least one character"),
        ({"vocab": [1]}, "vocab is a list"),
        ({"vocab": {b"a": -1}}, "a count is -1"),
        ({"vocab": {b"a": 1.5}}, "a count is 1.5"),
        ({"vocab": {b"a": 2**63}}, "a count is a int"),
        ({"vocab": {b"a": "1"}}, "a count is a str"),
        ({"vocab": {7: 1}}, "a word is a int"),
        ({"vocab": {b"\xff": 1}}, r"the word b'\\xff' is not UTF-8"),
        ({"vocab": {b"a": 1, "a": 2}}, "the key 'a' occurs twice"),
        ({"scoring": 7}, "the scoring is a int"),
        ({"scoring": "mine"}, "the scoring is a str"),
        ({"common_terms": {1: 2}}, "the connector words are a dict"),
        ({"max_vocab_size": "many"}, "max_vocab_size is a str"),
    ],
)
def test_phrases_that_are_damaged(made, tmp_path, changes, message):
    with pytest.raises(ValueError, match=rf"x\.model.*{message}"):
        Phrases.load(written(tmp_path, phraser(made, "Phrases", **changes)))


# ------------------------------------------------------------------ the budget


def test_a_large_model_costs_a_small_part_of_what_it_may(made, tmp_path):
    """The most that a save asks for, for each of its bytes: an object for each word, and two arrays for its path."""
    paths = {"code": np.array([0, 1], np.uint8), "point": np.array([0, 1], np.uint32)}
    words = [
        (f"w{row}", {"count": 5, "sample_int": 7, **{k: v.copy() for k, v in paths.items()}}) for row in range(3000)
    ]
    model = old_model(made, words, syn0=np.zeros((3000, 4), np.float32), syn1neg=np.zeros((3000, 4), np.float32))
    save = open_save(written(tmp_path, model, 2))
    assert save.budget._spent < save.budget._limit / 3
    assert len(KeyedVectors.load(tmp_path / "x.model")) == 3000


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"window": "wide"}, "window must be"),
        ({"seed": -1}, "seed must be"),
        ({"alpha": "x"}, "alpha must be"),
        ({"negative": 2**70}, "negative must be|vectors"),
    ],
)
def test_a_setting_that_is_none_names_the_file(made, tmp_path, changes, message):
    words = [("a", {"count": 3}), ("b", {"count": 2}), ("c", {"count": 1})]
    path = written(tmp_path, old_model(made, words, **changes))
    for load in (Word2Vec.load, Word2Vec.from_gensim):
        with pytest.raises(ValueError, match=rf"x\.model: {message}"):
            load(path)


def test_settings_that_are_missing_are_the_usual_ones(made, tmp_path):
    """gensim takes seed=None; models made with it were saved so."""
    words = [("a", {"count": 3}), ("b", {"count": 2}), ("c", {"count": 1})]
    model = Word2Vec.load(written(tmp_path, old_model(made, words, seed=None, window=[1], min_count=None)))
    assert (model.seed, model.window, model.min_count) == (1, 5, 5)
