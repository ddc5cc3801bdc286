/* The soft blocks of block_portable.c: for offsets, and labels between 0 and 1. */
#define W2V_SOFT 1
#include "block_portable.c"
