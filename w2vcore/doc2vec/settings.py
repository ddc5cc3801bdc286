"""The settings that `Doc2Vec` has beside those of `Word2Vec`, and the architecture that they choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from w2vcore.model.config import CBOW, DOCUMENT_SETTINGS, SETTINGS, SKIP_GRAM, Setting

if TYPE_CHECKING:
    from .model import Doc2Vec

DBOW = "dbow"

EPOCHS = 10  # by default, as in gensim

DECLARED: Mapping[str, Setting] = {
    **SETTINGS,
    "epochs": replace(SETTINGS["epochs"], default=EPOCHS),
    **DOCUMENT_SETTINGS,
}


def check_document_settings(model: Doc2Vec) -> None:
    """Raise NotImplementedError for what is not trained."""
    if model.dm and model.dm_concat:
        raise NotImplementedError("dm_concat=1 is not trained: take dm_concat=0, the mean or the sum of a window")


def architecture_of_documents(model: Doc2Vec) -> str:
    """Return the name of the architecture that trains words and tags as the settings say."""
    if model.dm:
        return CBOW
    return SKIP_GRAM if model.dbow_words else DBOW


def architecture_of_inference(model: Doc2Vec) -> str:
    """Return the name of the architecture that trains tags where words are not trained."""
    return CBOW if model.dm else DBOW


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
