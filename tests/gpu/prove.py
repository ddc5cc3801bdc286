"""Proves the CUDA backend on a machine with a GPU, in one call of less than nine minutes.

    python tests/gpu/prove.py [--out FOLDER] [--data FOLDER] [--wheels FOLDER] [--only PART ...]

Needs this repository, an NVIDIA GPU with its driver, a C compiler, and Python packages. On a machine without network, bring wheels:

    pip download -d wheels -r <(python -c "import tomllib as t; p = t.load(open('pyproject.toml', 'rb'))['project']; \\
        print(*p['dependencies'], *p['optional-dependencies']['test'], 'cython', 'setuptools>=77', 'cupy-cuda12x', sep='\\n')")

on one with network and the same Python (`--python-version` and `--platform` of pip download for another), copy the folder, and
give it as --wheels. What is installed already is left alone; what is missing is unpacked into the folder of results. If w2vcore
itself is not built, its extension modules are built in place first.

Parts, in this order, each in a process of its own with a limit of time; what a part has found when its time is up is kept:

    environment  device, driver, packages; what was installed and built
    compile      all instances of the kernels; registers, spills
    parity       tests/contract on the device with one warp: equal to the reference
    limits       rows read and added to at random, arithmetic: what the device can do
    speed        words/s of an epoch: 4 kinds x 100 and 300 dimensions, all CPU threads and gensim beside it; shares of the limits
    quality      loss, analogies, word pairs (or topics, without data) against the CPU, 3 seeds
    staleness    loss against the number of warps, with sample=1e-3 and 0
    tests        pytest -m gpu: memory errors, races, Ctrl-C, memory that is too small
    profile      ncu, if it is installed: what the training kernel waits for

Tables are printed, and all numbers written to FOLDER/prove.json (default: the folder that $OUT names, else ./prove-results).
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
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUDGET = 525  # seconds in all
PARTS = {  # seconds, at most
    "environment": 150,
    "compile": 100,
    "parity": 130,
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
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--deadline", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.out = options.out.resolve()
    if options.part:
        run_part(options)
        return
    options.out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    environment = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": path_of(options.out),
        "W2VCORE_DATA": str(options.data),
    }
    found = {}
    for part in options.only:
        limit = min(PARTS[part], options.budget - (time.monotonic() - began))
        if limit < 10:
            found[part] = {"skipped": "no time left"}
            print(f"\n=== {part}: skipped, no time left", flush=True)
            continue
        print(f"\n=== {part} (at most {limit:.0f} s)", flush=True)
        found[part] = one(part, limit, options, environment)
        (options.out / "prove.json").write_text(json.dumps(found, indent=1))
    print(f"\n{time.monotonic() - began:.0f} s; {options.out / 'prove.json'}")
    print("parts that failed:", [part for part, result in found.items() if result.get("failed")] or "none")


def path_of(out):
    """The checkout, what was brought along, and what was there before; the tests' helpers."""
    folders = [ROOT, out / "site", HERE, ROOT / "tests", ROOT / "tests" / "quality", ROOT / "tests" / "contract"]
    return os.pathsep.join([*map(str, folders), *filter(None, [os.environ.get("PYTHONPATH")])])


def one(part, limit, options, environment):
    """Run a part as a process, and kill it with all that it has started when its time is up."""
    command = [
        sys.executable,
        str(Path(__file__).resolve()),
        "--part",
        part,
        "--out",
        str(options.out),
        "--data",
        str(options.data),
    ]
    command += ["--deadline", str(time.time() + limit - 3)]
    command += ["--wheels", str(options.wheels.resolve())] if options.wheels else []
    result = options.out / f"{part}.json"
    result.unlink(missing_ok=True)
    began = time.monotonic()
    process = subprocess.Popen(command, env=environment, start_new_session=True, cwd=options.out)
    try:
        code = process.wait(limit)
    except subprocess.TimeoutExpired:
        code = "its time was up"
    finally:
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)  # the processes of this part alone: they are a session of their own
        process.kill()
        process.wait()
    found = json.loads(result.read_text()) if result.is_file() else {}
    found["seconds"] = round(time.monotonic() - began, 1)
    if code != 0:
        found["failed"] = f"exit {code}"
        print(f"--- {part} FAILED: {code}", flush=True)
    return found


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
            subprocess.run([*pip, "--target", str(options.out / "site"), name], check=False, cwd=options.out)
    if not present("cupy"):
        lines["cupy"] = "missing: bring a wheel of cupy-cuda12x or cupy-cuda13x, and of its needs"
        if options.wheels:
            for wheel in (
                sorted(options.wheels.glob("cupy_cuda*.whl"))
                + sorted(options.wheels.glob("fastrlock*.whl"))
                + sorted(options.wheels.glob("cuda_pathfinder*.whl"))
            ):
                pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", str(wheel)]
                subprocess.run([*pip, "--target", str(options.out / "site")], check=False, cwd=options.out)
    if not subprocess_ok("import w2vcore"):
        began = time.monotonic()
        subprocess.run(
            [sys.executable, "setup.py", "-q", "build_clib", "build_ext", "--inplace", f"-j{os.cpu_count()}"],
            cwd=ROOT,
            check=True,
        )
        lines["built in place, s"] = round(time.monotonic() - began, 1)
    for name, command in {
        "GPU": ["nvidia-smi", "--query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.max.mem", "--format=csv,noheader"],
        "nvcc": ["nvcc", "--version"], "ncu": ["ncu", "--version"], "compute-sanitizer": ["compute-sanitizer", "--version"],
    }.items():  # fmt: skip
        if shutil.which(command[0]):
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=options.out)
            lines[name] = (done.stdout.strip().splitlines() or [done.stderr.strip()])[-1]
        else:
            lines[name] = "not installed"
    code = "import cupy, w2vcore, numpy; w2vcore.show_config(); print(cupy.__version__, numpy.__version__, cupy.cuda.runtime.driverGetVersion())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=options.out)
    lines["w2vcore, cupy, numpy, CUDA"] = done.stdout.strip() or done.stderr.strip()[-500:]
    for name, value in lines.items():
        print(f"{name}: {value}")
    (options.out / "environment.json").write_text(json.dumps(lines, indent=1))
    if done.returncode:
        sys.exit("w2vcore or cupy cannot be imported: see above")


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
