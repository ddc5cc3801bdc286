"""A save that asks for hours or gigabytes is refused at once, and its reader can be interrupted."""

import signal
import subprocess
import sys
import time

import hostile_reading
import hostile_saves
import pytest

# What does no harm for all that it looks like.
TAKEN = {"itself in itself", "saves in saves", "objects in objects"}
NAMES = [name for name in hostile_saves.all_files() if not name.endswith(".npy")]

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limits on a process are Linux's")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What a process said to each file that has as much memory and time as all of them together may take."""
    folder = tmp_path_factory.mktemp("hostile")
    hostile_saves.write_all(folder)
    return hostile_reading.read_apart(hostile_saves.__file__, folder)


def test_the_process_ends(results):
    _, done = results
    assert done.returncode == 0, f"{done.stdout[-300:]} {done.stderr[-2000:]}"


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_save_is_refused(name, results):
    """200 MB beyond what the process has, and 20 seconds, are limits; about a tenth of either is taken."""
    said = results[0][name]["said"]
    refusals = [answer for answer in said if answer != "read"]
    assert len(refusals) == len(said) - (name in TAKEN)
    for refusal in refusals:
        kind, _, message = refusal.partition(": ")
        assert kind in ("ValueError", "EOFError", "AttributeError")
        assert name in message


def test_ctrl_c_stops_a_reader(tmp_path):
    """A file of 80 MB that costs a minute, being that long."""
    (tmp_path / "long").write_bytes(b"\x80\x02" + b"N0" * (40 << 20) + b".")
    code = "import sys; from w2vcore.keyedvectors import KeyedVectors; print('reads', flush=True); KeyedVectors.load('long')"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as reader:
        assert reader.stdout.readline() == b"reads\n"
        time.sleep(0.3)
        reader.send_signal(signal.SIGINT)
        _, errors = reader.communicate(timeout=60)
    assert errors.rstrip().endswith(b"KeyboardInterrupt")
