"""Training on an NVIDIA GPU: kernels in CUDA C++ (``*.cu``, ``*.cuh``), run through CuPy.

    devices     which GPU is used, and the errors where there is none
    backend     the entry point: open, run, close
    several     several GPUs: a thread for each, jobs dealt to them
    meeting     where these threads meet, and sum rows over NCCL
    grouping    single jobs collected into groups that keep the device busy
    segments    jobs cut into the work of one warp
    staleness   how many warps may work at once on a vocabulary
    gpu         one GPU: memory, copies, events, launches; every call into CuPy but the import
    memory      how much memory a run takes on the device, and whether it fits
    tables      the device arrays of the vocabulary and of each objective
    feeding     tokens on the device: all at once, or group by group through pinned memory during computation
    layout      the struct of a launch (launch.h) as a NumPy dtype
    compiling   the kernels, compiled on first use

Each objective chooses its targets on a GPU in a file of its own, objectives/x.cuh; launch.h says what that must hold.
Kernels know the units of an architecture (`Architecture.device_unit`), and neither an architecture nor an objective by
name.

Nothing here imports CuPy before a device is asked for. A GPU computes what `backends/reference.py` computes, except for
the order in which warps add to the same rows; docs/gpu.md has the design.
"""
