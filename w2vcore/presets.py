"""Settings for a purpose under one name: keyword arguments of `Word2Vec`, and nothing but those."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from w2vcore.model.config import SETTINGS, Setting

__all__ = ["PRESETS", "preset"]


def _shapes_vectors(setting: Setting) -> bool:
    """Whether the vectors depend on a setting, and not by chance alone, as on the seed."""
    if setting.option is None or setting.name in ("seed", "compute_loss"):
        return False
    return setting.option.section == "Vocabulary" or (
        setting.trained is not None and setting.option.section in ("Model", "Training")
    )


# Each but "gensim" has only what differs from the defaults. docs/choosing-parameters.md has the measurements.
PRESETS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "best": MappingProxyType(
            {
                "sg": 1,
                "alpha": 0.05,
                "sample": 5e-4,
                "window": 10,
                "window_weights": "harmonic",
                "shuffle": "sentences",
            }
        ),
        "fast": MappingProxyType(
            {"sg": 1, "alpha": 0.05, "sample": 1e-4, "negative_sharing": "window", "shuffle": "sentences"}
        ),
        "gensim": MappingProxyType(
            {name: setting.default for name, setting in SETTINGS.items() if _shapes_vectors(setting)}
        ),
        "items": MappingProxyType(
            {
                "sg": 1,
                "window": "sentence",
                "negative": 10,
                "negative_sharing": "pair",
                "ns_exponent": 0.0,
                "min_count": 3,
                "epochs": 10,
            }
        ),
    }
)


def preset(name: str, /, **changes: Any) -> dict[str, Any]:
    """Return keyword arguments of `Word2Vec` for a purpose.

    They are settings that could be written out as well: a preset does nothing that its arguments do not do. What it
    does not name has its default.

    Parameters
    ----------
    name : {"best", "fast", "gensim", "items"}
        "best": the best vectors at equal epochs, for up to twice the time; "fast": the shortest epochs whose vectors
        are still good; "gensim": the defaults, which are gensim's, written out; "items": sessions, baskets and
        playlists in place of sentences. The first two shuffle the sentences, for which an iterable of your own needs
        ``cache_corpus=True``.
    **changes
        Arguments that override or complete those of the preset.

    Returns
    -------
    dict
        A new one, to be changed at will.

    Raises
    ------
    ValueError
        If there is no such preset.

    Notes
    -----
    docs/choosing-parameters.md has what each gains and costs, measured.

    Examples
    --------
    >>> from w2vcore import Word2Vec, preset
    >>> preset("items", vector_size=64)["vector_size"]
    64
    >>> sessions = [["bread", "butter", "milk"], ["tent", "boots", "map"]] * 50
    >>> model = Word2Vec(sessions, **preset("items", vector_size=16, workers=1))
    >>> model.wv.most_similar("tent", topn=1)[0][0] in ("boots", "map")
    True
    """
    if name not in PRESETS:
        *most, last = map(repr, PRESETS)
        raise ValueError(f"preset must be {', '.join(most)} or {last}, got {name!r}")
    return {**PRESETS[name], **changes}
