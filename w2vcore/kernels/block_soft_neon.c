/* The soft blocks of block_neon.c: for offsets, and labels between 0 and 1. */
#define W2V_SOFT 1
#include "block_neon.c"
