/* The blocks for x86-64-v3: 256-bit registers and fused multiply-add. */
#define W2V_ISA avx2
#define W2V_LANES 8
#define W2V_REGISTERS 16
#include "block_impl.h"
