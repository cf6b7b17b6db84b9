/* The entry of libFuzzer; the target is named by $SHEDU_FUZZ. */
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_target *target;
	static struct arena *a;

	if (!target) {
		const char *name = getenv("SHEDU_FUZZ");

		target = name ? fuzz_find(name) : NULL;
		if (!target)
			err_die("SHEDU_FUZZ names no target");
		a = arena_new();
	}
	target->run(a, blob_of(data, size));
	arena_reset(a);
	return 0;
}
