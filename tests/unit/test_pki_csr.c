/* Certification requests: the flat checklist, refusal by refusal. */
#include "pki_test.h"

#include "base/b64.h"
#include "pki/der.h"
#include "pki/ext.h"
#include "pki/ossl.h"

#define EXTENSION_REQUEST "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e"
#define MS_EXTENSIONS "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0e"
#define CHALLENGE "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07"
#define LIT(s) blob_of(s, sizeof(s) - 1)

static const struct key *key;

/* One Attribute of one value. */
static struct blob attribute(struct arena *a, struct blob oid, struct blob values)
{
	struct der_out w;
	size_t seq;

	der_init(&w, a, 0);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_raw(&w, oid);
	der_put(&w, DER_SET, values);
	der_close(&w, seq);
	return der_done(&w);
}

static struct blob extension(struct arena *a, struct blob oid, bool critical, struct blob value)
{
	struct der_out w;

	der_init(&w, a, 0);
	ext_put(&w, (const char *)oid.data, oid.len, critical, value);
	return der_done(&w);
}

static struct blob sequence(struct arena *a, struct blob x, struct blob y)
{
	struct der_out w;
	size_t seq;

	der_init(&w, a, 0);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_raw(&w, x);
	der_put_raw(&w, y);
	der_close(&w, seq);
	return der_done(&w);
}

static struct blob join(struct arena *a, struct blob x, struct blob y)
{
	struct der_out w;

	der_init(&w, a, 0);
	der_put_raw(&w, x);
	der_put_raw(&w, y);
	return der_done(&w);
}

static struct blob request_of(struct arena *a, unsigned version, struct blob name, struct blob spki,
			      struct blob attributes)
{
	struct der_out w;
	struct blob der;
	struct err e;
	size_t info;

	der_init(&w, a, 0);
	info = der_open(&w, DER_SEQUENCE);
	der_put_number(&w, DER_INTEGER, version);
	der_put_raw(&w, name);
	der_put_raw(&w, spki);
	der_put(&w, DER_CONSTRUCTED | 0, attributes);
	der_close(&w, info);
	must(ossl_seal(a, key, der_done(&w), blob_of(NULL, 0), &der, &e) == 0, &e);
	return der;
}

static struct blob with_attributes(struct arena *a, struct blob attributes)
{
	return request_of(a, 0, make_name(a, "d1"), key_get_spki(a, key), attributes);
}

static struct blob with_extensions(struct arena *a, struct blob exts)
{
	return with_attributes(a, attribute(a, LIT(EXTENSION_REQUEST), exts));
}

static void check_refused(struct arena *a, const char *label, struct blob der, const char *code)
{
	struct err e = { .kind = ERR_NONE };
	struct csr *r = csr_read(a, der, &e);

	ok(!r && strcmp(e.code, code) == 0, "%s: %s: %s", label, r ? "accepted" : e.code, e.text);
	ok(ERR_peek_error() == 0, "%s: OpenSSL's error queue is empty", label);
}

static void test_made(struct arena *a)
{
	const char *name = "d1.example";
	struct blob san, der, name_der;
	struct csr *r;
	struct err e;

	must(cert_make_san(a, &(struct texts){ .v = &name, .n = 1 }, &san, &e) == 0, &e);
	must(name_make(a, &(struct subject){ .common_name = "d1", .organization = "Ex" }, &name_der,
		       &e) == 0,
	     &e);
	must(csr_make(a, name_der, san, key, &der, &e) == 0, &e);
	r = csr_read(a, der, &e);
	must(r, &e);
	ok(strcmp(r->common_name, "d1") == 0 && r->common_name_len == 2 &&
		   strcmp(r->subject.organization, "Ex") == 0 && blob_equal(r->san, san) &&
		   blob_equal(r->spki, key_get_spki(a, key)) && r->key.bits == 256 &&
		   !r->wants_ca && !r->has_challenge_password,
	   "what is made is read");
	ok(csr_check_signature(r, &e) == 0, "and its signature verifies");
	put_file(a, "d.csr", text_blob(csr_write_pem(a, der)));
	ok(says(run("openssl req -in d.csr -noout -verify -text"), "verify OK") &&
		   says(run("openssl req -in d.csr -noout -text"), "DNS:d1.example"),
	   "as openssl req says");
	must(csr_make(a, name_der, blob_of(NULL, 0), key, &der, &e) == 0, &e);
	r = csr_read(a, der, &e);
	ok(r && r->san.len == 0 && csr_check_signature(r, &e) == 0, "without extensions too");
	((unsigned char *)der.data)[der.len - 1] ^= 1;
	r = csr_read(a, der, &e);
	ok(r && csr_check_signature(r, &e) < 0 && e.kind == ERR_MALFORMED &&
		   strcmp(e.code, "csr_signature") == 0,
	   "a changed signature does not verify");
}

/* The request that `openssl req` makes with these options. */
static struct blob openssl_csr(struct arena *a, const char *options)
{
	run("rm -f o.der; openssl req -new -outform DER -out o.der -nodes -keyout o.key "
	    "-subj /CN=d1 %s",
	    options);
	return get_file(a, "o.der");
}

static void test_foreign(struct arena *a)
{
	struct csr *r;
	struct err e;

	r = csr_read(
		a,
		openssl_csr(a, "-newkey rsa:2048 -addext keyUsage=digitalSignature,keyEncipherment "
			       "-addext extendedKeyUsage=clientAuth,serverAuth"),
		&e);
	ok(r && r->key.type == KEY_RSA &&
		   r->key_usage == (KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT) &&
		   r->ext_key_usage == (EKU_CLIENT_AUTH | EKU_SERVER_AUTH) &&
		   csr_check_signature(r, &e) == 0,
	   "an RSA request with usages");
	r = csr_read(a, openssl_csr(a, "-newkey ed25519"), &e);
	ok(r && r->key.type == KEY_ED25519 && csr_check_signature(r, &e) == 0,
	   "an Ed25519 request");
	r = csr_read(a, openssl_csr(a, "-newkey rsa:2048 -sigopt rsa_padding_mode:pss -sha256"),
		     &e);
	ok(r && csr_check_signature(r, &e) == 0, "RSASSA-PSS with SHA-256");
	r = csr_read(a,
		     openssl_csr(a, "-newkey rsa:2048 -addext basicConstraints=critical,CA:TRUE"),
		     &e);
	ok(r && r->wants_ca, "a request to be a CA");
	r = csr_read(a, openssl_csr(a, "-newkey rsa:2048 -addext keyUsage=cRLSign"), &e);
	ok(r && r->wants_ca, "a request to sign CRLs");
	check_refused(a, "SHA-1", openssl_csr(a, "-newkey rsa:2048 -sha1"), "weak_signature");
	check_refused(a, "MD5", openssl_csr(a, "-newkey rsa:2048 -md5"), "weak_signature");
	check_refused(a, "ECDSA with SHA-1",
		      openssl_csr(a, "-newkey ec -pkeyopt "
				     "ec_paramgen_curve:P-256 -sha1"),
		      "weak_signature");
	check_refused(a, "RSASSA-PSS with SHA-1",
		      openssl_csr(a, "-newkey rsa:2048 -sigopt "
				     "rsa_padding_mode:pss -sha1"),
		      "weak_signature");
	check_refused(a, "SHA-3", openssl_csr(a, "-newkey rsa:2048 -sha3-256"), "weak_signature");
	check_refused(a, "RSA 1024", openssl_csr(a, "-newkey rsa:1024"), "weak_key");
}

static void test_keys(struct arena *a)
{
	static const char *const curves[] = { "P-192", "P-224", "brainpoolP256r1" };

	for (size_t i = 0; i < ARRAY_LEN(curves); i++)
		check_refused(a, curves[i],
			      openssl_csr(a, arena_printf(a,
							  "-newkey ec -pkeyopt "
							  "ec_paramgen_curve:%s",
							  curves[i])),
			      "weak_key");
	check_refused(a, "explicit parameters",
		      openssl_csr(a, "-newkey ec -pkeyopt "
				     "ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit"),
		      "weak_key");
}

static struct blob san_ext(struct arena *a)
{
	return extension(a, LIT(OID_SUBJECT_ALT_NAME), false,
			 LIT("\x30\x04\x82\x02"
			     "d1"));
}

static void test_attributes(struct arena *a)
{
	struct blob none = blob_of(NULL, 0), san = san_ext(a);
	struct blob exts = sequence(a, san, none), many = none;
	struct blob request = attribute(a, LIT(EXTENSION_REQUEST), exts);
	struct blob ms = attribute(a, LIT(MS_EXTENSIONS), exts);
	struct blob other = attribute(a, LIT("\x06\x03\x2a\x03\x04"), LIT("\x05\x00"));
	struct csr *r;
	struct err e;

	r = csr_read(a, with_attributes(a, join(a, other, request)), &e);
	ok(r && r->san.len == 6, "an unknown attribute is passed over");
	r = csr_read(a, with_attributes(a, ms), &e);
	ok(r && r->san.len == 6, "Microsoft's OID for the extensions");
	r = csr_read(a,
		     with_attributes(a, attribute(a, LIT(CHALLENGE),
						  LIT("\x0c\x05"
						      "s3cr3"))),
		     &e);
	ok(r && r->has_challenge_password && strcmp(r->challenge_password, "s3cr3") == 0,
	   "a challenge password");
	check_refused(a, "two extensionRequests", with_attributes(a, join(a, request, request)),
		      "csr_duplicate");
	check_refused(a, "one of each kind", with_attributes(a, join(a, request, ms)),
		      "csr_duplicate");
	check_refused(a, "an unknown attribute twice", with_attributes(a, join(a, other, other)),
		      "csr_duplicate");
	check_refused(a, "two SANs", with_extensions(a, sequence(a, san, san)), "csr_duplicate");
	check_refused(a, "two sets of extensions in one request",
		      with_extensions(a, join(a, exts, exts)), "extension_malformed");
	check_refused(a, "an attribute without a value",
		      with_attributes(a, attribute(a, LIT(EXTENSION_REQUEST), none)),
		      "csr_malformed");
	check_refused(a, "a challenge password with a NUL",
		      with_attributes(a, attribute(a, LIT(CHALLENGE), LIT("\x0c\x03x\0y"))),
		      "csr_malformed");
	check_refused(
		a, "a SAN that is junk",
		with_extensions(
			a, sequence(a, extension(a, LIT(OID_SUBJECT_ALT_NAME), false, LIT("junk")),
				    none)),
		"extension_malformed");
	for (unsigned char i = 0; i < 40; i++) {
		unsigned char oid[] = { 0x06, 0x03, 0x2a, 0x03, i };

		many = join(a, many, attribute(a, blob_of(oid, 5), LIT("\x05\x00")));
	}
	check_refused(a, "40 attributes", with_attributes(a, many), "csr_malformed");
}

static void test_names(struct arena *a)
{
	struct blob spki = key_get_spki(a, key), none = blob_of(NULL, 0);
	struct blob nul = LIT("\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c\x03x\0y");
	struct blob organization = LIT("\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x0a\x0c\x03x\0y");
	struct csr *r;
	struct err e;

	check_refused(a, "a NUL in the common name", request_of(a, 0, nul, spki, none),
		      "name_part");
	check_refused(a, "a NUL in the organization", request_of(a, 0, organization, spki, none),
		      "name_part");
	r = csr_read(a, request_of(a, 0, LIT("\x30\x00"), spki, none), &e);
	ok(r && r->common_name_len == 0 && *r->common_name == '\0', "an empty subject");
	check_refused(a, "version 1", request_of(a, 1, make_name(a, "d1"), spki, none),
		      "csr_malformed");
}

static void test_hostile(struct arena *a)
{
	struct blob der = with_extensions(a, sequence(a, san_ext(a), blob_of(NULL, 0)));
	size_t accepted = 0, verified = 0, dirty = 0;
	struct err e;

	for (size_t n = 0; n < der.len; n++) {
		AUTO(arena) *own = arena_new();
		unsigned char *p = heap_copy(der, n);

		accepted += csr_read(own, blob_of(p, n), &e) != NULL;
		dirty += ERR_peek_error() != 0;
		free(p);
	}
	ok(accepted == 0, "cut off anywhere");
	for (size_t i = 0; i < 3 * der.len; i++) {
		static const unsigned char mask[] = { 0x01, 0x80, 0xff };
		AUTO(arena) *own = arena_new();
		unsigned char *p = heap_copy(der, der.len);
		struct csr *r;

		p[i / 3] ^= mask[i % 3];
		r = csr_read(own, blob_of(p, der.len), &e);
		verified += r && csr_check_signature(r, &e) == 0;
		dirty += ERR_peek_error() != 0;
		free(p);
	}
	ok(verified == 0, "no changed octet goes unnoticed");
	ok(dirty == 0, "and OpenSSL's error queue stays empty");
	check_refused(a, "a trailing octet", join(a, der, LIT("\x00")), "csr_malformed");
}

static void check_body(struct arena *a, const char *label, struct blob body, struct blob want)
{
	struct blob der;
	struct err e = { .kind = ERR_NONE };
	int rc = csr_read_body(a, body, &der, &e);

	if (want.len)
		ok(rc == 0 && blob_equal(der, want), "body, %s: %s", label, rc ? e.text : "read");
	else
		ok(rc < 0 && e.kind == ERR_MALFORMED, "body, %s: %s", label, rc ? e.text : "read");
}

static void test_body(struct arena *a)
{
	struct blob der = with_attributes(a, blob_of(NULL, 0)), none = blob_of(NULL, 0);
	const char *line = b64_write(a, der, 0), *lines = b64_write(a, der, 64);
	const char *pem = csr_write_pem(a, der);

	check_body(a, "DER", der, der);
	check_body(a, "base64 in one line", text_blob(line), der);
	check_body(a, "base64 in lines", text_blob(lines), der);
	check_body(a, "base64 with white space",
		   text_blob(arena_printf(a, "\r\n \t%.7s \t%s\r\n\r\n", line, line + 7)), der);
	check_body(a, "PEM", text_blob(pem), der);
	check_body(a, "PEM with CRLF and spaces",
		   text_blob(arena_printf(
			   a,
			   " \r\n-----BEGIN CERTIFICATE "
			   "REQUEST-----\r\n%s\r\n-----END CERTIFICATE REQUEST-----\r\n ",
			   line)),
		   der);
	check_body(a, "NEW CERTIFICATE REQUEST",
		   text_blob(arena_printf(a,
					  "-----BEGIN NEW CERTIFICATE "
					  "REQUEST-----\n%s-----END NEW CERTIFICATE REQUEST-----",
					  lines)),
		   der);
	check_body(a, "PEM after text", text_blob(arena_printf(a, "Certificate Request:\n%s", pem)),
		   der);
	check_body(a, "nothing", none, none);
	check_body(a, "white space", text_blob(" \r\n"), none);
	check_body(a, "another label",
		   text_blob("-----BEGIN CERTIFICATE-----\nAAAA\n"
			     "-----END CERTIFICATE-----\n"),
		   none);
	check_body(a, "unequal labels",
		   text_blob(arena_printf(a,
					  "-----BEGIN CERTIFICATE REQUEST-----\n"
					  "%s-----END NEW CERTIFICATE REQUEST-----",
					  lines)),
		   none);
	check_body(a, "no END",
		   text_blob(arena_printf(a, "-----BEGIN CERTIFICATE REQUEST-----\n%s", lines)),
		   none);
	check_body(a, "two", text_blob(arena_printf(a, "%s%s", pem, pem)), none);
	check_body(a, "text after it", text_blob(arena_printf(a, "%sx", pem)), none);
	check_body(a, "empty PEM",
		   text_blob("-----BEGIN CERTIFICATE REQUEST-----\n"
			     "-----END CERTIFICATE REQUEST-----\n"),
		   none);
	check_body(a, "junk", text_blob("hello, world!"), none);
	check_body(a, "form data", text_blob(arena_printf(a, "csr=%s", line)), none);
	check_body(a, "a NUL", blob_of("MII\0", 4), none);
	check_body(a, "base64 that is cut off", blob_of(line, strlen(line) - 1), none);
}

int main(void)
{
	AUTO(arena) *a = arena_new();

	scratch_init();
	key = make_key(a, KEY_ECDSA, 256);
	test_made(a);
	test_foreign(a);
	test_keys(a);
	test_attributes(a);
	test_names(a);
	test_hostile(a);
	test_body(a);
	return done();
}
