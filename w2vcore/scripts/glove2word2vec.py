"""GloVe text to word2vec text: ``python -m w2vcore.scripts.glove2word2vec -i glove.txt -o vectors.txt``.

It is seldom needed: ``KeyedVectors.load_word2vec_format(path, no_header=True)`` reads GloVe's files directly.
"""

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from collections.abc import Sequence

from w2vcore.formats.atomic import PathLike, expanded
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.scripts import _command

logger = logging.getLogger("w2vcore.scripts")

NAME = "glove2word2vec"


def glove2word2vec(glove_input_file: PathLike, word2vec_output_file: PathLike) -> tuple[int, int]:
    r"""Write the vectors of a GloVe file as word2vec text; return how many there are, and their length.

    Parameters
    ----------
    glove_input_file, word2vec_output_file : str or path-like

    Warns
    -----
    DeprecationWarning
        As in gensim: ``KeyedVectors.load_word2vec_format(path, no_header=True)`` reads the GloVe file itself.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     path = pathlib.Path(folder, "glove.txt")
    ...     _ = path.write_text("king 0.5 1.0\nqueen 0.25 -1.0\n")
    ...     print(glove2word2vec(path, f"{folder}/vectors.txt"))
    ...     print(pathlib.Path(folder, "vectors.txt").read_text().splitlines())
    (2, 2)
    ['2 2', 'king 0.5 1.0', 'queen 0.25 -1.0']
    """
    warnings.warn(
        "glove2word2vec is not needed: KeyedVectors.load_word2vec_format(path, no_header=True) reads GloVe text",
        DeprecationWarning,
        stacklevel=2,
    )
    return _convert_file(glove_input_file, word2vec_output_file)


def _convert_file(source: PathLike, target: PathLike) -> tuple[int, int]:
    vectors = KeyedVectors.load_word2vec_format(source, binary=False, no_header=True)
    logger.info("converting %i vectors from %s to %s", len(vectors), source, target)
    vectors.save_word2vec_format(target, binary=False)
    return len(vectors), vectors.vector_size


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    options = argparse.ArgumentParser(
        prog=f"python -m w2vcore.scripts.{NAME}", description="Convert GloVe text to word2vec text."
    )
    options.add_argument(
        "-i", "--input", type=expanded, required=True, metavar="FILE", help="vectors in GloVe's format"
    )
    options.add_argument("-o", "--output", type=expanded, required=True, metavar="FILE", help="file to write")
    return options


def _convert(arguments: argparse.Namespace) -> None:
    _command.check_readable("--input", arguments.input)
    _command.check_writable("--output", arguments.output)
    count, size = _convert_file(arguments.input, arguments.output)
    logger.info("Converted model with %i vectors and %i dimensions", count, size)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    return _command.run(_convert, parser().parse_args(argv), NAME)


if __name__ == "__main__":
    sys.exit(main())
