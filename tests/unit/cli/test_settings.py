"""The options of `w2vcore train`, held against Word2Vec."""

import inspect

from w2vcore import Doc2Vec, FastText, Word2Vec
from w2vcore.cli import settings, training
from w2vcore.model.config import SETTINGS

NOT_SETTINGS = {
    "corpus",
    "output",
    "save_format",
    "quiet",
    "lower",
    "strip_punctuation",
    "resume",
    "tensorboard",
    "preset",
    "fasttext",
    "doc2vec",
    "dm",  # `sg` of the others
}


def test_options_are_the_arguments_of_the_models():
    of_documents = inspect.signature(Doc2Vec).parameters
    signature = {**inspect.signature(Word2Vec).parameters, **inspect.signature(FastText).parameters}
    signature["dbow_words"] = of_documents["dbow_words"]
    defaults = training.train.make_context("train", ["corpus.txt", "-o", "m"]).params
    ours = set(defaults) - NOT_SETTINGS
    left_out = {"sentences", "corpus_file", "progress", "cache_corpus"}
    left_out |= {"hashfxn", "trim_rule", "callbacks", "architecture", "word_ngrams"}  # code, or the name of code
    assert ours == set(signature) - left_out
    for name in ours - {"workers"}:  # a command may take the whole machine
        assert defaults[name] == signature[name].default, name
    assert defaults["workers"] == -1


def test_switches_are_numbers_where_word2vec_has_numbers():
    signature = inspect.signature(Word2Vec).parameters
    arguments = settings.as_arguments(training.train.make_context("train", ["corpus.txt", "-o", "m"]).params)
    for name in (set(arguments) & set(signature)) - {"window"}:
        assert type(arguments[name]) is type(signature[name].default), name


def test_resume_takes_what_the_method_takes():
    options = training.resume.make_context("resume", ["checkpoint", "corpus.txt", "-o", "m"]).params
    ours = set(options) - NOT_SETTINGS - {"checkpoint"}
    assert ours == set(settings.of_resume(dict.fromkeys([*SETTINGS, "cache_dir"])))
    assert ours <= set(inspect.signature(Word2Vec.resume).parameters)
    assert {options[name] for name in ours} == {None}


def test_a_window_is_a_number_or_a_sentence(failure, corpus):
    line = failure("train", corpus, "-o", "m", "--window", "x", code=2)
    assert "'x' is neither a number of words nor 'sentence'" in line


def test_bad_values_say_what_is_allowed(failure, corpus):
    line = failure("train", corpus, "-o", "m", "-q", "--workers", 0, code=2)
    assert line == "--workers must be an int at least 1, got 0 (--workers -1 uses all cores)"
    assert "backend" in failure("train", corpus, "-o", "m", "-q", "--backend", "abacus", code=2)
