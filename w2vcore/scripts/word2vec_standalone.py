"""Train word vectors with the options of Google's word2vec.c: ``python -m w2vcore.scripts.word2vec_standalone``.

python -m w2vcore.scripts.word2vec_standalone -train text8 -output vectors.bin -cbow 0 -size 200 -binary 1
"""

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from w2vcore.formats.atomic import atomic_write, expanded
from w2vcore.scripts import _command
from w2vcore.word2vec import LineSentence, Word2Vec

logger = logging.getLogger("w2vcore.scripts")

NAME = "word2vec_standalone"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    options = argparse.ArgumentParser(
        prog=f"python -m w2vcore.scripts.{NAME}",
        description="Train word vectors on a text file with a sentence a line and white space between words.",
        allow_abbrev=False,
    )
    add = options.add_argument
    add("-train", type=expanded, required=True, metavar="FILE", help="text to train on; compressed files too")
    add(
        "-output",
        type=expanded,
        metavar="FILE",
        help="file for the vectors; without it, the model and its vectors are saved beside the text as NAME.model and "
        "NAME.model.txt (.bin), where NAME is that of the text up to its first dot",
    )
    add("-window", type=int, default=5, metavar="N", help="most words between centre and context (default: 5)")
    add("-size", type=int, default=100, metavar="N", help="length of a vector (default: 100)")
    add("-sample", type=float, default=1e-3, metavar="X", help="threshold for frequent words; 0 drops none (0.001)")
    add("-hs", type=int, default=0, choices=[0, 1], help="1: hierarchical softmax (default: 0)")
    add("-negative", type=int, default=5, metavar="N", help="noise words for an example; 0 for none (default: 5)")
    add("-threads", type=int, default=3, metavar="N", help="worker threads; -1 takes all cores (default: 3)")
    add("-iter", type=int, default=5, metavar="N", help="passes over the text (default: 5)")
    add("-min_count", "-min-count", type=int, default=5, metavar="N", help="leave out rarer words (default: 5)")
    add("-alpha", type=float, metavar="X", help="learning rate at the start (default: 0.05; 0.025 with -cbow 0)")
    add("-cbow", type=int, default=1, choices=[0, 1], help="1: CBOW, 0: skip-gram (default: 1)")
    add("-binary", type=int, default=0, choices=[0, 1], help="1: vectors in binary (default: 0)")
    add(
        "-classes",
        type=int,
        default=0,
        metavar="N",
        help="write the class of each word, of N found by k-means, instead of vectors (default: 0, vectors)",
    )
    add("-accuracy", type=expanded, metavar="FILE", help="evaluate the vectors on the analogy questions in this file")
    add("-save-vocab", type=expanded, metavar="FILE", help="write the words and their counts to this file")
    add("-read-vocab", type=expanded, metavar="FILE", help="take words and counts from this file instead of counting")
    add("-debug", type=int, default=2, choices=[0, 1, 2], help="0: log warnings only (default: 2)")
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    arguments = parser().parse_args(argv)
    logging.getLogger("w2vcore").setLevel(logging.INFO if arguments.debug else logging.WARNING)
    return _command.run(_train, arguments, NAME)


def _train(arguments: argparse.Namespace) -> None:
    base = Path(arguments.train)
    base = base.with_name(base.name.split(".")[0] or base.name)
    vectors = f"{base}.model.{'bin' if arguments.binary else 'txt'}"
    _check_files(arguments, f"{base}.model")
    model = _build(arguments)
    if arguments.classes > len(model.wv):
        raise ValueError(f"-classes {arguments.classes}: there are only {len(model.wv)} words; take fewer classes")
    if arguments.save_vocab:
        _write_vocab(model, arguments.save_vocab)
    if arguments.classes:
        _write_classes(model, arguments.classes, arguments.output)
    elif arguments.output:
        model.wv.save_word2vec_format(arguments.output, binary=bool(arguments.binary))
    else:
        model.save(f"{base}.model")
        model.wv.save_word2vec_format(vectors, binary=bool(arguments.binary))
    if arguments.accuracy:
        score, _ = model.wv.evaluate_word_analogies(arguments.accuracy)
        logger.info("accuracy on %s: %.2f%%", arguments.accuracy, 100 * score)


def _check_files(arguments: argparse.Namespace, model: str) -> None:
    """Refuse, before training, options that would fail after it."""
    _command.check_readable("-train", arguments.train)
    for option, path in (("-accuracy", arguments.accuracy), ("-read-vocab", arguments.read_vocab)):
        if path:
            _command.check_readable(option, path)
    if arguments.classes < 0 or (arguments.classes and not arguments.output):
        raise ValueError(f"-classes {arguments.classes}: it takes a number from 1 on, and -output for the classes")
    if arguments.output:
        _command.check_writable("-output", arguments.output)
    else:
        _command.check_writable("-train", model)
    if arguments.save_vocab:
        _command.check_writable("-save-vocab", arguments.save_vocab)
    for option, path in (("-output", arguments.output), ("-save-vocab", arguments.save_vocab)):
        if path and Path(path).exists() and Path(arguments.train).exists() and Path(path).samefile(arguments.train):
            raise ValueError(f"{option} {path} is the text of -train, and would be written over; give another")


def _build(arguments: argparse.Namespace) -> Word2Vec:
    """Return the trained model."""
    alpha = arguments.alpha
    if alpha is None:
        alpha = 0.05 if arguments.cbow else 0.025  # word2vec.c's
    settings: dict[str, Any] = {
        "vector_size": arguments.size,
        "min_count": arguments.min_count,
        "workers": arguments.threads,
        "window": arguments.window,
        "sample": arguments.sample,
        "alpha": alpha,
        "sg": 1 - arguments.cbow,
        "hs": arguments.hs,
        "negative": arguments.negative,
        "cbow_mean": 1,
        "epochs": arguments.iter,
    }
    corpus = LineSentence(arguments.train, max_sentence_length=None)
    if not arguments.read_vocab:
        return Word2Vec(corpus, **settings)
    model = Word2Vec(**settings)
    model.build_vocab_from_freq(_read_vocab(arguments.read_vocab))
    total = sum(model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key)
    model.train(corpus, total_words=total, epochs=model.epochs)
    return model


def _read_vocab(path: str) -> dict[str, int]:
    """Read a file of words and counts, as -save-vocab writes it."""
    counts = {}
    with Path(path).open(encoding="utf8") as file:
        for number, line in enumerate(file, 1):
            word, _, count = line.rstrip().rpartition(" ")
            if not word or not count.isdecimal():
                raise ValueError(
                    f"-read-vocab {path}: line {number} is {line.rstrip()!r:.60}, not a word and its count"
                )
            counts[word] = int(count)
    return counts


def _write_vocab(model: Word2Vec, path: str) -> None:
    with atomic_write(path) as file:
        for word in model.wv.index_to_key:
            file.write(f"{word} {model.wv.get_vecattr(word, 'count')}\n".encode())


def _write_classes(model: Word2Vec, count: int, path: str) -> None:
    """Write lines "word class": k-means over the directions of the vectors.

    As in word2vec.c, word i begins in class i modulo `count`, and there are ten rounds, so the result is deterministic.
    """
    from scipy.cluster.vq import kmeans2

    units = model.wv.get_normed_vectors()
    start = np.array([units[first::count].mean(axis=0) for first in range(count)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class may lose all its words
        _, classes = kmeans2(units, start, iter=10, minit="matrix")
    with atomic_write(path) as file:
        for word, number in zip(model.wv.index_to_key, classes.tolist(), strict=True):
            file.write(f"{word} {number}\n".encode())


if __name__ == "__main__":
    sys.exit(main())
