"""Documents of several ranks, simulated in one process: tags stay those of their lines, and all end with one model."""

import numpy as np
import pytest
from planted_documents import KINDS, SMALL, TOPICS, documents, texts

from w2vcore import Doc2Vec
from w2vcore.backends import merging
from w2vcore.backends.agreement import Agreement
from w2vcore.backends.team import RankError, simulate, simulated
from w2vcore.corpus.documents import as_documents
from w2vcore.doc2vec import TaggedDocument, TaggedLineDocument
from w2vcore.training.shards import share_corpus

pytestmark = pytest.mark.timeout(120)  # ranks that wait for each other for ever are the fault to be found

MERGED = {kind: settings for kind, settings in KINDS.items() if not settings.get("dm_concat")}
kinds = pytest.mark.parametrize("kind", MERGED)


@pytest.fixture(autouse=True)
def many_merges(monkeypatch):
    monkeypatch.setattr(merging, "SHORTEST", 400)
    monkeypatch.setattr(merging, "FIRST_ROWS", 8)


@pytest.fixture
def path(tmp_path):
    """Lines of 0 to 30 words, some blank, with an end that has no newline."""
    lines = [" ".join(words[: 7 * place % 31]) for place, words in enumerate(texts(80))]
    lines[3] = lines[40] = "  \t"
    file = tmp_path / "text"
    file.write_bytes("\n".join(lines).encode())
    return file


def models(size, documents_of=None, **settings):
    """The model of each rank; `documents_of` gives a rank's documents."""

    def make(rank):
        given = {} if documents_of is None else {"documents": documents_of(rank)}
        return Doc2Vec(backend="mpi", **given, **{**SMALL, **settings})

    return simulate(size, make)


def assert_same(first, second):
    for one, other in ((first.dv, second.dv), (first.wv, second.wv)):
        assert one.index_to_key == other.index_to_key
        np.testing.assert_array_equal(one.vectors, other.vectors)
        for name in one.expandos:
            if name not in ("code", "point"):
                np.testing.assert_array_equal(one.expandos[name], other.expandos[name])


@kinds
def test_ranks_end_with_one_model_and_repeat_it_bit_for_bit(path, kind):
    first = models(2, corpus_file=path, epochs=3, **MERGED[kind])
    again = models(2, corpus_file=path, epochs=3, **MERGED[kind])
    for model in [*first, *again]:
        assert_same(model, first[0])


@pytest.mark.parametrize("size", [2, 3, 8])
@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n", b"\n "])
def test_the_documents_of_the_ranks_are_those_of_the_file(path, tmp_path, size, end):
    """A rank begins in the middle of a file, and numbers its lines as all do, blank ones too."""
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n", 20) + end)
    files = [path, path, tmp_path / "short"]
    files[2].write_bytes(b"one\n")
    for given in ({"corpus_file": files}, {"documents": TaggedLineDocument(path)}):
        corpus = as_documents(**given, passes=1)
        shares = simulate(size, lambda rank, corpus=corpus: share_corpus(Agreement(simulated.get()), corpus).sentences)
        whole = list(corpus.sentences)
        assert [document for share in shares for document in share] == whole
        assert [tags for _, tags in whole] == [[number] for number in range(len(whole))]


@pytest.mark.parametrize("size", [1, 2, 3, 8])
def test_tags_and_counts_are_those_of_one_machine(path, size):
    settings = {"corpus_file": path, "dm": 0, "epochs": 2}  # at first target rows are zero, and teach nothing
    one = Doc2Vec(**settings, **SMALL)
    before = Doc2Vec(dm=0, **SMALL)
    before.build_vocab(corpus_file=path)
    model = models(size, **settings)[-1]
    assert model.dv.index_to_key == one.dv.index_to_key == list(range(80))
    for name in ("doc_count", "word_count"):
        np.testing.assert_array_equal(model.dv.expandos[name], one.dv.expandos[name])
    for mine, theirs in zip(model.training_history, one.training_history, strict=True):
        for number in ("words", "raw_words", "sentences", "examples"):
            assert mine[number] == theirs[number], number
    moved = [(each.dv.vectors != before.dv.vectors).any(axis=1).tolist() for each in (one, model)]
    assert moved[0] == moved[1] == [bool(words) for words in one.dv.expandos["word_count"]]


def test_a_reader_of_lines_is_shared_as_its_file_is(path):
    settings = {"epochs": 2}
    read = models(2, lambda rank: TaggedLineDocument(path), **settings)[0]
    assert_same(read, models(2, corpus_file=path, **settings)[0])


def test_several_files_are_numbered_through(path, tmp_path):
    other = tmp_path / "other"
    other.write_text("a1 a2\n\nb1 b2 b3\n", encoding="utf8")
    model = models(3, corpus_file=[path, other], epochs=1, dm=0)[1]
    assert model.dv.index_to_key == list(range(83))
    assert model.dv.get_vecattr(82, "word_count") == 3
    assert model.dv.get_vecattr(81, "word_count") == 0


@kinds
def test_each_rank_brings_documents_of_its_own(kind):
    """Topics are found with tags that one rank has, and with one that all have."""
    given = [TaggedDocument(words, [place, "all"]) for place, (words, _) in enumerate(documents())]
    settings = MERGED[kind]
    alpha = 0.1 if "objective" in settings else 0.05
    epochs = 5 if settings["dm"] and settings.get("hs") else 40
    first, second = models(2, lambda rank: given[rank::2], epochs=epochs, alpha=alpha, **settings)
    assert_same(first, second)
    assert first.dv.index_to_key == [*range(60), "all"]
    assert first.dv.get_vecattr("all", "doc_count") == 60
    tags = first.dv.vectors[:60] - first.dv.vectors[:60].mean(axis=0)
    tags /= np.linalg.norm(tags, axis=1)[:, None]
    cosines = tags @ tags.T - 2 * np.eye(60)
    right = int((cosines.argmax(axis=1) % len(TOPICS) == np.arange(60) % len(TOPICS)).sum())
    assert right >= 50, right  # by chance 14


def test_tags_of_one_rank_take_its_change_whole():
    """Half of what a rank has learnt would be left if they were merged as rows that all ranks train."""
    given, settings = documents(), {"dm": 0, "epochs": 10, "alpha": 0.05}
    one = Doc2Vec(given, **settings, **SMALL)
    two = models(2, lambda rank: given[rank::2], **settings)[0]
    lengths = [float(np.linalg.norm(model.dv.vectors, axis=1).mean()) for model in (two, one)]
    assert 0.9 < lengths[0] / lengths[1] < 1.1


def test_numbers_that_each_rank_begins_at_zero_are_warned_of():
    given = documents()
    with pytest.warns(UserWarning, match="30 numbers are the tag of a document on several ranks"):
        models(2, lambda rank: [TaggedDocument(words, [place]) for place, (words, _) in enumerate(given[rank::2])])


def raised(size, make):
    """What is raised on each rank."""
    errors = {}

    def program(rank):
        try:
            make(rank)
        except Exception as error:
            errors[rank] = error

    simulate(size, program)
    return [errors.get(rank) for rank in range(size)]


def test_joined_windows_are_refused_before_any_work():
    for error in raised(2, lambda rank: Doc2Vec(documents()[rank::2], dm_concat=1, backend="mpi", **SMALL)):
        assert isinstance(error, ValueError)
        assert str(error) == "dm_concat=1 is trained by one process, got 2: start it without mpiexec"


def test_tags_that_cannot_be_sent_stop_all_ranks():
    given = [[TaggedDocument(["a"], [("x", rank)])] * 3 for rank in range(2)]
    errors = raised(2, lambda rank: Doc2Vec(given[rank] + [TaggedDocument(["b"] * (rank + 1), [1])], backend="mpi"))
    assert any(isinstance(error, TypeError) and "tags must be str or int" in str(error) for error in errors)
    assert all(isinstance(error, (TypeError, RankError)) for error in errors)


def test_ranks_with_other_tags_are_refused():
    def make(rank):
        model = Doc2Vec(**SMALL)
        model.build_vocab([TaggedDocument(words, [f"{tag}{rank}"]) for words, (tag,) in documents()])
        model.backend = "mpi"
        model.train(documents()[rank::2], total_examples=60, epochs=1)

    for error in raised(2, make):
        assert isinstance(error, ValueError)
        assert "rank 1 has tags=" in str(error)


def test_new_tags_of_each_rank_are_appended_on_all():
    def make(rank):
        model = Doc2Vec(documents()[rank::2], backend="mpi", epochs=2, **SMALL)
        model.build_vocab([TaggedDocument(["a1", f"new{rank}"], [f"n{rank}"])], update=True)
        model.train([TaggedDocument(["a1", f"new{rank}"], [f"n{rank}"])], total_examples=2, epochs=1)
        return model

    first, second = simulate(2, make)
    assert_same(first, second)
    assert first.dv.index_to_key == [*range(60), "n0", "n1"]


class Crash:
    def __getattr__(self, event):
        def call(model):
            if event == "on_epoch_end" and model.epochs_trained == 2:
                raise KeyboardInterrupt

        return call


@pytest.mark.parametrize("kind", ["dbow", "dbow+w", "dm/m", "dm/m, both"])
def test_ranks_that_are_resumed_end_as_if_they_had_gone_through(tmp_path, path, kind):
    settings = {"corpus_file": path, "epochs": 4, "batch_words": 100, **MERGED[kind]}
    whole = models(2, **settings)
    checkpoint = {"checkpoint": tmp_path / "run", "checkpoint_every": 200, "callbacks": [Crash()]}
    with pytest.raises((KeyboardInterrupt, RankError)):
        models(2, **settings, **checkpoint)
    resumed = simulate(2, lambda rank: Doc2Vec.resume(tmp_path / "run", corpus_file=path, backend="mpi"))
    for model in resumed:
        assert_same(model, whole[0])
