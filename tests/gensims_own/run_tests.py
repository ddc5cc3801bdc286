"""Run modules of tests, and print as JSON how each test ended: {id: "ok", or "skipped: ...", or the error's last line}."""

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


if __name__ == "__main__":
    result = Ends()
    unittest.TestLoader().loadTestsFromNames(sys.argv[2:]).run(result)
    Path(sys.argv[1]).write_text(json.dumps(result.ends, indent=1), encoding="utf8")
