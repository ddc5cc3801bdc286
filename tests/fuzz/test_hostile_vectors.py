"""A file of vectors that claims more than it holds, or asks for hours, is refused by a short sentence that names it."""

import io
import sys

import hostile_reading
import hostile_vectors
import pytest

from w2vcore.formats import streams

# Long, but in order.
TAKEN = {"a number of many digits.vec", "a fraction of many digits.vec", "an exponent of many digits.vec"}
# Honest, though 220 MB of zeros do not fit into the memory that they are given.
ZEROS = {"zeros.safetensors.gz", "zeros.npz", "zeros.bin.gz", "long keys.npz"}
LONGEST_MESSAGE = 600  # with the path, and names out of the file cut short

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limits on a process are Linux's")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What a process said to each file, which has as much memory and time as all of them together may take."""
    folder = tmp_path_factory.mktemp("hostile")
    hostile_vectors.write_all(folder)
    return hostile_reading.read_apart(hostile_vectors.__file__, folder)


def test_the_process_ends(results):
    _, done = results
    assert done.returncode == 0, f"{done.stdout[-300:]} {done.stderr[-2000:]}"


@pytest.mark.parametrize("name", hostile_vectors.all_files())
def test_a_hostile_file_is_refused(name, results):
    said = results[0][name]["said"]
    assert (said[0] == "read") == (name in TAKEN)
    for answer in said:
        kind, _, message = answer.partition(": ")
        assert kind in ("read", "ValueError", "EOFError", "AttributeError", *(["MemoryError"] if name in ZEROS else []))
        assert kind == "read" or (name in message and len(message) < LONGEST_MESSAGE)


def test_the_most_that_is_unpacked():
    """A packed file may unpack to as much as its size allows, and not to more."""
    most = streams.most_unpacked(10)
    stream = streams.unpacked(io.BytesIO(bytes(most)), 10, "x")
    while stream.read(1 << 22):
        pass
    assert stream.tell() == most
    stream = streams.unpacked(io.BytesIO(bytes(most + 1)), 10, "x")
    with pytest.raises(ValueError, match="its 10 bytes unpack to over"):
        while stream.read(1 << 22):
            pass
