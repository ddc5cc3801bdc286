"""Take the terminal blocks of docs/command-line.md again: ``python tests/docs/record_terminal.py``, with tmux installed.

The commands of a block (lines ``$ ...``, and what is typed behind a prompt) are typed into a real terminal of 100 columns,
and what the terminal shows then, to the letter, becomes the block; but for the name of the folder in which they run, which
becomes ~. They run the w2vcore of the interpreter that runs this script.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "command-line.md"
FOLDER = Path(tempfile.gettempdir()) / "w2vcore-tour"
BLOCK = re.compile(r"(?<=<!-- terminal -->\n```console\n)(?P<text>.*?)(?=```\n<!-- end -->)", re.S)
PROMPT = re.compile(r"^(?P<asked>.*\(EXIT or Ctrl-D ends\): )(?P<typed>.*)$")
SESSION = ("tmux", "-L", "w2vcore-tour")  # a server of its own


def typed_lines(block):
    """What a person types for a block: (what must be on the screen first, the line); "$ " is the shell's prompt."""
    lines = []
    for line in block.splitlines():
        if line.startswith("$ "):
            lines.append(("$ ", line.removeprefix("$ ")))
        elif found := PROMPT.match(line):
            lines.append((found["asked"], found["typed"]))
    return lines


def tmux(*arguments):
    return subprocess.run([*SESSION, *arguments], cwd=FOLDER, check=True, capture_output=True, text=True).stdout


def screen():
    """Return all that was shown, with wrapped lines joined, without the blanks at the end."""
    return tmux("capture-pane", "-p", "-J", "-S", "-", "-t", "tour").rstrip()


def wait_for(prompt, seconds=60):
    """Wait until the cursor stands behind a prompt."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        last = screen().rpartition("\n")[2]
        if last == prompt.rstrip():
            return
        time.sleep(0.05)
    raise TimeoutError(f"no {prompt!r} after {seconds} s; the screen:\n{screen()}")


def record(block):
    """Type the commands of a block, and return what the terminal shows."""
    tmux("send-keys", "-t", "tour", "clear", "Enter")
    time.sleep(0.3)
    tmux("clear-history", "-t", "tour")
    for prompt, line in typed_lines(block):
        wait_for(prompt)
        tmux("send-keys", "-t", "tour", "-l", line)
        tmux("send-keys", "-t", "tour", "Enter")
        time.sleep(0.3)
    wait_for("$ ")
    lines = [line.rstrip() for line in screen().splitlines()]
    assert lines[-1] == "$", lines[-1]
    return "\n".join(lines[:-1]).replace(str(FOLDER), "~") + "\n"


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    command = FOLDER / "bin" / "w2vcore"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m w2vcore "$@"\n')
    command.chmod(0o755)
    (FOLDER / "bin" / "rc").write_text("PS1='$ '\nHISTFILE=\n")
    environment = {**os.environ, "PATH": f"{command.parent}:{os.environ['PATH']}"}
    start = [*SESSION, "-f", "/dev/null", "new-session", "-d", "-s", "tour", "-x", "100", "-y", "40"]
    subprocess.run([*start, "bash --noprofile --rcfile bin/rc"], cwd=FOLDER, env=environment, check=True)
    try:
        tmux("set-option", "-t", "tour", "history-limit", "10000")
        wait_for("$ ")
        page = BLOCK.sub(lambda found: record(found["text"]), PAGE.read_text(encoding="utf8"))
    finally:
        tmux("kill-server")
    PAGE.write_text(page, encoding="utf8")
    shutil.rmtree(FOLDER)


if __name__ == "__main__":
    main()
