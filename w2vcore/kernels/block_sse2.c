/* The blocks for any x86-64. */
#define W2V_ISA sse2
#define W2V_LANES 4
#define W2V_REGISTERS 16
#include "block_impl.h"
