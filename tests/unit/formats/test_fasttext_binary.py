"""fastText's model files: how much work one may ask for. What is in them is tested in tests/golden."""

import io
import signal
import struct

import numpy as np
import pytest

from w2vcore.formats import fasttext_binary
from w2vcore.formats._subwords import add_subwords
from w2vcore.formats.fasttext_binary import Subwords

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
    snapshot = fasttext_binary.read(file([b"the", b"x" * 20_000], size=30))
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
    assert Subwords.of(snapshot) is None


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
            add_subwords(word, np.array([0, len(word)]), table, 3, 6, sums, counts)
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
