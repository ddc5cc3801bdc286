"""Commands that ask a model about words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from w2vcore.cli.common import Command, command, option, print_json, with_json
from w2vcore.cli.lookup import check_words, find_input, find_key, find_tag, key_of, load_documents, load_vectors
from w2vcore.cli.paths import LocalPath, check_input, model_argument
from w2vcore.cli.prompt import Answer, Questions
from w2vcore.cli.visible import visible

if TYPE_CHECKING:
    from w2vcore.keyedvectors import KeyedVectors

_topn = option("-n", "--topn", type=click.IntRange(min=1), default=10, help="How many to show.")
_restrict = option(
    "--restrict-vocab", type=click.IntRange(min=1), help="Search the first (most frequent) words only; default: all."
)


class _SignedWords(Command):
    """A command whose words may have a leading "-" as a sign; after "--" it is part of the word."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments."""
        return super().parse_args(ctx, self.arranged(args))

    def arranged(self, args: list[str]) -> list[str]:
        """Return options, then words. Of arguments with one leading "-", only -h, -n and -nNUMBER are options."""
        valued = {name for one in self.params if isinstance(one, click.Option) and not one.is_flag for name in one.opts}
        options: list[str] = []
        words: list[str] = []
        rest = iter(args)
        for argument in rest:
            if argument == "--":
                words += ["--", *rest]
            elif argument[:1] == "-" and (argument[:2] == "--" or _SHORT.fullmatch(argument)):
                options.append(argument)
                if argument.replace("_", "-") in valued:
                    value = [*islice(rest, 1)]
                    if not value:
                        return args  # click refuses an option without a value
                    options += value
            else:
                words.append(argument)
        return [*options, "--", *words]


_SHORT = re.compile(r"-h|-n(=?\d+)?")


def signed(vectors: KeyedVectors, question: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words to move towards, and the words to move away from: -WORD, unless "-WORD" is a key itself.

    After "--" there are no signs.
    """
    towards: list[str] = []
    away: list[str] = []
    rest = iter(question)
    for word in rest:
        if word == "--":
            towards += rest
        elif word[:1] == "-" and len(word) > 1 and key_of(vectors, word) is None:
            away.append(word[1:])
        else:
            towards.append(word)
    return towards, away


@command(cls=_SignedWords)
@model_argument
@click.argument("words", nargs=-1, metavar="[[-]WORD]...")
@_topn
@option("--negative", multiple=True, metavar="WORD", help="Move away from this word too; may be repeated.")
@_restrict
@option("--tags", is_flag=True, help="Ask for documents by their tags, with a model of 'train --doc2vec'.")
@option(
    "--among",
    type=LocalPath(),
    metavar="FILE",
    help="Answer with words of this text file, one a line, that may be unknown to MODEL, if it has n-grams.",
)
@with_json
def similar(
    model: Path,
    words: tuple[str, ...],
    topn: int,
    negative: tuple[str, ...],
    restrict_vocab: int | None,
    tags: bool,
    among: Path | None,
    as_json: bool,
) -> None:
    """Print the words most similar to a word.

    Several words count as their mean; -WORD moves away from a word. After --, a leading hyphen is part of the word.
    MODEL is a file of vectors in any format that w2vcore reads. With a fastText model (.bin), unknown words are
    composed from their subwords. A floret table has no words: --among gives those to search.

    Without WORD there is a prompt for one question after another (Tab completes a word; EXIT or Ctrl-D ends). If
    stdin is not a terminal, its lines are the questions, and each line of the answer begins with its question.

    For example:
      w2vcore similar model.safetensors king
      w2vcore similar model.safetensors king woman -man
      w2vcore similar vectors.bin
      w2vcore similar model.safetensors < words.txt > neighbours.tsv
      w2vcore similar articles.safetensors --tags 17
      w2vcore similar vectors.floret unforeseeable --among words.txt
    """
    vectors = load_documents(model).dv if tags else load_vectors(model)
    searched = vectors if among is None else _words_of(among, vectors)
    check_words(model, searched, ": give a file of some, --among WORDS.txt")

    def answer(question: Sequence[str]) -> Answer:
        towards, away = signed(vectors, question)
        find = find_tag if tags else find_input
        positive, back = ([find(vectors, word) for word in group] for group in (towards, [*away, *negative]))
        if searched is not vectors:
            positive, back = ([_key_or_vector(searched, vectors, word) for word in group] for group in (positive, back))
        found: Answer = searched.most_similar(positive, back, topn=topn, restrict_vocab=restrict_vocab)
        return found

    Questions(searched, "Words (EXIT or Ctrl-D ends): ", answer, as_json).ask(words)


def _words_of(file: Path, vectors: KeyedVectors) -> KeyedVectors:
    """Return the vectors of the words of a file, one a line."""
    from w2vcore.formats.atomic import open_binary

    check_input(file, "--among is a text file of words, one a line")
    with open_binary(file) as stream:
        words = [line.strip() for line in stream.read().decode("utf8", "replace").splitlines()]
    found = vectors.vectors_for_all([word for word in words if word])
    if not len(found):
        raise click.ClickException(f"{file} has no word that has a vector")
    return found


def _key_or_vector(searched: KeyedVectors, vectors: KeyedVectors, word: Any) -> Any:
    """Return a word that is not an answer to itself, or the vector of one that is not among the answers."""
    return word if searched.has_index_for(word) else vectors.get_vector(word)


@command()
@model_argument
@click.argument("words", nargs=-1, metavar="[A B C]")
@_topn
@option("--cosmul", is_flag=True, help="Multiply cosines rather than add them (3CosMul).")
@_restrict
@with_json
def analogy(
    model: Path, words: tuple[str, ...], topn: int, cosmul: bool, restrict_vocab: int | None, as_json: bool
) -> None:
    """Answer "A is to B as C is to what?", best answers first.

    Without words there is a prompt for one question of three words after another (EXIT or Ctrl-D ends). If stdin is
    not a terminal, its lines are the questions, and each line of the answer begins with its question.

    For example:
      w2vcore analogy model.safetensors man king woman
      w2vcore analogy model.safetensors
      echo "France Paris Italy" | w2vcore analogy vectors.bin -n 1
    """
    if words and len(words) != 3:
        raise click.UsageError(f"an analogy has three words, A B C: got {len(words)}; without any there is a prompt")
    vectors = load_vectors(model)
    check_words(model, vectors)

    def answer(question: Sequence[str]) -> Answer:
        if len(question) != 3:
            raise click.ClickException(f"an analogy has three words, A B C: got {len(question)}")
        a, b, c = (find_input(vectors, word) for word in question)
        ask = vectors.most_similar_cosmul if cosmul else vectors.most_similar
        found: Answer = ask(positive=[b, c], negative=[a], topn=topn, restrict_vocab=restrict_vocab)
        return found

    Questions(vectors, "Three words A B C (EXIT or Ctrl-D ends): ", answer, as_json).ask(words)


@command("odd-one-out")
@model_argument
@click.argument("words", nargs=-1, required=True, metavar="WORD WORD WORD...")
@with_json
def odd_one_out(model: Path, words: tuple[str, ...], as_json: bool) -> None:
    """Print the word that fits the others least.

    It is the word farthest from the mean of all.

    For example:
      w2vcore odd-one-out model.safetensors king queen sword prince
    """
    if len(words) < 3:
        raise click.UsageError(f"give at least three words to choose from, got {len(words)}")
    vectors = load_vectors(model)
    ranking = vectors.rank_by_centrality([find_input(vectors, word) for word in words])
    if as_json:
        rows = [{"word": word, "similarity": value} for value, word in ranking]
        print_json({"odd": ranking[-1][1], "ranking": rows})
    else:
        click.echo(visible(ranking[-1][1]))


@command()
@model_argument
@click.argument("words", nargs=-1, required=True, metavar="WORD WORD...")
@with_json
def similarity(model: Path, words: tuple[str, ...], as_json: bool) -> None:
    """Print the cosine of two words.

    It is 1 for vectors of the same direction, 0 for nothing in common, -1 for opposite directions. With more than two
    words, the first is compared with each of the others.

    For example:
      w2vcore similarity model.safetensors king queen
      w2vcore similarity model.safetensors king queen sword crown
    """
    if len(words) < 2:
        raise click.UsageError(f"give two words or more to compare, got {len(words)}")
    vectors = load_vectors(model)
    first, *others = (find_input(vectors, word) for word in words)
    cosines = [float(vectors.similarity(first, each)) for each in others]
    if as_json:
        pairs = zip(others, cosines, strict=True)
        print_json({"word": first, "similarities": [{"word": key, "similarity": value} for key, value in pairs]})
    elif len(others) == 1:
        click.echo(f"{cosines[0]:.4f}")
    else:
        for key, value in zip(others, cosines, strict=True):
            click.echo(f"{visible(key)}\t{value:.4f}")


@command()
@model_argument
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@option("--normalize", is_flag=True, help="Scale to length 1.")
@with_json
def vector(model: Path, words: tuple[str, ...], normalize: bool, as_json: bool) -> None:
    """Print the numbers of a word.

    A line for each WORD: the word and its vector, as in word2vec's text files.

    With a fastText model, the vectors of unknown words are composed from their subwords.

    For example:
      w2vcore vector model.safetensors king
      w2vcore vector model.safetensors king queen --json
    """
    vectors = load_vectors(model)
    rows = [_vector(vectors, word) for word in words]
    if normalize:
        rows = [(key, row / (np.linalg.norm(row) or row.dtype.type(1))) for key, row in rows]
    # str of a NumPy number has the fewest digits that are read back as the same number
    texts = [(key, [str(number) for number in row]) for key, row in rows]
    if as_json:
        print_json([{"word": key, "vector": [float(number) for number in row]} for key, row in texts])
        return
    for key, row in texts:
        click.echo(f"{visible(key)} {' '.join(row)}")


def _vector(vectors: KeyedVectors, word: str) -> tuple[Any, Any]:
    """Return the key of a word, and its vector."""
    if vectors.subwords is not None and key_of(vectors, word) is None:
        return word, vectors.subwords.vector(word)
    key = find_key(vectors, word)
    return key, np.asarray(vectors.get_vector(key))
