"""The options of ``w2vcore train`` that are arguments of a model: those of the tables of settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from w2vcore.cli.common import Decorated, option
from w2vcore.cli.paths import LocalPath
from w2vcore.model.config import DOCUMENT_SETTINGS, SETTINGS, SUBWORD_SETTINGS, Option, Setting
from w2vcore.model.kinds import Flag, Kind, Off, OneOf, OrNone, OrNumber, OrNumbers, OrWord, Real, Whole
from w2vcore.presets import PRESETS, preset

if TYPE_CHECKING:
    AnyType = click.ParamType[Any]
    Words = click.Choice[Any]
else:  # these take no type before click 8.4
    AnyType = click.ParamType
    Words = click.Choice

SECTIONS = ("Model", "Subwords", "Documents", "Vocabulary", "Training", "Machine", "Checkpoints")


class NumberOr(AnyType):
    """A number, or a word.

    Parameters
    ----------
    word : str
    value : object
        What the word stands for.
    numbers, unit : str
        What numbers are called in the help and in an error.
    """

    def __init__(self, word: str, value: Any, numbers: str, unit: str) -> None:
        self.name = f"{numbers}|{word}"
        self._word, self._value, self._unit = word, value, unit

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return an int, or what the word stands for."""
        if value == self._word:
            return self._value
        try:
            return int(value)
        except ValueError:
            self.fail(f"{value!r} is neither a {self._unit} nor {self._word!r}", param, ctx)


class NumbersOr(AnyType):
    """One of a few words, or numbers with commas between them.

    Parameters
    ----------
    words : tuple of str
    """

    def __init__(self, words: tuple[str, ...]) -> None:
        self.name = "|".join((*words, "numbers"))
        self._words = words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a word, or a tuple of floats."""
        if value in self._words or not isinstance(value, str):
            return value
        try:
            return tuple(float(number) for number in value.split(","))
        except ValueError:
            named = ", ".join(map(repr, self._words))
            self.fail(f"{value!r} is none of {named}, nor numbers with commas between them", param, ctx)


class WordOrNo(Words):
    """One of a few words, or "no", which is False."""

    NO = "no"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a word or False."""
        word = False if value is False else super().convert(value, param, ctx)
        return False if word == self.NO else word


def _type_of(kind: Kind, none: str | None) -> Any:
    """Return the type of an option's value; None: click's own, text."""
    if isinstance(kind, OrNone):
        return _type_of(kind.kind, None) if none is None else NumberOr(none, None, "number", "number")
    if isinstance(kind, OrWord):
        return NumberOr(kind.word, kind.word, "words", "number of words")
    if isinstance(kind, OrNumbers):
        return NumbersOr(kind.words)
    if isinstance(kind, OneOf):
        return click.Choice(kind.words)
    if isinstance(kind, Off):
        return WordOrNo((WordOrNo.NO, *kind.kind.words))
    return int if isinstance(kind, (Whole, OrNumber)) else float if isinstance(kind, Real) else None


def _option_of(setting: Setting, offered: Option) -> Callable[[Decorated], Decorated]:
    """Return the option of a setting in `train`."""
    default = setting.default if offered.default is None else offered.default
    flag = isinstance(setting.kind, Flag)
    return option(
        offered.flags or _name(setting),
        section=offered.section,
        type=None if flag else _type_of(setting.kind, offered.none),
        default=bool(default) if flag else default,
        show_default=WordOrNo.NO if isinstance(setting.kind, Off) and not default else default is not None,
        help=offered.about,
    )


def _option_of_resume(setting: Setting, offered: Option) -> Callable[[Decorated], Decorated]:
    """Return the option of a setting in `resume`, where it has no default."""
    return option(
        _name(setting), section=offered.section, type=_type_of(setting.kind, offered.none), help=offered.on_resume
    )


def _name(setting: Setting) -> str:
    return f"--{setting.name.replace('_', '-')}"


_OFFERED = sorted(
    (
        (setting, setting.option)
        for setting in (*SETTINGS.values(), *SUBWORD_SETTINGS.values(), *DOCUMENT_SETTINGS.values())
        if setting.option is not None
    ),
    key=lambda pair: SECTIONS.index(pair[1].section),
)
_RESUMED = [(setting, offered) for setting, offered in _OFFERED if offered.on_resume is not None]

_PRESET = option(
    "--preset",
    type=click.Choice(list(PRESETS)),
    section="Model",
    help="Settings for a purpose, in place of the defaults below; options that are given override them.",
)
_FASTTEXT = option(
    "--fasttext",
    is_flag=True,
    section="Subwords",
    help="Train n-grams of characters, too, as fastText does: words that are not in the text have vectors then.",
)
_DOC2VEC = option(
    "--doc2vec",
    is_flag=True,
    section="Documents",
    help="Train a vector for each line, too: its tag is its number, from 0. 10 epochs by default.",
)
_DM = option(
    "--dm/--dbow",
    default=True,
    section="Documents",
    help="A line's words are predicted by the line and the words around, or by the line alone.",
)
_CACHE = option(
    "--cache-dir",
    type=LocalPath(exists=True, file_okay=False),
    section="Machine",
    help="Folder for data that is too large for memory.",
)
_CHECKPOINTS = (
    option(
        "--checkpoint",
        type=LocalPath(addresses=True, dir_okay=False),
        section="Checkpoints",
        help="File from which a stopped training can be resumed.",
    ),
    option(
        "--checkpoint-every",
        type=int,
        section="Checkpoints",
        help="Words between two checkpoints, in addition to those after each epoch.",
    ),
)


def all_settings(command: Decorated) -> Decorated:
    """Add the options of `train`."""
    return _with_options(
        command, [_PRESET, _FASTTEXT, _DOC2VEC, _DM, *(_option_of(*pair) for pair in _OFFERED), _CACHE, *_CHECKPOINTS]
    )


def resumed_settings(command: Decorated) -> Decorated:
    """Add the options of `resume`: how the machine is used from then on."""
    return _with_options(command, [*(_option_of_resume(*pair) for pair in _RESUMED), _CACHE])


def _with_options(command: Decorated, options: Iterable[Callable[[Decorated], Decorated]]) -> Decorated:
    for one in reversed(list(options)):
        command = one(command)
    return command


def as_arguments(options: dict[str, Any]) -> dict[str, Any]:
    """Return options as arguments of `Word2Vec`: switches as 0 or 1 where those are numbers."""
    numbers = {name for name, setting in SETTINGS.items() if isinstance(setting.kind, Flag) and setting.kind.number}
    return {name: int(value) if name in numbers else value for name, value in options.items()}


def with_preset(ctx: click.Context, options: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Return options with those of ``--preset``, which is left out, and the names of what the user has chosen.

    Parameters
    ----------
    ctx : click.Context
    options : dict
        Of `train`, also ``preset``.
    """
    given = {name for name in options if ctx.get_parameter_source(name) != ParameterSource.DEFAULT}
    chosen = {} if options["preset"] is None else preset(options["preset"])
    settings = {name: value for name, value in options.items() if name != "preset"}
    settings.update((name, value) for name, value in chosen.items() if name not in given)
    return settings, given | chosen.keys()


def of_resume(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `Word2Vec` that `Word2Vec.resume` takes as well."""
    return {name: arguments[name] for name in (*(setting.name for setting, _ in _RESUMED), "cache_dir")}


def of_the_model(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that cannot change when a run is resumed."""
    fixed = (SETTINGS.keys() | SUBWORD_SETTINGS.keys() | DOCUMENT_SETTINGS.keys()) - {
        setting.name for setting, _ in _RESUMED
    }
    return {name: value for name, value in arguments.items() if name in fixed}


# Flags -> what they are called on the command line when they are off.
_OTHER_NAMES = {"dm": "dbow", "sg": "cbow"}


def arguments_of(kind: str, arguments: dict[str, Any], chosen: set[str]) -> dict[str, Any]:
    """Return the arguments of a model: "word2vec", "fasttext" or "doc2vec".

    Parameters
    ----------
    kind : str
    arguments : dict
        Those of all models.
    chosen : set of str
        Those that the user has chosen.

    Raises
    ------
    click.UsageError
        If one is among these that this model has not.
    """
    others = {
        "fasttext": ("n-grams of characters: give --fasttext, too", [*SUBWORD_SETTINGS]),
        "doc2vec": ("documents: give --doc2vec, too", [*DOCUMENT_SETTINGS, "dm"]),
        "word2vec": ("words alone: with --doc2vec give --dm or --dbow", ["sg"] if kind == "doc2vec" else []),
    }
    own = dict(arguments)
    for other, (what, names) in others.items():
        if other == kind:
            continue
        wanted = [name for name in names if name in chosen]
        if wanted:
            name = wanted[0] if arguments[wanted[0]] else _OTHER_NAMES.get(wanted[0], wanted[0])
            raise click.UsageError(f"--{name.replace('_', '-')} is for {what}")
        own = {name: value for name, value in own.items() if name not in names}
    if kind == "doc2vec":
        own["dm"] = int(own["dm"])
        if "epochs" not in chosen:
            del own["epochs"]
    return own
