/* Keys: making, saving, loading, signing; and those that nobody may enroll. */
#include "pki_test.h"

#include "pki/der.h"

static const struct {
	int type;
	int64_t bits;
} kinds[] = {
	{ KEY_ECDSA, 256 }, { KEY_ECDSA, 384 }, { KEY_ECDSA, 521 },
	{ KEY_RSA, 2048 },  { KEY_ED25519, 0 },
};

static void test_new(struct arena *a)
{
	static const struct key_spec refused[] = {
		{ KEY_RSA, 1024 }, { KEY_RSA, 8192 }, { KEY_RSA, 2049 },  { KEY_ECDSA, 224 },
		{ KEY_ECDSA, 0 },  { KEY_DSA, 2048 }, { KEY_UNKNOWN, 0 },
	};
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct key *k = make_key(a, kinds[i].type, kinds[i].bits);
		struct blob spki = key_get_spki(a, k), sig;
		struct key_spec spec, checked;

		key_get_spec(k, &spec);
		ok(spec.type == kinds[i].type && spec.bits == kinds[i].bits,
		   "type %d of %lld bits: its spec", kinds[i].type, (long long)kinds[i].bits);
		ok(key_check_spki(spki, &checked, &e) == 0 && checked.type == spec.type &&
			   checked.bits == spec.bits,
		   "may be enrolled");
		ok(key_sign(a, k, text_blob("data"), &sig, &e) == 0 && sig.len > 60, "signs");
		ok(key_sign(a, k, text_blob("data"), &sig, &e) == 0, "and signs again");
		ok(key_check_pair(k, spki, &e) == 0, "and is its own pair");
	}
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		ok(!key_new(a, &refused[i], &e) && e.kind == ERR_REJECTED,
		   "no key of type %d with %lld bits", refused[i].type, (long long)refused[i].bits);
	ok(key_check_pair(make_key(a, KEY_ECDSA, 256), key_get_spki(a, make_key(a, KEY_ECDSA, 256)),
			  &e) < 0,
	   "two keys are no pair");
}

static char *uri_of(struct arena *a, const char *name)
{
	return arena_printf(a, "file:%s", scratch_path(a, name));
}

static void test_files(struct arena *a)
{
	struct key *k = make_key(a, KEY_ECDSA, 256), *back;
	const char *plain = scratch_path(a, "plain.key");
	struct blob before;
	struct stat st;
	struct err e;

	must(key_save(k, plain, NULL, &e) == 0, &e);
	ok(stat(plain, &st) == 0 && (st.st_mode & 07777) == 0600, "a saved key is 0600");
	back = key_load(a, uri_of(a, "plain.key"), NULL, &e);
	ok(back && key_check_pair(back, key_get_spki(a, k), &e) == 0, "and is loaded again");
	before = get_file(a, "plain.key");
	ok(key_save(k, plain, NULL, &e) < 0 && e.kind == ERR_CONFLICT &&
		   blob_equal(before, get_file(a, "plain.key")),
	   "it is never overwritten");
	ok(strcmp(run("ls"), "plain.key\n") == 0, "nothing else is left in the folder");
	ok(key_load(a, arena_printf(a, "file://%s", plain), NULL, &e) != NULL,
	   "file:///path is file:/path");
	ok(key_save(k, scratch_path(a, "no/folder.key"), NULL, &e) < 0 && e.kind == ERR_INTERNAL,
	   "a folder that is not there");
}

static void test_passphrase(struct arena *a)
{
	struct key *k = make_key(a, KEY_ECDSA, 256), *back;
	const char *pass = scratch_path(a, "pass");
	struct err e;

	put_file(a, "pass", text_blob("open sesame\nsecond line\n"));
	put_file(a, "wrong", text_blob("shut\n"));
	put_file(a, "empty", text_blob("\n"));
	must(key_save(k, scratch_path(a, "sealed.key"), pass, &e) == 0, &e);
	ok(says(run("cat sealed.key"), "BEGIN ENCRYPTED PRIVATE KEY"), "sealed with a passphrase");
	ok(says(run("openssl asn1parse -in sealed.key"), "aes-256-cbc"), "by AES-256");
	ok(says(run("openssl pkey -in sealed.key -passin 'pass:open sesame' -noout && echo opens"),
		"opens"),
	   "the first line is the passphrase, as the openssl command reads it");
	back = key_load(a, uri_of(a, "sealed.key"), pass, &e);
	ok(back && key_check_pair(back, key_get_spki(a, k), &e) == 0, "and is loaded again");
	ok(key_load(a, uri_of(a, "plain.key"), pass, &e) != NULL,
	   "a key in the clear loads with a passphrase configured");
	ok(!key_load(a, uri_of(a, "sealed.key"), NULL, &e) && e.kind == ERR_BUSY &&
		   strcmp(e.code, "key") == 0,
	   "without the passphrase it is busy, and nobody is asked");
	ok(!key_load(a, uri_of(a, "sealed.key"), scratch_path(a, "wrong"), &e) &&
		   e.kind == ERR_BUSY,
	   "nor does another passphrase open it");
	ok(!key_load(a, uri_of(a, "sealed.key"), scratch_path(a, "empty"), &e) &&
		   e.kind == ERR_BUSY,
	   "an empty passphrase file is told");
	ok(!key_load(a, uri_of(a, "sealed.key"), scratch_path(a, "none"), &e) && e.kind == ERR_BUSY,
	   "so is one that is not there");
}

static void test_not_read(struct arena *a)
{
	const char *special[] = { uri_of(a, "pipe"), uri_of(a, "."), "file:/dev/zero" };
	struct err e;

	ok(!key_load(a, uri_of(a, "none.key"), NULL, &e) && e.kind == ERR_BUSY && e.retry_after > 0,
	   "a key that is not there: come again");
	ok(!key_load(a, scratch_path(a, "plain.key"), NULL, &e) && e.kind == ERR_BUSY,
	   "a path is not a URI");
	run("mkfifo pipe");
	run("openssl genpkey -algorithm ED448 -out ed448.key");
	ok(!key_load(a, uri_of(a, "ed448.key"), NULL, &e) && e.kind == ERR_BUSY,
	   "a key of another type is our fault, not the client's");
	for (size_t i = 0; i < ARRAY_LEN(special); i++) {
		alarm(10);	/* ends the test where one of them is waited for */
		ok(!key_load(a, special[i], NULL, &e) && e.kind == ERR_BUSY &&
			   strstr(err_log_text(&e), "regular file"),
		   "%s is not read", special[i]);
		alarm(0);
	}
	ok(!key_load(a, "file://localhost/etc/passwd", NULL, &e) &&
		   strstr(err_log_text(&e), "expected a URI"),
	   "nor is a URI with a host");
}

static void test_pem(struct arena *a)
{
	struct key *k = make_key(a, KEY_ED25519, 0), *back;
	struct err e;
	struct blob pem = key_write_pem(a, k, &e);

	back = key_read_pem(a, pem, &e);
	ok(back && key_check_pair(back, key_get_spki(a, k), &e) == 0, "PEM goes out and comes in");
	run("openssl ecparam -genkey -name prime256v1 -noout -out sec1.key");
	ok(key_read_pem(a, get_file(a, "sec1.key"), &e) != NULL, "EC PRIVATE KEY is read too");
	run("openssl rsa -in /dev/null; openssl genrsa -aes128 -passout pass:xyzw -out enc.key 2048");
	ok(!key_read_pem(a, get_file(a, "enc.key"), &e) && e.kind == ERR_MALFORMED,
	   "an encrypted one is refused, and nobody is asked");
	ok(!key_read_pem(a, text_blob("junk"), &e) && e.kind == ERR_MALFORMED, "junk is malformed");
}

/* The public key that this shell command writes to pub.der. */
static void check_refused(struct arena *a, const char *label, const char *command, const char *code,
			  const char *text)
{
	struct key_spec spec;
	struct blob spki;
	struct err e = { .kind = ERR_NONE };
	const char *out;

	run("rm -f pub.der");
	out = run("%s", command);
	spki = get_file(a, "pub.der");
	ok(spki.len > 0, "%s: openssl makes it%s", label, spki.len ? "" : out);
	ok(key_check_spki(spki, &spec, &e) < 0 && strcmp(e.code, code) == 0 && says(e.text, text),
	   "%s: refused as %s", label, code);
}

#define GENPKEY(args)                                                                              \
	"openssl genpkey " args " 2>&1 | openssl pkey -pubout -outform DER -out pub.der"
#define EC(curve, more) GENPKEY("-algorithm EC -pkeyopt ec_paramgen_curve:" curve more)

static void test_weak(struct arena *a)
{
	check_refused(a, "RSA 1024", GENPKEY("-algorithm RSA -pkeyopt rsa_keygen_bits:1024"),
		      "weak_key", "got 1024");
	check_refused(a, "RSA 2040", GENPKEY("-algorithm RSA -pkeyopt rsa_keygen_bits:2040"),
		      "weak_key", "got 2040");
	check_refused(a, "P-192", EC("P-192", ""), "weak_key", "P-256");
	check_refused(a, "P-224", EC("P-224", ""), "weak_key", "P-224");
	check_refused(a, "secp256k1", EC("secp256k1", ""), "weak_key", "got another");
	check_refused(a, "brainpool", EC("brainpoolP256r1", ""), "weak_key", "got another");
	check_refused(a, "P-256 spelled out", EC("P-256", " -pkeyopt ec_param_enc:explicit"),
		      "weak_key", "explicit");
	check_refused(a, "Ed448", GENPKEY("-algorithm ED448"), "weak_key", "another algorithm");
	check_refused(a, "X25519", GENPKEY("-algorithm X25519"), "weak_key", "another algorithm");
	check_refused(a, "RSA-PSS only",
		      GENPKEY("-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048"), "weak_key",
		      "another algorithm");
	check_refused(a, "DSA",
		      "openssl dsaparam -genkey 1024 2>&1 | openssl dsa -pubout -outform DER "
		      "-out pub.der",
		      "weak_key", "DSA");
}

/* An RSA key of these numbers, which no tool would make. */
static struct blob make_rsa(struct arena *a, size_t octets, unsigned char first, unsigned char last,
			    struct blob exponent)
{
	unsigned char *n = arena_alloc(a, octets);
	struct der_out w, key;
	size_t seq, alg;

	memset(n, 0x5a, octets);
	n[0] = first;
	n[octets - 1] = last;
	der_init(&key, a, 0);
	seq = der_open(&key, DER_SEQUENCE);
	der_put_integer(&key, blob_of(n, octets));
	der_put_integer(&key, exponent);
	der_close(&key, seq);
	der_init(&w, a, 0);
	seq = der_open(&w, DER_SEQUENCE);
	alg = der_open(&w, DER_SEQUENCE);
	der_put_lit(&w, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
	der_close(&w, alg);
	der_put_bit_string(&w, der_done(&key));
	der_close(&w, seq);
	return der_done(&w);
}

static void check_rsa(const char *label, struct blob spki, const char *text)
{
	struct key_spec spec;
	struct err e = { .kind = ERR_NONE };
	int rc = key_check_spki(spki, &spec, &e);

	if (!text)
		ok(rc == 0, "%s: accepted%s", label, e.text);
	else
		ok(rc < 0 && strcmp(e.code, "weak_key") == 0 && says(e.text, text), "%s: refused",
		   label);
}

#define F4 blob_of("\x01\x00\x01", 3)

static void test_rsa_numbers(struct arena *a)
{
	check_rsa("2048 bits", make_rsa(a, 256, 0x80, 1, F4), NULL);
	check_rsa("2047 bits", make_rsa(a, 256, 0x7f, 1, F4), "got 2047");
	check_rsa("2041 bits", make_rsa(a, 256, 0x01, 1, F4), "got 2041");
	check_rsa("8200 bits", make_rsa(a, 1025, 0x80, 1, F4), "got 8200");
	check_rsa("an even modulus", make_rsa(a, 256, 0x80, 2, F4), "modulus is even");
	check_rsa("exponent 0", make_rsa(a, 256, 0x80, 1, blob_of("", 0)), "exponent is even");
	check_rsa("exponent 1", make_rsa(a, 256, 0x80, 1, blob_of("\x01", 1)), "smaller than 3");
	check_rsa("exponent 3", make_rsa(a, 256, 0x80, 1, blob_of("\x03", 1)), NULL);
	check_rsa("exponent 4", make_rsa(a, 256, 0x80, 1, blob_of("\x04", 1)), "exponent is even");
	check_rsa("exponent of 65 bits",
		  make_rsa(a, 256, 0x80, 1, blob_of("\x01\x00\x00\x00\x00\x00\x00\x00\x01", 9)),
		  "longer than 64");
}

static void test_hostile(struct arena *a)
{
	struct blob spki = key_get_spki(a, make_key(a, KEY_ECDSA, 256));
	unsigned char *p = heap_copy(spki, spki.len);
	struct key_spec spec;
	struct err e;
	size_t accepted = 0;

	p[spki.len - 1] ^= 1;	/* of y */
	ok(key_check_spki(blob_of(p, spki.len), &spec, &e) < 0 &&
		   strcmp(e.code, "key_malformed") == 0,
	   "a point that is not on its curve");
	ok(strcmp(e.text, "the public key is malformed: it does not decode (RFC 5280 4.1.2.7)") ==
		   0,
	   "in our words");
	free(p);
	for (size_t n = 0; n < spki.len; n++) {
		p = heap_copy(spki, n);
		accepted += key_check_spki(blob_of(p, n), &spec, &e) == 0;
		free(p);
	}
	ok(accepted == 0, "a key cut off anywhere");
}

int main(void)
{
	AUTO(arena) *a = arena_new();

	scratch_init();
	test_new(a);
	test_files(a);
	test_passphrase(a);
	test_not_read(a);
	test_pem(a);
	test_weak(a);
	test_rsa_numbers(a);
	test_hostile(a);
	return done();
}
