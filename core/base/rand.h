/* The only source of randomness: getrandom(2). Ends the process when the kernel has none. */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stddef.h>

void rand_fill(void *p, size_t n);

#endif
