"""layout.py says what launch.h says: sizes, offsets and formulas, of the header as a C compiler sees it."""

import ctypes
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import w2vcore.backends.cuda.layout as layout
from w2vcore.model.config import TrainingConfig
from w2vcore.objectives.negative_sampling import NegativeSampling

HEADER = Path(layout.__file__).with_name("launch.h")
STRUCTS = {
    "w2v_launch": layout.LAUNCH,
    "w2v_segment": layout.SEGMENT,
    "w2v_job_sums": layout.JOB_SUMS,
    "w2v_objective": layout.OBJECTIVE,
}
FORMULAS = {  # name: types of the arguments, i: int32, l: int64; all results are taken as int64
    "w2v_floats": ("i", layout.row_floats),
    "w2v_has_ring": ("l", layout.has_ring),
    "w2v_tile": ("iiii", layout.tile_of),
    "w2v_slot_rows": ("iii", layout.slot_rows),
    "w2v_warp_bytes": ("iiiilil", layout.warp_bytes),
    "w2v_scratch_rows": ("iii", layout.scratch_rows),
}
KINDS = {"i": "int32_t", "l": "int64_t"}


@pytest.fixture(scope="module")
def header(tmp_path_factory):
    """launch.h as a library: a function for each formula, size and offset."""
    compiler = shlex.split(os.environ.get("CC", "cc"))
    if sys.platform == "win32" or shutil.which(compiler[0]) is None:
        pytest.skip(f"no C compiler {compiler[0]!r} here to read launch.h with")
    lines = ["#include <stddef.h>", f'#include "{HEADER}"']
    for name, (kinds, _) in FORMULAS.items():
        arguments = ", ".join(f"{KINDS[kind]} a{n}" for n, kind in enumerate(kinds))
        values = ", ".join(f"a{n}" for n in range(len(kinds)))
        lines.append(f"int64_t test_{name}({arguments}) {{ return {name}({values}); }}")
    for struct, dtype in STRUCTS.items():
        lines.append(f"int64_t size_{struct}(void) {{ return (int64_t)sizeof({struct}); }}")
        lines += [
            f"int64_t at_{struct}_{field}(void) {{ return (int64_t)offsetof({struct}, {field}); }}"
            for field in dtype.names
        ]
    folder = tmp_path_factory.mktemp("header")
    (folder / "header.c").write_text("\n".join(lines) + "\n")
    library = folder / "header.so"
    command = [*compiler, "-std=c99", "-Wall", "-Werror", "-shared", "-fPIC", folder / "header.c", "-o", library]
    subprocess.run(command, check=True, cwd=folder, timeout=120)
    return ctypes.CDLL(os.fspath(library))


def ask(header, name, *arguments):
    function = getattr(header, name)
    function.restype = ctypes.c_int64
    kinds = FORMULAS[name.removeprefix("test_")][0] if arguments else ""
    function.argtypes = [ctypes.c_int32 if kind == "i" else ctypes.c_int64 for kind in kinds]
    return function(*arguments)


@pytest.mark.parametrize("struct", STRUCTS)
def test_structs(header, struct):
    dtype = STRUCTS[struct]
    assert ask(header, f"size_{struct}") == dtype.itemsize
    assert {field: ask(header, f"at_{struct}_{field}") for field in dtype.names} == {
        field: dtype.fields[field][1] for field in dtype.names
    }
    assert sum(dtype[field].itemsize for field in dtype.names) == dtype.itemsize  # no padding, which could hold secrets


def test_no_field_is_forgotten():
    """Offsets of all fields that are known could agree while the header has more."""
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(encoding="utf8"), flags=re.DOTALL)
    for body, struct in re.findall(r"typedef struct \{(.*?)\} (\w+);", text, re.DOTALL):
        fields = tuple(re.findall(r"(\w+);", body))
        assert fields == STRUCTS[struct].names
        kinds = [kind for kind, _ in re.findall(r"(\w+) (\w+);", body)]
        names = {"uint64_t": "u8", "int64_t": "i8", "int32_t": "i4", "uint32_t": "u4", "float": "f4", "double": "f8"}
        names["w2v_objective"] = layout.OBJECTIVE
        assert [np.dtype(names[kind]) for kind in kinds] == [STRUCTS[struct][field] for field in fields]


def test_constants():
    defined = dict(re.findall(r"#define W2V_(\w+) (\d+)", HEADER.read_text(encoding="utf8")))
    assert len(defined) >= 8
    for name, value in defined.items():
        assert getattr(layout, name) == int(value), name
    assert len(layout.OBJECTIVE_FIELDS) == layout.MAX_OBJECTIVES


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_formulas(header, data):
    size = data.draw(st.integers(1, 1024))
    window = data.draw(st.integers(0, 40))
    targets = data.draw(st.one_of(st.integers(0, 12), st.integers(1, 3000)))
    unit = data.draw(st.sampled_from([0, 1, 2]))
    taken = 16 * data.draw(st.integers(0, 3000))
    floats = layout.row_floats(size)
    ring = int(layout.has_ring(window) and data.draw(st.booleans()))
    tile = layout.tile_of(unit, floats, ring, targets)
    assert tile >= 1 and floats * 32 >= size
    values = {
        "w2v_floats": (size,),
        "w2v_has_ring": (window,),
        "w2v_tile": (unit, floats, ring, targets),
        "w2v_slot_rows": (unit, tile, targets),
        "w2v_warp_bytes": (unit, ring, tile, size, window, targets, taken),
        "w2v_scratch_rows": (unit, ring, 1 + targets),
    }
    for name, (_, ours) in FORMULAS.items():
        assert ask(header, f"test_{name}", *values[name]) == ours(*values[name]), (name, values[name])


SHARED = 227 << 10  # of a block on an H100 or H200


def half_of(config):
    """What negative sampling brings for a vocabulary of two words."""
    return {"negative": NegativeSampling.device.tables(config, np.ones(2, np.int64))}


@pytest.mark.parametrize(
    "window, size, ring", [(5, 100, 1), (15, 100, 1), (15, 1024, 0), (16, 100, 0), ("sentence", 8, 0)]
)
def test_a_ring_where_it_fits(window, size, ring):
    config = TrainingConfig(vector_size=size, window=window, architecture="skipgram", negative_sharing="window")
    found = layout.instance(config, half_of(config), SHARED)
    assert found.ring == ring
    assert found.warp_bytes <= SHARED
    assert found.scratch_rows == (0 if ring else 6)


def test_what_no_gpu_can_do_is_refused():
    with pytest.raises(ValueError, match="vector_size must be at most 1024 on a GPU, got 1025"):
        layout.instance(TrainingConfig(vector_size=1025), half_of(TrainingConfig()), SHARED)
    with pytest.raises(ValueError, match=r"negative=50000 noise words .* lower negative"):
        layout.instance(TrainingConfig(negative=50_000), half_of(TrainingConfig(negative=50_000)), SHARED)
