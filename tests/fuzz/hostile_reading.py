"""Read each file of a folder within limits of its own on memory and processor time, and say in JSON what came of it."""

import json
import resource
import subprocess
import sys
import time
import warnings
from pathlib import Path

MEMORY = 200 << 20  # bytes of address space beyond what the process has before it reads
SECONDS = 20  # of processor time: what takes less than one passes on the slowest machine, what has no bound does not


def status(which):
    """A number in KB that Linux has about this process."""
    line = next(
        line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if line.startswith(which)
    )
    return int(line.split()[1])


def said(load, path):
    """What a loader says of a file: how it refuses it, or "read"."""
    try:
        load(path)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "read"


def read_all(folder, read, first):
    """Give each file of a folder, but arrays beside a save, to `read`; `first` names one that does no harm."""
    warnings.simplefilter("ignore")
    read(folder / first)  # imports what is needed
    for path in sorted(folder.iterdir()):
        if path.suffix in (".npy", ".keys") and len(path.suffixes) > 1:
            continue
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak
        before, began = status("VmRSS"), time.process_time()
        resource.setrlimit(resource.RLIMIT_AS, (1024 * status("VmSize") + MEMORY, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(began) + SECONDS, resource.RLIM_INFINITY))
        print(json.dumps({"file": path.name}), flush=True)
        answers = read(path)
        took = {"seconds": round(time.process_time() - began, 2), "MB": (status("VmHWM") - before) >> 10}
        print(json.dumps({"file": path.name, "said": answers, **took}), flush=True)


def read_apart(script, folder):
    """What `script` says of each file of a folder, which has as much memory and time as all of them together may take."""
    done = subprocess.run(
        [sys.executable, script, str(folder)], cwd=folder, capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["file"]: line for line in lines}, done
