"""Run modules of tests, and print as JSON how each test ended: {id: "ok", or "skipped: ...", or the error's last line}."""

import importlib
import json
import sys
import unittest
from pathlib import Path


class Ends(unittest.TestResult):
    """Keeps how each test ended; a subtest that fails lets its test fail."""

    def __init__(self):
        super().__init__()
        self.ends = {}

    def addSuccess(self, test):
        self.ends.setdefault(test.id(), "ok")

    def addSkip(self, test, reason):
        self.ends[test.id()] = f"skipped: {reason}"

    def addError(self, test, error):
        self.ends[test.id()] = f"{error[0].__name__}: {error[1]}"[:300]

    addFailure = addError

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.addError(test, error)


class Function(unittest.FunctionTestCase):
    """A test that is a function, with the value of its one parameter."""

    def __init__(self, function, value):
        super().__init__(lambda: function(value))
        self._name = f"{function.__module__}.{function.__name__}[{value}]"

    def id(self):
        return self._name


def tests_of(name):
    """The tests of a module: those of its own classes, and functions that pytest would call."""
    module = importlib.import_module(name)
    found = [vars(module)[each] for each in sorted(vars(module))]
    classes = [each for each in found if isinstance(each, type) and issubclass(each, unittest.TestCase)]
    for each in classes:
        if each.__module__ == name:
            yield unittest.defaultTestLoader.loadTestsFromTestCase(each)
    for each in found:
        for mark in getattr(each, "pytestmark", []):
            yield from (Function(each, value) for value in mark.args[1])


if __name__ == "__main__":
    result = Ends()
    for name in sys.argv[2:]:
        unittest.TestSuite(tests_of(name)).run(result)
    Path(sys.argv[1]).write_text(json.dumps(result.ends, indent=1), encoding="utf8")
