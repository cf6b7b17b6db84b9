/*
 * Readers of what comes from outside, each fed with any octets. A target says by err_die() that a
 * promise is broken; crashes and leaks show by themselves.
 *
 * With --enable-fuzz (CC=clang) tests/fuzz/fuzz searches: SHEDU_FUZZ=csr fuzz corpus/csr. Without,
 * tests/fuzz/replay runs each file of the corpora once, in `make check`.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "base/arena.h"

struct fuzz_target {
	const char *name;	/* and the folder of its corpus */
	void (*run)(struct arena *a, struct blob in);
};

extern const struct fuzz_target fuzz_targets[];	/* ends with a NULL name */

const struct fuzz_target *fuzz_find(const char *name);	/* NULL: none */

/* Ends the process when a promise is not kept. */
#define fuzz_check(promise)                                                                        \
	do {                                                                                       \
		if (!(promise))                                                                    \
			err_die("%s:%d: not kept: %s", __FILE__, __LINE__, #promise);              \
	} while (0)

#endif
