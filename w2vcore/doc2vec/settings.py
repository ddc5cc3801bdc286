"""The settings that `Doc2Vec` has beside those of `Word2Vec`, and the architecture that they choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from w2vcore.model.config import CBOW, DOCUMENT_SETTINGS, SETTINGS, SKIP_GRAM, Setting

if TYPE_CHECKING:
    from .model import Doc2Vec

DBOW, DM_CONCAT = "dbow", "dm_concat"
NULL_WORD = "\0"  # stands where a joined window has no word

EPOCHS = 10  # by default, as in gensim

DECLARED: Mapping[str, Setting] = {
    **SETTINGS,
    "epochs": replace(SETTINGS["epochs"], default=EPOCHS),
    **DOCUMENT_SETTINGS,
}


def joins(model: Doc2Vec) -> bool:
    """Whether the words of a window and the tags stand side by side."""
    return bool(model.dm and model.dm_concat)


def layer_size(model: Doc2Vec) -> int:
    """Return how long the hidden row is; a log line says so where inputs are joined."""
    if not joins(model):
        return model.vector_size
    return (model.dm_tag_count + 2 * int(model.window)) * model.vector_size


def check_document_settings(model: Doc2Vec) -> None:
    """Refuse settings that do not go together with joined windows.

    Raises
    ------
    ValueError
    """
    if joins(model) and isinstance(model.window, str):
        raise ValueError(f"window must be a number of words with dm_concat=1, got {model.window!r}")


def architecture_of_documents(model: Doc2Vec) -> str:
    """Return the name of the architecture that trains words and tags as the settings say."""
    if model.dm:
        return DM_CONCAT if joins(model) else CBOW
    return SKIP_GRAM if model.dbow_words else DBOW


def untrained_on_gpu(model: Doc2Vec) -> str | None:
    """Return what of the settings no GPU trains, as the subject of a sentence; None if there is nothing."""
    if joins(model):
        return "dm_concat=1"
    if not model.dm:
        return "dm=0"
    return "tags on several GPUs" if "," in model.device else None


def architecture_of_inference(model: Doc2Vec) -> str:
    """Return the name of the architecture that trains the tag of a text where words are not trained.

    Raises
    ------
    ValueError
        If documents have several tags, side by side.
    """
    if joins(model) and model.dm_tag_count != 1:
        raise ValueError(f"dm_tag_count must be 1 to infer vectors with dm_concat=1, got {model.dm_tag_count}")
    return architecture_of_documents(model) if model.dm else DBOW


def short_name(model: Doc2Vec) -> str:
    """Return how a model is called in a line: gensim's abbreviations of what its settings are.

    Examples
    --------
    >>> from w2vcore import Doc2Vec
    >>> short_name(Doc2Vec(vector_size=6, min_count=1, workers=1))
    'dm/m,d6,n5,w5,s0.001'
    """
    parts = [f'"{model.comment}"'] if model.comment else []
    if not model.dm:
        parts.append("dbow+w" if model.dbow_words else "dbow")
    elif model.dm_concat:
        parts.append("dm/c")
    else:
        parts.append("dm/m" if model.cbow_mean else "dm/s")
    parts.append(f"d{model.vector_size}")
    if model.negative:
        parts.append(f"n{model.negative}")
    if model.hs:
        parts.append("hs")
    if model.dm or model.dbow_words:
        parts.append(f"w{model.window}")
    if model.min_count > 1:
        parts.append(f"mc{model.min_count}")
    if model.sample > 0:
        parts.append(f"s{model.sample:g}")
    if model.workers > 1:
        parts.append(f"t{model.workers}")
    return ",".join(parts)
