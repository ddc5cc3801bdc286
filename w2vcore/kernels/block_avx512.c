/* The blocks for x86-64-v4: 512-bit registers. */
#define W2V_ISA avx512
#define W2V_LANES 16
#define W2V_REGISTERS 32
#include "block_impl.h"
