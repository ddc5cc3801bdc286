"""fastText's model files: how much work one may ask for. What is in them is tested in tests/golden."""

import io
import signal
import struct
from pathlib import Path

import numpy as np
import pytest

from w2vcore.formats import fasttext_binary, fasttext_quantised
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.subword_arrays import subwords_of
from w2vcore.model._subwords import add_subwords
from w2vcore.model.subwords import Subwords

SETTINGS = {"ws": 5, "epoch": 5, "minCount": 1, "neg": 5, "wordNgrams": 1, "loss": 2, "model": 2, "lrUpdateRate": 100}


def file(words, size=2, bucket=3, minn=3, maxn=6):
    """A model with these words, whose rows are 0, 1, 2, ..."""
    settings = {**SETTINGS, "dim": size, "bucket": bucket, "minn": minn, "maxn": maxn}
    data = fasttext_binary.MAGIC + struct.pack("<i", 12)
    data += struct.pack("<12id", *(settings[name] for name in fasttext_binary._SETTINGS), 1e-4)
    data += struct.pack("<3i2q", len(words), len(words), 0, len(words), -1)
    data += b"".join(word + b"\0" + struct.pack("<qb", 1, 0) for word in words)
    for rows in (len(words) + bucket, len(words)):
        matrix = np.repeat(np.arange(rows, dtype="<f4"), size)
        data += b"\0" + struct.pack("<2q", rows, size) + matrix.tobytes()
    return io.BytesIO(data)


def test_a_word_of_a_mean():
    """One character has one subword, <a>; its row is one of the last three."""
    vector = fasttext_binary.read(file([b"a"])).arrays["vectors"][0]
    assert vector.tolist() in [[row / 2] * 2 for row in (1, 2, 3)]


def test_long_words_are_read():
    """A web page's address; fastText bounds no word."""
    snapshot = fasttext_binary.read(file([b"the", b"x" * 20_000], size=300, minn=1, maxn=6))
    assert len(snapshot.keys[1]) == 20_000


def test_subwords_that_the_file_cannot_pay_for_are_refused():
    """20,000 characters with subwords of up to 100, of 300 numbers each: 2.4 GB to add up, out of 30 kB."""
    with pytest.raises(
        ValueError, match=r"subwords of 1 to 100 characters, whose rows are 2,400,240,000 bytes .* of a file of 2\d,\d+"
    ):
        fasttext_binary.read(file([b"x" * 20_000], size=300, minn=1, maxn=100))


def test_absurd_subwords_are_refused():
    with pytest.raises(ValueError, match=r"subwords of up to 1,000 characters \(maxn\); at most 100 are read"):
        fasttext_binary.read(file([b"x"], maxn=1000))


def test_minn_above_maxn_means_no_subwords():
    """fastText trains such models, as whoever sets maxn to 0 alone leaves minn at 3."""
    snapshot = fasttext_binary.read(file([b"xyz"], minn=3, maxn=2))
    assert snapshot.arrays["vectors"].tolist() == [[0, 0]]
    assert subwords_of(snapshot) is None


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that sends signals")
def test_ctrl_c_is_heard_inside_a_word():
    class Stop(Exception):
        pass

    def stop(*_):
        raise Stop

    word = np.full(1 << 24, ord("x"), np.uint8)
    table, sums, counts = np.ones((3, 100), np.float32), np.zeros((1, 100), np.float32), np.zeros(1, np.int64)
    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(Stop):
            add_subwords(word, np.array([0, len(word)]), table, 3, 6, sums, counts, 3)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert 0 < counts[0] < 4 * len(word) - 14, "the whole word was added up before the signal was looked at"


@pytest.mark.parametrize("length", [1, 2, 100, 700_000])
def test_a_word_in_parts_is_the_whole(length):
    """Long words are added up in parts; each subword is counted once, whatever part it begins in."""
    subwords = Subwords(np.ones((3, 2), np.float32), 2, 30)
    total, counts = subwords.added(["<{}>".format("é" * length).encode()])
    characters = length + 2
    assert counts[0] == sum(max(0, characters - n + 1) for n in range(2, 31))
    assert total[0].tolist() == [min(counts[0], 1 << 24)] * 2


# ------------------------------------------------------------------ quantised

GOLDEN = Path(__file__).parents[2] / "golden" / "fasttext"
PRUNED = (GOLDEN / "quantised_pruned.ftz").read_bytes()


def parts_of(model):
    """Where the kept subwords and both matrices of a quantised model begin."""
    size, kept = struct.unpack_from("<i", model, 64)[0], struct.unpack_from("<q", model, 84)[0]
    at = 64 + struct.calcsize("<3i2q")
    for _ in range(size):
        at = model.index(b"\0", at) + 10
    dense = 17 + 4 * 3 * 5  # of three labels
    return at, at + 8 * kept, len(model) - dense


def put(model, at, code, *numbers):
    return model[:at] + struct.pack(code, *numbers) + model[at + struct.calcsize(code) :]


KEPT, INPUT, OUTPUT = parts_of(PRUNED)


def test_a_quantised_output_is_read_over():
    """fastText quantises that of models with many labels."""
    again = fasttext_binary.read(io.BytesIO(PRUNED[:OUTPUT] + PRUNED[INPUT:OUTPUT]))
    assert (again.arrays["vectors"] == fasttext_binary.read(io.BytesIO(PRUNED)).arrays["vectors"]).all()


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (put(PRUNED, INPUT, "<b", 0), "the file is damaged|cut short"),
        (put(PRUNED, INPUT + 1, "<b", 2), "a matrix of .* codes; the file is damaged"),
        (put(PRUNED, INPUT + 2, "<q", 1 << 40), "the file is damaged"),
        (put(PRUNED, INPUT + 10, "<q", 4), "for vectors of 4; the file is damaged"),
        (put(PRUNED, INPUT + 18, "<i", 1), "codes; the file is damaged"),
        (put(PRUNED, KEPT, "<i", 1 << 30), "subwords that were kept have no places"),
        (put(PRUNED, KEPT, "<i", -1), "subwords that were kept have no places"),
        (put(PRUNED, KEPT + 4, "<i", 1 << 30), "subwords that were kept have no places"),
        (
            put(PRUNED, KEPT + 8, "<i", *struct.unpack_from("<i", PRUNED, KEPT)),
            "subwords that were kept have no places",
        ),
        (put(PRUNED, 84, "<q", 1 << 40), "subwords that were kept; the file is damaged"),
        (put(PRUNED, 84, "<q", 1 << 30), "cut short"),
        (put((GOLDEN / "subwords.bin").read_bytes(), 84, "<q", 0), "subwords were pruned, and the matrix is whole"),
    ],
)
def test_damaged_quantised_models(model, message):
    with pytest.raises((ValueError, EOFError), match=message):
        fasttext_binary.read(io.BytesIO(model))


@pytest.mark.parametrize("end", [KEPT + 5, INPUT, INPUT + 9, INPUT + 50, OUTPUT - 100, OUTPUT, len(PRUNED) - 1])
def test_quantised_models_that_are_cut_short(end):
    with pytest.raises(EOFError, match="cut short inside a fastText model"):
        fasttext_binary.read(io.BytesIO(PRUNED[:end]))


def test_wide_parts_are_refused():
    """Of a byte for a row any number of columns could be made."""
    columns = 65
    data = io.BytesIO(struct.pack("<b2qi", 0, 1, columns, 1) + b"\0" + struct.pack("<4i", columns, 1, columns, columns))
    with pytest.raises(ValueError, match="1 parts of 65 columns"):
        fasttext_quantised.read_matrix(fasttext_binary._Reader(data, None, "x"), 1000)


@pytest.mark.parametrize("few", [0.0, 0.8])
def test_a_mapped_table_in_portions(few, tmp_path, monkeypatch):
    """Rows of the table are copied for some words at a time, from some bytes of the file at a time; or not at all."""
    rng = np.random.default_rng(9)
    words = ["".join(rng.choice(list("abcdefghijk"), rng.integers(1, 9))) + str(number) for number in range(70)]
    arrays = {
        "vectors": rng.standard_normal((70, 3)).astype(np.float32),
        "fasttext.buckets": rng.standard_normal((4001, 3)).astype(np.float32),
    }
    settings = {"fasttext": {"minn": 2, "maxn": 4, "bucket": 4001}}
    fasttext_binary.write(Snapshot("keyedvectors", [*words[1:], "</s>"], arrays, settings), tmp_path / "m.bin")
    expected = fasttext_binary.read(tmp_path / "m.bin").arrays["vectors"]
    for name, value in (("_WORDS_AT_A_TIME", 9), ("_BLOCK_BYTES", 500), ("_FEW_IN_USE", few)):
        monkeypatch.setattr(fasttext_binary, name, value)
    found = fasttext_binary.read(tmp_path / "m.bin", mmap="r").arrays
    np.testing.assert_array_equal(found["vectors"], expected)
    assert isinstance(found["fasttext.buckets"].base.base, np.memmap)
