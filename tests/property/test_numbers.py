"""The parser of numbers gives what NumPy gives, for every way of writing one; and other properties of the text parsers."""

import io
import struct
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from w2vcore.formats import fasttext_binary, glove, numpy_file, projector, word2vec_binary, word2vec_text
from w2vcore.formats._rows import written_rows
from w2vcore.formats.snapshot import Snapshot

digits = st.text("0123456789", max_size=30)
texts = st.builds(
    lambda sign, whole, dot, part, power: f"{sign}{whole}{dot}{part if dot else ''}{power}",
    st.sampled_from(["", "-", "+"]),
    digits,
    st.sampled_from(["", "."]),
    digits,
    st.just("")
    | st.integers(-400, 400).map(lambda power: f"e{power}")
    | st.integers(0, 60).map(lambda power: f"E+{power:03}"),
)
numbers = texts | st.sampled_from(
    ["nan", "-NaN", "inf", "Infinity", "-infinity", "infx", "0x1p3", "1_0", "1e", ".", "-", "٣", "1d5"]
)


def parsed(text, datatype):
    return word2vec_text.read(io.BytesIO(f"1 1\nw {text}\n".encode()), datatype=datatype).arrays["vectors"][0, 0]


def check(text, datatype):
    """Compare with float(text), rounded by NumPy; that is how gensim gets its numbers."""
    try:
        wanted = None if "_" in text or not text.isascii() else float(text)
    except ValueError:
        wanted = None
    if wanted is None:
        with pytest.raises(ValueError, match=r"row 1 \(word 'w'\)"):
            parsed(text, datatype)
        return
    with np.errstate(over="ignore"):
        assert parsed(text, datatype).tobytes() == np.array(wanted).astype(datatype).tobytes()


@settings(deadline=None, max_examples=400)
@given(numbers)
@example("1.00000017881393432617187499")  # just below the middle of two floats, and at it, and above
@example("1.00000017881393432617187500")
@example("1.00000017881393432617187501")
@example("1.0000000596046448")  # the double is the middle: NumPy rounds twice, to even
@example("9007199254740993e22")
@example("123456789012345678e-5")
@example("3.4028235677973366e38")
@example("-0")
def test_numbers_as_numpy_reads_them(text):
    for datatype in (np.float32, np.float64, np.float16):
        check(text, datatype)


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 2**32 - 1), st.integers(-2, 2))
def test_floats_and_the_middles_between_them(bits, step):
    """Written with 17 digits, shifted by a few units of the 17th: the hardest for a fast parser."""
    low = struct.unpack("<f", struct.pack("<I", bits))[0]
    high = float(np.nextafter(np.float32(low), np.float32(np.inf)))
    if not np.isfinite([low, high]).all():
        return
    middle = (low + high) / 2
    mantissa, power = f"{middle:.16e}".split("e")
    check(f"{int(mantissa.replace('.', '')) + step}e{int(power) - 16}", np.float32)


def halfway_numbers():
    """Numbers of 19 digits about the middle of two floats, which two roundings put on its other side."""
    rng = np.random.default_rng(7)
    found = []
    for low in rng.uniform(0.5, 2.0, 6000).astype(np.float32):
        middle = (float(low) + float(np.nextafter(low, np.float32(4)))) / 2
        digits = round(Decimal(middle).scaleb(18))
        for mantissa in (digits - 150, digits - 60, digits, digits + 60, digits + 150):
            quick = float(mantissa) / 1e18  # as w2vcore/formats/rows.h does: both factors rounded, and the quotient
            if np.float32(quick) != np.float32(float(f"{mantissa}e-18")):
                found.append(f"{mantissa}e-18")
    return found


def test_numbers_that_two_roundings_would_get_wrong():
    texts = halfway_numbers()
    assert len(texts) > 100  # else nothing is tested
    for text in texts:
        check(text, np.float32)


def shortest(bits):
    """Floats of these bits as they are written, and as NumPy writes them where all its versions do it alike."""
    numbers = bits.astype(np.uint32).view(np.float32).reshape(-1, 16)
    written = b" ".join(written_rows(numbers, ord(" "))).split()
    numbers = numbers.ravel()
    alike = (np.abs(numbers) >= 0.001) & (np.abs(numbers) < 1e5)
    assert [text for text, same in zip(written, alike, strict=True) if same] == numbers[alike].astype("S").tolist()
    return numbers, written


def test_numbers_are_written_in_the_fewest_digits():
    """All exponents with significands at their ends and some at random, each against its digits in Decimal."""
    rng = np.random.default_rng(1)
    significands = np.r_[0, 1, 2, 3, 0x400000, 0x7FFFFE, 0x7FFFFF, rng.integers(0, 1 << 23, 25)]
    bits = np.add.outer(np.arange(255) << 23, significands).ravel()
    numbers, written = shortest(np.r_[bits, bits | 1 << 31])
    read = np.array(written).astype(np.float64).astype(np.float32)
    assert read.tobytes() == numbers.tobytes()
    for number, text in zip(numbers.tolist(), written, strict=True):
        given, exact = Decimal(text.decode()), Decimal(number)
        n = len(given.normalize().as_tuple().digits)
        if n == 1:
            continue
        # no number of one digit less reads back, and none of as many is nearer
        place = Decimal(1).scaleb(given.adjusted() - n + 2)
        for rounding in (ROUND_FLOOR, ROUND_CEILING):
            assert np.float32(float(exact.quantize(place, rounding))) != np.float32(number), text
        assert abs(given - exact) <= place / 20 or np.float32(float(exact.quantize(place / 10))) != np.float32(number)


def test_small_whole_and_odd_numbers_are_written_as_numpy_does():
    rng = np.random.default_rng(2)
    for numbers in (np.arange(-32_000, 32_000), np.arange(64_000) / 1000, rng.normal(0, 0.3, 64_000)):
        shortest(numbers.astype(np.float32).view(np.uint32))
    odd = np.array([[0, -0.0, np.nan, np.inf, -np.inf, 1e-45, 2e20, 0.00012, 3e-5, -250000]], np.float32)
    assert written_rows(odd, ord("\t")) == [b"0.0\t-0.0\tnan\tinf\t-inf\t1e-45\t2e+20\t0.00012\t3e-05\t-250000.0"]
    assert written_rows(odd[:, :0], ord(" ")) == [b""]


@settings(deadline=None, max_examples=100)
@given(arrays.arrays(np.float32, st.tuples(st.integers(1, 5), st.integers(1, 9)), elements=st.floats(width=32)))
def test_every_format_brings_every_bit_back(matrix):
    finite = np.nan_to_num(matrix)
    keys = [f"k{row}" for row in range(len(matrix))]
    for module in (word2vec_binary, fasttext_binary, numpy_file, glove):
        exact = module is not glove
        vectors = matrix if exact else finite
        if module is glove and matrix.shape[1] < 2:
            continue
        file = io.BytesIO()
        module.write(Snapshot("keyedvectors", keys, {"vectors": vectors}), file)
        read = module.read(io.BytesIO(file.getvalue()))
        assert list(read.keys) == keys
        assert read.arrays["vectors"].tobytes() == vectors.tobytes()


def test_projector_brings_every_bit_back(tmp_path):
    rng = np.random.default_rng(1)
    vectors = rng.integers(0, 2**32, (200, 7), np.uint32).view(np.float32)
    vectors = np.where(np.isfinite(vectors), vectors, np.float32(0))
    snapshot = Snapshot("keyedvectors", [f"k {row}" for row in range(200)], {"vectors": vectors})
    projector.write(snapshot, tmp_path / "v")
    read = projector.read(tmp_path / "v_tensor.tsv")
    assert (read.keys, read.arrays["vectors"].tobytes()) == (snapshot.keys, vectors.tobytes())


@pytest.mark.parametrize("module", [word2vec_text, word2vec_binary, glove, fasttext_binary])
def test_a_key_of_ten_megabytes(module):
    keys = ["a", "é" * 5_000_000, "b"]
    vectors = np.arange(6, dtype=np.float32).reshape(3, 2)
    file = io.BytesIO()
    module.write(Snapshot("keyedvectors", keys, {"vectors": vectors}), file)
    read = module.read(io.BytesIO(file.getvalue()))
    assert list(read.keys) == keys
    assert read.arrays["vectors"].tolist() == vectors.tolist()


@pytest.mark.parametrize("module", [word2vec_text, word2vec_binary, glove])
def test_a_key_without_end(module):
    header = b"" if module is glove else b"2 2\n"
    with pytest.raises((ValueError, EOFError), match=r"has no end|expected a word|file ends after"):
        module.read(io.BytesIO(header + b"a" * (40 << 20)))
