"""A pickle read as data: an interpreter of the opcodes that rebuilds known containers and arrays, and runs nothing.

A pickle is a program for a stack machine. Python's own machine imports what the program names and calls it, and that is
what makes a pickle dangerous. This one has no import and no call: a name is looked up in the table below and gives either
a type of plain data, or a `Record`, a box with a name in which arguments and attributes are put. Any other name is an
error, and so is any opcode that is not needed.

Nothing is allocated by what a length claims: each one is held against the bytes that are there.
Opcodes: the documentation in Python's pickletools.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Buffer: TypeAlias = "bytes | mmap.mmap"

_LONGEST_DECIMAL = 40  # digits of a number written as text: a 64-bit one has 20
_LONGEST_INTEGER = 64  # bytes of a number written in binary
_MOST_DIMENSIONS = 4


@dataclass(eq=False)
class Record:
    """An object of a class that is known by name only: what would have been called with, and set on it."""

    name: str
    arguments: Any = ()
    state: dict[Any, Any] = field(default_factory=dict)

    def get(self, attribute: str, default: Any = None) -> Any:
        """Return an attribute."""
        return self.state.get(attribute, default)


@dataclass(frozen=True)
class Global:
    """A name that a pickle uses; nothing stands behind it."""

    name: str


@dataclass(eq=False)
class _DType:
    """A type of numbers, before and after its state (which only holds the byte order for what is allowed)."""

    code: str
    order: str = "|"

    def numpy(self) -> np.dtype[Any]:
        dtype = np.dtype(self.code)
        return dtype.newbyteorder(self.order) if self.order in ("<", ">") else dtype


class _Array:
    """An array between its two opcodes: REDUCE makes it empty, BUILD gives it shape, type and bytes."""

    def __init__(self) -> None:
        self.value: NDArray[Any] | None = None


_ARRAY_MODULES = ("numpy.core.multiarray", "numpy._core.multiarray")
_NUMERIC_MODULES = ("numpy.core.numeric", "numpy._core.numeric")
# Names whose meaning is built here: types of plain data and the parts of an array.
_KNOWN = {
    "collections.OrderedDict": "dict",
    "collections.defaultdict": "dict",
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
_KNOWN.update(
    {
        f"numpy.dtypes.{name}DType": "dtype class"
        for name in (
            *("Bool", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"),
            *("Float16", "Float32", "Float64", "Object", "Str", "Bytes"),
        )
    }
)
# Classes and functions that gensim's saves name: boxes.
_RECORDS = frozenset(
    {
        "gensim.models.word2vec.Word2Vec",
        "gensim.models.word2vec.Word2VecVocab",
        "gensim.models.word2vec.Word2VecTrainables",
        "gensim.models.word2vec.Vocab",
        "gensim.models.keyedvectors.KeyedVectors",
        "gensim.models.keyedvectors.Word2VecKeyedVectors",
        "gensim.models.keyedvectors.WordEmbeddingsKeyedVectors",
        "gensim.models.keyedvectors.BaseKeyedVectors",
        "gensim.models.keyedvectors.EuclideanKeyedVectors",
        "gensim.models.keyedvectors.FastTextKeyedVectors",
        "gensim.models.keyedvectors.Doc2VecKeyedVectors",
        "gensim.models.keyedvectors.Doctag",
        "gensim.models.keyedvectors.Vocab",
        "gensim.models.keyedvectors.CompatVocab",
        "gensim.models.fasttext.FastText",
        "gensim.models.fasttext.FastTextKeyedVectors",
        "gensim.models.fasttext.FastTextVocab",
        "gensim.models.fasttext.FastTextTrainables",
        "gensim.models.doc2vec.Doc2Vec",
        "gensim.models.doc2vec.Doc2VecVocab",
        "gensim.models.doc2vec.Doc2VecTrainables",
        "gensim.models.doc2vec.Doctag",
        "gensim.utils.call_on_class_only",
        "numpy.random._pickle.__randomstate_ctor",
        "numpy.random._pickle.__bit_generator_ctor",
        "numpy.random._mt19937.MT19937",
        "numpy.random.__RandomState_ctor",
        "numpy.random.mtrand.RandomState",
    }
)
_RENAMED_MODULES = {"__builtin__": "builtins", "copy_reg": "copyreg"}  # of Python 2, in protocols up to 2
_RENAMED = {"builtins.long": "builtins.int", "builtins.unicode": "builtins.str"}


class InertUnpickler:
    """The machine.

    Parameters
    ----------
    data : bytes or mmap
        The pickle. Arrays are views of it where they can be.
    name : str
        For errors.

    Examples
    --------
    >>> import pickle
    >>> InertUnpickler(pickle.dumps({"a": [1, 2.5, None]}), "x").load()
    {'a': [1, 2.5, None]}
    >>> InertUnpickler(b"cos\\nsystem\\n(S'true'\\ntR.", "x").load()
    Traceback (most recent call last):
    ...
    ValueError: x: the pickle names os.system, which no save of word vectors needs; nothing of it was run
    """

    def __init__(self, data: Buffer, name: str) -> None:
        self._data = data
        self._view = memoryview(data)
        self._size = len(self._view)
        self._at = 0
        self._name = name
        self._stack: list[Any] = []
        self._marks: list[list[Any]] = []
        self._memo: dict[int, Any] = {}

    def load(self) -> Any:
        """Return what the pickle holds.

        Raises
        ------
        ValueError
            If it names something that is not known, or is damaged.
        EOFError
            If it is cut short.
        """
        try:
            while True:
                code = self._view[self._at] if self._at < self._size else self._short()
                self._at += 1
                if code == _STOP:
                    return self._plain(self._stack.pop())
                action = _ACTIONS.get(code)
                if action is None:
                    raise ValueError(f"opcode {bytes([code])!r} at byte {self._at - 1} is none that a save needs")
                action(self)
        except (IndexError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, struct.error) as error:
            raise ValueError(
                f"{self._name}: the pickle is damaged near byte {self._at} ({type(error).__name__}: {error})"
            ) from None
        except UnicodeError as error:
            raise ValueError(f"{self._name}: the pickle is damaged near byte {self._at}: {error}") from None
        except ValueError as error:
            raise ValueError(f"{self._name}: {error}") from None

    # ------------------------------------------------------------------ bytes

    def _short(self) -> Any:
        raise EOFError(f"{self._name}: the pickle is cut short at byte {self._size}")

    def _bytes(self, count: int) -> memoryview:
        if not 0 <= count <= self._size - self._at:
            self._short()
        start = self._at
        self._at += count
        return self._view[start : self._at]

    def _number(self, code: str) -> Any:
        return struct.unpack(code, self._bytes(struct.calcsize(code)))[0]

    def _line(self) -> bytes:
        end = self._data.find(b"\n", self._at, min(self._size, self._at + _LONGEST_LINE))
        if end < 0:
            self._short()
        line = bytes(self._view[self._at : end])
        self._at = end + 1
        return line

    # ------------------------------------------------------------------ stack

    def _push(self, value: Any) -> None:
        self._stack.append(value)

    def _since_mark(self) -> list[Any]:
        items = self._stack
        self._stack = self._marks.pop()
        return items

    def _plain(self, value: Any) -> Any:
        """What a container may hold: an array that is complete, not the box in which it was made."""
        if isinstance(value, _Array):
            if value.value is None:
                raise ValueError("an array has no content")
            return value.value
        return value

    # ------------------------------------------------------------------ opcodes: plain data

    def _mark(self) -> None:
        self._marks.append(self._stack)
        self._stack = []

    def _decimal(self) -> None:
        line = self._line()
        if line in (b"00", b"01"):
            self._push(line == b"01")
        elif len(line) > _LONGEST_DECIMAL:
            raise ValueError(f"an integer of {len(line)} digits")
        else:
            self._push(int(line.rstrip(b"L")))

    def _binary_integer(self, count: int) -> None:
        if not 0 <= count <= _LONGEST_INTEGER:
            raise ValueError(f"an integer of {count} bytes")
        self._push(int.from_bytes(self._bytes(count), "little", signed=True))

    def _text(self, count: int) -> None:
        self._push(str(self._bytes(count), "utf-8", "surrogatepass"))

    def _old_text(self, count: int) -> None:
        self._push(str(self._bytes(count), "latin-1"))  # a str of Python 2: text or bytes

    def _quoted(self) -> None:
        line = self._line()
        if len(line) < 2 or line[:1] not in (b"'", b'"') or line[-1:] != line[:1] or b"\\" in line:
            raise ValueError(f"a string with escapes, {line[:40]!r}, is not read")
        self._push(line[1:-1].decode("latin-1"))

    def _raw_unicode(self) -> None:
        self._push(self._line().decode("raw-unicode-escape"))

    def _raw_bytes(self, count: int) -> None:
        self._push(self._bytes(count))

    def _tuple(self, count: int) -> None:
        items = self._stack[len(self._stack) - count :]
        if len(items) < count:
            raise IndexError("the stack is empty")
        del self._stack[len(self._stack) - count :]
        self._push(tuple(map(self._plain, items)))

    def _put(self, number: int) -> None:
        self._memo[number] = self._stack[-1]

    def _get(self, number: int) -> None:
        self._push(self._memo[number])

    def _append(self) -> None:
        item = self._stack.pop()
        self._extend([item])

    def _extend(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, list):
            raise TypeError(f"a {type(target).__name__} cannot be appended to")
        target.extend(map(self._plain, items))

    def _set_items(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if isinstance(target, Record):  # of a class that is a dict
            target = target.state
        if not isinstance(target, dict) or len(items) % 2:
            raise TypeError(f"a {type(target).__name__} has no items to set")
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[_hashable(key)] = self._plain(value)

    def _set_item(self) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._set_items([key, value])

    def _add_items(self) -> None:
        items = self._since_mark()
        target = self._stack[-1]
        if not isinstance(target, set):
            raise TypeError(f"a {type(target).__name__} cannot be added to")
        target.update(map(_hashable, items))

    def _frozen_set(self) -> None:
        self._push(frozenset(map(_hashable, self._since_mark())))

    def _dict_since_mark(self) -> None:
        items = self._since_mark()
        self._push({})
        self._set_items(items)

    # ------------------------------------------------------------------ opcodes: names, objects

    def _name_global(self, module: Any, attribute: Any) -> None:
        if not isinstance(module, str) or not isinstance(attribute, str):
            raise TypeError("a name must be text")
        module = _RENAMED_MODULES.get(module, module)
        name = f"{module}.{attribute}"
        name = _RENAMED.get(name, name)
        if name not in _KNOWN and name not in _RECORDS:
            raise ValueError(
                f"the pickle names {name[:200]}, which no save of word vectors needs; nothing of it was run"
            )
        self._push(Global(name))

    def _global(self) -> None:
        module = self._line().decode("utf-8")
        self._name_global(module, self._line().decode("utf-8"))

    def _stack_global(self) -> None:
        attribute, module = self._stack.pop(), self._stack.pop()
        self._name_global(module, attribute)

    def _reduce(self) -> None:
        arguments, function = self._stack.pop(), self._stack.pop()
        self._push(_rebuilt(function, arguments))

    def _new_object(self) -> None:
        arguments, kind = self._stack.pop(), self._stack.pop()
        self._push(_rebuilt(kind, arguments))

    def _new_object_with_names(self) -> None:
        names, arguments, kind = self._stack.pop(), self._stack.pop(), self._stack.pop()
        if names:
            raise ValueError("an object is made with named arguments, which no save of word vectors does")
        self._push(_rebuilt(kind, arguments))

    def _object(self) -> None:
        kind, *arguments = self._since_mark()
        self._push(_rebuilt(kind, tuple(arguments)))

    def _instance(self) -> None:
        arguments = tuple(self._since_mark())
        self._global()
        self._push(_rebuilt(self._stack.pop(), arguments))

    def _build(self) -> None:
        state = self._stack.pop()
        target = self._stack[-1]
        if isinstance(target, Record):
            parts = state if isinstance(state, tuple) else (state,)
            for part in parts:
                if isinstance(part, dict):
                    target.state.update(part)
        elif isinstance(target, _DType):
            target.order = _byte_order(state)
        elif isinstance(target, _Array):
            target.value = _filled(state)
        else:
            raise TypeError(f"a {type(target).__name__} has no state")


_LONGEST_LINE = 1 << 20
_STOP = ord(".")


def _hashable(key: Any) -> Any:
    """A key of a dict or a member of a set: text, numbers, and tuples of them. A hash of anything else is not needed."""
    if key is None or isinstance(key, (str, int, float, bool)):
        return key
    if isinstance(key, np.generic):
        return key.item()
    if isinstance(key, memoryview):
        return bytes(key)
    # not tuples of tuples: a few bytes can make one whose hash takes years
    if isinstance(key, tuple) and all(item is None or isinstance(item, (str, int, float)) for item in key):
        return key
    raise TypeError(f"a {type(key).__name__} cannot be a key")


def _rebuilt(function: Any, arguments: Any) -> Any:
    """What calling `function` would have made, of the few things that are known; a Record for the others."""
    if not isinstance(function, Global) or not isinstance(arguments, tuple):
        raise TypeError(f"{type(function).__name__} cannot be called")
    if function.name in _RECORDS:
        return Record(function.name, arguments)
    kind = _KNOWN[function.name]
    builder = _BUILDERS.get(kind)
    if builder is None:
        raise ValueError(f"the pickle calls {function.name}, which no save of word vectors does; it was not called")
    return builder(arguments)


def _dictionary(arguments: tuple[Any, ...]) -> dict[Any, Any]:
    """Make a dict: empty (of a defaultdict, the argument is its factory), or a list of pairs as in protocols up to 2."""
    result: dict[Any, Any] = {}
    for argument in arguments:
        if isinstance(argument, (list, dict)):
            pairs = argument.items() if isinstance(argument, dict) else argument
            result.update((_hashable(key), value) for key, value in pairs)
        elif not isinstance(argument, Global) and argument is not None:
            raise TypeError("a dict of what is neither pairs nor empty")
    return result


def _sequence(arguments: tuple[Any, ...]) -> list[Any]:
    (items,) = arguments or ([],)
    if not isinstance(items, (list, tuple)):
        raise TypeError("a list of what is no list")
    return list(items)


def _encoded(arguments: tuple[Any, ...]) -> bytes:
    """The bytes of protocols up to 2, which are written as text in latin-1."""
    text, encoding = arguments
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise ValueError(f"text is encoded as {_shown(encoding)}")
    return text.encode("latin-1")


def _bare(arguments: tuple[Any, ...]) -> Any:
    """An object of protocols 0 and 1: class, its base, and the state of that."""
    kind, base, state = arguments
    if not isinstance(base, Global) or base.name != "builtins.object" or state is not None:
        raise ValueError("an object that is more than attributes")
    return _rebuilt(kind, ())


def _byte_string(arguments: tuple[Any, ...]) -> bytes:
    (data, *encoding) = arguments or (b"",)
    if isinstance(data, str) and encoding in (["latin-1"], ["latin1"]):
        return data.encode("latin-1")
    if isinstance(data, (bytes, memoryview)) and not encoding:
        return bytes(data)
    raise TypeError("bytes of what is neither text nor bytes")


def _dtype(arguments: tuple[Any, ...]) -> _DType:
    code = arguments[0]
    if isinstance(code, memoryview):
        code = str(code, "ascii")
    if not isinstance(code, str) or not _is_allowed(code):
        raise ValueError(f"an array of type {_shown(code)}, which is neither numbers nor text")
    return _DType(code)


def _is_allowed(code: str) -> bool:
    """Whether a type code is one of numbers, of short texts, or of objects: f4, i8, b1, U12, S3, O8."""
    kind, size = code[:1], code[1:]
    if not (size.isascii() and size.isdigit() and len(size) < 8):
        return False
    return int(size) in _ITEM_SIZES.get(kind, ()) or (kind in "US" and 0 < int(size) <= 1 << 20)


_ITEM_SIZES = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8), "O": (4, 8)}


def _byte_order(state: Any) -> str:
    """The byte order in the state of a dtype: (version, order, no subarray, no names, no fields, ...)."""
    _, order, subarray, names, fields, *_ = state
    if isinstance(order, memoryview):
        order = str(order, "ascii")
    if order not in ("<", ">", "|", "=") or subarray is not None or names is not None or fields is not None:
        raise ValueError("an array of records, which no save of word vectors has")
    return str(order)


def _empty_array(arguments: tuple[Any, ...]) -> _Array:
    if not arguments or not isinstance(arguments[0], Global) or arguments[0].name != "numpy.ndarray":
        raise ValueError("an array of a type of its own")
    return _Array()


def _filled(state: Any) -> NDArray[Any]:
    """The array of (version, shape, dtype, whether in Fortran's order, bytes or list)."""
    _, shape, dtype, fortran, content = state
    return _array(content, dtype, shape, "F" if fortran else "C")


def _array(content: Any, dtype: Any, shape: Any, order: Any) -> NDArray[Any]:
    """Make an array, of the bytes that are there or of a list of objects."""
    if not isinstance(dtype, _DType) or order not in ("C", "F"):
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
    # a copy: numbers may lie at any byte of the file, and are the caller's to change
    array: NDArray[Any] = np.frombuffer(bytearray(content), wanted).reshape(shape, order=order)
    return array


def _shown(value: Any) -> str:
    """A value in an error: not its repr, which nested containers can make endless."""
    return repr(value[:60]) if isinstance(value, str) else f"a {type(value).__name__}"


def _is_length(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 48


def _scalar(arguments: tuple[Any, ...]) -> Any:
    dtype, content = arguments
    return _array(content, dtype, (), "C")[()]


def _from_buffer(arguments: tuple[Any, ...]) -> NDArray[Any]:
    content, dtype, shape, order = arguments
    return _array(content, dtype, shape, order)


_BUILDERS: dict[str, Callable[[tuple[Any, ...]], Any]] = {
    "dict": _dictionary,
    "list": _sequence,
    "tuple": lambda arguments: tuple(_sequence(arguments)),
    "set": lambda arguments: set(map(_hashable, _sequence(arguments))),
    "bytes": _byte_string,
    "encode": _encoded,
    "reconstructor": _bare,
    "newobj": lambda arguments: _rebuilt(arguments[0], arguments[1:]),
    "dtype": _dtype,
    "array": _empty_array,
    "scalar": _scalar,
    "frombuffer": _from_buffer,
}


def _actions() -> dict[int, Callable[[InertUnpickler], Any]]:
    """Opcode -> what it does. None of them reaches out of the machine: PERSID, EXT1 and NEXT_BUFFER are not there."""
    machine = InertUnpickler
    table: dict[bytes, Callable[[Any], Any]] = {
        b"\x80": lambda m: m._bytes(1),  # protocol
        b"\x95": lambda m: m._bytes(8),  # frame: how much to read at once
        b"(": machine._mark,
        b"0": lambda m: m._stack.pop() if m._stack else m._since_mark(),
        b"1": machine._since_mark,
        b"2": lambda m: m._push(m._stack[-1]),
        b"N": lambda m: m._push(None),
        b"\x88": lambda m: m._push(True),
        b"\x89": lambda m: m._push(False),
        b"I": machine._decimal,
        b"L": machine._decimal,
        b"J": lambda m: m._push(m._number("<i")),
        b"K": lambda m: m._push(m._number("<B")),
        b"M": lambda m: m._push(m._number("<H")),
        b"\x8a": lambda m: m._binary_integer(m._number("<B")),
        b"\x8b": lambda m: m._binary_integer(m._number("<i")),
        b"F": lambda m: m._push(float(m._line())),
        b"G": lambda m: m._push(m._number(">d")),
        b"V": machine._raw_unicode,
        b"\x8c": lambda m: m._text(m._number("<B")),
        b"X": lambda m: m._text(m._number("<I")),
        b"\x8d": lambda m: m._text(m._number("<Q")),
        b"S": machine._quoted,
        b"U": lambda m: m._old_text(m._number("<B")),
        b"T": lambda m: m._old_text(m._number("<i")),
        b"C": lambda m: m._raw_bytes(m._number("<B")),
        b"B": lambda m: m._raw_bytes(m._number("<I")),
        b"\x8e": lambda m: m._raw_bytes(m._number("<Q")),
        b"\x96": lambda m: m._raw_bytes(m._number("<Q")),  # a bytearray
        b"]": lambda m: m._push([]),
        b"}": lambda m: m._push({}),
        b")": lambda m: m._push(()),
        b"\x8f": lambda m: m._push(set()),
        b"l": lambda m: m._push(list(map(m._plain, m._since_mark()))),
        b"d": machine._dict_since_mark,
        b"t": lambda m: m._push(tuple(map(m._plain, m._since_mark()))),
        b"\x85": lambda m: m._tuple(1),
        b"\x86": lambda m: m._tuple(2),
        b"\x87": lambda m: m._tuple(3),
        b"a": machine._append,
        b"e": lambda m: m._extend(m._since_mark()),
        b"s": machine._set_item,
        b"u": lambda m: m._set_items(m._since_mark()),
        b"\x90": machine._add_items,
        b"\x91": machine._frozen_set,
        b"p": lambda m: m._put(int(m._line())),
        b"q": lambda m: m._put(m._number("<B")),
        b"r": lambda m: m._put(m._number("<I")),
        b"\x94": lambda m: m._put(len(m._memo)),
        b"g": lambda m: m._get(int(m._line())),
        b"h": lambda m: m._get(m._number("<B")),
        b"j": lambda m: m._get(m._number("<I")),
        b"c": machine._global,
        b"\x93": machine._stack_global,
        b"R": machine._reduce,
        b"\x81": machine._new_object,
        b"\x92": machine._new_object_with_names,
        b"o": machine._object,
        b"i": machine._instance,
        b"b": machine._build,
    }
    return {code[0]: action for code, action in table.items()}


_ACTIONS = _actions()
