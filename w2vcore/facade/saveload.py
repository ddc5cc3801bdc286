"""`SaveLoad`: the base of all classes with files, here and in users' programs, without pickle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.facade.attributes import comes_back
from w2vcore.facade.lifecycle import Lifecycle, plain_events
from w2vcore.formats import object_file
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.safetensors_file import stored_dtype

Self = TypeVar("Self", bound="SaveLoad")


class SaveLoad(Lifecycle):
    """A class that saves and loads itself, as gensim's ``utils.SaveLoad`` does, with no pickle and no code in the file.

    Derive from it a class whose attributes are NumPy arrays of numbers, and text, numbers, bool, None, lists and dicts
    of these. Word2Vec, KeyedVectors and Phrases derive from it too, and have files of their own.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from w2vcore import utils
    >>> class Titles(utils.SaveLoad):
    ...     def __init__(self, titles):
    ...         self.titles = titles
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "titles"
    >>> Titles(["Emma", "Ulysses"]).save(path)
    >>> Titles.load(path).titles
    ['Emma', 'Ulysses']
    """

    def save(
        self,
        fname_or_handle: PathLike | IO[bytes],
        separately: Any = None,
        sep_limit: int = 10 * 1024**2,
        ignore: Iterable[str] = frozenset(),
        pickle_protocol: int = 4,
    ) -> None:
        """Save all attributes in one safetensors file, atomically.

        Parameters
        ----------
        fname_or_handle : str, path-like or binary file
            A name ending in .gz, .bz2, .xz or .zst is packed.
        separately, sep_limit, pickle_protocol
            Accepted as gensim's, and ignored: there is one file and no pickle.
        ignore : iterable of str
            Attributes to leave out; they are None after `load`.

        Raises
        ------
        TypeError
            If a file cannot hold an attribute; it is named, before anything is written.
        """
        ignored = checked_ignore(ignore)
        arrays: dict[str, NDArray[Any]] = {}
        values: dict[str, Any] = {}
        for name, value in vars(self).items():
            if name in ignored:
                values[name] = None
            elif isinstance(value, np.ndarray) and stored_dtype(value) is not None:
                arrays[name] = value
            elif name == "lifecycle_events":
                values[name] = plain_events(value)
            elif comes_back(value):
                values[name] = value
            else:
                what = f"attribute {name!r} of {type(self).__name__} is a {type(value).__name__}"
                instead = "save it by itself" if isinstance(value, SaveLoad) else "leave it out with ignore="
                raise TypeError(
                    f"{what}, which cannot be saved with it; {instead}. A file holds arrays of numbers, str, numbers, "
                    "bool, None, and lists and dicts (whose keys are str) of these"
                )
        object_file.write(type(self).__name__, values, arrays, fname_or_handle)

    @classmethod
    def load(cls: type[Self], fname: Any, mmap: Literal["r", "r+", "c"] | None = None) -> Self:
        """Load what `save` wrote; the constructor is not called.

        Parameters
        ----------
        fname : str, path-like or binary file
        mmap
            Accepted as gensim's; not used.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        AttributeError
            If the file holds an object of another class, which this one is not derived from.
        ValueError
            If it is damaged, newer than this version, or something else.
        """
        name, values, arrays = object_file.read(fname)
        if name not in (base.__name__ for base in cls.__mro__):
            raise AttributeError(f"Model of type {name} can't be loaded by {cls.__name__}")
        result = cls.__new__(cls)
        vars(result).update(values)
        vars(result).update(arrays)
        return result


def checked_ignore(ignore: Any) -> frozenset[str]:
    """Return the names that ``save(ignore=)`` was given; refuse a single str."""
    if isinstance(ignore, str):
        raise TypeError(f"ignore must be a list of attribute names, got {ignore!r}; pass [{ignore!r}]")
    return frozenset(ignore)
