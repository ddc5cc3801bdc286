"""Runs type checkers on the files beside this one: ``python checkers.py`` runs all, and exits with 1 if any is not as it says.

The files are as users write them. In each file a checker must refuse the lines that end in ``# refused``, and no others.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
FILES = sorted(path for path in HERE.glob("*.py") if path.name not in {"checkers.py", "test_typing.py"})
REFUSED = re.compile(r"# refused$")


def mypy(path: Path, package: Path) -> dict[int, str]:
    """What mypy refuses: messages by line."""
    with tempfile.TemporaryDirectory() as cache:
        command = ["mypy", "--strict", "--follow-imports=silent", f"--cache-dir={cache}", path.name]
        installed = "site-packages" in package.parts  # where mypy looks by itself, and does not want to be told
        environment = os.environ | ({} if installed else {"MYPYPATH": str(package.parent)})
        output = _output(command, path, environment)
    found = re.findall(rf"^{re.escape(path.name)}:(\d+): error: (.*)$", output, re.MULTILINE)
    return {int(line): message for line, message in found}


def pyright(path: Path, package: Path) -> dict[int, str]:
    """What pyright refuses: messages by line."""
    command = ["pyright", "--outputjson", "--pythonpath", sys.executable, path.name]
    environment = os.environ | {"PYTHONPATH": str(package.parent), "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    found = json.loads(_output(command, path, environment))["generalDiagnostics"]
    return {one["range"]["start"]["line"] + 1: one["message"] for one in found if one["severity"] == "error"}


def _output(command: list[str], path: Path, environment: dict[str, str]) -> str:
    """What a module of Python, run beside a file, writes; it exits with 1 where it refuses something."""
    run = subprocess.run(
        [sys.executable, "-m", *command],
        check=False,
        cwd=path.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
    )
    if run.returncode not in (0, 1) or not run.stdout:
        raise RuntimeError(f"{command[0]} failed: {run.stdout}{run.stderr}")
    return run.stdout


CHECKERS = {"mypy": mypy, "pyright": pyright}


def differences(checker: str, path: Path, package: Path) -> list[str]:
    """Where a checker does not do what a file says.

    Parameters
    ----------
    checker : str
    path : Path
        The file.
    package : Path
        The folder of w2vcore.
    """
    lines = path.read_text(encoding="utf8").splitlines()
    expected = {number for number, line in enumerate(lines, 1) if REFUSED.search(line)}
    found = CHECKERS[checker](path, package)
    passed = [f"{path.name}:{line}: {checker} lets pass: {lines[line - 1].strip()}" for line in expected - found.keys()]
    refused = [f"{path.name}:{line}: {checker} refuses: {found[line]}" for line in found.keys() - expected]
    return sorted(passed + refused)


def main() -> int:
    """Check all files with all checkers, with the package of this checkout."""
    package = HERE.parents[1] / "w2vcore"
    found = [line for checker in CHECKERS for path in FILES for line in differences(checker, path, package)]
    print("\n".join(found) or f"{len(FILES)} files, {' and '.join(CHECKERS)}: as they say")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
