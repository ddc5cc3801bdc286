"""Floor 0: number types, random numbers, and the block, in C once for each instruction set (see block.h)."""
