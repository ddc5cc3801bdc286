"""Messages of the library in the terms of the command line: arguments become options, methods become commands."""

from __future__ import annotations

import re
from collections.abc import Iterable

import click

COMMAND = "w2vcore.command"  # in a context's meta: the command that runs

_Rule = tuple["re.Pattern[str]", str]


def _rules(*pairs: tuple[str, str]) -> list[_Rule]:
    return [(re.compile(pattern), replacement) for pattern, replacement in pairs]


# Patterns and their replacements. The names of options are replaced after these, one by one.
_PHRASES = _rules(
    (
        r"You must set either 'hs' or 'negative' to be positive for proper training\..*",
        "nothing would be trained: give --hs, or a --negative of at least 1",
    ),
    (r"You must specify an explicit epochs count of at least 1, got epochs=", "--epochs must be at least 1, got "),
    (r" \((?:max_final_vocab|max_vocab_size)=None sets no limit\)", " (leave it out for no limit)"),
    (r" \(seed=None draws one\)", ""),
    (r"; None: after each epoch\)", "; without it: after each epoch)"),
    (r"(, unless a callback has written that|, unless it was there before)", ""),
    (r"start it with mpiexec -n N python script\.py \(or srun -n N\)", "start it with mpiexec -n N w2vcore train ..."),
    (r"\. Load it with Word2Vec\.load, and call train\(\) to go on", "; 'w2vcore train --checkpoint' writes those"),
    (
        r"^Model of type (\w+) can't be loaded by \w+: use \w+\.load\((?:\w+\()?'([^']*)'\)+.*",
        r"\2: the file holds \1, which this command does not take",
    ),
    (r" as Python writes it", ""),
    (r"; Phrases\.load reads phrases", "; 'w2vcore phrases --load' takes it"),
    (r"; load it with Word2Vec\.load or KeyedVectors\.load", ""),
    (r"; KeyedVectors\.load_any reads \.npz, else unpack it", "; unpack it"),
    (r"; KeyedVectors\.load_any reads (?:it|other files of vectors)(?:, with the package (\w+))?", ""),
    (
        r"if the first column is the key, call KeyedVectors\.load_word2vec_format\(path, no_header=True\)",
        "if the first column is the key, give --from glove",
    ),
    (
        r", which can run any code when Python loads it; Word2Vec\.load, .* anything in them \(.*\)",
        ", but none of word vectors",
    ),
    (
        r"; load with keys=str, take it out with remove\(\), save, and load again",
        "; leave --keys out, so that words stay text",
    ),
    (r"load the vectors with\s+keys=int", "make them numbers: w2vcore convert FILE NEW --keys int"),
    (r"; for rows use wv\.vectors\[\d+\]", ""),
    (r"; ask for that, or", ";"),
    (r"; (?:replace it, or )?use save\(\)(, or an \.npz)?", r"; name a TARGET that ends in .safetensors\1"),
    (r"; pass (?:binary=False and )?no_header=True \(GloVe\)", "; give --from glove, or no --from"),
    (r"; pass binary=False", "; give --from word2vec-text, or no --from"),
    (r"; pass binary=True(?:, and leave no_header out)?", "; give --from word2vec-binary, or no --from"),
    (r"; leave no_header=True out", "; give --from word2vec-text, or no --from"),
    (r"; (?:pass|give) unicode_errors='replace'[^;]*", "; give --unicode-errors replace"),
    (r"; name it with metadata=", "; put it there under this name"),
    (r": name it with keys=", ": put it beside this one"),
    (r"; check delimiter='.*', and the words against KeyedVectors<.*>", "; are its words those of the model?"),
    (r"\bpath must end in\b", "the name of --output must end in"),
    (r"; (?:Pass|pass) a list, .*", ""),
    (r"\. Make them lists: .*", ""),
    (r"If it is an iterator.*?(?:\.|$)", ""),
    (r"\bopcode b'.*' at byte \d+ is none that a save needs", "this is no save of gensim's"),
    (r"(it begins with )b(['\"])", r"\1\2"),
    (r"\bPosixPath\(('[^']*')\)", r"\1"),
)
# name=value as an error shows it, but not inside the name of a file
_NAMED = re.compile(
    r"(?<![\w/.\\-])([a-z]+(?:_[a-z]+)*)=('[^']*'|-?\d[\d.,]*(?:e[+-]?\d+)?(?<![.,])|nan|inf|None|True|False|int|str|)"
    r"(?![\w/\\'-]|\.\w)"
)
_ALONE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
_SUBJECT = re.compile(r"^[a-z]+(?= (?:must|should) )|(?<=\braise )[a-z]+\b|(?<=\blower )[a-z]+\b|(?<=\bRaise )[a-z]+\b")


_EPOCH = re.compile(r"\bepoch \d+(?= (?:read|saw|\(matrix))")  # counted from 1 on the command line


def worded(text: str) -> str:
    """Return a message of the library with arguments named as options of the running command.

    Examples
    --------
    >>> worded("the file holds what no command takes")
    'the file holds what no command takes'
    """
    for pattern, replacement in _PHRASES:
        text = pattern.sub(replacement, text)
    text = _EPOCH.sub(lambda found: f"epoch {int(found[0].split()[1]) + 1}", text)
    context = click.get_current_context(silent=True)
    command = None if context is None else context.meta.get(COMMAND)
    return text if command is None else with_options(text, command.params)


def with_options(text: str, parameters: Iterable[click.Parameter]) -> str:
    """Return a text in which names of arguments are replaced by their options, if there are such options.

    Examples
    --------
    >>> window, hs = click.Option(["--window"]), click.Option(["--hs/--no-hs"])
    >>> with_options("window must be at least 1, got window=0, hs=1", [window, hs])
    '--window must be at least 1, got --window 0, --hs'
    """
    options = {one.name: one for one in parameters if isinstance(one, click.Option)}

    def named(found: re.Match[str]) -> str:
        option = options.get(found[1])
        if option is None:
            return found[0]
        value = (found[2] or "").strip("'")
        if option.is_flag:
            off = value in ("0", "False") and option.secondary_opts
            return (option.secondary_opts if off else option.opts)[-1]
        return f"{_spelt(option)} {value}" if value else _spelt(option)

    def alone(found: re.Match[str]) -> str:
        option = options.get(found[0])
        return found[0] if option is None else _spelt(option)

    return _SUBJECT.sub(alone, _ALONE.sub(alone, _NAMED.sub(named, text)))


def _spelt(option: click.Option) -> str:
    """Return the longest name of an option."""
    return max(option.opts, key=len)
