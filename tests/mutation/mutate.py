"""Change the source in one place, and see whether the tests notice: how good are they? Run by hand.

    python tests/mutation/mutate.py sample --room training --number 100   # changes of Python drawn at random
    python tests/mutation/mutate.py handmade                              # those of handmade.py, C and Cython too

The checkout must be built in place (docs/contributing.md). It is copied first, and the copy is changed. `sample` needs
cosmic-ray, which makes the changes (``pip install cosmic-ray``). A mutant that no test notices is printed as a diff: it is
a test that is missing, or a change that changes nothing.
"""

import argparse
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from handmade import MUTANTS

ROOT = Path(__file__).parents[2]
SLOWEST = 300  # seconds for the tests of a mutant; one that makes them hang is noticed

# Room -> its modules below w2vcore/, and the tests that should notice, below tests/.
ROOMS = {
    "training": (["training"], ["unit/training", "unit/word2vec", "concurrency/test_train_faults.py"]),
    "corpus": (["corpus"], ["unit/corpus", "property/test_encoding.py", "property/test_scanning.py"]),
    "formats": (["formats"], ["unit/formats", "golden", "property/test_formats.py", "property/test_numbers.py"]),
}
# What changes nothing that a test could see: annotations and what is only logged.
QUIET = ("logger.", "TypeVar", "TypeAlias", "__all__", "->", "cast(")


def pytest(tests: list[str]) -> list[str]:
    """Return the command that runs tests, until one fails."""
    options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "--hypothesis-seed=0"]
    return [sys.executable, "-m", "pytest", *options, *(f"tests/{name}" for name in tests)]


def run(command: list[str], tree: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in the copied checkout, which is imported there."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, timeout=SLOWEST, check=False
    )


def noticed(tests: list[str], tree: Path) -> bool:
    """Whether some test fails, or hangs."""
    try:
        return run(pytest(tests), tree).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def build(tree: Path) -> bool:
    """Build in place what has changed; whether that went well."""
    command = [sys.executable, "setup.py", "-q", "build_clib", "build_ext", "--inplace"]
    return run(command, tree).returncode == 0


def sample(room: str, number: int, seed: int, tree: Path) -> tuple[int, int]:
    """Try mutants of one room, drawn at random; return how many were noticed, and how many there were."""
    from cosmic_ray.commands.init import _all_work_items
    from cosmic_ray.mutating import apply_mutation
    from cosmic_ray.plugins import get_operator

    folders, tests = ROOMS[room]
    paths = sorted(path for folder in folders for path in (tree / "w2vcore" / folder).rglob("*.py"))
    found = []
    for item in _all_work_items(paths, {}):
        (mutation,) = item.mutations
        line = mutation.module_path.read_text(encoding="utf8").splitlines()[mutation.start_pos[0] - 1]
        if not any(word in line for word in QUIET):
            found.append(mutation)
    drawn = random.Random(seed).sample(found, min(number, len(found)))
    print(f"{room}: {len(drawn)} of {len(found):,} mutants", flush=True)
    killed = 0
    for mutation in drawn:
        before = mutation.module_path.read_bytes()
        operator = get_operator(mutation.operator_name)(**mutation.operator_args)
        try:
            original, changed = apply_mutation(mutation.module_path, operator, mutation.occurrence)
            seen = noticed(tests, tree)
        finally:
            mutation.module_path.write_bytes(before)
        killed += seen
        if not seen:
            show(mutation.module_path.relative_to(tree).as_posix(), original, changed)
    return killed, len(drawn)


def handmade(tree: Path) -> tuple[int, int]:
    """Try the mutants of handmade.py; return how many were noticed, and how many there were."""
    killed = 0
    for mutant in MUTANTS:
        path = tree / "w2vcore" / mutant.file
        before = path.read_text(encoding="utf8")
        if before.count(mutant.old) < 1:
            raise SystemExit(f"{mutant.file} has no {mutant.old!r} any more: bring handmade.py up to date")
        compiled = path.suffix != ".py"
        try:
            path.write_text(before.replace(mutant.old, mutant.new, 1), encoding="utf8")
            seen = (compiled and not build(tree)) or noticed(mutant.tests.split(), tree)
        finally:
            path.write_text(before, encoding="utf8")
        if compiled:
            build(tree)
        killed += seen
        print(
            f"{'noticed ' if seen else 'SURVIVED'} {mutant.file}: {mutant.old.strip()!r} -> {mutant.new.strip()!r}",
            flush=True,
        )
    return killed, len(MUTANTS)


def show(name: str, before: str, after: str) -> None:
    """Print a mutant that nobody noticed."""
    import difflib

    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, name, "", "", 1, "")
    print("SURVIVED", "\n".join(lines), sep="\n", flush=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["sample", "handmade"])
    parser.add_argument("--room", choices=[*ROOMS], action="append", help="of `sample`; default: all")
    parser.add_argument("--number", type=int, default=100, help="mutants for each room")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__"))
        began = time.monotonic()
        tries = (
            {"handmade": handmade(tree)}
            if options.kind == "handmade"
            else {room: sample(room, options.number, options.seed, tree) for room in options.room or ROOMS}
        )
        for name, (killed, number) in tries.items():
            print(f"{name}: {killed} of {number} noticed")
        print(f"{time.monotonic() - began:.0f} s: {shlex.join(sys.argv)}")


if __name__ == "__main__":
    main()
