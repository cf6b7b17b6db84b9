/* For the tests of core/pki: a scratch folder, the openssl command, a CA and a leaf. */
#ifndef TESTS_PKI_TEST_H
#define TESTS_PKI_TEST_H

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "pki/name.h"
#include "tap.h"

#define T0 INT64_C(1795000000000000)	/* 2026-11-18, microseconds */

/* Some tests need only a part of this. */
#define UNUSED __attribute__((unused))

static char scratch[64];

static UNUSED void scratch_fini(void)
{
	char cmd[128];
	FILE *p;

	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", scratch);
	p = popen(cmd, "r");
	if (p)
		pclose(p);
}

static UNUSED void scratch_init(void)
{
	snprintf(scratch, sizeof(scratch), "/tmp/shedu-pki-XXXXXX");
	if (!mkdtemp(scratch))
		exit(99);
	atexit(scratch_fini);
}

/* What a shell command prints, to stderr too, run in the scratch folder. */
__attribute__((format(printf, 1, 2))) static UNUSED const char *run(const char *fmt, ...)
{
	static char out[65536];
	char cmd[2048];
	int n = snprintf(cmd, sizeof(cmd), "exec 2>&1; cd '%s'; ", scratch);
	size_t len;
	va_list ap;
	FILE *p;

	va_start(ap, fmt);
	vsnprintf(cmd + n, sizeof(cmd) - (size_t)n, fmt, ap);
	va_end(ap);
	p = popen(cmd, "r");
	len = p ? fread(out, 1, sizeof(out) - 1, p) : 0;
	out[len] = '\0';
	if (p)
		pclose(p);
	return out;
}

/* The line of the output that has this text, cut out; "" when there is none. */
static UNUSED bool says(const char *out, const char *text)
{
	if (strstr(out, text))
		return true;
	printf("# expected: %s\n", text);
	for (const char *p = out; *p;) {
		size_t n = strcspn(p, "\n");

		printf("#   %.*s\n", (int)n, p);
		p += n + (p[n] == '\n');
	}
	return false;
}

static UNUSED const char *scratch_path(struct arena *a, const char *name)
{
	return arena_printf(a, "%s/%s", scratch, name);
}

static UNUSED void put_file(struct arena *a, const char *name, struct blob data)
{
	FILE *f = fopen(scratch_path(a, name), "w");

	if (!f || fwrite(data.data, 1, data.len, f) != data.len || fclose(f) != 0)
		exit(99);
}

static UNUSED struct blob get_file(struct arena *a, const char *name)
{
	static unsigned char buf[65536];
	FILE *f = fopen(scratch_path(a, name), "r");
	size_t n = f ? fread(buf, 1, sizeof(buf), f) : 0;

	if (f)
		fclose(f);
	return arena_blob(a, buf, n);
}

/* What must not fail for a test to make sense. */
static UNUSED void must(bool done_, const struct err *e)
{
	if (done_)
		return;
	printf("Bail out! %s: %s\n", e->code, err_log_text(e));
	exit(99);
}

static UNUSED struct key *make_key(struct arena *a, int type, int64_t bits)
{
	struct err e;
	struct key *k = key_new(a, &(struct key_spec){ .type = type, .bits = bits }, &e);

	must(k, &e);
	return k;
}

static UNUSED struct blob make_name(struct arena *a, const char *cn)
{
	struct blob name;
	struct err e;

	must(name_make(a, &(struct subject){ .common_name = cn }, &name, &e) == 0, &e);
	return name;
}

/* A spec of ten years from T0, to be changed and made. */
static UNUSED struct cert_spec make_spec(struct arena *a, const char *cn, const struct key *k)
{
	return (struct cert_spec){
		.serial = cert_make_serial(a),
		.subject_der = make_name(a, cn),
		.spki = key_get_spki(a, k),
		.not_before = T0,
		.not_after = T0 + 3650 * CLOCK_DAY,
		.path_len = -1,
	};
}

static UNUSED struct cert *make_cert(struct arena *a, const struct cert_spec *s,
				     const struct cert *issuer, const struct key *k)
{
	struct err e;
	struct cert *c = cert_make(a, s, issuer, k, &e);

	must(c, &e);
	return c;
}

static UNUSED struct cert *make_ca(struct arena *a, const char *cn, const struct key *k,
				   const struct cert *issuer, const struct key *issuer_key)
{
	struct cert_spec s = make_spec(a, cn, k);

	s.is_ca = true;
	return make_cert(a, &s, issuer, issuer ? issuer_key : k);
}

static UNUSED struct cert *make_leaf(struct arena *a, const char *cn, const struct key *k,
				     const struct cert *issuer, const struct key *issuer_key)
{
	struct cert_spec s = make_spec(a, cn, k);

	s.key_usage = KU_DIGITAL_SIGNATURE;
	s.ext_key_usage = EKU_CLIENT_AUTH;
	return make_cert(a, &s, issuer, issuer_key);
}

static UNUSED struct blob text_blob(const char *s)
{
	return blob_of(s, strlen(s));
}

/* The same octets in a block of their own, so that a sanitizer sees a read beyond them. */
static UNUSED unsigned char *heap_copy(struct blob b, size_t len)
{
	unsigned char *p = malloc(len ? len : 1);

	if (!p)
		exit(99);
	memcpy(p, b.data, len);
	return p;
}

#endif
