"""Files of phrases: what both classes keep beside their counts and scores."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from w2vcore.corpus.compact import CompactKeys
from w2vcore.facade.attributes import restore, user_attributes
from w2vcore.facade.saveload import checked_ignore
from w2vcore.formats import gensim_phrases, phrases_file
from w2vcore.formats.atomic import naming
from w2vcore.formats.recognition import is_gensim_save

from .arguments import check_connectors, check_delimiter, check_numbers
from .scoring import SCORERS, check_scoring

if TYPE_CHECKING:
    from .models import FrozenPhrases, Phrases

# What a model has beside these is the user's.
ATTRIBUTES = frozenset(
    {"min_count", "threshold", "max_vocab_size", "progress_per", "scoring", "delimiter", "connector_words"}
    | {"min_reduce", "corpus_word_count", "vocab", "phrasegrams"}
)


def settings_of(model: Phrases | FrozenPhrases, ignore: Iterable[str]) -> dict[str, Any]:
    """Return what a file keeps of both classes, as JSON values."""
    own = user_attributes(model, ATTRIBUTES | checked_ignore(ignore))
    names = {function: name for name, function in SCORERS.items()}
    scoring = names.get(model.scoring) if model.scoring is not None else None
    return {
        "min_count": model.min_count,
        "threshold": model.threshold,
        "delimiter": model.delimiter,
        "connector_words": sorted(model.connector_words),
        "scoring": scoring,
        "scoring_name": scoring or getattr(model.scoring, "__name__", type(model.scoring).__name__),
        **({"attributes": own} if own else {}),
    }


def read(fname: Any) -> tuple[str, dict[str, Any], CompactKeys, Any]:
    """Return kind, settings, keys and values of a file that w2vcore or gensim saved."""
    return gensim_phrases.read(fname) if is_gensim_save(fname) else phrases_file.read(fname)


def take_settings(model: Any, settings: dict[str, Any], scoring: Any, fname: Any) -> None:
    """Set what `settings_of` says; `scoring` is None where it was a function of the user that is not given."""
    try:
        stored, _ = settings["scoring"], settings["scoring_name"]
        scoring = stored if scoring is None else scoring
        model.scoring = None if scoring is None else check_scoring(scoring)
        with naming(fname):
            model.min_count, model.threshold = settings["min_count"], settings["threshold"]
            check_numbers(model.min_count, model.threshold, None)
            model.delimiter = check_delimiter(settings["delimiter"])
            model.connector_words = check_connectors(settings["connector_words"])
    except KeyError as error:
        raise ValueError(f"{shown(fname)}: the setting {error} is missing; the file is damaged") from None
    restore(model, settings.get("attributes"), ATTRIBUTES)


def shown(fname: Any) -> str:
    """Return what to call a file in an error."""
    return repr(os.fspath(fname)) if isinstance(fname, (str, os.PathLike)) else "the file"
