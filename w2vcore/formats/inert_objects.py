"""The results of reading a pickle as data (`inert_pickle`): known names, records for objects, arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats import text_table
from w2vcore.formats.budget import OBJECT, Budget

_MOST_DIMENSIONS = 4


@dataclass(eq=False, slots=True)
class Record:
    """An object whose class is known by name only: the arguments and attributes that it would have been given."""

    name: str
    arguments: Any = ()
    state: dict[Any, Any] = field(default_factory=dict)

    def get(self, attribute: str, default: Any = None) -> Any:
        """Return an attribute."""
        return self.state.get(attribute, default)


@dataclass(frozen=True, slots=True)
class Global:
    """A name that a pickle uses; it refers to nothing."""

    name: str


@dataclass(eq=False, slots=True)
class DType:
    """A type of numbers, before and after its state (which only holds the byte order for what is allowed)."""

    code: str
    order: str = "|"

    def numpy(self) -> np.dtype[Any]:
        """Return the type as NumPy's."""
        dtype = np.dtype(self.code)
        return dtype.newbyteorder(cast("Any", self.order)) if self.order in ("<", ">") else dtype


class ArrayBox:
    """An array between its two opcodes: REDUCE makes it empty, BUILD gives it shape, type and bytes."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: NDArray[Any] | None = None


_ARRAY_MODULES = ("numpy.core.multiarray", "numpy._core.multiarray")
_NUMERIC_MODULES = ("numpy.core.numeric", "numpy._core.numeric")
# Names whose meaning is built here: types of plain data and the parts of an array.
KNOWN = {
    "collections.OrderedDict": "dict",
    "collections.defaultdict": "dict",
    "collections.Counter": "dict",
    "builtins.dict": "dict",
    "builtins.list": "list",
    "builtins.tuple": "tuple",
    "builtins.set": "set",
    "builtins.frozenset": "set",
    "builtins.bytearray": "bytes",
    "builtins.bytes": "bytes",
    "builtins.int": "int",
    "builtins.float": "float",
    "builtins.str": "str",
    "builtins.bool": "bool",
    "builtins.object": "object",
    "builtins.hash": "function",
    "_codecs.encode": "encode",
    "copyreg._reconstructor": "reconstructor",
    "copyreg.__newobj__": "newobj",
    "numpy.ndarray": "ndarray",
    "numpy.dtype": "dtype",
    **{f"{module}._reconstruct": "array" for module in _ARRAY_MODULES},
    **{f"{module}.scalar": "scalar" for module in _ARRAY_MODULES},
    **{f"{module}._frombuffer": "frombuffer" for module in _NUMERIC_MODULES},
}
# dtypes of numpy 2 have a class each
KNOWN.update(
    {
        f"numpy.dtypes.{name}DType": "dtype class"
        for name in (
            *("Bool", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"),
            *("Float16", "Float32", "Float64", "Object", "Str", "Bytes"),
        )
    }
)
# Classes and functions that gensim's saves name; they become records.
_MODELS = {
    "word2vec": "Word2Vec Word2VecVocab Word2VecTrainables Vocab",
    "keyedvectors": "KeyedVectors BaseKeyedVectors Word2VecKeyedVectors WordEmbeddingsKeyedVectors Vocab CompatVocab"
    " EuclideanKeyedVectors FastTextKeyedVectors Doc2VecKeyedVectors Doctag",
    "fasttext": "FastText FastTextKeyedVectors FastTextVocab FastTextTrainables",
    "fasttext_wrapper": "FastText FastTextKeyedVectors",
    "doc2vec": "Doc2Vec Doc2VecVocab Doc2VecTrainables DocvecsArray Doctag",
    "wrappers.fasttext": "FastText FastTextKeyedVectors",
    "phrases": "Phrases Phraser FrozenPhrases",
}
_RANDOM_STATES = {
    "_pickle": "__randomstate_ctor __generator_ctor __bit_generator_ctor",
    "mtrand": "RandomState",
    "bit_generator": "SeedSequence __pyx_unpickle_SeedSequence",
    "_mt19937": "MT19937",
    "_pcg64": "PCG64 PCG64DXSM",
    "_philox": "Philox",
    "_sfc64": "SFC64",
}
RECORDS = frozenset(
    {
        *(f"gensim.models.{module}.{name}" for module, names in _MODELS.items() for name in names.split()),
        *(f"numpy.random.{module}.{name}" for module, names in _RANDOM_STATES.items() for name in names.split()),
        "numpy.random.__RandomState_ctor",
        "gensim.utils.call_on_class_only",
    }
)
# Names of Python 2, in protocols up to 2; Python 3.4 wrote the last three for `collections`.
RENAMED_MODULES = {
    "__builtin__": "builtins",
    "copy_reg": "copyreg",
    **dict.fromkeys(("UserDict", "UserList", "UserString"), "collections"),
}
RENAMED = {"builtins.long": "builtins.int", "builtins.unicode": "builtins.str"}
_OLD_MODELS = "gensim.models.deprecated."  # where gensim 3.3 to 3.8 put the classes of older saves


def full_name(module: str, attribute: str) -> str:
    """Return the current form of a name, whatever version of Python or gensim wrote it.

    Examples
    --------
    >>> full_name("__builtin__", "long"), full_name("gensim.models.deprecated.word2vec", "Vocab")
    ('builtins.int', 'gensim.models.word2vec.Vocab')
    """
    name = f"{RENAMED_MODULES.get(module, module)}.{attribute}"
    if name.startswith(_OLD_MODELS):
        name = "gensim.models." + name.removeprefix(_OLD_MODELS)
    return RENAMED.get(name, name)


def rebuilt(function: Any, arguments: Any, budget: Budget) -> Any:
    """Return what calling `function` would have made, if it is one of the few known here; else a Record."""
    if not isinstance(function, Global) or not isinstance(arguments, tuple):
        raise TypeError(f"{type(function).__name__} cannot be called")
    if function.name in RECORDS:
        budget.spend(OBJECT)
        return Record(function.name, arguments)
    kind = KNOWN.get(function.name)
    if kind is None:
        raise unknown(function.name)
    builder = _BUILDERS.get(kind)
    if builder is None:
        raise ValueError(f"the pickle calls {function.name}, which no save of word vectors does; it was not called")
    budget.spend_on_copies(arguments)
    return builder(arguments, budget)


def unknown(name: str) -> ValueError:
    """Return what to raise for a name that is neither known nor needed."""
    return ValueError(f"the pickle names {name[:200]}, which no save of word vectors needs; nothing of it was run")


def _dictionary(arguments: tuple[Any, ...], budget: Budget) -> dict[Any, Any]:
    """Make a dict: empty (of a defaultdict, the argument is its factory), or of a list of pairs."""
    result: dict[Any, Any] = {}
    for argument in arguments:
        if isinstance(argument, (list, dict)):
            pairs = argument.items() if isinstance(argument, dict) else argument
            result.update((budget.key(key), value) for key, value in pairs)
        elif not isinstance(argument, Global) and argument is not None:
            raise TypeError("a dict of what is neither pairs nor empty")
    return result


def _sequence(arguments: tuple[Any, ...], _: Budget) -> list[Any]:
    (items,) = arguments or ([],)
    if not isinstance(items, (list, tuple)):
        raise TypeError("a list of what is no list")
    return list(items)


def _set(arguments: tuple[Any, ...], budget: Budget) -> set[Any]:
    budget.spend(OBJECT)
    return set(map(budget.key, _sequence(arguments, budget)))


def _encoded(arguments: tuple[Any, ...], _: Budget) -> bytes:
    """Return the bytes that protocols up to 2 write as text in Latin-1."""
    text, encoding = arguments
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise ValueError(f"text is encoded as {_shown(encoding)}")
    return text.encode("latin-1")


def _bare(arguments: tuple[Any, ...], budget: Budget) -> Record:
    """Make an object of protocols 0 and 1, of its class, its base, and the state of the base."""
    kind, base, state = arguments
    if not isinstance(base, Global) or base.name != "builtins.object" or state is not None:
        raise ValueError("an object that is more than attributes")
    return _new_object((kind,), budget)


def _new_object(arguments: tuple[Any, ...], budget: Budget) -> Record:
    """Make an object of protocols 0 to 2, of its class and its arguments."""
    kind, *rest = arguments
    if not isinstance(kind, Global):
        raise TypeError(f"{type(kind).__name__} cannot be called")
    if kind.name not in RECORDS:
        raise unknown(kind.name)
    budget.spend(OBJECT)
    return Record(kind.name, tuple(rest))


def _byte_string(arguments: tuple[Any, ...], _: Budget) -> bytes:
    (data, *encoding) = arguments or (b"",)
    if isinstance(data, str) and encoding in (["latin-1"], ["latin1"]):
        return data.encode("latin-1")
    if isinstance(data, (bytes, memoryview)) and not encoding:
        return bytes(data)
    raise TypeError("bytes of what is neither text nor bytes")


def _dtype(arguments: tuple[Any, ...], _: Budget) -> DType:
    code = arguments[0]
    if isinstance(code, memoryview):
        code = str(code, "ascii")
    if not isinstance(code, str) or not _is_allowed(code):
        raise ValueError(f"an array of type {_shown(code)}, which is neither numbers nor text")
    return DType(code)


def _is_allowed(code: str) -> bool:
    """Whether a type code is for numbers, short texts or objects: f4, i8, b1, U12, S3, O8."""
    kind, size = code[:1], code[1:]
    if not (size.isascii() and size.isdigit() and len(size) < 8):
        return False
    return int(size) in _ITEM_SIZES.get(kind, ()) or (kind in "US" and 0 < int(size) <= 1 << 20)


_ITEM_SIZES = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8), "O": (4, 8)}


def byte_order(state: Any) -> str:
    """Return the byte order in the state of a dtype: (version, order, no subarray, no names, no fields, ...)."""
    _, order, subarray, names, fields, *_ = state
    if isinstance(order, memoryview):
        order = str(order, "ascii")
    if order not in ("<", ">", "|", "=") or subarray is not None or names is not None or fields is not None:
        raise ValueError("an array of records, which no save of word vectors has")
    return str(order)


def _empty_array(arguments: tuple[Any, ...], _: Budget) -> ArrayBox:
    if not arguments or not isinstance(arguments[0], Global) or arguments[0].name != "numpy.ndarray":
        raise ValueError("an array of a type of its own")
    return ArrayBox()


def filled(state: Any) -> NDArray[Any]:
    """Return the array for (version, shape, dtype, whether in Fortran's order, bytes or list)."""
    _, shape, dtype, fortran, content = state
    return _array(content, dtype, shape, "F" if fortran else "C")


def _array(content: Any, dtype: Any, shape: Any, order: Any) -> NDArray[Any]:
    """Make an array from bytes or from a list of objects."""
    if not isinstance(dtype, DType) or order not in ("C", "F"):
        raise TypeError("an array without a type")
    if not isinstance(shape, tuple) or len(shape) > _MOST_DIMENSIONS or not all(_is_length(length) for length in shape):
        raise ValueError("an array of an impossible shape")
    count = 1
    for length in shape:
        count *= length
    if dtype.code[0] == "O":
        if not isinstance(content, list) or len(content) != count:
            raise ValueError("an array of objects that are not there")
        result = np.empty(count, object)
        for row, item in enumerate(content):
            result[row] = item
        return result.reshape(shape, order=order)
    if isinstance(content, str):  # of Python 2
        content = content.encode("latin-1")
    wanted = dtype.numpy()
    if not isinstance(content, (bytes, memoryview)) or len(content) != count * wanted.itemsize:
        raise ValueError(f"an array of shape {shape} does not have the bytes for it")
    # a copy: the numbers may be unaligned in the file, and the caller may change them
    array: NDArray[Any] = np.frombuffer(bytearray(content), wanted).reshape(shape, order=order)
    text_table.check_characters(array, "an array")
    return array


def _shown(value: Any) -> str:
    """Describe a value for an error, without its repr, which nested containers can make endless."""
    return repr(value[:60]) if isinstance(value, str) else f"a {type(value).__name__}"


def _is_length(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 48


def _scalar(arguments: tuple[Any, ...], _: Budget) -> Any:
    dtype, content = arguments
    return _array(content, dtype, (), "C")[()]


def _from_buffer(arguments: tuple[Any, ...], _: Budget) -> NDArray[Any]:
    content, dtype, shape, order = arguments
    return _array(content, dtype, shape, order)


_BUILDERS: dict[str, Callable[[tuple[Any, ...], Budget], Any]] = {
    "dict": _dictionary,
    "list": _sequence,
    "tuple": lambda arguments, budget: tuple(_sequence(arguments, budget)),
    "set": _set,
    "bytes": _byte_string,
    "encode": _encoded,
    "reconstructor": _bare,
    "newobj": _new_object,
    "dtype": _dtype,
    "array": _empty_array,
    "scalar": _scalar,
    "frombuffer": _from_buffer,
}
