"""Fuzz the parsers for as long as you like: each in a process of its own, with an upper limit on its memory.

    python tests/fuzz/fuzz.py [--minutes 5] [--parser NAME] [--seed 1] [--no-memory-limit] [--atheris]

Prints for each parser how many files were tried, how many of them were taken as good, and what went wrong. With `--atheris` (which must be
installed: it needs clang's libFuzzer, and follows which lines of Python a file reaches) one parser is fuzzed until Ctrl-C.
"""

import argparse
import logging
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import hostile_reading
import structured

if "--atheris" in sys.argv:  # it must see each import of what it follows
    import atheris

    with atheris.instrument_imports(include=["w2vcore"]):
        import mutations

        from w2vcore.formats import registry

        for format_name in registry.FORMATS:
            registry.get(format_name)
else:
    import mutations

MEMORY = 500 << 20  # bytes of address space beyond what the process has: the largest good file has 100 KB


def work(parser, seconds, seed, limited):
    """Fuzz one parser in this process."""
    import resource

    logging.disable(logging.CRITICAL)
    if limited:
        resource.setrlimit(
            resource.RLIMIT_AS, (1024 * hostile_reading.status("VmSize") + MEMORY, resource.RLIM_INFINITY)
        )
    tried = taken = 0
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as scratch:
        while time.monotonic() < end:
            taken += mutations.rounds(parser, 500, Path(scratch), f"{seed}.{tried}")
            tried += 500
    print(f"{parser:24} {tried:9,} files, {taken:8,} taken", flush=True)


def follow(parser):
    """Fuzz one parser with atheris."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        mutations.prepare(folder, mutations.seeds())
        corpus = folder / "corpus"
        corpus.mkdir()
        packed = structured.PACKERS.get(mutations.PARSERS[parser].packed, bytes)
        (corpus / "good").write_bytes(packed(mutations.seeds()[parser]))
        atheris.Setup([sys.argv[0], str(corpus)], lambda data: mutations.attempt(parser, data, folder))
        atheris.Fuzz()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=5, help="for all parsers together")
    options.add_argument("--parser", choices=mutations.PARSERS)
    options.add_argument("--seed", default="1")
    options.add_argument("--atheris", action="store_true")
    options.add_argument("--no-memory-limit", dest="memory_limit", action="store_false", help="for sanitizers")
    options.add_argument("--here", type=float, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.atheris:
        follow(chosen.parser or "gensim")
        return 0
    if chosen.here:
        work(chosen.parser, chosen.here, chosen.seed, chosen.memory_limit)
        return 0
    parsers = [chosen.parser] if chosen.parser else list(mutations.PARSERS)
    failed = 0
    for parser in parsers:
        seconds = 60 * chosen.minutes / len(parsers)
        command = [
            sys.executable,
            str(Path(__file__).resolve()),
            "--parser",
            parser,
            "--seed",
            chosen.seed,
            "--here",
            str(seconds),
            *([] if chosen.memory_limit else ["--no-memory-limit"]),
        ]
        failed += subprocess.run(command, cwd=tempfile.gettempdir(), check=False).returncode != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
