"""w2vcore completion, and what the shell that has read it offers."""

import os
import shlex
import shutil
import subprocess
import sys

import pytest


@pytest.fixture
def bin_folder(here):
    """A folder with the command in it, as the installation makes one."""
    script = here / "bin" / "w2vcore"
    script.parent.mkdir()
    script.write_text(f'#!{sys.executable}\nfrom w2vcore.cli import main\nmain(prog_name="w2vcore")\n')
    script.chmod(0o755)
    return script.parent


def test_each_shell_has_a_script(run):
    scripts = {shell: run("completion", shell) for shell in ("bash", "zsh", "fish")}
    for shell, result in scripts.items():
        assert f"_W2VCORE_COMPLETE={shell}_complete" in result.stdout
        assert result.stderr == ""
    assert "complete -o nosort -F _w2vcore_completion w2vcore" in scripts["bash"].stdout
    assert scripts["zsh"].stdout.startswith("#compdef w2vcore")


def test_other_shells(failure):
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in failure("completion", "tcsh", code=2)
    assert failure("completion", code=2).startswith("Missing argument")


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("w2vcore tr", {"train"}),
        ("w2vcore co", {"convert", "config", "completion"}),
        ("w2vcore train --vector", {"--vector-size"}),
        ("w2vcore train --negative", {"--negative", "--negative-sharing"}),
        ("w2vcore train --negative-sharing ", {"auto", "pair", "window"}),
        ("w2vcore similar m.safetensors king --to", {"--topn"}),
        ("w2vcore completion ", {"bash", "zsh", "fish"}),
    ],
)
def test_what_bash_offers(run, bin_folder, typed, expected):
    script = run("completion", "bash").stdout
    words = typed.split(" ")
    ask = f"COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}; "
    ask += '_w2vcore_completion w2vcore; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(
        ["bash", "-c", f"{script}\n{ask}"],
        cwd=bin_folder,
        env={**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert set(done.stdout.split()) == expected, done.stderr
