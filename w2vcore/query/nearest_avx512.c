/* The search for x86-64-v4: 24 of 32 registers hold sums. */
#define W2V_NEAREST w2v_nearest_avx512
#define W2V_COSINES w2v_cosines_avx512
#define W2V_LANES 16
#define W2V_TILE 12
#include "nearest_impl.h"
