"""What the scripts have in common: log lines on stderr, failures in one line, and paths that are checked first."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from w2vcore.cli.common import one_line

LOG_FORMAT = "%(asctime)s : %(threadName)s : %(levelname)s : %(message)s"


def run(work: Callable[[argparse.Namespace], None], arguments: argparse.Namespace, name: str) -> int:
    """Do the work of a script and return its exit status."""
    logging.basicConfig(format=LOG_FORMAT, level=logging.INFO)  # stderr
    logger = logging.getLogger("w2vcore.scripts")
    logger.info("running %s", name)
    try:
        work(arguments)
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return 130
    except Exception as error:
        print(f"{name}: error: {one_line(error)}", file=sys.stderr)
        return 1
    logger.info("finished running %s", name)
    return 0


def check_readable(option: str, path: str) -> None:
    """Refuse a missing file before any work; an address is checked when it is opened."""
    if "://" not in path and not Path(path).is_file():
        raise FileNotFoundError(f"{option} {path}: no such file")


def check_writable(option: str, path: str) -> None:
    """Refuse, before any work, a file that could not be written after it."""
    if "://" in path:
        return
    folder = Path(path).parent
    if not folder.is_dir():
        raise FileNotFoundError(f"{option} {path}: there is no folder {folder}; make it first")
    if Path(path).is_dir() or not os.access(folder, os.W_OK):
        raise PermissionError(f"{option} {path}: cannot write a file of this name; give another")
