#include "ca/publish_path.h"

#include <limits.h>
#include <string.h>

#include "base/b64.h"

/*
 * Servers and the kernel take a run of slashes for one. So two requests whose base64 differ only in
 * where a run stands would have one file, and one certificate's answer would be given for another's:
 * such requests have no path. What stands before the serial is the issuer's and the same for all,
 * and the length is in the second octet; so a run that the serial makes is harmless where no other
 * slash stands that could be the one repeated instead. The serial's tag and length, at serial_at or
 * behind it, keep its slashes apart from those before.
 */
static bool is_ambiguous(const char *b64, size_t serial_at)
{
	size_t places = 0, dropped = 0, n;

	for (const char *p = b64 + serial_at; *(p += strcspn(p, "/")); p += n) {
		n = strspn(p, "/");
		places++;
		dropped += n - 1;
	}
	return dropped && places > 1;
}

static bool has_long_name(const char *path)
{
	for (size_t n; *path; path += n + (path[n] == '/')) {
		n = strcspn(path, "/");
		if (n > NAME_MAX)
			return true;
	}
	return false;
}

static char *collapse(char *s)
{
	char *out = s;

	for (const char *p = s; *p; p++) {
		if (*p != '/' || p[1] != '/')
			*out++ = *p;
	}
	*out = '\0';
	return s;
}

const char *publish_path(struct arena *a, struct blob request)
{
	struct ocsp_certid id;
	char *b64;
	size_t tail, len;

	if (!ocsp_request_is_canonical(a, request, &id))
		return NULL;
	tail = id.serial.len + 3;	/* with its tag, its length, and a leading zero */
	b64 = b64_write(a, request, 0);
	len = strlen(b64);
	if (b64[len - 1] == '/' || is_ambiguous(b64, (request.len - tail) * 4 / 3))
		return NULL;
	collapse(b64);
	return has_long_name(b64) ? NULL : b64;
}

void publish_requests(struct arena *a, const struct issuer_row *issuer, struct blob serial,
		      struct blob out[PUBLISH_HASHES])
{
	out[0] = ocsp_request_make(a, OCSP_SHA1, issuer->name_sha1, issuer->key_sha1, serial);
	out[1] = ocsp_request_make(a, OCSP_SHA256, issuer->name_sha256, issuer->key_sha256, serial);
}
