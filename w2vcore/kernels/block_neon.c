/* The blocks for aarch64. */
#define W2V_ISA neon
#define W2V_LANES 4
#define W2V_REGISTERS 32
#include "block_impl.h"
