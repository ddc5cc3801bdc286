"""Commands that convert files of vectors."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2vcore.cli.common import command, option, quoted, say
from w2vcore.cli.formats import FormatName, by_ending, check_format, save_model, save_vectors, shown
from w2vcore.cli.lookup import load_vectors, undecodable
from w2vcore.cli.paths import LocalPath, check_input, check_output, check_output_folder, model_argument
from w2vcore.cli.waiting import size_of, waiting

if TYPE_CHECKING:
    from w2vcore.word2vec import Word2Vec


@command()
@click.argument("source", type=LocalPath())
@click.argument("target", type=LocalPath())
@option("--from", "read_as", type=FormatName(written=False), help="Format of SOURCE; default: by its first bytes.")
@option("--to", "write_as", type=FormatName(written=True), help="Format of TARGET; default: by its ending.")
@option("--limit", type=click.IntRange(min=1), help="Take only the first vectors.")
@option("--vectors-only", is_flag=True, help="Leave out what a whole model needs to be trained further.")
@option(
    "--keys",
    type=click.Choice(["int", "str"]),
    help="Type of the keys, such as int for ids of items; default: as in SOURCE, which is str in text formats.",
)
@option("--encoding", default="utf8", help="Encoding of the words in text and binary files.")
@option(
    "--unicode-errors",
    type=click.Choice(["strict", "ignore", "replace"]),
    default="strict",
    help="What to do with words that are not in that encoding.",
)
@option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
def convert(source: Path, target: Path, read_as: str | None, write_as: str | None, **options: Any) -> None:
    """Convert a file of vectors to another format.

    Endings: .safetensors and .kv (native), .txt and .vec (word2vec-text), .bin (word2vec-binary), .glove, .npz and
    .npy (numpy), .tsv (projector), .fifu (finalfusion), .parquet and .arrow (parquet), .floret. A further .gz, .bz2,
    .xz or .zst compresses the file. gensim's files are read, without running any code in them, but not written: gensim
    loads word2vec's formats. A whole model stays whole if TARGET is native, and one of n-grams
    if it is fasttext-binary.

    For example:
      w2vcore convert model.safetensors vectors.txt
      w2vcore convert GoogleNews-vectors.bin.gz news.safetensors --limit 300000
      w2vcore convert gensim.model model.safetensors
      w2vcore convert items.txt items.safetensors --keys int
      w2vcore convert vectors.vec subwordless.bin --to fasttext-binary
    """
    vectors_only, quiet = options.pop("vectors_only"), options.pop("quiet")
    keys = {"int": int, "str": str, None: None}[options.pop("keys")]
    check_input(source, "SOURCE is a file of vectors")
    check_output(target, "TARGET", source)
    write_as = write_as or by_ending(target)
    if write_as is None:
        names = ", ".join(FormatName(written=True).names())
        raise click.UsageError(f"{target}: this ending stands for no format; give --to, one of {names}")
    check_format(target, write_as, "TARGET", source)
    try:
        with waiting(f"Converting {source}{size_of(source)}", quiet):
            files, size = _convert(source, target, read_as, write_as, vectors_only, keys, options)
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"{source}: {undecodable(error)}; give --encoding, or --unicode-errors replace"
        ) from error
    if not quiet:
        say(f"{size} in {', '.join(map(str, files))} ({shown(write_as)})")


def _convert(
    source: Path,
    target: Path,
    read_as: str | None,
    write_as: str,
    vectors_only: bool,
    keys: type | None,
    options: dict[str, Any],
) -> tuple[list[Path], str]:
    """Return the files that were written, and what is in them."""
    from w2vcore.fasttext import FastText
    from w2vcore.formats import native, registry
    from w2vcore.formats.atomic import naming
    from w2vcore.formats.recognition import read, recognise
    from w2vcore.formats.selection import with_keys
    from w2vcore.formats.subword_arrays import BUCKETS, is_floret, without_subwords
    from w2vcore.keyedvectors import KeyedVectors

    found = read_as or recognise(source)
    whole = not vectors_only and options["limit"] is None
    if whole and write_as in ("native", "fasttext_binary") and write_as != found:
        model = _model(source, found, options["encoding"])
        if model is not None and (write_as == "native" or isinstance(model, FastText)):
            save_model(model, target, write_as)
            if keys is None or write_as != "native":
                return [target], _size(model.wv.vectors)
            source, found = target, "native"
    if whole and found == write_as == "native":
        with naming(source):
            snapshot = with_keys(native.read(source), keys)
        native.write(snapshot, target)
        return [target], _size(snapshot.arrays["vectors"])
    module: Any = registry.get(found)
    if read_as is None or read_as == "native":
        snapshot = read(source, **options)
    else:
        snapshot = module.read(source, **options)
    if whole and found == write_as == "fasttext_binary":
        module.write(snapshot, target)
        return [target], _size(snapshot.arrays["vectors"])
    table = snapshot.arrays[BUCKETS] if is_floret(snapshot) and not len(snapshot.keys) else None
    if table is not None and (vectors_only or write_as not in ("native", "floret")):
        raise click.ClickException(
            f"{source} is a floret table, which has no words: there is nothing to write as {shown(write_as)}. Ask for "
            f"the words that you need: w2vcore vector {quoted(source)} WORD ..."
        )
    if vectors_only:
        snapshot = without_subwords(snapshot)
    with naming(source):
        vectors = KeyedVectors.from_snapshot(with_keys(snapshot, keys))
    written = save_vectors(vectors, target, write_as)
    return written, _size(vectors.vectors) if table is None else _size(table, "rows")


def _size(matrix: Any, of_what: str = "vectors") -> str:
    return f"{len(matrix):,} {of_what} of {matrix.shape[1]} numbers"


def _model(source: Path, found: str, encoding: str) -> Word2Vec | None:
    """Return the model of a file; None if there are vectors alone in it."""
    from w2vcore.fasttext import FastText, load_facebook_model
    from w2vcore.word2vec import Word2Vec

    if found == "fasttext_binary":
        with suppress(NotImplementedError, ValueError):
            return load_facebook_model(source, encoding)
    for kind in (Word2Vec, FastText) if found in ("gensim", "native") else ():
        with suppress(AttributeError):
            return kind.load(source)
    return None


@command("export-projector")
@model_argument
@click.argument("log_dir", type=LocalPath(file_okay=False))
@option("--name", default="word2vec", help="Name of the vectors in the Projector.")
@option("--limit", type=click.IntRange(min=1), help="The first (most frequent) words only; default: all.")
@option("--metadata", type=LocalPath(exists=True, dir_okay=False), help="Further columns: a .tsv or .csv file by key.")
@option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
def export_projector(
    model: Path, log_dir: Path, name: str, limit: int | None, metadata: Path | None, quiet: bool
) -> None:
    """Write vectors for TensorBoard's Embedding Projector.

    LOG_DIR will hold the vectors, the words with their counts, and a configuration that names both files.

    The page shows 10,000 to 100,000 words well. Without TensorBoard, load vectors.tsv and metadata.tsv at
    https://projector.tensorflow.org.

    For example:
      w2vcore export-projector model.safetensors logs --limit 10000
      tensorboard --logdir logs
    """
    from w2vcore.visual.projector import export_projector as export

    check_output_folder(log_dir, "LOG_DIR")
    vectors = load_vectors(model)
    with waiting(f"Writing to {log_dir}", quiet):
        folder = export(vectors, log_dir, name, limit=limit, metadata=metadata)
    if not quiet:
        say(f"Written to {folder}; to view it: tensorboard --logdir {quoted(folder)}")
