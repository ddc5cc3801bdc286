"""Are models the same to the bit as those of an earlier commit? One worker, every kind, every instruction set in C.

    python same_models.py record     # writes models.json: before a change that is to leave models as they are
    python same_models.py check      # says which models differ; test_same_models.py does the same

What a compiler makes of the C code rounds as it likes, so that hashes hold for one compiler and machine; each is kept
under its name. `record` leaves those of the others alone.
"""

import hashlib
import json
import logging
import os
import platform
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

RECORD = Path(__file__).with_name("models.json")

# Beside what each kind is called, what differs from SETTINGS
SETTINGS = {"vector_size": 20, "window": 4, "min_count": 2, "epochs": 2, "seed": 7, "workers": 1, "batch_words": 3000}
KINDS = {
    "sgns_window": {"sg": 1, "negative_sharing": "window"},
    "sgns_pair": {"sg": 1, "negative_sharing": "pair"},
    "cbow": {"sg": 0},
    "sghs": {"sg": 1, "hs": 1, "negative": 0},
    "cbowhs": {"sg": 0, "hs": 1, "negative": 0},
    "sg_both_window": {"sg": 1, "hs": 1, "negative_sharing": "window"},
    "sg_both_pair": {"sg": 1, "hs": 1, "negative_sharing": "pair"},
    "cbow_both": {"sg": 0, "hs": 1, "compute_loss": True},
    "cbow_sum": {"sg": 0, "cbow_mean": 0},
    "sentence": {"sg": 1, "window": "sentence"},
    "fixed_window": {"sg": 1, "shrink_windows": False, "sample": 0},
    "rare_noise": {"sg": 1, "ns_exponent": -0.5, "negative": 12},
    "wide": {"sg": 1, "vector_size": 100, "negative_sharing": "window"},
    "wide_cbow": {"sg": 0, "vector_size": 300, "epochs": 1},
    "loss": {"sg": 1, "compute_loss": True, "negative_sharing": "pair"},
    "unsorted": {"sg": 0, "sorted_vocab": 0, "null_word": 1},
}


def corpus():
    """40,000 words of the bundled text, in sentences."""
    from w2vcore.datasets import shakespeare
    from w2vcore.word2vec import LineSentence

    sentences, words = [], 0
    for sentence in LineSentence(shakespeare()):
        sentences.append(sentence)
        words += len(sentence)
        if words > 40_000:
            break
    return sentences


def digest(model):
    """Return a hash of all matrices of a model, and of what was measured of it."""
    found = hashlib.sha256(repr(model.get_latest_training_loss()).encode())
    for array in (model.wv.vectors, getattr(model, "syn1", None), getattr(model, "syn1neg", None)):
        found.update(b"none" if array is None else array.tobytes())
    return found.hexdigest()[:16]


class Crash(Exception):
    """Ends a training that is to be resumed."""


def resumed(sentences, **settings):
    """Train to the end of the first epoch, and resume."""
    from w2vcore import Word2Vec
    from w2vcore.callbacks import CallbackAny2Vec

    class Stop(CallbackAny2Vec):
        def on_epoch_begin(self, model):
            self.epochs = getattr(self, "epochs", 0) + 1
            if self.epochs == 2:
                raise Crash

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint"
        try:
            Word2Vec(sentences, checkpoint=path, callbacks=[Stop()], **settings)
        except Crash:
            return Word2Vec.resume(path, sentences)
    raise AssertionError("the training went on")


def updated(sentences, **settings):
    """Train half, add the words of the other half, and train that."""
    from w2vcore import Word2Vec

    half = len(sentences) // 2
    model = Word2Vec(sentences[:half], **settings)
    model.build_vocab(sentences[half:], update=True)
    model.train(sentences[half:], total_examples=len(sentences) - half, epochs=1)
    return model


def digests():
    """Train every kind with the instruction set of this process."""
    from w2vcore import Word2Vec

    sentences = corpus()
    found = {name: digest(Word2Vec(sentences, **{**SETTINGS, **kind})) for name, kind in KINDS.items()}
    for name in ("sgns_window", "cbowhs"):
        settings = {**SETTINGS, **KINDS[name]}
        found[f"{name}_resumed"] = digest(resumed(sentences, **settings))
        found[f"{name}_updated"] = digest(updated(sentences, **settings))
    assert found["sgns_window_resumed"] == found["sgns_window"]
    return found


def compiler():
    """Return what compiled the kernels, as it signed them; None if it did not."""
    from w2vcore.kernels import _dispatch

    signature = re.search(rb"(?:GCC: \([^)]*\)|clang version) \d+\.\d+", Path(_dispatch.__file__).read_bytes())
    return f"{platform.machine()}, {signature[0].decode()}" if signature else None


def by_instruction_set():
    """Return digests for each instruction set in C that runs here."""
    from w2vcore.kernels import _dispatch

    names = [name for name in _dispatch.available() if name != "blas"]  # whose sums are those of the BLAS that is there
    command = [sys.executable, str(Path(__file__).resolve()), "one"]
    with tempfile.TemporaryDirectory() as elsewhere:  # so that it is the installed package that they import
        processes = [
            subprocess.Popen(
                command, stdout=subprocess.PIPE, env={**os.environ, "W2VCORE_ISA": name}, cwd=elsewhere, text=True
            )
            for name in names
        ]
        outputs = [process.communicate()[0] for process in processes]
    assert not any(process.returncode for process in processes)
    return dict(zip(names, map(json.loads, outputs), strict=True))


def recorded():
    """Return what is recorded, by compiler and instruction set."""
    return json.loads(RECORD.read_text()) if RECORD.exists() else {}


def differences():
    """Return what differs from the record, as (instruction set, kind); None if there is no record for this compiler."""
    before = recorded().get(compiler())
    if before is None:
        return None
    now = by_instruction_set()
    return [
        (isa, kind) for isa in now if isa in before for kind in before[isa] if now[isa].get(kind) != before[isa][kind]
    ]


def main():
    """Record, check, or print digests of one instruction set."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    match sys.argv[1:]:
        case ["one"]:
            print(json.dumps(digests()))
        case ["record"]:
            assert compiler(), "the compiler did not sign the kernels"
            RECORD.write_text(json.dumps({**recorded(), compiler(): by_instruction_set()}, indent=1) + "\n")
        case ["check"]:
            found = differences()
            sys.exit(f"nothing is recorded for {compiler()}" if found is None else repr(found) if found else 0)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
