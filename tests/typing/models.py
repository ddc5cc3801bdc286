"""What type checkers infer of models; checked by test_typing.py, not run."""

from pathlib import Path
from typing import Any

import numpy as np
from typing_extensions import assert_type

from w2vcore import KeyedVectors, Word2Vec


class Own(Word2Vec):
    """A class of a user."""


def trained(sentences: list[list[str]], path: Path) -> None:
    model = Word2Vec(sentences, vector_size=100, window=5, min_count=1, workers=4, sg=1, negative=5, epochs=3)
    assert_type(model.wv, KeyedVectors)
    assert_type(model.wv.most_similar("king"), list[tuple[str, float]])
    assert_type(model.train(sentences, total_examples=model.corpus_count, epochs=1), tuple[int, int])
    model.build_vocab(sentences, update=True)
    model.save(path)
    assert_type(model.vector_size, int)
    assert_type(model.get_latest_training_loss(), float)
    assert_type(model.predict_output_word(["king"]), list[tuple[Any, np.float32]] | None)
    assert_type(model.estimate_memory(), dict[str, int])
    Word2Vec(corpus_file=path, device="cuda", backend="threads", negative_sharing="window")


def loaded() -> None:
    assert_type(Word2Vec.load("model"), Word2Vec)
    assert_type(Own.load("model"), Own)
    assert_type(Own.from_gensim("model"), Own)
    assert_type(Own.resume("checkpoint"), Own)
