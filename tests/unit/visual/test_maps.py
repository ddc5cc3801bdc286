"""Vectors as points: PCA against a straightforward one, what t-SNE and UMAP keep, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore.visual import maps


def topics(count=12, dimensions=10, seed=1):
    """Rows of three groups that hardly overlap, and the group of each."""
    rng = np.random.default_rng(seed)
    groups = np.arange(count) % 3
    return np.eye(3, dimensions)[groups] * 5 + rng.normal(scale=0.3, size=(count, dimensions)), groups


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**31), st.integers(2, 30), st.integers(1, 12), st.sampled_from([2, 3]))
def test_principal_axes_are_the_eigenvectors_of_the_covariance(seed, count, dimensions, wanted):
    table = np.random.default_rng(seed).normal(size=(count, dimensions)) * np.arange(1, dimensions + 1)
    projection = maps.principal_axes(table, wanted)
    values = np.linalg.eigvalsh(np.cov(table.T).reshape(dimensions, dimensions))[::-1]
    found = min(wanted, dimensions, count)
    np.testing.assert_allclose(projection.shares[:found], values[:found] / values.sum(), atol=1e-9)
    points = projection(table)
    np.testing.assert_allclose(points.var(axis=0, ddof=1)[:found], values[:found], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-9)
    kept = projection.axes[:found]
    np.testing.assert_allclose(kept @ kept.T, np.eye(found), atol=1e-9)


def test_axes_do_not_depend_on_the_order_of_rows():
    table, _ = topics(30)
    order = np.random.default_rng(2).permutation(30)
    np.testing.assert_allclose(maps.project(table)[order], maps.project(table[order]), atol=1e-9)


def test_length_does_not_matter():
    table, _ = topics()
    scaled = table * np.linspace(0.1, 10, len(table))[:, None]
    np.testing.assert_allclose(maps.project(table), maps.project(scaled), atol=1e-9)


def test_fewer_numbers_than_dimensions_leave_zeros():
    points = maps.project(np.array([[1.0], [-1.0], [1.0]]), 3)
    assert points.shape == (3, 3)
    assert not points[:, 1:].any()
    assert not maps.project(np.zeros((4, 5))).any()


@pytest.mark.parametrize("method", ["tsne", "umap"])
@pytest.mark.parametrize("fast", [True, False])
def test_the_methods_of_other_packages(method, fast, monkeypatch):
    packages = {("tsne", True): "openTSNE", ("tsne", False): "sklearn", ("umap", True): "umap", ("umap", False): "umap"}
    pytest.importorskip(packages[method, fast], reason="an extra that is not installed")
    monkeypatch.setattr(maps.tsne, "is_fast", lambda: fast)
    table, groups = topics(30)
    points = maps.project(table, 2, method, seed=3)
    np.testing.assert_array_equal(points, maps.project(table, 2, method, seed=3))
    distances = np.linalg.norm(points[:, None] - points[None], axis=-1) + np.diag([np.inf] * 30)
    assert (groups[distances.argmin(axis=1)] == groups).mean() > 0.9
    assert maps.project(table[:4], 2, method).shape == (4, 2)


@pytest.mark.parametrize(("method", "package"), [("tsne", "scikit-learn"), ("umap", "umap-learn")])
def test_a_missing_package_is_named(monkeypatch, method, package):
    def absent(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("w2vcore.visual.extras.import_module", absent)
    monkeypatch.setattr(maps.tsne, "is_fast", lambda: False)
    with pytest.raises(ImportError, match=rf"needs the package {package}.*pip install w2vcore\[{method}\]"):
        maps.project(topics()[0], method=method)
    assert maps.project(topics()[0]).shape == (12, 2)


def test_refusals():
    with pytest.raises(ValueError, match="method must be one of 'pca', 'tsne', 'umap', got 'lda'"):
        maps.project(topics()[0], method="lda")
    with pytest.raises(ValueError, match="a map by PCA needs at least 2 words, got 1"):
        maps.project(topics()[0][:1])
    with pytest.raises(ValueError, match="a map by t-SNE needs at least 4 words, got 3"):
        maps.check_size("tsne", 3)


def test_words_beyond_the_landmarks_are_among_their_like(monkeypatch):
    pytest.importorskip("openTSNE", reason="openTSNE is not installed: pip install .[viz]")
    monkeypatch.setattr(maps.tsne, "LANDMARKS", 60)
    table, groups = topics(200)
    told = []
    points = maps.project(table, 2, "tsne", report=lambda *step: told.append(step))
    assert points.shape == (200, 2)
    centres = np.stack([np.median(points[:60][groups[:60] == group], axis=0) for group in range(3)])
    distances = np.linalg.norm(points[:, None] - centres, axis=-1)
    assert (distances.argmin(axis=1) == groups).mean() > 0.95
    assert {what for what, _, _ in told} == {"Neighbours", "Layout by t-SNE", "Rarer words"}
    assert all(0 < done <= all_of_it for _, done, all_of_it in told)


def test_what_auto_takes(monkeypatch):
    monkeypatch.setattr(maps.tsne, "is_fast", lambda: True)
    assert maps.taken("auto", 49) == ("pca", "few words")
    assert maps.taken("auto", 50) == ("tsne", "")
    assert maps.taken("pca", 50) == ("pca", "")
    monkeypatch.setattr(maps.tsne, "is_fast", lambda: False)
    monkeypatch.setattr(maps, "find_spec", lambda name: object())
    assert maps.taken("auto", 50) == ("umap", "openTSNE is not installed")
