"""A process that is killed, or runs out of disk, while it saves: the file is the old one or the new one, and training goes on."""

import random
import subprocess
import sys
import time
from functools import cache

import numpy as np
import pytest

from w2vcore import KeyedVectors
from w2vcore.formats import numpy_file
from w2vcore.word2vec.training import Run


def moments(few):
    """50 moments, of which `few` are tried always, and all with -m slow."""
    return [pytest.param(seed, marks=() if seed < few else pytest.mark.slow) for seed in range(50)]


MOMENTS = moments(3)
OF_BOTH = [
    pytest.param(kind, *each.values, marks=each.marks, id=f"{kind}-{each.values[0]}")
    for kind, few in (("words", 3), ("documents", 1))
    for each in moments(few)
]

# What the child and this process both say.
COMMON = """
import sys
import numpy as np
from w2vcore import KeyedVectors, Word2Vec
from w2vcore.doc2vec import Doc2Vec, TaggedDocument
from w2vcore.formats import numpy_file
WORDS = [f"w{i}" for i in range(3000)]
def corpus():
    rng = np.random.default_rng(1)
    return [[WORDS[i] for i in rng.integers(0, 3000, 20)] for _ in range(1500)]
SETTINGS = {"vector_size": 50, "min_count": 1, "workers": 1, "epochs": 3, "batch_words": 1000, "compute_loss": True}
def documents():
    return [TaggedDocument(words, [f"tag{number}", number % 7]) for number, words in enumerate(corpus())]
KINDS = {"words": (Word2Vec, corpus, {**SETTINGS, "sg": 1}), "documents": (Doc2Vec, documents, {**SETTINGS, "dm": 0})}
def kind(): return KINDS[sys.argv[2]]
"""
TRAIN = """
class Ready:
    def __getattr__(self, event):
        return lambda model: event == "on_epoch_begin" and not model.epochs_trained and print("ready", flush=True)
Model, given, settings = kind()
Model(given(), checkpoint=sys.argv[1], checkpoint_every=2000, callbacks=[Ready()], **settings)
"""
SAVE = """
Model, given, settings = kind()
model = Model(**settings)
model.build_vocab(given())
for number in range(10**9):
    model.wv.vectors[:] = model.syn1neg[:] = number
    if Model is Doc2Vec:
        model.dv.vectors[:] = number
    model.save(sys.argv[1])
    if not number:
        print("ready", flush=True)
"""


def shared(kind="words"):
    """The class of a kind, what it is trained on, and its settings."""
    namespace = {}
    exec(COMMON, namespace)
    model, given, settings = namespace["KINDS"][kind]
    return model, given(), settings


def kill_at(moment, script, path, kind="words"):
    """Run a script until it says "ready" and `moment` seconds more; whether it was still at work."""
    command = [sys.executable, "-c", COMMON + script, str(path), kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=path.parent) as child:
        assert child.stdout.readline().strip() == "ready"
        time.sleep(moment)
        at_work = child.poll() is None
        child.kill()
    return at_work


@pytest.fixture(scope="module")
def references(tmp_path_factory):
    """For each kind, the run that nobody killed, and how long it takes with its checkpoints."""
    folder = tmp_path_factory.mktemp("run")

    @cache
    def reference(kind):
        model, given, settings = shared(kind)
        began = time.perf_counter()
        model(given, checkpoint=folder / "c", checkpoint_every=2000, **settings)
        seconds = time.perf_counter() - began
        return model(given, **settings), seconds

    return reference


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("kind", "seed"), OF_BOTH)
def test_killed_while_training(kind, seed, tmp_path, references):
    """Wherever it was killed, the checkpoint is readable, and what is resumed from it is the model of a whole run."""
    model, given, _ = shared(kind)
    whole, seconds = references(kind)
    path = tmp_path / "run.checkpoint"
    kill_at(random.Random(seed).uniform(0, seconds), TRAIN, path, kind)
    assert len(model.load(path).wv) == len(whole.wv)
    resumed = model.resume(path, given)
    if kind == "documents":
        assert resumed.dv.index_to_key == whole.dv.index_to_key
        assert resumed.dv.vectors.tobytes() == whole.dv.vectors.tobytes()
    assert resumed.wv.vectors.tobytes() == whole.wv.vectors.tobytes()
    assert resumed.syn1neg.tobytes() == whole.syn1neg.tobytes()
    assert resumed.get_latest_training_loss() == whole.get_latest_training_loss()
    assert [epoch["words"] for epoch in resumed.training_history] == [
        epoch["words"] for epoch in whole.training_history
    ]


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("kind", "seed"), OF_BOTH)
def test_killed_while_saving(kind, seed, tmp_path):
    """The file is one of the models that were saved, whole: never a mixture, never cut short."""
    path = tmp_path / "model"
    assert kill_at(random.Random(seed).uniform(0, 0.5), SAVE, path, kind)
    model = shared(kind)[0].load(path)
    number = model.wv.vectors[0, 0]
    if kind == "documents":
        assert len(model.dv) == 1507
        assert (model.dv.vectors == number).all()
    assert (model.wv.vectors == number).all()
    assert (model.syn1neg == number).all()
    others = [name.name for name in tmp_path.iterdir() if name != path]
    assert all(name.startswith(".w2vcore-") for name in others)


FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
Model, given, _ = kind()
model = Model.load(sys.argv[1])
of_documents = (
    lambda: model.save(sys.argv[1], tags=False),
    lambda: model.save_word2vec_format(sys.argv[1], doctag_vec=True, word_vec=False),
)
for attempt in (
    lambda: model.save(sys.argv[1]),
    lambda: model.wv.save(sys.argv[1]),
    lambda: model.wv.save_word2vec_format(sys.argv[1]),
    lambda: model.train(given(), total_examples=1500, epochs=1, checkpoint=sys.argv[1]),
    *(of_documents if Model is Doc2Vec else ()),
):
    try:
        attempt()
    except OSError as error:
        print(error.errno, error)
print(model.epochs_trained)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit on the size of files to set")
@pytest.mark.timeout(60)
@pytest.mark.parametrize(("kind", "attempts"), [("words", 4), ("documents", 6)])
def test_a_full_disk_leaves_the_old_file(kind, attempts, tmp_path):
    model, given, settings = shared(kind)
    path = tmp_path / "model"
    model(given, **{**settings, "epochs": 1}).save(path)
    before = path.read_bytes()
    assert len(before) > 1_000_000
    command = [sys.executable, "-c", COMMON + FULL, str(path), kind]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=50, check=True)
    *errors, epochs = done.stdout.splitlines()
    assert len(errors) == attempts
    for error in errors:
        assert f"no room to write '{path}': File too large after" in error
        assert "the file that was there is unchanged" in error
    assert epochs == "1"  # the checkpoint failed before anything was trained
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", ["words", "documents"])
def test_a_disk_that_fills_up_during_training(kind, tmp_path, monkeypatch):
    """The error comes out, the last checkpoint stays, and training goes on from it when there is room."""
    model, given, settings = shared(kind)
    written = []
    original = Run.checkpoint_due

    def write(self, state):
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        original(self, state)
        written.append(state)

    with monkeypatch.context() as patch:
        patch.setattr(Run, "checkpoint_due", write)
        with pytest.raises(OSError, match="No space left"):
            model(given, checkpoint=tmp_path / "c", checkpoint_every=4000, **settings)
    resumed, whole = model.resume(tmp_path / "c", given), model(given, **settings)
    np.testing.assert_array_equal(resumed.wv.vectors, whole.wv.vectors)
    if kind == "documents":
        np.testing.assert_array_equal(resumed.dv.vectors, whole.dv.vectors)


PAIR = """
import sys
from w2vcore import KeyedVectors
from w2vcore.formats import numpy_file
for number in range(10**9):
    kv = KeyedVectors(2)
    kv.add_vectors([f"{number}-{row}" for row in range(50)], np.full((50, 2), number, np.float32))
    numpy_file.write(kv.snapshot(), sys.argv[1])
    if not number:
        print("ready", flush=True)
"""


def number_of(path):
    """The save that a pair is of; its rows must all be."""
    kv = KeyedVectors.load_any(path)
    number = int(kv.vectors[0, 0])
    assert (kv.vectors == number).all()
    assert kv.index_to_key == [f"{number}-{row}" for row in range(50)]
    return number


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", MOMENTS)
def test_killed_while_saving_vectors_with_keys_beside_them(seed, tmp_path):
    """What is there afterwards is one save, or says that it is none; and the next save leaves nothing of the killed one."""
    path = tmp_path / "v.npy"
    assert kill_at(random.Random(seed).uniform(0, 0.5), PAIR, path)
    try:
        number_of(path)
    except ValueError as error:
        assert "are empty: saving both was cut short" in str(error)
    again = KeyedVectors(2)
    again.add_vectors(["a"], [[1, 2]])
    numpy_file.write(again.snapshot(), path)
    left = {name.name for name in tmp_path.iterdir()}
    assert left == {"v.npy", "v.keys.txt"} or sys.platform == "win32"


@pytest.mark.timeout(120)
def test_a_pair_is_read_while_another_process_saves_it_again_and_again(tmp_path):
    path, seen, told = tmp_path / "v.npy", set(), 0
    command = [sys.executable, "-c", COMMON + PAIR, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as child:
        assert child.stdout.readline().strip() == "ready"
        for _ in range(300):
            try:
                seen.add(number_of(path))
            except ValueError as error:
                assert any(text in str(error) for text in ("are empty: saving both", "another process saved the file"))
                told += 1
        child.kill()
    assert len(seen) > 1
    assert len(seen) + told <= 300


COUNTS_AS_BEGUN = """
import sys
from w2vcore import Word2Vec
loaded = []
def listen(event, arguments):
    if event == "os.rename" and str(arguments[1]).endswith("checkpoint"):
        loaded.append("w2vcore.architectures._windows" in sys.modules)
sys.addaudithook(listen)
Word2Vec([["a", "b"], ["b", "a"]] * 10, min_count=1, sample=0, checkpoint="checkpoint")
assert len(loaded) > 1 and all(loaded), loaded
"""


def test_a_first_checkpoint_comes_after_all_imports(tmp_path):
    """Who sees it may press Ctrl-C, and Cython's initialisation of a module loses an exception that comes meanwhile."""
    subprocess.run([sys.executable, "-c", COUNTS_AS_BEGUN], cwd=tmp_path, check=True, timeout=60)
