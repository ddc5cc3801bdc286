"""gensim's own tests of Word2Vec, Doc2Vec, FastText, KeyedVectors and Phrases, out of its wheel, run against this library.

They need the interpreter that W2VCORE_GENSIM_PYTHON names (for the files; gensim itself is not run) and testfixtures,
which gensim's tests use. What is not passed is listed here, with the reason; all else must pass.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aliases import write_aliases

HERE = Path(__file__).parent
GENSIM = os.environ.get("W2VCORE_GENSIM_PYTHON")
MODULES = ("test_word2vec", "test_doc2vec", "test_fasttext", "test_keyedvectors", "test_phrases")

# Tests that fail, on purpose: why.
NOT_PASSED = {
    "test_word2vec.TestWord2VecSentenceIterators.test_cython_line_sentence_works_with_filename": (
        "imports an inner module of gensim's"
    ),
    "test_keyedvectors.LoadWord2VecFormatTest.test_load_word2vec_format_": "call _load_word2vec_format, an inner function",
    "test_doc2vec.TestDoc2VecModel.test_cython_linesentence_readline_after_getting_offsets": (
        "imports an inner module of gensim's"
    ),
    "test_doc2vec.TestDoc2VecModel.test_get_offsets_and_start_doctags": "calls an inner function of gensim's",
    "test_doc2vec.TestDoc2VecModel.test_mixed_tag_types": "counts on integers that are no keys",
    "test_fasttext.SaveFacebookFormatModelTest": "saves hs and negative sampling in a file that holds one of their matrices",
    "test_fasttext.TestFastTextModel.test_estimate_memory": "gensim's numbers, of what gensim takes",
    "test_fasttext.TestFromfile": "call _fromfile, an inner function of gensim's reader",
    "test_fasttext.UnicodeVocabTest": "call _load_vocab, an inner function of gensim's reader",
    "test_fasttext.UnpackTest": "call _unpack, an inner function for files of gensim 3, which are read another way",
    "test_phrases.TestPhraseAnalysis": "derives a class from _PhrasesTransformation, an inner class of gensim's",
    "test_phrases.TestPhrasesPersistence.test_save_load_custom_scorer": "a scorer is code, and is not stored",
    "test_phrases.TestFrozenPhrasesPersistence.test_save_load_custom_scorer": "a scorer is code, and is not stored",
}
# Tests that pass or fail by chance, with gensim too: why.
BY_CHANCE = {
    "test_word2vec.TestWord2VecModel.test_parallel": (
        "one word's rank among 889 must be below 6 after four workers: of 16 runs gensim's miss 1 to 3; workers are judged "
        "over many words and seeds in tests/quality"
    ),
}


@pytest.fixture(scope="module")
def ends(tmp_path_factory):
    """How each test ended."""
    if GENSIM is None:
        pytest.skip("W2VCORE_GENSIM_PYTHON names no interpreter with gensim 4.4.0, whose tests these are")
    pytest.importorskip("testfixtures", reason="gensim's tests need testfixtures")
    folder = tmp_path_factory.mktemp("gensims_own")
    where = "import importlib.util as u; print(u.find_spec('gensim').submodule_search_locations[0])"
    found = subprocess.run([GENSIM, "-c", where], capture_output=True, text=True, check=True, cwd=folder)
    write_aliases(folder / "aliases", Path(found.stdout.strip()) / "test")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder / "aliases"), *sys.path])}
    names = [f"gensim.test.{module}" for module in MODULES]
    command = [sys.executable, str(HERE / "run_tests.py"), str(folder / "ends.json"), *names]
    subprocess.run(command, env=environment, cwd=folder, check=True, capture_output=True, timeout=280)
    results = json.loads((folder / "ends.json").read_text(encoding="utf8"))
    return {name.removeprefix("gensim.test."): end for name, end in results.items()}


def test_all_of_them_pass_but_those_that_are_listed(ends):
    failed = {name: end for name, end in ends.items() if end != "ok" and not end.startswith("skipped")}
    unexpected = {name: end for name, end in failed.items() if not name.startswith((*NOT_PASSED, *BY_CHANCE))}
    assert not unexpected, json.dumps(unexpected, indent=1)
    assert len(ends) == 305 and sum(end == "ok" for end in ends.values()) >= 272


def test_nothing_is_listed_that_passes(ends):
    passed = [name for name, end in ends.items() if end == "ok"]
    assert not [name for name in passed if name.startswith(tuple(NOT_PASSED))]
    assert not [listed for listed in NOT_PASSED if not any(name.startswith(listed) for name in ends)]
