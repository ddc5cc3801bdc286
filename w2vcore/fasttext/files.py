"""Files of fastText: a model, or its vectors."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from typing import IO, Any, Literal, cast

import numpy as np

from w2vcore.corpus.warning import warn
from w2vcore.formats import fasttext_binary
from w2vcore.formats.atomic import PathLike, expanded, is_url, naming
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.subword_arrays import BUCKETS, OUTPUT, SETTINGS
from w2vcore.formats.wrapping import is_wrapped
from w2vcore.keyedvectors import FastTextKeyedVectors
from w2vcore.model.checks import check_int
from w2vcore.objectives.huffman import facebook_tree
from w2vcore.word2vec.files import model_of
from w2vcore.word2vec.settings import objectives_of
from w2vcore.word2vec.tree import TREE_ARRAY, code_tree

from .model import FastText

logger = logging.getLogger(__name__)

# The numbers of losses and models in fastText's args.h, and what trains them here.
_LOSSES = {"tree": 1, "negative": 2, "softmax": 3}
_CBOW, _SKIP_GRAM, _SUPERVISED = 1, 2, 3


def load_facebook_model(
    path: PathLike | IO[bytes], encoding: str = "utf-8", *, mmap: Literal["r"] | None = "r"
) -> FastText:
    r"""Load a whole model of fastText, ``.bin``: training can go on, also with new words (``update=True``).

    The settings are those of the file, but for `alpha` and `workers`. A model of ``-loss hs`` has ``hs=1`` and the
    file's tree, one of ``-loss softmax`` has ``objective="softmax"``.

    Parameters
    ----------
    path, encoding, mmap
        As in `load_facebook_vectors`. Training copies the rows that it changes into memory.

    Returns
    -------
    FastText

    Raises
    ------
    NotImplementedError
        For a model of classification, whose vectors `load_facebook_vectors` loads.
    ValueError
        For a quantised one (``.ftz``), likewise, for another kind of file, or a damaged one.
    EOFError
        If the file is cut short.

    Examples
    --------
    >>> model = load_facebook_model("cc.en.300.bin")  # doctest: +SKIP
    >>> model.build_vocab(sentences, update=True)  # doctest: +SKIP
    >>> model.train(sentences, total_examples=model.corpus_count, epochs=model.epochs)  # doctest: +SKIP
    """
    snapshot = _read(path, encoding, mmap, whole=True)
    found: dict[str, Any] = snapshot.settings[SETTINGS]
    if found["model"] == _SUPERVISED:
        raise NotImplementedError(
            f"{path}: Supervised fastText models are not supported, as they classify texts; load_facebook_vectors "
            "loads their vectors"
        )
    output = snapshot.arrays.get(OUTPUT)
    if output is None:
        raise ValueError(
            f"{path}: a quantised model has no numbers that could be trained further; load_facebook_vectors loads its "
            "vectors"
        )
    if len(output) != len(snapshot.keys):
        raise ValueError(f"{path}: an output matrix of {len(output)} rows for {len(snapshot.keys)} words; damaged")
    objective = {number: name for name, number in _LOSSES.items()}.get(found["loss"])
    if objective is None or found["model"] not in (_CBOW, _SKIP_GRAM):
        raise ValueError(f"{path}: a model of the kind {found['model']} with the loss {found['loss']}; damaged")
    arrays = {name: array for name, array in snapshot.arrays.items() if name != OUTPUT}
    if objective == "tree":
        arrays |= {objective: output[: len(output) - 1], TREE_ARRAY: facebook_tree(arrays["counts"]).children}
    else:
        arrays[objective] = output
    settings: dict[str, Any] = {
        "vector_size": found["dim"],
        "window": found["ws"],
        "epochs": found["epoch"],
        "min_count": found["minCount"],
        "negative": found["neg"] if objective == "negative" else 0,
        "hs": int(objective == "tree"),
        "objective": objective if objective == "softmax" else None,
        "sg": int(found["model"] == _SKIP_GRAM),
        "sample": found["t"],
        "min_n": found["minn"],
        "max_n": found["maxn"],
        "bucket": found["bucket"],
        "corpus_total_words": found["ntokens"],
        "effective_min_count": found["minCount"],
        "lifecycle_events": [],
        SETTINGS: found,
    }
    with naming(path):
        model = model_of(FastText, Snapshot("fasttext", snapshot.keys, arrays, settings))
    model._of_file = found if model.wv.bucket else {**found, BUCKETS: snapshot.arrays[BUCKETS]}
    words = len(snapshot.keys)
    for name in ("nwords", "vocab_size", "num_original_vectors"):  # gensim's
        setattr(model, name, words + (model.wv.bucket if name == "num_original_vectors" else 0))
    model.add_lifecycle_event(
        "load_facebook_model", msg=f"loaded {words} words and {model.wv.bucket} buckets from {path}"
    )
    return model


def save_facebook_model(
    model: FastText,
    path: PathLike | IO[bytes],
    encoding: str = "utf-8",
    lr_update_rate: int | None = None,
    word_ngrams: int | None = None,
) -> None:
    """Save a model as fastText's ``.bin``, which it loads, asks and trains on; a file that was loaded is made again.

    Parameters
    ----------
    model : FastText
    path : str, path-like or binary file
        Replaced atomically.
    encoding : {"utf-8"}
        fastText's own. A word that was read from other bytes is written with those.
    lr_update_rate : int, optional
        Stored for fastText; default: what the model's file had, or 100.
    word_ngrams : int, optional
        Likewise; default: what the model's file had, or 1.

    Raises
    ------
    ValueError
        For a model with both hierarchical softmax and negative sampling, of which the file can hold one matrix; with
        another objective, or ``window="sentence"``; for a key that fastText cannot store; for another encoding.
    RuntimeError
        If the model has no vocabulary, or no output matrix.

    Examples
    --------
    >>> import io
    >>> model = FastText([["walk", "walking"]] * 20, vector_size=4, min_count=1, bucket=100, workers=1)
    >>> file = io.BytesIO()
    >>> save_facebook_model(model, file)
    >>> _ = file.seek(0)
    >>> load_facebook_model(file).wv.most_similar("walker", topn=1)[0][0]
    'walking'
    """
    if not isinstance(model, FastText):
        raise TypeError(f"model must be a FastText, got {type(model).__name__}")
    if encoding.lower().replace("-", "").replace("_", "") != "utf8":
        raise ValueError(f"encoding must be 'utf-8', as fastText reads no other, got {encoding!r}")
    if not len(model.wv):
        raise RuntimeError("the model has no vocabulary: call build_vocab() first")
    check_facebook_settings(model)
    if model.rank:
        return
    snapshot, objectives = model.wv.snapshot(), objectives_of(model)
    of_file, wv = model._of_file, model.wv
    settings = {
        "dim": model.vector_size,
        "ws": model.window,
        "epoch": model.epochs,
        "minCount": model.min_count,
        "neg": model.negative or of_file.get("neg", 5),
        "wordNgrams": _chosen("word_ngrams", word_ngrams, of_file.get("wordNgrams", 1)),
        "loss": _LOSSES[objectives[0]],
        "model": _SKIP_GRAM if model.sg else _CBOW,
        "lrUpdateRate": _chosen("lr_update_rate", lr_update_rate, of_file.get("lrUpdateRate", 100)),
        "t": float(model.sample),
        "ntokens": int(model.corpus_total_words or np.sum(wv.expandos["count"])),
        "labels": of_file.get("labels", []),
        **snapshot.settings[SETTINGS],
    }
    if not wv.bucket:  # fastText would look for n-grams in a table without rows
        settings |= {name: of_file.get(name, 0) for name in ("bucket", "minn", "maxn")}
    arrays = {**snapshot.arrays, OUTPUT: _output_matrix(model, objectives[0])}
    if BUCKETS in of_file:  # of n-grams that no word can have
        arrays[BUCKETS] = of_file[BUCKETS]
    fasttext_binary.write(replace(snapshot, arrays=arrays, settings={SETTINGS: settings}), path)
    logger.info("saved %s as a model of fastText", path)


def check_facebook_settings(model: FastText) -> None:
    """Refuse a model that `save_facebook_model` could not write, by its settings alone: also one that is not trained.

    Raises
    ------
    ValueError
    """
    if model.hash_count:
        raise ValueError(
            f"a file of fastText holds rows of words, which a model with hash_count={model.hash_count} has not: "
            "model.wv.save_floret(path) writes floret's file"
        )
    objectives = objectives_of(model)
    if len(objectives) != 1 or objectives[0] not in _LOSSES:
        got = f"hs={model.hs}, negative={model.negative}, objective={model.objective!r}"
        hint = "; set model.negative or model.hs to 0 to save the other" if model.hs and model.negative else ""
        raise ValueError(
            "a file of fastText holds one output matrix: of hierarchical softmax (hs=1, negative=0), of negative "
            f"sampling (hs=0) or of objective='softmax'; got {got}{hint}"
        )
    if not isinstance(model.window, int):
        raise ValueError(f"a file of fastText holds a number of words as window, got {model.window!r}")


def _chosen(name: str, value: Any, otherwise: int) -> int:
    return otherwise if value is None else check_int(name, value, 0)


def _output_matrix(model: FastText, objective: str) -> np.ndarray[Any, Any]:
    """Return the output matrix, a row for each word."""
    attribute = {"tree": "syn1", "negative": "syn1neg"}.get(objective, f"syn1_{objective}")
    matrix, words = getattr(model, attribute, None), len(model.wv)
    if matrix is None:
        raise RuntimeError(f"the model has no {attribute}: it was saved without it, or its settings were changed")
    if objective == "tree":
        if not code_tree(model).same_as(facebook_tree(model.wv.expandos["count"])):
            warn(
                "the tree of this model is not the one that fastText makes of the counts, since words were added to "
                "it: the vectors in the file are right, but fastText would train them on with another tree"
            )
        matrix = np.concatenate([matrix[: words - 1], np.zeros((1, model.vector_size), np.float32)])
    return np.asarray(matrix)


def load_facebook_vectors(
    path: PathLike | IO[bytes], encoding: str = "utf-8", *, mmap: Literal["r"] | None = "r"
) -> FastTextKeyedVectors:
    r"""Load the word vectors and n-grams of a fastText model: ``.bin``, supervised or not, and quantised ``.ftz``.

    Parameters
    ----------
    path : str, path-like or binary file
        May be compressed, or an address that smart_open reads.
    encoding : str
        Of the words. Bytes that do not decode are shown as ``\xe9``; the vectors are those of the bytes all the same.
    mmap : {"r", None}
        Leave the matrices in the file, where it is local and not compressed, and read what is asked for: processes
        share the memory. None reads all of it.

    Returns
    -------
    FastTextKeyedVectors
        With the vectors that fastText itself gives, for words in the vocabulary and any others. A model without n-grams
        (``maxn=0``) has vectors of its words only.

    Raises
    ------
    ValueError
        For another kind of file, or a damaged one.
    EOFError
        If the file is cut short.

    Examples
    --------
    >>> wv = load_facebook_vectors("cc.en.300.bin")  # doctest: +SKIP
    >>> wv.most_similar("unforeseeably", topn=2)  # doctest: +SKIP
    """
    snapshot = _read(path, encoding, mmap, whole=False)
    with naming(path):
        wv = FastTextKeyedVectors.from_snapshot(snapshot)
    wv.add_lifecycle_event("load_facebook_vectors", msg=f"loaded {len(wv)} words and {wv.bucket} buckets from {path}")
    return wv


def _read(path: PathLike | IO[bytes], encoding: str, mmap: Literal["r"] | None, whole: bool) -> Snapshot:
    """Read a file, mapped if it can be; log words that are not UTF-8."""
    if not isinstance(path, (str, os.PathLike)) or is_url(expanded(path)) or is_wrapped(expanded(path)):
        mmap = None
    snapshot = fasttext_binary.read(path, mmap=mmap, whole=whole, encoding=encoding)
    shown = cast("list[tuple[int, str]]", snapshot.settings[SETTINGS]["spellings"])
    if shown and encoding.lower().replace("-", "") == "utf8":
        logger.error("%s: %d words are not valid UTF-8, such as %r", path, len(shown), snapshot.keys[shown[0][0]])
    return snapshot
