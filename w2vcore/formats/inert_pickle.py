"""A pickle read as data: an interpreter of the opcodes that rebuilds known containers and arrays, and runs nothing.

A pickle is a program for a stack machine. Python's own machine imports what the program names and calls it, and that is
what makes a pickle dangerous. This one has no import and no call: a name is looked up in the tables of `inert_objects`
and gives either a type of plain data, or a `Record`, which has a name and collects arguments and attributes. Any other
name is an error when something is to be made of it, and so is any opcode that is not needed.

No length is trusted for an allocation: each is checked against the bytes that are there. An opcode costs a constant, or
is booked in a `Budget`. Opcodes: the documentation in Python's pickletools.
"""

from __future__ import annotations

import codecs
import mmap
import struct
from collections.abc import Callable
from typing import Any, TypeAlias

from w2vcore.formats.budget import OBJECT, Budget
from w2vcore.formats.inert_objects import (
    KNOWN,
    RECORDS,
    ArrayBox,
    DType,
    Global,
    Record,
    byte_order,
    filled,
    full_name,
    rebuilt,
)

Buffer: TypeAlias = "bytes | bytearray | mmap.mmap"

_LONGEST_DECIMAL = 40  # characters of a number written as text: a 64-bit one has 20
_LONGEST_INTEGER = 64  # bytes of a number written in binary
_LONGEST_LINE = 1 << 20
_LONGEST_COPY = 1 << 12  # bytes: shorter texts are copied, since a view takes 184
_DEEPEST = 1000  # containers in containers: Python's own limit
_NOTHING = object()
_STOP = ord(".")


class InertUnpickler:
    r"""The stack machine.

    Parameters
    ----------
    data : bytes, bytearray or mmap
        The pickle. Arrays are views of it where they can be.
    name : str
        For errors.

    Attributes
    ----------
    budget : Budget
        What may still be made from the bytes of the pickle.
    unknown : set of str
        Names in it that are not known here, and from which nothing was made.

    Examples
    --------
    >>> import pickle
    >>> InertUnpickler(pickle.dumps({"a": [1, 2.5, None]}), "x").load()
    {'a': [1, 2.5, None]}
    >>> InertUnpickler(b"cos\nsystem\n(S'true'\ntR.", "x").load()
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
        self._memo: list[Any] = []
        self.budget = Budget(self._size)
        self.unknown: set[str] = set()

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
        """Return what a container may hold: a complete array, not the object that it was built in."""
        if isinstance(value, ArrayBox):
            if value.value is None:
                raise ValueError("an array has no content")
            return value.value
        return value

    # ------------------------------------------------------------------ opcodes: plain data

    def _mark(self) -> None:
        if len(self._marks) == _DEEPEST:
            raise ValueError(f"containers are nested more than {_DEEPEST:,} deep")
        self._marks.append(self._stack)
        self._stack = []

    def _digits(self) -> bytes:
        line = self._line()
        if len(line) > _LONGEST_DECIMAL:
            raise ValueError(f"a number of {len(line)} digits")
        return line

    def _decimal(self) -> None:
        line = self._digits()
        if line in (b"00", b"01"):
            self._push(line == b"01")
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
        if len(line) < 2 or line[:1] not in (b"'", b'"') or line[-1:] != line[:1]:
            raise ValueError(f"a string without quotes, {line[:40]!r}")
        self._push(codecs.escape_decode(line[1:-1])[0].decode("latin-1"))

    def _raw_unicode(self) -> None:
        self._push(self._line().decode("raw-unicode-escape"))

    def _raw_bytes(self, count: int) -> None:
        content = self._bytes(count)
        self._push(bytes(content) if count < _LONGEST_COPY else content)

    def _tuple(self, count: int) -> None:
        items = self._stack[len(self._stack) - count :]
        if len(items) < count:
            raise IndexError("the stack is empty")
        del self._stack[len(self._stack) - count :]
        self._push(tuple(map(self._plain, items)))

    def _put(self, number: int) -> None:
        if not 0 <= number <= self._size:
            raise ValueError(f"object {number} of a pickle of {self._size} bytes")
        missing = number + 1 - len(self._memo)
        if missing > 0:
            self._memo.extend([_NOTHING] * missing)
        self._memo[number] = self._stack[-1]

    def _get(self, number: int) -> None:
        value = self._memo[number] if number >= 0 else _NOTHING
        if value is _NOTHING:
            raise IndexError(f"there is no object {number}")
        self._push(value)

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
        as_key = self.budget.key
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[as_key(key)] = self._plain(value)

    def _set_item(self) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._set_items([key, value])

    def _add_items(self) -> None:
        items = self._since_mark()
        target = self._stack[-1]
        if not isinstance(target, set):
            raise TypeError(f"a {type(target).__name__} cannot be added to")
        target.update(map(self.budget.key, items))

    def _empty_set(self) -> None:
        self.budget.spend(OBJECT)
        self._push(set())

    def _frozen_set(self) -> None:
        self.budget.spend(OBJECT)
        self._push(frozenset(map(self.budget.key, self._since_mark())))

    def _dict_since_mark(self) -> None:
        items = self._since_mark()
        self._push({})
        self._set_items(items)

    # ------------------------------------------------------------------ opcodes: names, objects

    def _name_global(self, module: Any, attribute: Any) -> None:
        if not isinstance(module, str) or not isinstance(attribute, str):
            raise TypeError("a name must be text")
        self.budget.spend(len(module) + len(attribute))
        name = full_name(module, attribute)
        if name not in KNOWN and name not in RECORDS:
            self.unknown.add(name)
        self._push(Global(name))

    def _global(self) -> None:
        module = self._line().decode("utf-8")
        self._name_global(module, self._line().decode("utf-8"))

    def _stack_global(self) -> None:
        attribute, module = self._stack.pop(), self._stack.pop()
        self._name_global(module, attribute)

    def _call(self, function: Any, arguments: Any) -> None:
        self._push(rebuilt(function, arguments, self.budget))

    def _reduce(self) -> None:
        arguments, function = self._stack.pop(), self._stack.pop()
        self._call(function, arguments)

    def _new_object(self) -> None:
        arguments, kind = self._stack.pop(), self._stack.pop()
        self._call(kind, arguments)

    def _new_object_with_names(self) -> None:
        names, arguments, kind = self._stack.pop(), self._stack.pop(), self._stack.pop()
        if names:
            raise ValueError("an object is made with named arguments, which no save of word vectors does")
        self._call(kind, arguments)

    def _object(self) -> None:
        kind, *arguments = self._since_mark()
        self._call(kind, tuple(arguments))

    def _instance(self) -> None:
        arguments = tuple(self._since_mark())
        self._global()
        self._call(self._stack.pop(), arguments)

    def _build(self) -> None:
        state = self._stack.pop()
        target = self._stack[-1]
        if isinstance(target, Record) and isinstance(state, dict) and not target.state:
            target.state = state  # most of a model: an object for each word
            return
        self.budget.spend_on_copies(state)
        if isinstance(target, Record):
            for part in state if isinstance(state, tuple) else (state,):
                if isinstance(part, dict):
                    target.state.update(part)
        elif isinstance(target, DType):
            target.order = byte_order(state)
        elif isinstance(target, ArrayBox):
            target.value = filled(state)
        else:
            raise TypeError(f"a {type(target).__name__} has no state")


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
        b"F": lambda m: m._push(float(m._digits())),
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
        b"\x8f": machine._empty_set,
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
        b"p": lambda m: m._put(int(m._digits())),
        b"q": lambda m: m._put(m._number("<B")),
        b"r": lambda m: m._put(m._number("<I")),
        b"\x94": lambda m: m._put(len(m._memo)),
        b"g": lambda m: m._get(int(m._digits())),
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
