"""Training on an NVIDIA GPU: kernels in CUDA C++ (``*.cu``, ``*.cuh``), run through CuPy.

    devices     which GPU, and what is said where there is none
    backend     the door: open, run, close
    grouping    jobs, that arrive one by one, put together until they keep the device busy
    segments    jobs cut into the work of one warp
    staleness   how many warps may work at once on a vocabulary
    gpu         one GPU: memory, copies, events, launches; every call into CuPy but the first
    memory      what a run takes on the device, and whether it fits
    tables      what the vocabulary and each objective bring as arrays on the device
    feeding     tokens on the device: all of them, or in parts through pinned memory, beside the computation
    layout      the struct of a launch (launch.h) as a NumPy dtype
    compiling   the kernels, compiled when they are first needed

Each objective says by itself how it names its targets on a GPU: objectives/x.cuh, as launch.h asks. Kernels know the
units of an architecture (`Architecture.device_unit`), and neither an architecture nor an objective by name.

Nothing here imports CuPy before a device is asked for. A GPU computes what `backends/reference.py` says, but for the
order in which warps add to the same rows; docs/gpu.md has the design.
"""
