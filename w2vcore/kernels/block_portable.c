/* The blocks in C99 alone, for any machine and compiler. */
#define W2V_ISA portable
#define W2V_LANES 4
#define W2V_REGISTERS 16
#define W2V_PLAIN_C
#include "block_impl.h"
