"""How fast the kernel should be on GPUs that nobody has tried it on: from its machine code, and the data sheets of the devices.

    python tests/gpu/timing_model.py        # needs: pip install nvidia-cuda-nvrtc nvidia-cuda-nvdisasm; no GPU

The kernel is compiled and disassembled. Its loops are found by their backward branches, and what a loop is by the instructions
in it; a loop is taken as often as a word takes it (work_of in measuring.py). Four limits are computed, in words a second:

    issue       every instruction once, four a clock on each multiprocessor
    latency     the warps that fit by registers and shared memory, each waiting for its own results
    L2          rows read and added to, at an assumed rate of the second-level cache
    memory      what the second-level cache does not hold

and the lowest is the prediction. It leaves out tails of launches, clocks below boost, and copies of the weights: expect a third to
all of it. The assumptions are the constants below, each with its reason; prove.py measures what they assume.
"""

import ctypes
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from device_compilers import DEVICE_CODE, OPTIONS, compile_with_nvrtc, defined, nvrtc_library
from measuring import config_of, zipf

from w2vcore.backends.cuda import layout
from w2vcore.objectives.registry import objective


@dataclass(frozen=True)
class Device:
    """What NVIDIA publishes of a device: its capability, multiprocessors, boost clock, caches and memory."""

    capability: int
    processors: int
    clock: float  # Hz
    l2: float  # bytes
    memory: float  # bytes a second
    shared: int = 100 << 10  # bytes of a multiprocessor


DEVICES = {
    "H200": Device(90, 132, 1.98e9, 50e6, 4.8e12, 228 << 10),
    "A100": Device(80, 108, 1.41e9, 40e6, 2.04e12, 164 << 10),
    "L4": Device(89, 58, 2.04e9, 48e6, 0.30e12),
    "RTX 4090": Device(89, 128, 2.52e9, 72e6, 1.01e12),
}
ISSUED = 4.0  # instructions a clock on a multiprocessor: it has four schedulers
REGISTERS = 65536  # of a multiprocessor
RESERVED = 1 << 10  # bytes of shared memory that the system takes of each block
# Assumptions. Bytes a clock between the L2 cache and a multiprocessor: its port has 64, and H100 and RTX 4090 are said to reach
# 5 to 6 TB/s together, which is 20. An addition reads and writes in the L2 cache, so counts twice; without vector atomics each of
# four instructions touches all 32-byte sectors of the row. Clocks from one instruction to the next that needs it, if every second
# one needs the one before; of a shuffle or exponential; of a read from the L2 cache.
L2_BYTES, ADDITION, SCALAR_ADDITION = 20.0, 2.0, 8.0
STEP, SHUFFLE, L2_CLOCKS = 2.0, 23.0, 270.0
L2_ROUNDS = (
    2.0  # reads from the L2 cache, one after the other, a word: the targets' rows, and the row that enters the ring
)
HELD = 0.8  # share of the L2 cache that holds rows


# ---------------------------------------------------------------------- machine code


def disassembler():
    """Path of nvdisasm: of its wheel, or of a CUDA toolkit; None if there is none."""
    found = importlib.util.find_spec("nvidia")
    for folder in found.submodule_search_locations if found else []:
        for path in sorted(Path(folder).glob("*/bin/nvdisasm")):
            path.chmod(path.stat().st_mode | 0o100)  # pip leaves it as it is in the wheel
            return str(path)
    return shutil.which("nvdisasm")


def cubin_of(macros, capability):
    """The training kernel, as NVRTC compiles it."""
    library, program, size = nvrtc_library(), ctypes.c_void_p(), ctypes.c_size_t()
    text = (DEVICE_CODE / "train.cu").read_bytes()
    options = [*OPTIONS, f"--gpu-architecture=sm_{capability}", "-ftz=true", *defined(macros)]
    array = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
    assert library.nvrtcCreateProgram(ctypes.byref(program), text, b"train.cu", 0, None, None) == 0
    try:
        assert library.nvrtcCompileProgram(program, len(options), array) == 0
        assert library.nvrtcGetCUBINSize(program, ctypes.byref(size)) == 0
        cubin = ctypes.create_string_buffer(size.value)
        assert library.nvrtcGetCUBIN(program, cubin) == 0
        return cubin.raw
    finally:
        library.nvrtcDestroyProgram(ctypes.byref(program))


def disassembled(cubin):
    """The text of nvdisasm."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kernel.cubin"
        path.write_bytes(cubin)
        command = [disassembler(), "-c", str(path)]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=60).stdout


@dataclass(frozen=True)
class Loop:
    """The instructions `first` to `last`, without those of the loops in it."""

    first: int
    last: int
    own: Counter
    whole: Counter

    def holds(self, other):
        """Whether another loop is in this one."""
        return self.first <= other.first and other.last <= self.last and self != other


def operations(text):
    """The names of the instructions, and (target, place) of each branch backwards."""
    names, labels, branches = [], {}, []
    for line in text.splitlines():
        if label := re.match(r"(\.L_\w+):", line):
            labels[label[1]] = len(names)
        elif found := re.match(r"\s+/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\d+ +)?([A-Z0-9_]+)([^;]*);", line):
            if found[1] == "BRA" and (target := re.search(r"`\((\.L_\w+)\)", found[2])):
                branches.append((target[1], len(names)))
            names.append(found[1])
    return names, [(labels[name], place) for name, place in branches if labels.get(name, place + 1) <= place]


def loops_of(text):
    """The loops of a kernel, the outermost first: that over the segments, which takes the next one by an atomic.

    What lies behind it are the paths of diverged lanes, which jump back, and are not taken here.
    """
    names, branches = operations(text)
    counts = {span: Counter(names[span[0] : span[1] + 1]) for span in branches}
    outermost = min((span for span in counts if counts[span]["ATOMG"]), key=lambda span: span[1])
    by_first = {}
    for first, last in branches:
        if outermost[0] <= first and last <= outermost[1]:
            by_first[first] = max(last, by_first.get(first, 0))
    spans = sorted(by_first.items(), key=lambda span: (span[0], -span[1]))
    found = []
    for first, last in spans:
        inside = set()
        for other in spans:
            if other != (first, last) and first <= other[0] and other[1] <= last:
                inside.update(range(other[0], other[1] + 1))
        own = Counter(name for place, name in enumerate(names[first : last + 1], first) if place not in inside)
        found.append(Loop(first, last, own, counts[first, last]))
    return found


def taken(loop, centres, contexts, entries):
    """How often a word takes a loop inside that over the centres; `entries` are the targets that are drawn for it."""
    whole = loop.whole
    added = whole["REDG"] + whole["RED"] + whole["ATOM"]
    if loop == centres or (added and whole["MUFU"]):
        return 1.0  # a centre, and the only tile of its targets
    if added and not whole["MUFU"]:
        return 1.0  # a row leaves the ring
    if whole["LDG"] and (whole["VOTE"] or whole["VOTEU"]):
        return 1.0  # a row enters it
    if whole["SHFL"] or whole["FFMA"]:
        return contexts
    if whole["LDG"] or whole["STS"]:
        return entries / layout.WARP  # draws, and their repeats
    return entries / layout.WARP * entries  # each compared with all of its example


@dataclass(frozen=True)
class Code:
    """What a kept word costs: instructions, and those of them that wait long."""

    registers: int
    instructions: float
    slow: float


@cache
def code_of(kind, size, capability, window=5):
    """Instructions of a kept word, for a shrinking window in text of few repeats."""
    instance = instance_of(kind, size)
    loops = loops_of(disassembled(cubin_of(instance.macros, capability)))
    segments, contexts, entries = loops[0], window + 1.0, 6.0
    inner = [loop for loop in loops if segments.holds(loop)]
    centres = max(inner, key=lambda loop: loop.last - loop.first)
    total = Counter()
    for loop in [centres, *(loop for loop in inner if centres.holds(loop))]:
        for name, number in loop.own.items():
            total[name] += number * taken(loop, centres, contexts, entries)
    registers = compile_with_nvrtc("train.cu", instance.macros, capability).registers
    return Code(registers, sum(total.values()), total["SHFL"] + total["MUFU"])


def instance_of(kind, size):
    """The instance that trains a kind of model (measuring.KINDS), without loss."""
    config = config_of(kind, size, "cuda")
    counts = np.ones(2, np.int64)
    halves = {name: objective(name).device_half().tables(config, counts) for name in config.objectives}
    return layout.instance(config, halves, 227 << 10)


# ---------------------------------------------------------------------- limits


def resident_warps(device, registers, warp_bytes):
    """Warps on a multiprocessor, by registers (in units of 8 a lane) and shared memory, as the backend's `grid` has them."""
    by_registers = REGISTERS // (-(-registers // 8) * 8 * layout.WARP)
    most = 0
    for warps in (8, 4, 2, 1):  # and no multiprocessor takes more than 32 blocks
        blocks = min(by_registers // warps, device.shared // (warps * warp_bytes + RESERVED), 32)
        most = max(most, blocks * warps)
    return most


def missed(device, size, counts, keep):
    """The share of the rows of a word that the L2 cache does not hold, if it holds the hottest ones."""
    kept, noise = counts * keep, counts**0.75
    input_rows, target_rows = kept / kept.sum(), kept / kept.sum() / 6 + noise / noise.sum() * 5 / 6
    rates = np.sort(np.concatenate([input_rows * 1, target_rows * 6]))[::-1] / 7
    held = int(HELD * device.l2 / (4 * layout_width(size)))
    return float(rates[held:].sum())


def layout_width(size):
    """Floats of a row in device memory."""
    return -(-size // 16) * 16


def predicted(name, kind, size, counts, keep):
    """Words a second that each limit allows, of raw words, and what they were made of."""
    device = DEVICES[name]
    instance = instance_of(kind, size)
    code = code_of(kind, size, device.capability)
    warps = resident_warps(device, code.registers, instance.warp_bytes)
    kept_share = float((counts * keep).sum() / counts.sum())
    row = 4 * size
    added = ADDITION if device.capability >= 90 else SCALAR_ADDITION
    l2_bytes = 7 * row * (1 + added)
    clocks = code.instructions * STEP + code.slow * SHUFFLE + L2_ROUNDS * L2_CLOCKS
    kept_words = {
        "issue": device.processors * device.clock * ISSUED / code.instructions,
        "latency": device.processors * device.clock * warps / clocks,
        "L2": device.processors * device.clock * L2_BYTES / l2_bytes,
        "memory": device.memory / (7 * missed(device, size, counts, keep) * 2 * row),
    }
    return {limit: rate / kept_share for limit, rate in kept_words.items()}, code, warps


def words(sample=1e-3):
    """Counts like those of wiki-en-1, and the share of each word that subsampling keeps."""
    ids, _ = zipf(2_000_000)
    counts = np.bincount(ids, minlength=68_289).astype(float)
    share = counts / counts.sum()
    return counts, np.minimum(np.sqrt(sample / share) + sample / share, 1.0)


def main():
    """Print the table of docs/gpu.md."""
    counts, keep = words()
    print("| device | model | registers | warps | instructions | issue | latency | L2 | memory | predicted |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in DEVICES:
        for kind in ("sgns", "cbow"):
            for size in (100, 300):
                limits, code, warps = predicted(name, kind, size, counts, keep)
                shown = " | ".join(f"{limits[limit] / 1e6:,.0f}" for limit in ("issue", "latency", "L2", "memory"))
                least = min(limits, key=limits.get)
                print(
                    f"| {name} | {kind}, D={size} | {code.registers} | {warps} | {code.instructions:,.0f} | {shown} | "
                    f"**{limits[least] / 1e6:,.0f}** ({least}) |"
                )


if __name__ == "__main__":
    main()
