"""Vectors for the Embedding Projector: ``python -m w2vcore.scripts.word2vec2tensor -i vectors.txt -o PREFIX``.

Load PREFIX_tensor.tsv and PREFIX_metadata.tsv at https://projector.tensorflow.org.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence

from w2vcore.formats.atomic import PathLike, atomic_writes, expanded
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.scripts import _command

logger = logging.getLogger("w2vcore.scripts")

NAME = "word2vec2tensor"


def word2vec2tensor(word2vec_model_path: PathLike, tensor_filename: str, binary: bool = False) -> None:
    r"""Write the vectors of a word2vec file to ``{tensor_filename}_tensor.tsv``, its words to ``..._metadata.tsv``.

    Parameters
    ----------
    word2vec_model_path : str or path-like
    tensor_filename : str
        The beginning of the names of both files.
    binary : bool
        Whether the word2vec file is binary.

    Raises
    ------
    ValueError
        If a word contains a tab or a line break, which would shift the rows of the metadata.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "vectors.txt")
    ...     _ = path.write_text("2 2\nking 0.5 1.0\nqueen 0.25 -1.0\n")
    ...     word2vec2tensor(path, f"{folder}/demo")
    ...     print(pathlib.Path(folder, "demo_tensor.tsv").read_text().splitlines())
    ['0.5\t1.0', '0.25\t-1.0']
    """
    vectors = KeyedVectors.load_word2vec_format(word2vec_model_path, binary=binary)
    tensor, metadata = f"{tensor_filename}_tensor.tsv", f"{tensor_filename}_metadata.tsv"
    for row, word in enumerate(vectors.index_to_key):
        if any(character in word for character in "\t\r\n"):
            raise ValueError(f"the word {word!r} (row {row}) has a tab or a line break in it, which a .tsv cannot hold")
    with atomic_writes(tensor, metadata) as (rows, words):
        for word in vectors.index_to_key:
            words.write(f"{word}\n".encode())
            # str of a float32 is the shortest text that reads back as the same number
            rows.write(("\t".join(map(str, vectors[word])) + "\n").encode())
    logger.info("2D tensor file saved to %s", tensor)
    logger.info("Tensor metadata file saved to %s", metadata)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    options = argparse.ArgumentParser(
        prog=f"python -m w2vcore.scripts.{NAME}",
        description="Convert a word2vec file to the two TSV files of the Embedding Projector.",
    )
    options.add_argument(
        "-i", "--input", type=expanded, required=True, metavar="FILE", help="vectors in word2vec format"
    )
    options.add_argument(
        "-o", "--output", type=expanded, required=True, metavar="PREFIX", help="how both files are to be called"
    )
    options.add_argument("-b", "--binary", action="store_true", help="the vectors are in binary")
    return options


def _convert(arguments: argparse.Namespace) -> None:
    _command.check_readable("--input", arguments.input)
    _command.check_writable("--output", f"{arguments.output}_tensor.tsv")
    word2vec2tensor(arguments.input, arguments.output, arguments.binary)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    return _command.run(_convert, parser().parse_args(argv), NAME)


if __name__ == "__main__":
    sys.exit(main())
