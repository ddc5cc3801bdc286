"""The reader of pickles: it rebuilds plain data and arrays as pickle does, and whatever else a file asks for is refused."""

import collections
import contextlib
import os
import pickle
import pickletools
import random
import struct

import numpy as np
import pytest

from w2vcore.formats.inert_objects import Record
from w2vcore.formats.inert_pickle import InertUnpickler
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.word2vec import Word2Vec

PROTOCOLS = range(6)


def load(data):
    return InertUnpickler(data, "x.model").load()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_plain_data_as_pickle_reads_it(protocol):
    shared = ["é", "\ud800", "", "a" * 300]
    value = {
        "numbers": [0, 1, -1, 255, 256, 65536, 1 << 31, -(1 << 31), 1 << 40, 1 << 70, 0.5, -1e300, float("inf")],
        "constants": (None, True, False, ()),
        "tuples": [(1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
        "shared": [shared, shared],
        "sets": {1, 2},
        "frozen": frozenset([3]),
        "ordered": collections.OrderedDict(a=1),
        "counts": collections.defaultdict(int, b=2),
        3: {"nested": {"deep": [[[]]]}},
    }
    read = load(pickle.dumps(value, protocol))
    assert read == value
    assert read["shared"][0] is read["shared"][1]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.float32).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(3, dtype=">i4"),
        np.array(["é", "東京"]),
        np.array([True, False]),
        np.empty((0, 4), np.float16),
        np.array([[1, 2], "x", None], dtype=object),
    ],
    ids=lambda array: str(array.dtype),
)
def test_arrays(protocol, array):
    read = load(pickle.dumps([array, {"again": array}], protocol))
    assert read[0] is read[1]["again"]
    assert (read[0].dtype, read[0].shape) == (array.dtype, array.shape)
    assert read[0].tolist() == array.tolist()
    assert read[0].flags.writeable


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_scalars(protocol):
    read = load(pickle.dumps([np.float32(0.1), np.int64(-3), np.bool_(True)], protocol))
    assert read == [np.float32(0.1), -3, True]


# ------------------------------------------------------------------ what is refused


class Evil:
    """What a pickle calls when Python loads it."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("wrap", "opened"),
    [
        (lambda evil: evil, KeyedVectors.load_any),
        (lambda evil: {"vectors": evil}, KeyedVectors.load_any),
        (lambda evil: [np.zeros(3), evil], Word2Vec.from_gensim),
    ],
)
def test_a_pickle_that_calls_os_system_runs_nothing(protocol, wrap, opened, tmp_path, monkeypatch):
    trace = tmp_path / "ran"
    path = tmp_path / "evil.model"
    data = pickle.dumps(wrap(Evil(os.system, f"touch {trace}")), protocol)
    if data[0] != 0x80:  # protocols 0 and 1 have no mark of their own: such a file is not taken for a pickle
        data = b"ccopy_reg\n_reconstructor\n0" + data
    path.write_bytes(data)
    calls = []
    monkeypatch.setattr(os, "system", calls.append)
    with pytest.raises(ValueError, match=r"evil.model: the pickle names (posix|nt)\.system, which no save .* was run"):
        opened(path)
    assert not calls
    assert not trace.exists()


def test_the_pickle_of_that_test_does_run_when_python_loads_it(tmp_path):
    """Guards the test above: a pickle that did nothing would prove nothing."""
    trace = tmp_path / "ran"
    pickle.loads(pickle.dumps(Evil(os.mkdir, str(trace))))
    assert trace.exists()


@pytest.mark.parametrize(
    "name",
    [
        *("os.system", "posix.system", "builtins.eval", "builtins.exec", "builtins.getattr", "builtins.__import__"),
        *("subprocess.Popen", "numpy.load", "numpy.core.multiarray.fromfile", "operator.attrgetter", "pickle.loads"),
        *("gensim.utils.unpickle", "gensim.models.keyedvectors.KeyedVectors.load", "collections.OrderedDict.fromkeys"),
        *("numpy.testing._private.utils.runstring", "w2vcore.formats.native.read", "_io.open", "codecs.encode"),
    ],
)
def test_any_other_name_is_refused_in_every_way_of_writing_it(name):
    module, _, attribute = name.rpartition(".")
    spelled = [
        f"c{module}\n{attribute}\n(tR.".encode(),
        f"(i{module}\n{attribute}\n.".encode(),
        f"(c{module}\n{attribute}\no.".encode(),
        b"\x80\x04" + _short(module) + _short(attribute) + b"\x93)R.",
        b"\x80\x04" + _short(module) + _short(attribute) + b"\x93)\x81.",
        b"\x80\x04" + _short(module.split(".")[0]) + _short(f"{module}.{attribute}".split(".", 1)[1]) + b"\x93)R.",
    ]
    for data in spelled:
        with pytest.raises(ValueError, match=rf"x\.model: the pickle names {name}"):
            load(data)


def _short(text):
    return b"\x8c" + bytes([len(text)]) + text.encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Pabc\n.", "opcode b'P'"),
        (b"\x82\x01.", "opcode b'\\\\x82'"),
        (b"\x97.", "opcode b'\\\\x97'"),
        (b"cbuiltins\nhash\n(tR.", "calls builtins.hash"),
        (b"c_codecs\nencode\n(X\x01\x00\x00\x00aX\x05\x00\x00\x00rot13tR.", "encoded as 'rot13'"),
        (b"cnumpy\ndtype\n(X\x02\x00\x00\x00M8tR.", "an array of type 'M8'"),
        (b"}]Ns.", "a list cannot be a key"),
        (b"I" + b"9" * 100 + b"\n.", "a number of 100 digits"),
        (b"\x8b\xff\xff\xff\x7f.", "an integer of 2147483647 bytes"),
        (b"h\x07.", "damaged"),
        (b"a.", "damaged"),
        (b"R.", "damaged"),
        (b".", "damaged"),
    ],
)
def test_what_no_save_needs(data, message):
    with pytest.raises((ValueError, EOFError), match=message):
        load(data)


@pytest.mark.parametrize("opcode", [b"X", b"\x8d", b"B", b"\x8e", b"\x96", b"T", b"\x8a"])
def test_lengths_are_held_against_the_file(opcode):
    """No allocation: 2**60 bytes could not be had."""
    size = {b"X": "<I", b"B": "<I", b"T": "<i", b"\x8a": "<B"}.get(opcode, "<Q")
    largest = {"<I": 2**32 - 1, "<i": 2**31 - 1, "<B": 60}.get(size, 2**60)
    with pytest.raises(EOFError, match="cut short"):
        load(opcode + struct.pack(size, largest) + b"abc.")


def test_arrays_that_claim_more_than_they_have():
    honest = pickle.dumps(np.arange(4, dtype=np.float32), 2)
    for shape in (b"K\x05\x85", b"J\xff\xff\xff\x7f\x85", b"J\xff\xff\xff\xff\x85", b"]\x85", b"K\x02K\x03\x86"):
        data = honest.replace(b"K\x04\x85", shape)
        assert data != honest
        with pytest.raises(ValueError, match="an array of"):
            load(data)


def test_nested_tuples_that_would_take_years_to_hash():
    bomb = b")" + b"2\x86" * 60 + b"."
    assert load(bomb)
    with pytest.raises(ValueError, match="cannot be a key"):
        load(b"}" + bomb[:-1] + b"Ns.")


@pytest.mark.parametrize(
    "copy",
    [b"h\x01h\x00\x85R", b"h\x01h\x00\x85\x81", b"(h\x01h\x00o"],
    ids=["reduce", "new object", "object"],
)
def test_a_large_thing_that_is_copied_again_and_again(copy):
    """52 KB that made 320 MB of lists before there was a limit."""
    large = b"\x80\x02cbuiltins\nlist\nq\x01]q\x00(" + b"K\x01" * 20_000 + b"e"
    with pytest.raises(ValueError, match=r"the pickle makes [\d,]+ bytes of objects and copies out of [\d,]+ bytes"):
        load(large + copy * 2_000 + b".")
    assert load(large + copy + b".") == [1] * 20_000


def test_records_keep_names_and_attributes():
    data = b"cgensim.models.keyedvectors\nVocab\n)\x81}X\x05\x00\x00\x00countK\x07sb."
    read = load(data)
    assert isinstance(read, Record)
    assert (read.name, read.state) == ("gensim.models.keyedvectors.Vocab", {"count": 7})


def test_no_opcode_is_forgotten():
    """Each that Python has is either known or refused by name: those that reach out of the file."""
    refused = {"PERSID", "BINPERSID", "EXT1", "EXT2", "EXT4", "NEXT_BUFFER", "READONLY_BUFFER"}
    from w2vcore.formats.inert_pickle import _ACTIONS

    known = {operation.name for operation in pickletools.opcodes if ord(operation.code) in _ACTIONS}
    assert known | refused | {"STOP"} == {operation.name for operation in pickletools.opcodes}


def test_random_programs_raise_nothing_but_value_and_eof_errors():
    rng = random.Random(1)
    codes = [operation.code.encode("latin-1") for operation in pickletools.opcodes]
    pieces = [
        *codes,
        b"numpy\ndtype\n",
        b"\x01",
        b"\x02",
        b"K\x03",
        _short("f4"),
        b"cnumpy\nndarray\n",
        b"(",
        b")",
        b"}",
    ]
    for _ in range(3000):
        program = b"".join(rng.choices(pieces, k=rng.randrange(1, 30))) + b"."
        with contextlib.suppress(ValueError, EOFError):
            load(program)
