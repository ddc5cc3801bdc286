"""Classes that users derive from Word2Vec: their constructors, their methods, their attributes, and gensim's inner hooks."""

import copy
import pickle

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec, utils

DATA = [[f"w{i * j % 17}" for i in range(j % 9 + 1)] for j in range(120)]
SMALL = {"vector_size": 12, "min_count": 1, "workers": 1, "epochs": 2}


class Walker(Word2Vec):
    """Has a constructor of its own, with arguments that Word2Vec does not know."""

    def __init__(self, graph, walks=2, **settings):
        self.walks = walks
        self.nodes = sorted(graph)
        super().__init__([graph[node] for node in self.nodes] * walks, **settings)


GRAPH = {f"w{i}": [f"w{i}", f"w{(i + 1) % 5}", f"w{(i + 2) % 5}"] for i in range(5)}


class Counting(Word2Vec):
    """Notes which public methods ran, and with what."""

    def __init__(self, *args, **kwargs):
        self.calls = []
        super().__init__(*args, **kwargs)

    def build_vocab(self, *args, **kwargs):
        self.calls.append(("build_vocab", sorted(kwargs)))
        super().build_vocab(*args, **kwargs)

    def train(self, *args, **kwargs):
        self.calls.append(("train", sorted(kwargs)))
        return super().train(*args, **kwargs)


def test_files_and_copies_never_call_the_constructor_of_a_subclass(tmp_path):
    model = Walker(GRAPH, walks=3, **SMALL)
    model.note = {"version": 2}
    model.save(tmp_path / "model")
    for twin in (Walker.load(tmp_path / "model"), copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert type(twin) is Walker
        assert (twin.walks, twin.nodes, twin.note) == (3, model.nodes, {"version": 2})
        assert np.array_equal(twin.wv.vectors, model.wv.vectors)
        twin.train([["w0", "w1"]], total_examples=1, epochs=1)


def test_a_subclass_resumes(tmp_path):
    class Crash:
        def __getattr__(self, event):
            return lambda model: 1 / (event != "on_epoch_end" or model.epochs_trained < 2)

    settings = {**SMALL, "epochs": 4}
    corpus = [GRAPH[node] for node in sorted(GRAPH)] * 2
    with pytest.raises(ZeroDivisionError):
        Walker(GRAPH, callbacks=[Crash()], checkpoint=tmp_path / "run", **settings)
    resumed = Walker.resume(tmp_path / "run", corpus)
    assert type(resumed) is Walker and resumed.walks == 2
    assert np.array_equal(resumed.wv.vectors, Walker(GRAPH, **settings).wv.vectors)


def test_the_constructor_calls_the_public_methods_that_a_subclass_overrides(tmp_path):
    model = Counting(DATA, **SMALL)
    assert [name for name, _ in model.calls] == ["build_vocab", "train"]
    assert {"total_examples", "epochs"} <= set(model.calls[1][1])
    plain = Word2Vec(DATA, **SMALL)
    assert model.wv.index_to_key == plain.wv.index_to_key
    assert np.array_equal(model.wv.vectors, plain.wv.vectors)
    path = tmp_path / "text"
    utils.save_as_line_sentence(DATA, path)
    assert [name for name, _ in Counting(corpus_file=path, **SMALL).calls] == ["build_vocab", "train"]


def test_an_override_with_the_signature_of_gensim_is_not_given_arguments_that_it_does_not_know():
    class Strict(Word2Vec):
        def train(
            self, corpus_iterable=None, corpus_file=None, total_examples=None, total_words=None, epochs=None,
            start_alpha=None, end_alpha=None, word_count=0, queue_factor=2, report_delay=1.0, compute_loss=False,
            callbacks=(),
        ):  # fmt: skip
            self.seen = total_examples, epochs, compute_loss
            return super().train(corpus_iterable, total_examples=total_examples, epochs=epochs)

    assert Strict(DATA, compute_loss=True, **SMALL).seen == (len(DATA), 2, True)


@pytest.mark.parametrize("name", ["scan_vocab", "prepare_vocab", "prepare_weights", "init_weights"])
def test_overridden_steps_run(name):
    seen = []

    def method(self, *args, **kwargs):
        seen.append(name)
        return getattr(Word2Vec, name)(self, *args, **kwargs)

    model = type("Own", (Word2Vec,), {name: method})(DATA, **SMALL)
    assert seen and len(model.wv) == 17 and model.train_count == 1


def test_a_generator_is_refused_for_an_overridden_train_too():
    with pytest.raises(TypeError, match="generator"):
        Counting((sentence for sentence in DATA), **SMALL)


@pytest.mark.parametrize("hook", ["_do_train_job", "_train_epoch", "_job_producer", "_get_next_alpha", "_scan_vocab"])
def test_inner_hooks_of_gensim_are_refused_by_name(hook):
    own = type("Own", (Word2Vec,), {hook: lambda self, *args: None})
    for arguments in ((), (DATA,)):
        with pytest.raises(TypeError, match=f"Own overrides {hook}, an inner method of gensim's .* never called"):
            own(*arguments, **SMALL)


def test_inner_hooks_are_refused_when_a_file_is_loaded(tmp_path):
    Word2Vec(DATA, **SMALL).save(tmp_path / "model")
    own = type("Own", (Word2Vec,), {"_do_train_job": lambda self, *args: None})
    with pytest.raises(TypeError, match="_do_train_job"):
        own.load(tmp_path / "model")


def test_reset_from_keeps_the_class_of_the_vectors():
    class Vectors(KeyedVectors):
        def __init__(self):  # another signature
            super().__init__(12)

    model = Word2Vec(DATA, **SMALL)
    other = Word2Vec(**SMALL)
    other.wv = Vectors()
    other.reset_from(model)
    assert type(other.wv) is Vectors and other.wv.index_to_key == model.wv.index_to_key


def test_names_of_gensim_on_the_class_say_where_things_are():
    with pytest.raises(AttributeError, match=r"KeyedVectors\.load_word2vec_format"):
        Word2Vec.load_word2vec_format("vectors.bin", binary=True)
    assert not hasattr(Word2Vec, "load_word2vec_format")
    from w2vcore.word2vec import Vocab

    assert Vocab(count=2).count == 2
    assert issubclass(Word2Vec, utils.SaveLoad) and issubclass(KeyedVectors, utils.SaveLoad)
