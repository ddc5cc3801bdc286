"""A package named gensim that is w2vcore: gensim's own tests, out of its wheel, run against this library through it."""

from pathlib import Path

# Module of gensim -> the module here that takes its place.
MODULES = {
    "gensim.utils": "w2vcore.utils",
    "gensim.matutils": "w2vcore.matutils",
    "gensim.models.word2vec": "w2vcore.word2vec",
    "gensim.models.doc2vec": "w2vcore.doc2vec",
    "gensim.models.keyedvectors": "w2vcore.keyedvectors",
    "gensim.models.phrases": "w2vcore.phrases",
    "gensim.models.fasttext": "w2vcore.fasttext",
    "gensim.models.fasttext_inner": "w2vcore.fasttext",
    "gensim.models.callbacks": "w2vcore.callbacks",
    "gensim.scripts.word2vec_standalone": "w2vcore.scripts.word2vec_standalone",
    "gensim.scripts.word2vec2tensor": "w2vcore.scripts.word2vec2tensor",
    "gensim.scripts.glove2word2vec": "w2vcore.scripts.glove2word2vec",
}

# What gensim's tests import from there, and no test of this kind needs: put beside what is there, in the alias alone.
BESIDE = {
    "gensim.utils": "from subprocess import check_output",
    "gensim.models.phrases": "from w2vcore.corpus.joining import JoinedCorpus as _PhrasesTransformation",
    "gensim.models.fasttext": "_unpack = None",
}

# What a module holds that is an alias: the other one itself, so that a class is one class under both names. Run by
# ``python -m`` it is a script, which calls the other's.
ALIAS = """
import importlib, runpy, sys
if __name__ == "__main__":
    runpy.run_module({target!r}, run_name="__main__", alter_sys=True)
else:
    module = importlib.import_module({target!r})
    exec({beside!r}, vars(module))
    sys.modules[__name__] = module
"""

PACKAGE = """
from gensim import matutils, models, utils
__version__ = "4.4.0"
"""

MODELS = """
from gensim.models import callbacks, doc2vec, fasttext, keyedvectors, phrases, word2vec
from w2vcore import Doc2Vec, FastText, KeyedVectors, Phrases, Word2Vec
"""

# gensim.test.utils makes a dictionary and a bag of words of its little corpus, which none of these tests looks at.
CORPORA = """
class Dictionary:
    def __init__(self, texts=()):
        pass

    def doc2bow(self, text):
        return []
"""


def write_aliases(folder: Path, tests: Path) -> None:
    """Write the package into `folder`; `tests` is the folder gensim/test of the wheel."""
    files = {
        "gensim/__init__.py": PACKAGE,
        "gensim/models/__init__.py": MODELS,
        "gensim/models/_fasttext_bin.py": "",
        "gensim/scripts/__init__.py": "",
        "gensim/corpora.py": CORPORA,
        "gensim/test/__init__.py": f"__path__ = [{str(tests)!r}]\n",
    }
    files |= {
        f"{name.replace('.', '/')}.py": ALIAS.format(target=target, beside=BESIDE.get(name, ""))
        for name, target in MODULES.items()
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf8")
