/* The soft blocks of block_avx2.c: for offsets, and labels between 0 and 1. */
#define W2V_SOFT 1
#include "block_avx2.c"
