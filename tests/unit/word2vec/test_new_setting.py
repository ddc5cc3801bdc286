"""A new setting is an entry of the table and an argument of the constructor: all else follows, shown on a copy of the package."""

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import w2vcore

ENTRY = 'Setting("flavour", 3, Whole(0, 9), option=Option("Model", "How it tastes.")),'
ARGUMENT = "        architecture: str | None = None,\n"


def insert(path, before, text):
    source = path.read_text(encoding="utf8")
    assert source.count(before) == 1
    path.write_text(source.replace(before, text + before), encoding="utf8")


def test_a_new_setting_takes_two_files(tmp_path):
    package = tmp_path / "w2vcore"
    sources = shutil.ignore_patterns("__pycache__", "*.c", "*.h", "*.cu*", "*.pyx", "*.pxd")
    shutil.copytree(Path(w2vcore.__file__).parent, package, ignore=sources)
    insert(package / "model" / "config.py", '    Setting("hashfxn"', f"    {ENTRY}\n")
    insert(package / "word2vec" / "model.py", ARGUMENT, "        flavour: int = 3,\n")
    (tmp_path / "corpus.txt").write_text("salt and pepper and salt\n" * 20, encoding="utf8")
    code = """
    from pathlib import Path

    from click.testing import CliRunner

    import w2vcore
    from w2vcore.cli import main
    from w2vcore.word2vec import Word2Vec

    assert Path(w2vcore.__file__).parents[1] == Path.cwd()
    try:
        Word2Vec(flavour=10)
    except ValueError as error:
        print(error)
    Word2Vec(flavour=7).save("model")
    print(Word2Vec.load("model").flavour, Word2Vec().flavour)
    assert "How it tastes." in CliRunner().invoke(main, ["train", "--help"]).output
    options = ["--flavour", "5", "--min-count", "1", "--sample", "0", "--vector-size", "4", "--workers", "1", "-q"]
    ended = CliRunner().invoke(main, ["train", "corpus.txt", "-o", "trained", *options])
    assert ended.exit_code == 0, ended.output
    print(Word2Vec.load("trained").flavour)
    """
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.stdout.splitlines() == ["flavour must be an int from 0 to 9, got 10", "7 3", "5"], run.stderr
