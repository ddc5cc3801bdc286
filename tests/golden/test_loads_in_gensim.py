"""Files written here load in gensim with the same keys and bits. Runs where W2VCORE_GENSIM_PYTHON names a Python that has gensim 4."""

import json
import os
import subprocess

import numpy as np
import pytest

from w2vcore.keyedvectors import KeyedVectors

PYTHON = os.environ.get("W2VCORE_GENSIM_PYTHON")
pytestmark = pytest.mark.skipif(not PYTHON, reason="set W2VCORE_GENSIM_PYTHON to a Python that has gensim 4")
READ = """
import json, sys
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_vectors
path, options = sys.argv[1], json.loads(sys.argv[2])
kv = load_facebook_vectors(path) if options.pop("fasttext", False) else KeyedVectors.load_word2vec_format(path, **options)
print(json.dumps({"keys": kv.index_to_key, "bits": kv.vectors.tobytes().hex()}))
"""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({}, {}),
        ({"binary": True}, {"binary": True}),
        ({"write_header": False}, {"no_header": True}),
    ],
)
def test_word2vec_formats(written, read, tmp_path):
    keys = ["the", "naïve", "東京", "emoji🙂", "a\tb"]
    kv = KeyedVectors(7)
    kv.add_vectors(keys, np.random.default_rng(1).standard_normal((5, 7)), extras={"count": np.arange(5, 0, -1)})
    kv.save_word2vec_format(tmp_path / "v", **written)
    command = [PYTHON, "-c", READ, str(tmp_path / "v"), json.dumps(read)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"keys": keys, "bits": kv.vectors.tobytes().hex()}


def test_fasttext(tmp_path):
    from w2vcore.formats import fasttext_binary

    kv = KeyedVectors(3)
    kv.add_vectors(["the", "東京"], np.random.default_rng(1).standard_normal((2, 3)), extras={"count": [2, 1]})
    fasttext_binary.write(kv.snapshot(), tmp_path / "v.bin")
    command = [PYTHON, "-c", READ, str(tmp_path / "v.bin"), json.dumps({"fasttext": True})]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"keys": ["the", "東京"], "bits": kv.vectors.tobytes().hex()}
