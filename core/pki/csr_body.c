/* The bytes of an EST request body: RFC 7030 4.2.1 as RFC 8951 3.1 mends it, and what clients send. */
#include <string.h>

#include "base/b64.h"
#include "pki/cms_signed.h"
#include "pki/csr.h"
#include "pki/der.h"

#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES "-----"

/* What a body may hold, and how a refusal tells it. */
struct form {
	const char *labels[2];	/* of PEM; the first is told */
	const char *code, *expected;
};

static const struct form pkcs10 = { { "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" },
				    "csr_malformed",
				    "a PKCS#10 request as base64, PEM or DER (RFC 7030 4.2.1, "
				    "RFC 8951 3.1)" };
static const struct form cms = {
	{ "CMS", "PKCS7" },
	"cms_malformed",
	"a CMS message as base64, PEM or DER (RFC 7030 4.3.1, RFC 8951 3.1)"
};

static struct blob skip(struct blob b, size_t n)
{
	return blob_of(b.data + n, b.len - n);
}

static bool starts_with(struct blob b, const char *s)
{
	return b.len >= strlen(s) && memcmp(b.data, s, strlen(s)) == 0;
}

/* Where s begins in b; b.len when nowhere. */
static size_t find(struct blob b, const char *s)
{
	for (size_t i = 0; i < b.len; i++) {
		if (starts_with(skip(b, i), s))
			return i;
	}
	return b.len;
}

static bool is_blank(struct blob b)
{
	for (size_t i = 0; i < b.len; i++) {
		if (!memchr(" \t\r\n", b.data[i], 4))
			return false;
	}
	return true;
}

static int malformed(const struct form *f, struct err *e, const char *what)
{
	return err_set(e, ERR_MALFORMED, f->code, "expected %s: %s", f->expected, what);
}

static int read_base64(struct arena *a, const struct form *f, struct blob text, struct blob *der,
		       struct err *e)
{
	struct err inner;

	if (b64_read(a, (const char *)text.data, text.len, B64_SPACE, der, &inner) < 0)
		return malformed(f, e, inner.text);
	if (der->len == 0)
		return malformed(f, e, "the body is empty");
	return 0;
}

/* text begins with BEGIN (RFC 7468 3). */
static int read_pem(struct arena *a, const struct form *f, struct blob text, struct blob *der,
		    struct err *e)
{
	const char *footer;
	size_t end;

	text = skip(text, strlen(BEGIN));
	for (size_t i = 0; i < ARRAY_LEN(f->labels); i++) {
		const char *header = arena_printf(a, "%s" DASHES, f->labels[i]);

		if (!starts_with(text, header))
			continue;
		footer = arena_printf(a, END "%s" DASHES, f->labels[i]);
		text = skip(text, strlen(header));
		end = find(text, footer);
		if (end == text.len)
			return malformed(f, e, "the PEM text has no matching END line");
		if (!is_blank(skip(text, end + strlen(footer))))
			return malformed(f, e, "something follows the END line of the PEM text");
		return read_base64(a, f, blob_of(text.data, end), der, e);
	}
	return malformed(f, e,
			 arena_printf(a, "the label of the PEM text is not %s", f->labels[0]));
}

static int read_body(struct arena *a, const struct form *f, struct blob body, struct blob *der,
		     struct err *e)
{
	size_t pem;

	if (is_blank(body))
		return malformed(f, e, "the body is empty");
	/* Base64 of a SEQUENCE begins with M. */
	if (body.data[0] == DER_SEQUENCE) {
		*der = body;
		return 0;
	}
	/* RFC 7468 2 lets explanatory text come first, as `openssl req -text` writes it. */
	pem = find(body, BEGIN);
	if (pem < body.len)
		return read_pem(a, f, skip(body, pem), der, e);
	return read_base64(a, f, body, der, e);
}

int csr_read_body(struct arena *a, struct blob body, struct blob *der, struct err *e)
{
	return read_body(a, &pkcs10, body, der, e);
}

int cms_read_body(struct arena *a, struct blob body, struct blob *der, struct err *e)
{
	return read_body(a, &cms, body, der, e);
}
