/* One kernel, compiled so that the compiler tells each of its accesses to memory to watch.cpp. Macros: as in lanes.cpp. */
#define W2V_WATCHED 1
#include "lanes.h"

#include W2V_SOURCE

extern "C" void w2v_watched_kernel(const w2v_launch *launch)
{
    W2V_KERNEL(*launch);
}
