"""Proves the CUDA backend on a machine with a GPU, in one call of less than nine minutes.

    python tests/gpu/prove.py [--out FOLDER] [--data FOLDER] [--wheels FOLDER] [--only PART ...] [--budget SECONDS]

Needs this repository, an NVIDIA GPU with its driver, a C compiler, and Python packages. On a machine without network, bring wheels:

    pip download -d wheels -r <(python -c "import tomllib as t; p = t.load(open('pyproject.toml', 'rb'))['project']; \\
        print(*p['dependencies'], *p['optional-dependencies']['test'], *p['optional-dependencies']['cuda12'], 'cython', \\
        'setuptools>=77', sep='\\n')")

on one with network and the same Python (`--python-version` and `--platform` of pip download for another), copy the folder, and
give it as --wheels. Of CuPy and its compiler, those for the driver's CUDA are taken. What is installed already is left alone; what is
missing is unpacked into a folder for temporary files. If w2vcore itself is not built, its extension modules are built in place first
(that needs Python's headers: without them, bring a wheel of w2vcore for that Python).

Parts, in this order, each in a process of its own with a limit of time, and never more than half of what is left of all:
none of them can take the others' time, or end them. What a part has found when its time is up is kept:

    environment  device, driver, packages; what was installed and built
    compile      all instances of the kernels; registers, spills
    parity       tests/contract on the device with one warp: equal to the reference
    limits       rows read and added to at random, arithmetic: what the device can do
    speed        words/s of an epoch: 4 kinds x 100 and 300 dimensions, all CPU threads and gensim beside it; shares of the limits
    quality      loss, analogies, word pairs (or topics, without data) against the CPU, 3 seeds
    staleness    loss against the number of warps, with sample=1e-3 and 0
    tests        pytest -m gpu: memory errors, races, Ctrl-C, memory that is too small
    profile      ncu, if it is installed: what the training kernel waits for

Tables are printed. FOLDER (default: the folder that $OUT names, else ./prove-results) holds three files, written after each part:
prove.json with all numbers, prove.log with all that was printed, and profile.txt.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from ctypes import CDLL, byref, c_int
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUDGET = 525  # seconds in all
SHORTEST = 10  # seconds, under which no part is begun
LEAST = 20  # seconds that are kept for each part that comes
GRACE = 15  # seconds that the system may take to end a process; one that waits for a device may never end
PARTS = {  # seconds, at most
    "environment": 100,
    "compile": 90,
    "parity": 100,
    "limits": 40,
    "speed": 130,
    "quality": 110,
    "staleness": 60,
    "tests": 130,
    "profile": 60,
}
# Module -> what pip calls it. Only those that are missing are taken from --wheels.
PACKAGES = {
    "numpy": "numpy", "scipy": "scipy", "smart_open": "smart_open", "wrapt": "wrapt", "tqdm": "tqdm", "click": "click",
    "safetensors": "safetensors", "Cython": "cython", "setuptools": "setuptools", "pytest": "pytest", "iniconfig": "iniconfig",
    "pluggy": "pluggy", "packaging": "packaging", "pygments": "pygments", "pytest_timeout": "pytest-timeout",
    "hypothesis": "hypothesis", "sortedcontainers": "sortedcontainers", "backports.zstd": "backports.zstd", "joblib": "joblib",
}  # fmt: skip


def main():
    """Run the parts one after the other, each in a process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(os.environ.get("OUT") or "prove-results"))
    parser.add_argument("--data", default=os.environ.get("W2VCORE_DATA") or ROOT.parent / "shared" / "data")
    parser.add_argument("--wheels", type=Path)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--budget", type=float, default=BUDGET, help="seconds in all")
    parser.add_argument("--work", type=Path, help="where large files go (default: a folder in that of temporary files)")
    parser.add_argument("--rehearsal", action="store_true", help="small sizes, to see every line run on an emulator")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--deadline", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.out = options.out.resolve()
    options.work = (options.work or Path(tempfile.gettempdir()) / "w2vcore-prove").resolve()
    if options.part:
        run_part(options)
        return
    for folder in (options.out, options.work):
        folder.mkdir(parents=True, exist_ok=True)
    with (options.out / "prove.log").open("w", encoding="utf8") as log:
        run_all(options, lambda *words: tell(log, *words))


def tell(log, *words):
    """Print, here and into the log."""
    for to in (sys.stdout, log):
        print(*words, file=to, flush=True)


def run_all(options, say):
    """Run the parts, and keep what is known after each."""
    began = time.monotonic()
    environment = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "W2VCORE_DATA": str(options.data),
        "CUPY_CACHE_DIR": str(options.work / "kernels"),  # what `compile` compiles, the others find
    }
    found = {}
    for number, part in enumerate(options.only, 1):
        left = options.budget - (time.monotonic() - began)
        limit = limit_of(part, left, len(options.only) - number, options.budget)
        if limit < SHORTEST:
            found[part] = {"skipped": "no time left"}
            say(f"\n=== {part}: skipped, no time left")
            continue
        environment["PYTHONPATH"] = path_of(options.work)
        say(f"\n=== {part} (at most {limit:.0f} s)")
        found[part] = one(part, limit, options, environment, say)
        say(f"--- {part}: {found[part]['seconds']} s")
        (options.out / "prove.json").write_text(json.dumps(found, indent=1))
        profile = options.work / "profile.txt"
        if profile.is_file():
            shutil.copyfile(profile, options.out / "profile.txt")
    say(f"\n{time.monotonic() - began:.0f} s; {options.out / 'prove.json'}")
    say("parts that failed:", [part for part, result in found.items() if result.get("failed")] or "none")


def limit_of(part, left, after, budget=BUDGET):
    """Seconds that a part may take of those that are left: not more than half, and so that those after it can begin.

    A budget of more than BUDGET gives each part more.
    """
    return min(
        PARTS[part] * max(1.0, budget / BUDGET),
        max(left / 2, LEAST),
        left - LEAST * after if left > LEAST * (after + 1) else left / (after + 1),
    )


def path_of(work):
    """The checkout if w2vcore is built there, what was brought along, and what was there before; the tests' helpers."""
    built = any((ROOT / "w2vcore" / "kernels" / f"_dispatch{ending}").exists() for ending in EXTENSION_SUFFIXES)
    folders = [
        *[ROOT] * built,
        work / "site",
        HERE,
        ROOT / "tests",
        ROOT / "tests" / "quality",
        ROOT / "tests" / "contract",
    ]
    return os.pathsep.join([*map(str, folders), *filter(None, [os.environ.get("PYTHONPATH")])])


def one(part, limit, options, environment, say):
    """Run a part as a process, and kill it with all that it has started when its time is up."""
    command = [
        sys.executable,
        str(Path(__file__).resolve()),
        "--part",
        part,
        "--out",
        str(options.out),
        "--work",
        str(options.work),
        "--data",
        str(options.data),
    ]
    command += ["--deadline", str(time.time() + limit - 3)]
    command += ["--wheels", str(options.wheels.resolve())] if options.wheels else []
    command += ["--rehearsal"] if options.rehearsal else []
    result, printed = options.work / f"{part}.json", options.work / f"{part}.txt"
    result.unlink(missing_ok=True)
    began = time.monotonic()
    with printed.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, start_new_session=True, cwd=options.work, stdout=output, stderr=subprocess.STDOUT
        )
        with printed.open(encoding="utf8", errors="replace") as lines:
            code = watched(process, began + limit, lambda: say_new(lines, say))
    found = read(result)
    found["seconds"] = round(time.monotonic() - began, 1)
    if code != 0:
        found["failed"] = f"exit {code}"
        say(f"--- {part} FAILED: {code}")
    return found


def watched(process, until, look):
    """Wait for a process, and look at what it prints, until its time is up; how it ended."""
    code = None
    while code is None and time.monotonic() < until:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(min(1.0, max(until - time.monotonic(), 0.01)))
        look()
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)  # the processes of this part alone: they are a session of their own
    process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
    look()
    return "its time was up" if code is None else code


def say_new(lines, say):
    """Hand on what a part has printed since the last look."""
    if text := lines.read().rstrip("\n"):
        say(text)


def read(path):
    """The results of a part; of one that was killed while it wrote them, none."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}


def run_part(options):
    """The other side of `one`."""
    if options.part == "environment":
        environment(options)
        return
    import proving

    getattr(proving, options.part)(proving.Part(options))


def environment(options):
    """Install what is missing, build what is not built, and say what is there. Uses nothing but the standard library."""
    lines = {"python": sys.version, "machine": platform.platform(), "cores": os.cpu_count()}
    missing = [name for module, name in PACKAGES.items() if not present(module)]
    if sys.version_info >= (3, 14):
        missing = [name for name in missing if name != "backports.zstd"]
    lines["missing packages"] = missing
    lines["driver's CUDA"] = driver = driver_version()
    site = str(options.work / "site")
    if missing and options.wheels:
        for name in missing:  # one by one: some are only needed by a few tests
            pip = [
                sys.executable,
                "-m",
                "pip",
                "install",
                "-q",
                "--no-index",
                "--no-deps",
                "--find-links",
                str(options.wheels),
            ]
            subprocess.run([*pip, "--target", site, name], check=False, cwd=options.work)
    if not present("cupy"):
        lines["cupy"] = "missing: bring a wheel of cupy-cuda12x or cupy-cuda13x, and of its needs"
    if options.wheels:
        for wheel in wheels_of_cuda(options.wheels, driver // 1000, present("cupy")):
            pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", str(wheel)]
            subprocess.run([*pip, "--target", site], check=False, cwd=options.work)
    if not subprocess_ok("import w2vcore"):
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "setup.py", "-q", "build_clib", "build_ext", "--inplace", f"-j{os.cpu_count()}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        lines["built in place, s"] = round(time.monotonic() - began, 1)
        if done.returncode:
            print(f"w2vcore could not be built:\n{done.stderr[-2000:]}", flush=True)
    for name, command in {
        "GPU": ["nvidia-smi", "--query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.max.mem", "--format=csv,noheader"],
        "nvcc": ["nvcc", "--version"], "ncu": ["ncu", "--version"], "compute-sanitizer": ["compute-sanitizer", "--version"],
    }.items():  # fmt: skip
        if shutil.which(command[0]):
            lines[name] = last_line(command, options.work)
        else:
            lines[name] = "not installed"
    code = (
        "import numpy, w2vcore; w2vcore.show_config(); from w2vcore.backends.cuda.devices import find; cupy, _ = find('cuda'); "
        "print('cupy', cupy.__version__, 'numpy', numpy.__version__, 'NVRTC', cupy.cuda.nvrtc.getVersion())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=options.work)
    lines["w2vcore, cupy, numpy, NVRTC"] = (done.stdout.strip() + "\n" + done.stderr.strip()[-500:]).strip()
    for name, value in lines.items():
        print(f"{name}: {value}")
    (options.work / "environment.json").write_text(json.dumps(lines, indent=1))
    if done.returncode:
        sys.exit("w2vcore cannot be imported, or finds no GPU: see above")


def driver_version():
    """The CUDA version of the driver, as 13000; 0 if there is none."""
    version = c_int(0)
    try:
        CDLL("libcuda.so.1").cuDriverGetVersion(byref(version))
    except (OSError, AttributeError):
        return 0
    return version.value


def wheels_of_cuda(folder, major, has_cupy):
    """The wheels of CuPy and of its compiler for a driver's CUDA; without CuPy's if it is there."""
    compiler = "nvidia_cuda_nvrtc_cu12-*.whl" if major == 12 else f"nvidia_cuda_nvrtc-{major}.*.whl"
    names = [] if has_cupy else [f"cupy_cuda{major}x-*.whl", "fastrlock-*.whl", "cuda_pathfinder-*.whl"]
    return [wheel for name in [*names, compiler] for wheel in sorted(folder.glob(name))[-1:]]


def last_line(command, folder):
    """The last line that a program prints, or why there is none."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=20)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{type(error).__name__}: {error}"
    return (done.stdout.strip().splitlines() or done.stderr.strip().splitlines() or ["nothing"])[-1]


def present(module):
    """Whether a module can be found, without importing it."""
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:
        return False


def subprocess_ok(code):
    """Whether code runs in a new interpreter."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, cwd=HERE).returncode == 0


if __name__ == "__main__":
    main()
