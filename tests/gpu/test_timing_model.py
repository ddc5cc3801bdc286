"""The timing model reads machine code right: loops, what they are, and how often a word takes them."""

import sys
from pathlib import Path

import pytest
from device_compilers import nvrtc_library

sys.path.insert(0, str(Path(__file__).parent))  # as a script has it

import timing_model

# An outer loop that takes a segment, one over centres, in that one over contexts, and a path of diverged lanes behind.
SASS = """
w2v_train:
        /*0000*/                   S2R R11, SR_TID.X ;
.L_x_1:
        /*0010*/                   ATOMG.E.ADD.64.STRONG.GPU PT, R2, desc[UR6][R2.64], R4 ;
        /*0020*/               @P0 EXIT ;
.L_x_2:
        /*0030*/                   LDG.E.128.STRONG.GPU R4, desc[UR6][R2.64] ;
.L_x_3:
        /*0040*/                   FFMA R1, R2, R3, R4 ;
        /*0050*/                   SHFL.BFLY PT, R1, R1, 0x10, 0x1f ;
        /*0060*/              @!P1 BRA `(.L_x_3) ;
        /*0070*/                   MUFU.EX2 R1, R2 ;
        /*0080*/                   REDG.E.ADD.F32x4.FTZ.RN.STRONG.GPU desc[UR6][R52.64], R40 ;
        /*0090*/               @P1 BRA `(.L_x_2) ;
        /*00a0*/                   BRA `(.L_x_1) ;
.L_x_4:
        /*00b0*/                   WARPSYNC.COLLECTIVE R1, `(.L_x_4) ;
        /*00c0*/                   BRA `(.L_x_3) ;
"""


def test_loops_are_found_and_the_paths_of_diverged_lanes_are_not():
    segments, centres, contexts = timing_model.loops_of(SASS)
    assert [(loop.first, loop.last) for loop in (segments, centres, contexts)] == [(1, 10), (3, 9), (4, 6)]
    assert segments.own == {"ATOMG": 1, "EXIT": 1, "BRA": 1}
    assert centres.own == {"LDG": 1, "MUFU": 1, "REDG": 1, "BRA": 1} and centres.whole["FFMA"] == 1
    assert timing_model.taken(centres, centres, 6.0, 6.0) == 1.0
    assert timing_model.taken(contexts, centres, 6.0, 6.0) == 6.0


def test_warps_fit_by_registers_and_by_shared_memory():
    device = timing_model.DEVICES["H200"]
    assert timing_model.resident_warps(device, 128, 1 << 10) == 16  # 65536 / (128 * 32)
    assert timing_model.resident_warps(device, 32, 32 << 10) == 6  # of 228 KB a block takes 33
    assert timing_model.resident_warps(device, 250, 200 << 10) == 1


def test_a_larger_cache_misses_less():
    counts, keep = timing_model.words()
    shares = [
        timing_model.missed(timing_model.DEVICES[name], 300, counts, keep) for name in ("A100", "H200", "RTX 4090")
    ]
    assert 0.3 > shares[0] > shares[1] > shares[2] > 0


@pytest.mark.skipif(nvrtc_library() is None, reason="NVRTC is not installed: pip install nvidia-cuda-nvrtc")
def test_the_kernel_is_counted_as_its_own_comment_says():
    """train.cu: some 180 instructions a context, six contexts a word."""
    if timing_model.disassembler() is None:
        pytest.skip("nvdisasm is not installed: pip install nvidia-cuda-nvdisasm")
    code = timing_model.code_of("sgns", 100, 90)
    assert 6 * 180 < code.instructions < 6 * 180 + 1500
    counts, keep = timing_model.words()
    limits, _, warps = timing_model.predicted("H200", "sgns", 100, counts, keep)
    assert warps >= 16 and min(limits.values()) > 100e6
