/* The search for x86-64-v3: 12 of 16 registers hold sums. */
#define W2V_NEAREST w2v_nearest_avx2
#define W2V_COSINES w2v_cosines_avx2
#define W2V_LANES 8
#define W2V_TILE 6
#include "nearest_impl.h"
