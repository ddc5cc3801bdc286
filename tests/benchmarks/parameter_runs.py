"""One training with given settings, its scores and its cost, as a line of a log; what the log has is not trained again."""

import gzip
import itertools
import json
import logging
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "quality"))
from evaluation import analogy_scores, correlation

import w2vcore
from w2vcore import KeyedVectors, Word2Vec

GENSIM = """
import json, sys, time
from gensim.models import Word2Vec
corpus, vectors, settings = sys.argv[1:]
began = time.process_time()
model = Word2Vec(corpus_file=corpus, **json.loads(settings))
print(time.process_time() - began)
model.wv.save_word2vec_format(vectors, binary=True)
"""

# fastText without n-grams of letters, which is word2vec. Its Python package takes no seed, and writes no word2vec file.
FASTTEXT = """
import json, sys, time
import fasttext
corpus, vectors, settings = sys.argv[1:]
wanted = json.loads(settings)
arguments = {
    "lr": wanted.get("alpha", 0.025), "dim": wanted["vector_size"], "ws": wanted["window"], "neg": wanted["negative"],
    "t": wanted["sample"], "minCount": wanted["min_count"], "epoch": wanted["epochs"],
}
began = time.process_time()
model = fasttext.train_unsupervised(corpus, model="skipgram", maxn=0, thread=1, verbose=0, **arguments)
print(time.process_time() - began)
words = model.get_words()
with open(vectors, "wb") as file:
    file.write(f"{len(words)} {wanted['vector_size']}\\n".encode())
    for word, row in zip(words, model.get_input_matrix()):
        file.write(word.encode() + b" " + row.tobytes() + b"\\n")
"""

RIVALS = {"gensim": GENSIM, "fasttext": FASTTEXT}


@dataclass(frozen=True)
class Run:
    """A training.

    Attributes
    ----------
    settings : dict
        Arguments of `Word2Vec` (of w2vcore and gensim) beside the corpus, `seed` and `workers`.
    seed : int
    engine : {"w2vcore", "gensim", "fasttext"}
    shuffled : bool
        Whether the lines of the corpus are shuffled once, by `seed`, before anything is read.
    """

    settings: dict = field(default_factory=dict)
    seed: int = 1
    engine: str = "w2vcore"
    shuffled: bool = False


class Corpus:
    """The first lines of a text (all, if `lines` is None), in a temporary file."""

    def __init__(self, path, lines, folder):
        self.name, self.lines, self.folder = Path(path).name, lines, Path(folder)
        self.path = self.folder / f"first-{lines or 'all'}.txt"
        opened = gzip.open if self.name.endswith(".gz") else open
        self.words = 0
        with opened(path, "rt", encoding="utf8") as text, self.path.open("w", encoding="utf8") as out:
            for line in itertools.islice(text, lines):
                self.words += len(line.split())
                out.write(line)

    def file_of(self, run):
        """Return the file that a run reads."""
        if not run.shuffled:
            return self.path
        lines = self.path.read_text(encoding="utf8").splitlines(keepends=True)
        random.Random(run.seed).shuffle(lines)
        shuffled = self.folder / "shuffled.txt"
        shuffled.write_text("".join(lines), encoding="utf8")
        return shuffled


class Log:
    """A file of one JSON object a line; None: runs are kept in memory."""

    def __init__(self, path):
        self.path = path and Path(path)
        self.records = {}
        if self.path and self.path.exists():
            for line in self.path.read_text(encoding="utf8").splitlines():
                record = json.loads(line)
                self.records[_key(record)] = record

    def find(self, corpus, run, vectors):
        """Return the record of a run if there is one that has scored these vectors."""
        record = self.records.get(_key(_description(corpus, run)))
        return record if record and vectors in record["scores"] else None

    def append(self, record):
        """Keep a record, and write it at once."""
        self.records[_key(record)] = record
        if self.path:
            with self.path.open("a", encoding="utf8") as file:
                print(json.dumps(record), file=file)


def measure(corpus, run, readings, pythons):
    """Train, and return the record.

    Parameters
    ----------
    corpus : Corpus
    run : Run
    readings : mapping of str to callable
        Name of vectors -> a function that takes the model and returns them.
    pythons : mapping of str to str
        Another engine's name -> an interpreter that has it.
    """
    file = str(corpus.file_of(run))
    settings = {**run.settings, "seed": run.seed, "workers": 1}
    record = {
        **_description(corpus, run),
        "words": corpus.words,
        "version": w2vcore.__version__,
        "processor": _processor(),
    }
    if run.engine in RIVALS:
        seconds, wv = _by_rival(RIVALS[run.engine], pythons[run.engine], file, settings)
        return {**record, "seconds": seconds, "scores": {"input": _scores(wv)}}
    listener = _Listener()
    began = time.process_time()
    model = Word2Vec(corpus_file=file, **settings)
    seconds = time.process_time() - began
    listener.stop()
    scores = {name: _scores(reading(model)) for name, reading in readings.items()}
    return {**record, "seconds": seconds, "sharing": listener.taken, "scores": scores}


def _by_rival(program, python, file, settings):
    """Return CPU seconds and the vectors of another engine."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        vectors = Path(folder, "vectors.bin")
        command = [python, "-c", program, file, vectors, json.dumps(settings)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder, check=True)
        return float(done.stdout), KeyedVectors.load_word2vec_format(vectors, binary=True)


def _scores(wv):
    return {
        **analogy_scores(wv),
        "wordsim353": correlation(wv, "wordsim353.tsv"),
        "simlex999": correlation(wv, "simlex999.txt"),
    }


def _description(corpus, run):
    """Return what tells a run from others."""
    told = {"engine": run.engine, "shuffled": run.shuffled, "settings": run.settings, "seed": run.seed}
    return {"corpus": corpus.name, "lines": corpus.lines, **told}


def _key(record):
    told = ("corpus", "lines", "engine", "shuffled", "settings", "seed")
    return json.dumps([record[name] for name in told], sort_keys=True)


def _processor():
    """Return the name of the processor, with family and model, as virtual machines hide the rest."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf8").splitlines()
    except OSError:
        return platform.processor()
    found = dict(reversed([[part.strip() for part in line.split(":", 1)] for line in lines if ":" in line]))
    return f"{found.get('model name')}, family {found.get('cpu family')} model {found.get('model')}"


class _Listener(logging.Handler):
    """Hears what ``negative_sharing="auto"`` takes."""

    taken = None

    def __init__(self):
        super().__init__()
        self._logger = logging.getLogger("w2vcore.word2vec")
        self._before = self._logger.level
        self._logger.setLevel(logging.INFO)
        self._logger.addHandler(self)

    def emit(self, record):
        """Keep it."""
        if "negative_sharing='auto' takes" in record.msg:
            self.taken = record.args[0]

    def stop(self):
        """Listen no longer."""
        self._logger.removeHandler(self)
        self._logger.setLevel(self._before)
