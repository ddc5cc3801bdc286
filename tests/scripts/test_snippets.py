"""Scripts as users of gensim write them, run against w2vcore and gensim: the same numbers, or the same shapes.

Each file in `snippets` imports gensim. For w2vcore only that is changed, by `translated`; so the snippets also show how
little has to be. What gensim 4.4.0 says to each is in `expected.json`, which is compared without gensim; where
W2VCORE_GENSIM_PYTHON names an interpreter that has it, gensim is run as well, and must still say the same.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from run_snippets import run

HERE = Path(__file__).parent
SNIPPETS = sorted((HERE / "snippets").glob("*.py"))
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf8"))
GENSIM = os.environ.get("W2VCORE_GENSIM_PYTHON")

# Snippet and result -> what w2vcore says instead, on purpose; each is in docs/coming-from-gensim.md.
DIFFERENT = {"share_vectors": {"read-only": True}}  # gensim maps only what is larger than sep_limit


def translated(source):
    """The script with its imports changed to w2vcore."""
    return source.replace("gensim.models", "w2vcore").replace("gensim", "w2vcore")


def same(ours, theirs, where):
    """Compare results; numbers are computed in another order here, so their last digits may differ."""
    if isinstance(theirs, dict):
        assert isinstance(ours, dict) and ours.keys() == theirs.keys(), where
        for key, value in theirs.items():
            same(ours[key], value, f"{where}[{key!r}]")
    elif isinstance(theirs, list):
        assert isinstance(ours, list) and len(ours) == len(theirs), (where, ours, theirs)
        for number, (mine, its) in enumerate(zip(ours, theirs, strict=True)):
            same(mine, its, f"{where}[{number}]")
    elif isinstance(theirs, float) and not isinstance(ours, bool):
        assert ours == pytest.approx(theirs, rel=1e-5, abs=1e-6), where
    else:
        assert type(ours) is type(theirs) and ours == theirs, (where, ours, theirs)


@pytest.mark.parametrize("path", SNIPPETS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")
def test_w2vcore_says_what_gensim_says(path):
    wanted = {**EXPECTED[path.stem], **DIFFERENT.get(path.stem, {})}
    same(run(translated(path.read_text(encoding="utf8")), path.name), wanted, path.stem)


def test_every_snippet_has_its_answer():
    assert EXPECTED.keys() == {path.stem for path in SNIPPETS}
    assert len(SNIPPETS) >= 40
    assert not [name for name, results in EXPECTED.items() if "error" in results or not results]
    for name, differences in DIFFERENT.items():
        assert differences.keys() <= EXPECTED[name].keys()
        assert all(EXPECTED[name][key] != value for key, value in differences.items())


def test_snippets_are_gensims():
    """What is translated is a script for gensim, not one that was written for w2vcore."""
    for path in SNIPPETS:
        source = path.read_text(encoding="utf8")
        assert "gensim" in source and "w2vcore" not in source, path.name
        assert "gensim" not in translated(source), path.name


def test_gensim_still_says_so(tmp_path):
    if not GENSIM:
        pytest.skip("W2VCORE_GENSIM_PYTHON does not name an interpreter with gensim 4.4.0")
    target = tmp_path / "gensim.json"
    subprocess.run(
        [GENSIM, str(HERE / "run_snippets.py"), str(target), *map(str, SNIPPETS)],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=250,
    )
    same(json.loads(target.read_text(encoding="utf8")), EXPECTED, "gensim")
