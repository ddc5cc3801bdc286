"""The corpus that comes with the package."""

import hashlib
from pathlib import Path

from w2vcore import datasets


def test_shakespeare_is_the_tutorials_file():
    path = datasets.shakespeare()
    assert isinstance(path, Path)
    assert path == datasets.shakespeare()
    # md5 of the file at https://storage.googleapis.com/download.tensorflow.org/data/shakespeare.txt
    assert hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() == "6fb458f1232090904fb40fe944165e91"
