"""When two trainings are the same: bit for bit, or within what float32 adds to the float64 of the reference.

Draws, windows and counts are integers and must be equal. Weights are compared within a tolerance relative to the largest weight
(or 1): each addition to a row in float32 is off by up to 2**-24 (6e-8) of the weight, the kernels' sigmoid by less than 1e-6
before it is multiplied by alpha = 0.05, and a row of these problems takes up to some thousand additions, whose errors add up like
a random walk and are carried into later scores. An update that is lost, doubled or given to another row is off by alpha / 10 or
so, at least 2e-4.
"""

import numpy as np

TOLERANCE = 1e-5  # see above; the worst seen is 3e-6, in the widest window
LOSS_TOLERANCE = 1e-6  # relative: scores are float32, sums are double; the worst seen is 8e-8
# Two scores that are as good as equal may come out in either order. The scores of these problems are spread over a range of
# about 1 and off by up to 1e-6, so of 10,000 judgements 0.01 or so; one that is wrong by design would be of hundreds.
TIES = 2
BORDERS = (3, 4, 11, 17, 26)  # of jobs: inside sentences, one token apart, at a sentence's end


def assert_same_training(result, expected, heaviest=1.0):
    """`heaviest` is the largest weight of a context."""
    (stats, matrices), (expected_stats, expected_matrices) = result, expected
    assert (stats.words, stats.examples, stats.raw_words, stats.sentences) == (
        expected_stats.words,
        expected_stats.examples,
        expected_stats.raw_words,
        expected_stats.sentences,
    )
    np.testing.assert_allclose(stats.loss, expected_stats.loss, rtol=LOSS_TOLERANCE)
    if expected_stats.weight:  # the weights are float32, too
        np.testing.assert_allclose(stats.weight, expected_stats.weight, rtol=LOSS_TOLERANCE)
        np.testing.assert_allclose(stats.judged, expected_stats.judged, rtol=LOSS_TOLERANCE)
        assert abs(stats.correct - expected_stats.correct) <= TIES * heaviest + LOSS_TOLERANCE * stats.judged
    else:
        assert (stats.weight, stats.judged) == (0, expected_stats.judged)
        assert abs(stats.correct - expected_stats.correct) <= TIES
    assert matrices.keys() == expected_matrices.keys()
    for name in matrices:
        atol = TOLERANCE * np.abs(expected_matrices[name]).max(initial=1.0)
        np.testing.assert_allclose(matrices[name], expected_matrices[name], rtol=0, atol=atol, err_msg=name)


def assert_same_bits(first, second):
    assert first.keys() == second.keys()
    for name in first:
        assert first[name].tobytes() == second[name].tobytes(), name
