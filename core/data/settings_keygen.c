/* server_keygen_settings.symmetric_keys. */
#include <string.h>

#include "base/hex.h"
#include "data/settings.h"

static const char space[] = " \t\r\n,";

/* The text is a secret: no error repeats any of it. */
static int malformed(struct err *e)
{
	return err_set(
		e, ERR_REJECTED, "symmetric_keys",
		"expected ID:KEY in hex, the key an AES key of 16, 24 or 32 octets, and such "
		"pairs separated by spaces");
}

static int read_hex(struct arena *a, const char *s, size_t len, struct blob *out)
{
	struct err ignored = { 0 };

	return hex_read(a, arena_strndup(a, s, len), out, &ignored);
}

int symmetric_key_next(struct arena *a, const char **text, struct symmetric_key *k, struct err *e)
{
	const char *s = *text + strspn(*text, space);
	size_t len = strcspn(s, space);
	const char *colon = memchr(s, ':', len);

	if (len == 0)
		return 0;
	*text = s + len;
	if (!colon || read_hex(a, s, (size_t)(colon - s), &k->id) < 0 ||
	    read_hex(a, colon + 1, len - (size_t)(colon - s) - 1, &k->key) < 0 ||
	    (k->key.len != 16 && k->key.len != 24 && k->key.len != 32))
		return malformed(e);
	return 1;
}
