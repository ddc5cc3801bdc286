"""The model of a command line: loaded, and words looked up in it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2vcore.cli.common import quoted
from w2vcore.cli.paths import check_input
from w2vcore.cli.waiting import size_of, waiting
from w2vcore.query.spelling import near_spellings

if TYPE_CHECKING:
    from w2vcore.doc2vec import Doc2Vec
    from w2vcore.keyedvectors import KeyedVectors
    from w2vcore.word2vec import Word2Vec


def load_vectors(path: Path) -> KeyedVectors:
    """Load the vectors of a file of any known format; a native file or a fastText model is mapped."""
    from w2vcore.formats.recognition import recognise
    from w2vcore.formats.wrapping import is_wrapped
    from w2vcore.keyedvectors import KeyedVectors

    check_input(path, "MODEL is a file of vectors, from 'w2vcore train' or another program")
    mapped = recognise(path) in ("native", "fasttext_binary") and not is_wrapped(path)
    try:
        with waiting(f"Reading {path}{size_of(path)}"):
            return KeyedVectors.load_any(path, mmap="r" if mapped else None)
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"{path}: {undecodable(error)}; make a file that is: w2vcore convert {quoted(path)} NEW.safetensors "
            "--unicode-errors replace (or --encoding NAME)"
        ) from error


MODELS = {
    "word2vec": "w2vcore.word2vec:Word2Vec",
    "fasttext": "w2vcore.fasttext:FastText",
    "doc2vec": "w2vcore.doc2vec:Doc2Vec",
}


def model_class(kind: str) -> type[Word2Vec]:
    """Return the class of models of a kind, or `Word2Vec`."""
    module, _, name = MODELS.get(kind, MODELS["word2vec"]).partition(":")
    found: type[Word2Vec] = getattr(import_module(module), name)
    return found


def check_words(path: Path, vectors: KeyedVectors, hint: str = "") -> None:
    """Refuse to search vectors that have no words, as those of a floret table."""
    if not len(vectors):
        raise click.ClickException(f"{path} has no words to search{hint}")


def load_documents(path: Path) -> Doc2Vec:
    """Load a model of documents; a file that is not packed is mapped."""
    from w2vcore.doc2vec import Doc2Vec
    from w2vcore.formats.recognition import recognise
    from w2vcore.formats.wrapping import is_wrapped

    check_input(path, "MODEL is a model of documents, from 'w2vcore train --doc2vec'")
    mapped = recognise(path) == "native" and not is_wrapped(path)
    try:
        with waiting(f"Reading {path}{size_of(path)}"):
            return Doc2Vec.load(path, mmap="r" if mapped else None)
    except AttributeError as error:
        raise click.ClickException(
            f"{path} is no model of documents: make one with 'w2vcore train --doc2vec'"
        ) from error


def undecodable(error: UnicodeDecodeError) -> str:
    """Return which word of a file could not be decoded, without the advice for Python."""
    return error.reason.partition(";")[0]


def key_of(vectors: KeyedVectors, word: str) -> Any:
    """Return a word of the command line as a key, which may be an integer; None if it is not a key."""
    number = len(word) < 20 and word.removeprefix("-").isdecimal()  # saved integers have 64 bits
    for key in (word, int(word) if number else word):
        if key in vectors.key_to_index:
            return key
    return None


def find_tag(vectors: KeyedVectors, tag: str) -> Any:
    """Return a tag of the command line as a key; the error says what tags are."""
    if vectors.key_to_index and key_of(vectors, tag) is None:
        first, last = vectors.index_to_key[0], vectors.index_to_key[-1]
        if type(first) is type(last) is int:
            raise click.ClickException(
                f"there is no tag {tag!r}: the tags of this model are {len(vectors):,} numbers from {first} to {last}, "
                "of lines of its text unless somebody gave them"
            )
    return find_key(vectors, tag)


def find_key(vectors: KeyedVectors, word: str) -> Any:
    """Return a word of the command line as a key, which may be an integer; the error suggests similar keys."""
    key = key_of(vectors, word)
    if key is not None:
        return key
    near = near_spellings(word, vectors.key_to_index, vectors.index_to_key, thorough=True)
    hint = (
        f"; did you mean {' or '.join(near)}?" if near else "; words are as they stood in the corpus, capitals included"
    )
    raise click.ClickException(f"Key {word!r} not present{hint}")


def find_input(vectors: KeyedVectors, word: str) -> Any:
    """Return a word of the command line as a key, or as it is if its vector is composed from subwords."""
    if vectors.subwords is None or key_of(vectors, word) is not None:
        return find_key(vectors, word)
    if vectors.subwords.vector(word).any():  # zeros: the word is too short for any subword
        return word
    return find_key(vectors, word)
