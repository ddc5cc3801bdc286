"""What users are told about a corpus must work when they do it, word for word: each test runs the advice of a message."""

import logging
import re
import textwrap

import pytest

from w2vcore import LineSentence, PathLineSentences, Phrases, Text8Corpus, Word2Vec
from w2vcore.callbacks import CallbackAny2Vec
from w2vcore.corpus.readers import BrownCorpus
from w2vcore.utils import RULE_DISCARD, RULE_KEEP

SENTENCES = [["the", "cat", "sat"], ["the", "dog", "sat"], ["a", "cat", "ran"]] * 20
SMALL = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 2, "sample": 0}

pytestmark = pytest.mark.timeout(60)


def generator():
    yield from SENTENCES


def told(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def class_of(text):
    """Run the class that a message shows, and make one."""
    lines = [line for line in text.splitlines() if line.startswith("    ")]
    namespace = {"make_sentences": generator}
    exec(textwrap.dedent("\n".join(lines)), namespace)
    assert "and pass MyCorpus()" in text
    return eval("MyCorpus()", namespace)


def built(**settings):
    model = Word2Vec(**{**SMALL, **settings})
    model.build_vocab(SENTENCES)
    return model


# ---------------------------------------------------------------------- read once

ONE_SHOTS = {
    "generator": generator,
    "iterator": lambda: iter(SENTENCES),
    "map": lambda: map(list, SENTENCES),
    "joined": lambda: Phrases(SENTENCES)[generator()],
}


@pytest.mark.parametrize("kind", ONE_SHOTS)
def test_the_constructor(kind):
    text = told(TypeError, lambda: Word2Vec(ONE_SHOTS[kind](), **SMALL))
    assert "can't support 3 passes" in text
    assert text.endswith("Or pass cache_corpus=True to Word2Vec(), which then reads it once and keeps the ids")
    assert "train()" not in text
    assert Word2Vec(ONE_SHOTS[kind](), cache_corpus=True, **SMALL).corpus_count == 60
    assert Word2Vec(class_of(text), **SMALL).corpus_count == 60


@pytest.mark.parametrize("cached", [False, True])
def test_the_constructor_with_max_vocab_size(cached):
    text = told(TypeError, lambda: Word2Vec(generator(), cache_corpus=cached, max_vocab_size=4, **SMALL))
    assert text.endswith(
        "Or leave out max_vocab_size (max_final_vocab is exact) and pass cache_corpus=True to Word2Vec(): then it reads once"
    )
    assert len(Word2Vec(generator(), cache_corpus=True, max_final_vocab=4, **SMALL).wv) == 4
    with pytest.warns(
        UserWarning, match="max_vocab_size=4 dropped .*; raise it, or use max_final_vocab, which is exact"
    ):
        Word2Vec(class_of(text), cache_corpus=cached, max_vocab_size=4, **SMALL)


@pytest.mark.parametrize("kind", ONE_SHOTS)
def test_train(kind):
    model = built()
    text = told(TypeError, lambda: model.train(ONE_SHOTS[kind](), total_examples=60, epochs=2))
    assert text.endswith("Or pass cache_corpus=True to train(), which then reads it once and keeps the ids")
    assert model.train(ONE_SHOTS[kind](), total_examples=60, epochs=2, cache_corpus=True)[1] == 360
    assert model.train(class_of(text), total_examples=60, epochs=2)[1] == 360
    assert model.train(ONE_SHOTS[kind](), total_examples=60, epochs=1)[1] == 180


def test_resume(tmp_path):
    class Stop(CallbackAny2Vec):
        def on_epoch_begin(self, model):
            raise KeyboardInterrupt

    class Corpus:
        def __iter__(self):
            return generator()

    with pytest.raises(KeyboardInterrupt):
        Word2Vec(Corpus(), checkpoint=tmp_path / "run", callbacks=[Stop()], **SMALL)
    text = told(TypeError, lambda: Word2Vec.resume(tmp_path / "run", generator()))
    assert "cache_corpus" not in text  # it has none
    assert Word2Vec.resume(tmp_path / "run", class_of(text)).epochs_trained == 2


def test_a_generator_that_build_vocab_has_used_up():
    corpus = generator()
    model = Word2Vec(**SMALL)
    model.build_vocab(corpus)
    for cached in (False, True):
        text = told(
            RuntimeError,
            lambda: model.train(corpus, total_examples=60, epochs=1, cache_corpus=cached),  # noqa: B023
        )
        assert "the corpus is empty or can be read only once, and was used up before. Pass a list, or an object" in text
        assert text.endswith("or make it anew for Word2Vec(corpus, cache_corpus=True), which reads it once")
    assert model.train(list(generator()), total_examples=60, epochs=1)[1] == 180
    (code,) = re.findall(r"Word2Vec\(.*?\)", text)
    assert eval(code, {"corpus": generator(), "Word2Vec": Word2Vec}).corpus_count == 60


def test_phrases_read_once():
    assert Phrases(generator()).corpus_word_count == 180


# ---------------------------------------------------------------------- files


@pytest.fixture
def text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = "".join(" ".join(sentence) + "\n" for sentence in SENTENCES)
    (tmp_path / "file.txt").write_text(lines)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.txt").write_text(lines)
    return tmp_path


CALLERS = {
    "Word2Vec": lambda corpus: Word2Vec(corpus, **SMALL),
    "build_vocab": lambda corpus: Word2Vec(**SMALL).build_vocab(corpus),
    "train": lambda corpus: built().train(corpus, total_examples=60, epochs=1),
    "Phrases": Phrases,
    "add_vocab": lambda corpus: Phrases(SENTENCES).add_vocab(corpus),
    "find_phrases": lambda corpus: Phrases(SENTENCES).find_phrases(corpus),
}
WITH_FILES = {
    "Word2Vec": lambda corpus_file: Word2Vec(corpus_file=corpus_file, **SMALL),
    "build_vocab": lambda corpus_file: Word2Vec(**SMALL).build_vocab(corpus_file=corpus_file),
    "train": lambda corpus_file: built().train(corpus_file=corpus_file, total_examples=60, epochs=1),
}


@pytest.mark.parametrize("caller", CALLERS)
def test_a_path_in_place_of_a_corpus(text, caller):
    call = CALLERS[caller]
    for path in ("file.txt", text / "file.txt", b"file.txt"):
        said = told(TypeError, lambda: call(path))  # noqa: B023
        (code, of_text) = re.search(r"for a file use (.*), for one text (\[.*\])$", said).groups()
        if caller in WITH_FILES:
            eval(f"call({code})", {"call": WITH_FILES[caller]})
        else:
            call(eval(code))
        call(eval(of_text, {"text": "the cat sat"}))
    said = told(TypeError, lambda: call("folder"))
    call(eval(re.search(r"for the files in a folder use (.*)$", said)[1]))
    with (text / "file.txt").open() as file:
        said = told(TypeError, lambda: call(file))
        call(eval(re.search(r"for an open file use (.*)$", said)[1], {"file": file, "LineSentence": LineSentence}))


@pytest.mark.parametrize("caller", ["Word2Vec", "build_vocab", "Phrases"])
def test_names_of_files_in_a_list(text, caller):
    call = CALLERS[caller]
    with pytest.warns(UserWarning, match="Each 'sentences' item should be a list of words") as warned:
        call(["file.txt", "file.txt"])
    call(eval(re.search(r"the name of a file; pass (.*)$", str(warned[0].message))[1]))
    said = told(TypeError, lambda: call([text / "file.txt"]))
    call(eval(re.search(r"for the sentences in a file pass (.*)$", said)[1]))
    with pytest.warns(UserWarning, match=r"wrap it: \[words\]$"):  # no files are called so
        call(["nothing.txt", "nothing.txt"])


@pytest.mark.parametrize("caller", WITH_FILES)
def test_corpus_file_that_is_a_folder_or_a_file_object(text, caller):
    said = told(TypeError, lambda: WITH_FILES[caller]("folder"))
    CALLERS[caller](eval(re.search(r"pass (.*) instead of corpus_file", said)[1]))
    with (text / "file.txt").open() as file:
        said = told(TypeError, lambda: WITH_FILES[caller](file))
        corpus = eval(re.search(r"pass (.*) instead of corpus_file", said)[1], {"file": file, **globals()})
        CALLERS[caller](corpus)


def test_a_reader_that_opens_a_folder(text):
    said = told(IsADirectoryError, lambda: Word2Vec(LineSentence("folder"), **SMALL))
    assert Word2Vec(eval(re.search(r"PathLineSentences\(.*?\)", said)[0]), **SMALL).corpus_count == 60


@pytest.mark.parametrize("reader", [LineSentence, Text8Corpus, BrownCorpus])
def test_a_missing_file_is_named(text, reader):
    for call in CALLERS.values():
        with pytest.raises(FileNotFoundError, match=r"No such file or directory: 'nothing'"):
            call(reader("nothing"))


# ---------------------------------------------------------------------- nothing to train on


def empty(folder):
    (folder / "zero").write_bytes(b"")
    (folder / "blank").write_bytes(b"\n \n")
    (folder / "none").mkdir()
    (folder / "some").mkdir()
    (folder / "some" / "zero").write_bytes(b"")

    class Stream:
        def __iter__(self):
            return iter([])

    class Data:
        def __len__(self):
            return 0

        def __getitem__(self, number):
            raise IndexError(number)

    return {
        "There is no word in zero": lambda: LineSentence("zero"),
        "There is no word in blank": lambda: Text8Corpus("blank"),
        "There is no file with a sentence in the folder 'none'": lambda: PathLineSentences("none"),
        "There is no file with a sentence in the folder 'some'": lambda: BrownCorpus("some"),
        "There is no word in some/zero": lambda: PathLineSentences("some"),
        "The list has none": list,
        "The Data has none": Data,
        "The corpus of type Stream gave none: its __iter__ must start from the beginning each time": Stream,
        "If the list_iterator has been used up before, make it anew, or pass a list, or an object that can be iterated again": (
            lambda: iter([])
        ),
        "If the generator has been used up before": lambda: (sentence for sentence in []),
    }


def test_an_empty_corpus_says_which(text):
    for reason, make in empty(text).items():
        start = f"the corpus is empty: 0 sentences seen. {reason}"
        assert told(RuntimeError, lambda: Word2Vec(make(), cache_corpus=True, **SMALL)).startswith(start)  # noqa: B023
        model = Word2Vec(**SMALL)
        with pytest.warns(UserWarning) as warned:
            model.build_vocab(make())
        assert str(warned[0].message).startswith(start)
    for names, shown in ((["zero"], "zero"), (["zero", "blank"] * 3, "zero, blank, zero and others")):
        said = told(RuntimeError, lambda: Word2Vec(corpus_file=names, **SMALL))  # noqa: B023
        assert said == f"the corpus is empty: 0 sentences seen. There is no word in {shown}"


NOTHING_LEFT = {
    "no word occurs min_count=99 times: 6 words seen, the most frequent 40 times. Lower min_count or check tokenisation.": {
        "min_count": 99
    },
    "trim_rule drops every word: 6 words seen, the most frequent 40 times.": {
        "trim_rule": lambda word, count, min_count: RULE_DISCARD
    },
}


@pytest.mark.parametrize("reason", NOTHING_LEFT)
@pytest.mark.parametrize("settings", [{}, {"hs": 1, "negative": 0}, {"null_word": 1}, {"max_vocab_size": 100}])
def test_build_vocab_warns_and_train_raises(reason, settings, caplog):
    changed = {**SMALL, **settings, **NOTHING_LEFT[reason]}
    rule = changed.pop("trim_rule", None)
    model = Word2Vec(**changed)
    with caplog.at_level(logging.WARNING), pytest.warns(UserWarning) as warned:
        model.build_vocab(SENTENCES, trim_rule=rule)
    assert [str(w.message) for w in warned] == [reason]
    assert warned[0].filename == __file__
    assert reason in caplog.messages
    assert len(model.wv) == 0
    assert model.wv.vectors.shape == (0, 4)
    text = told(RuntimeError, lambda: model.train(SENTENCES, total_examples=60, epochs=1))
    assert text == f"you must first build vocabulary before training the model: {reason}"
    assert told(RuntimeError, lambda: Word2Vec(SENTENCES, trim_rule=rule, **changed)) == reason
    once = {"cache_corpus": "max_vocab_size" not in settings}
    corpus = generator() if once["cache_corpus"] else SENTENCES
    assert told(RuntimeError, lambda: Word2Vec(corpus, trim_rule=rule, **once, **changed)) == reason
    model.min_count = 1  # as advised
    model.build_vocab(SENTENCES)
    assert model.train(SENTENCES, total_examples=60, epochs=1)[1] == 180


def test_a_vocabulary_of_counts_that_is_empty():
    model = Word2Vec(**SMALL)
    with pytest.warns(UserWarning, match="word_freq is empty: it has no word with its count"):
        model.build_vocab_from_freq({}, corpus_count=3)
    with pytest.warns(UserWarning, match="no word occurs min_count=1 times: 1 word seen, the most frequent 0 times"):
        model.build_vocab_from_freq({"a": 0})
    model.build_vocab_from_freq({"a": 2, "b": 1})
    assert len(model.wv) == 2
    assert model.train([["a", "b"]], total_examples=1, epochs=1)[1] == 2


def test_a_model_without_words_can_be_saved(tmp_path):
    model = Word2Vec(**SMALL)
    with pytest.warns(UserWarning, match="no word occurs"):
        model.build_vocab([["a"]], update=False, trim_rule=None, **{"min_count": 2})
    model.save(tmp_path / "model")
    loaded = Word2Vec.load(tmp_path / "model")
    assert told(RuntimeError, lambda: loaded.train(SENTENCES, total_examples=1, epochs=1)) == (
        "you must first build vocabulary before training the model"
    )


def test_prepare_vocab_by_hand_logs(caplog):
    caplog.set_level(logging.INFO)
    model = Word2Vec(**{**SMALL, "min_count": 99})
    assert model.prepare_vocab()["num_retained_words"] == 0
    assert "there are no counts of words to choose from: scan a corpus first" in caplog.messages
    model.scan_vocab(SENTENCES)
    report = model.prepare_vocab(dry_run=True)
    assert report["num_retained_words"] == 0
    model.prepare_vocab(keep_raw_vocab=True)
    assert "no word occurs min_count=99 times" in caplog.text
    model.prepare_vocab(min_count=1)
    model.prepare_weights()
    assert model.train(SENTENCES, total_examples=60, epochs=1)[1] == 180


def test_pruning_that_leaves_nothing_in_the_scan():
    drop = {"trim_rule": lambda word, count, least: RULE_DISCARD}
    with pytest.warns(UserWarning, match="dropped"):
        text = told(RuntimeError, lambda: Word2Vec([["a", "b"]] * 3, max_vocab_size=1, **drop, **SMALL))
    assert text == "max_vocab_size dropped every word during the scan, or trim_rule did so; raise max_vocab_size"


# ---------------------------------------------------------------------- totals and weights


def test_totals_that_train_is_told_to_pass():
    model = built()
    text = told(ValueError, lambda: model.train(SENTENCES, epochs=1))
    assert text.endswith("after build_vocab on the same corpus pass total_examples=model.corpus_count, here 60")
    assert model.train(SENTENCES, epochs=1, total_examples=model.corpus_count)[1] == 180
    model = Word2Vec(**SMALL)
    model.build_vocab_from_freq({"the": 40, "cat": 40, "sat": 40})  # without the number of sentences
    text = told(ValueError, lambda: model.train(SENTENCES, epochs=1))
    (code,) = re.findall(r"pass (total_words=\d+),", text)
    assert eval(f"model.train(SENTENCES, epochs=1, {code})", {**globals(), "model": model}) == (120, 180)


def test_a_vocabulary_without_weights():
    model = Word2Vec(**SMALL)
    model.scan_vocab(SENTENCES)
    model.prepare_vocab()
    text = told(RuntimeError, lambda: model.train(SENTENCES, total_examples=60, epochs=1))
    (code,) = re.findall(r"call (\w+\(\))", text)
    eval(f"model.{code}", {"model": model})
    assert model.train(SENTENCES, total_examples=60, epochs=1)[1] == 180


def test_classes_with_a_method_of_their_own():
    """The constructor calls build_vocab and train for them, so a generator will not do in any way."""

    class Own(Word2Vec):
        def train(self, *arguments, **options):
            return super().train(*arguments, **options)

    for cached in (False, True):
        text = told(TypeError, lambda: Own(generator(), cache_corpus=cached, **SMALL))  # noqa: B023
        assert "cache_corpus" not in text
    assert Own(class_of(text), **SMALL).epochs_trained == 2


# ---------------------------------------------------------------------- no corpus


class Noted(CallbackAny2Vec):
    def __init__(self):
        self.epochs = 0

    def on_epoch_end(self, model):
        self.epochs += 1


def test_what_is_ignored_says_where_it_goes(caplog, tmp_path):
    watcher = Noted()
    given = {
        "trim_rule": lambda word, count, min_count: RULE_KEEP,
        "callbacks": [watcher],
        "checkpoint": tmp_path / "run",
        "cache_corpus": True,
        "progress": True,
    }
    model = Word2Vec(**{**SMALL, "min_count": 99}, **given)
    said = dict(re.findall(r"(\w+) is ignored: there is no corpus to use it on; give it to (\w+)\(\)", caplog.text))
    assert said.keys() == given.keys()
    model.build_vocab(SENTENCES, **{name: given[name] for name, call in said.items() if call == "build_vocab"})
    model.train(
        SENTENCES,
        total_examples=model.corpus_count,
        epochs=2,
        **{name: given[name] for name, call in said.items() if call == "train"},
    )
    assert watcher.epochs == 2
    assert (tmp_path / "run").is_file()
