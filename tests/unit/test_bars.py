"""Bars of progress: on stderr for terminals and logs; in a notebook an output whose last state is the true one."""

import sys
import types

import pytest

from w2vcore import Word2Vec
from w2vcore.visual import explore

SENTENCES = [["hot", "sun", "wide", "road"], ["cold", "moon", "narrow", "path"]] * 200
SETTINGS = {"vector_size": 8, "min_count": 1, "workers": 1, "sample": 0, "progress": True}


@pytest.fixture
def outputs(monkeypatch):
    """What a notebook would keep of its outputs: IPython's display as it is documented, with a kernel behind it."""
    kept = []

    class Handle:
        def __init__(self, place):
            self.place = place

        def update(self, shown):
            kept[self.place] = shown

    def display(shown, display_id):
        assert display_id is True
        kept.append(shown)
        return Handle(len(kept) - 1)

    ipython, inner = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    ipython.get_ipython = lambda: types.SimpleNamespace(kernel=object())
    inner.display = display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", inner)
    return kept


def test_a_training_is_saved_as_done(outputs, capfd):
    Word2Vec(SENTENCES, epochs=3, compute_loss=True, **SETTINGS)
    (shown,) = outputs
    assert repr(shown).startswith("epoch 3/3: 100%, 4.80k/4.80k [")
    assert "loss=" in repr(shown)
    assert '<progress value="4800" max="4800"' in shown._repr_html_()
    assert capfd.readouterr().err == ""


def test_a_training_that_fails_is_saved_where_it_stopped(outputs):
    class Corpus:
        rounds = 0

        def __iter__(self):
            self.rounds += 1
            yield from SENTENCES
            if self.rounds == 3:  # one to count, one epoch, and the second is cut
                raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        Word2Vec(Corpus(), epochs=3, batch_words=100, **SETTINGS)
    (shown,) = outputs
    assert "epoch 2/3" in repr(shown)
    done, total = (float(shown._repr_html_().split(f'{name}="')[1].split('"')[0]) for name in ("value", "max"))
    assert 1600 <= done < total == 4800


def test_steps_of_a_map_leave_nothing(outputs):
    wv = Word2Vec([[f"w{n}", f"w{n + 1}"] for n in range(80)], **{**SETTINGS, "progress": False}).wv
    pytest.importorskip("openTSNE", reason="openTSNE is not installed, whose steps are shown")
    explore(wv, progress=True)
    assert outputs and not [shown for shown in outputs if repr(shown) or shown._repr_html_()]


def test_words_are_shown_as_they_are(outputs):
    from w2vcore.bars import new_bar

    with new_bar(total=2, desc="<script>"):
        pass
    assert "&lt;script&gt;" in outputs[0]._repr_html_()


def test_a_shell_without_a_kernel_has_a_terminal(monkeypatch, capfd):
    ipython = types.ModuleType("IPython")
    ipython.get_ipython = types.SimpleNamespace
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    Word2Vec(SENTENCES, epochs=3, **SETTINGS)
    assert "epoch 3/3: 100%" in capfd.readouterr().err
