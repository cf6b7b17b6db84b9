/* CSR attributes: written, read, made from a profile, held against requests. */
#include "pki_test.h"

#include "base/b64.h"
#include "pki/csrattrs.h"
#include "pki/der.h"
#include "pki/ext.h"
#include "pki/oid.h"

#define BLOB(s) blob_of(s, sizeof(s) - 1)
#define ECDSA_SHA384 BLOB("\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03")
#define RSA_SHA256 BLOB("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b")
#define SAN BLOB(OID_SUBJECT_ALT_NAME)
#define MAC "\x06\x07\x2b\x06\x01\x01\x01\x01\x16"

/* RFC 8951 4.1, and the examples of RFC 9908 5 that have other content. */
#define RFC8951                                                                                    \
	"MEEGCSqGSIb3DQEJBzASBgcqhkjOPQIBMQcGBSuBBAAiMBYGCSqGSIb3DQEJDjEJBgcrBgEBAQEWBggqhkjOPQQDAw=="
#define BARE_MAC "MDIGCSqGSIb3DQEJBzASBgcqhkjOPQIBMQcGBSuBBAAiBgcrBgEBAQEWBggqhkjOPQQDAw=="
#define POTATO                                                                                     \
	"MGcGCSqGSIb3DQEJBzASBgcqhkjOPQIBMQcGBSuBBAAiMDwGCSqGSIb3DQEJDjEvMC0wKwYDVR0RBCQwIqAgBggr" \
	"BgEFBQcICqAUFhJwb3RhdG9AZXhhbXBsZS5jb20GCCqGSM49BAMD"
/* As drafts of RFC 9908 had it. */
#define BARE_EXTENSION                                                                             \
	"MGQwYgYJKoZIhvcNAQkOMVUwUwYDVR0RAQH/BEmgRzBFBggrBgEFBQcICgw5cmZjODk5NCtmZDczOWZjMjNjMzQ0" \
	"MDExMjIzMzQ0NTUwMDAwMDAwMCtAYWNwLmV4YW1wbGUuY29t"
#define RSA4096 "MCkGCSqGSIb3DQEJBzARBgkqhkiG9w0BAQExBAICEAAGCSqGSIb3DQEBCw=="

static struct arena *a;

static bool writes(const struct csrattrs *c, const char *base64)
{
	const char *got = b64_write(a, csrattrs_write(a, c), 0);

	if (strcmp(got, base64) == 0)
		return true;
	printf("# expected %s\n# got      %s\n", base64, got);
	return false;
}

static struct blob der_of(const char *base64)
{
	struct blob der;
	struct err e;

	must(b64_read(a, base64, strlen(base64), B64_SPACE, &der, &e) == 0, &e);
	return der;
}

static struct csrattrs start(int type, int64_t bits)
{
	struct csrattrs c = { .challenge_password = true };

	csrattrs_add_key(&c, type, bits);
	return c;
}

static void test_examples(void)
{
	struct csrattrs c = start(KEY_ECDSA, 384), ec = c;
	struct csrattrs_extension x = { .oid = BLOB(MAC) };

	csrattrs_add_signature(&c, ECDSA_SHA384);
	ec = c;
	csrattrs_add_attribute(&c, BLOB(OID_EXTENSION_REQUEST), BLOB(MAC));
	ok(writes(&c, RFC8951), "the example of RFC 8951 4.1");
	c = ec;
	csrattrs_add_extension(&c, &x);
	ok(writes(&c, BARE_MAC), "an extension without a value is a bare OID");
	c = ec;
	x = (struct csrattrs_extension){
		.oid = SAN,
		.has_value = true,
		.value = BLOB("\x30\x22\xa0\x20\x06\x08\x2b\x06\x01\x05\x05\x07\x08\x0a\xa0\x14"
			      "\x16\x12potato@example.com"),
	};
	csrattrs_add_extension(&c, &x);
	ok(writes(&c, POTATO), "RFC 9908: a subjectAltName with its value");
	c = start(KEY_RSA, 4096);
	csrattrs_add_signature(&c, RSA_SHA256);
	ok(writes(&c, RSA4096), "RFC 9908: an RSA key of 4096 bits");
}

static void test_read_examples(void)
{
	static const char *const same[] = { BARE_MAC, POTATO, RSA4096, "MAA=" };
	struct csrattrs c;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		ok(csrattrs_read(der_of(same[i]), &c, &e) == 0 && writes(&c, same[i]),
		   "%.20s... is read, and written as it was", same[i]);
	ok(csrattrs_read(der_of(RFC8951), &c, &e) == 0 && c.challenge_password && c.nkeys == 1 &&
		   c.keys[0].bits == 384 && c.nextensions == 1 && !c.extensions[0].has_value &&
		   c.nsignatures == 1,
	   "RFC 8951's OIDs in extensionRequest are read");
	ok(csrattrs_read(der_of("MAA="), &c, &e) == 0 && csrattrs_is_empty(&c), "an empty one");
}

/* RFC 9908 3.4 shows it as text only: made here by other hands. */
static const char template_conf[] =
	"asn1=SEQ:all\n[all]\na=SEQ:attr\n[attr]\n"
	"o=OID:1.2.840.113549.1.9.16.2.61\nv=SET:set\n[set]\ni=SEQ:info\n"
	"[info]\nv=INTEGER:0\ns=SEQ:subject\nk=IMP:0C,SEQ:key\na=IMP:1C,SET:attrs\n"
	"[subject]\n1=SET:cn\n2=SET:ou1\n3=SET:ou2\n"
	"[cn]\ns=SEQ:cns\n[cns]\no=OID:2.5.4.3\n"
	"[ou1]\ns=SEQ:ou1s\n[ou1s]\no=OID:2.5.4.11\nv=UTF8:myDept\n"
	"[ou2]\ns=SEQ:ou2s\n[ou2s]\no=OID:2.5.4.11\nv=UTF8:myGroup\n"
	"[key]\na=SEQ:alg\n[alg]\no=OID:id-ecPublicKey\nc=OID:prime256v1\n"
	"[attrs]\ne=SEQ:req\n[req]\no=OID:1.2.840.113549.1.9.16.2.62\nv=SET:reqs\n"
	"[reqs]\nx=SEQ:exts\n[exts]\n1=SEQ:san\n2=SEQ:ku\n3=SEQ:eku\n"
	"[san]\no=OID:2.5.29.17\nv=OCTWRAP,SEQ:names\n"
	"[names]\nd=IMP:2,IA5:www.myServer.com\ni=IMP:7,OCT:\n"
	"[ku]\no=OID:2.5.29.15\nc=BOOL:TRUE\nv=OCTWRAP,FORMAT:BITLIST,BITSTR:0,4\n"
	"[eku]\no=OID:2.5.29.37\n";

static struct csrattrs template_example(void)
{
	struct csrattrs c = { .template = true };
	const struct csrattrs_extension v[] = {
		{ SAN, false, true, BLOB("\x30\x14\x82\x10www.myServer.com\x87\x00") },
		{ BLOB(OID_KEY_USAGE), true, true, BLOB("\x03\x02\x03\x88") },
		{ BLOB(OID_EXT_KEY_USAGE), false, false, { 0 } },
	};

	csrattrs_add_key(&c, KEY_ECDSA, 256);
	csrattrs_add_part(&c, BLOB("\x06\x03\x55\x04\x03"), blob_of(NULL, 0));
	csrattrs_add_part(&c, BLOB("\x06\x03\x55\x04\x0b"), BLOB("\x0c\x06myDept"));
	csrattrs_add_part(&c, BLOB("\x06\x03\x55\x04\x0b"), BLOB("\x0c\x07myGroup"));
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		csrattrs_add_extension(&c, &v[i]);
	return c;
}

static void test_template(void)
{
	struct csrattrs c = template_example(), again;
	struct der all, last;
	struct blob expected, in;
	struct err e = { 0 };

	put_file(a, "template.cnf", text_blob(template_conf));
	run("openssl asn1parse -genconf template.cnf -noout -out template.der");
	expected = get_file(a, "template.der");
	in = csrattrs_write(a, &c);
	ok(der_check(in) && csrattrs_read(in, &again, &e) == 0 && again.nkeys == 1 &&
		   again.nsubject == 3 && again.nextensions == 3 && again.template &&
		   blob_equal(csrattrs_write(a, &again), in),
	   "a template is read as it was written");
	der_only(in, DER_SEQUENCE, &all);
	while (der_next(&all.content, &last))
		in = last.whole;
	ok(der_only(expected, DER_SEQUENCE, &all) && blob_equal(all.content, in),
	   "the example of RFC 9908 3.4");
	ok(csrattrs_read(expected, &again, &e) == 0 && again.nextensions == 3, "is read, too");
}

static void test_rsa_template(void)
{
	const int64_t sizes[] = { 2048, 3072, 4096 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct csrattrs c = { .template = true }, again;
		struct err e = { 0 };

		csrattrs_add_key(&c, KEY_RSA, sizes[i]);
		ok(csrattrs_read(csrattrs_write(a, &c), &again, &e) == 0 && again.nkeys == 1 &&
			   again.keys[0].bits == sizes[i],
		   "a template tells RSA %lld by a key of that length", (long long)sizes[i]);
	}
}

/* The same extensionRequest two times. */
static struct blob twice(const char *value, size_t len)
{
	struct der_out w;
	size_t all;

	der_init(&w, a, 64);
	all = der_open(&w, DER_SEQUENCE);
	for (int i = 0; i < 2; i++) {
		size_t attribute = der_open(&w, DER_SEQUENCE), set, exts;

		der_put_lit(&w, OID_EXTENSION_REQUEST);
		set = der_open(&w, DER_SET);
		exts = der_open(&w, DER_SEQUENCE);
		ext_put(&w, MAC, sizeof(MAC) - 1, false, blob_of(value, len));
		der_close(&w, exts);
		der_close(&w, set);
		der_close(&w, attribute);
	}
	der_close(&w, all);
	return der_done(&w);
}

static void test_refused(void)
{
	static const char *const bad[] = {
		"",			    /* nothing */
		"MAAA",			    /* something follows */
		"MYAAAA==",		    /* indefinite length */
		"MQA=",			    /* a SET */
		"MAMCAQE=",		    /* neither OID nor Attribute */
		"MAMGAYA=",		    /* OID that does not end */
		"MA8wDQYJKoZIhvcNAQkOMQA=", /* no value */
		"MBQwEgYHKoZIzj0CATEHBgUrgQQACg==",	/* secp256k1 */
		"MBIwEAYJKoZIhvcNAQEBMQMCAQE=",		/* RSA of one bit */
	};
	struct csrattrs c = { .template = true };
	struct blob der;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		e = (struct err){ 0 };
		ok(csrattrs_read(der_of(bad[i]), &c, &e) < 0 && e.kind == ERR_REJECTED &&
			   strcmp(e.code, "csr_attributes") == 0,
		   "refused: \"%s\"", bad[i]);
	}
	for (size_t n = 0; n < 40; n++) {
		unsigned char *oid = arena_alloc(a, 4);

		memcpy(oid, "\x06\x02\x2a", 3);
		oid[3] = (unsigned char)n;
		if (!csrattrs_add_extension(&c,
					    &(struct csrattrs_extension){ .oid = blob_of(oid, 4) }))
			break;
	}
	ok(c.nextensions == CSRATTRS_MAX, "there is room for 32 of a kind");
	der = twice("\x05\x00", 2);
	ok(csrattrs_read(der, &c, &e) < 0 && strstr(e.text, "one extensionRequest"),
	   "two extensionRequests (RFC 9908 3.2)");
	ok(csrattrs_read(twice("\x05", 1), &c, &e) < 0, "a value that is no DER");
}

static struct csr *request(const char *options)
{
	struct csr *csr;
	struct err e;

	run("openssl req -new -nodes -keyout /dev/null -outform DER -out r.der %s", options);
	csr = csr_read(a, get_file(a, "r.der"), &e);
	must(csr, &e);
	return csr;
}

static struct err e_lacks;

static const char *lacks(const struct csrattrs *c, const struct csr *csr, bool its_key)
{
	e_lacks = (struct err){ 0 };
	return csrattrs_check(c, csr, its_key, &e_lacks) == 0 ? "" : strstr(e_lacks.text, ": ") + 2;
}

static void is(const char *got, const char *expected)
{
	ok(strcmp(got, expected) == 0, "\"%s\"", expected);
	if (strcmp(got, expected) != 0)
		printf("# got: %s\n", got);
}

#define EC256 "-newkey ec -pkeyopt ec_paramgen_curve:P-256 "
#define EC384 "-newkey ec -pkeyopt ec_paramgen_curve:P-384 "

static void test_profile(void)
{
	const char *required[] = { "2.5.29.15", "2.5.29.17", "2.5.29.37" };
	int64_t curves[] = { 384, 256 };
	struct profile f = { .honor_subject = true,
			     .key_usage = KU_DIGITAL_SIGNATURE,
			     .extended_key_usages = EKU_CLIENT_AUTH | EKU_SERVER_AUTH };
	struct csrattrs c;

	csrattrs_make(a, &f, &c);
	ok(csrattrs_is_empty(&c), "a profile that demands nothing asks for nothing");
	f.crypto_enforcement.enabled = true;
	f.crypto_enforcement.allow_ecdsa_keys = true;
	f.crypto_enforcement.allowed_ecdsa_key_sizes = (struct ints){ curves, 2, true };
	f.signature_hash = HASH_SHA384;
	f.required_extensions = (struct texts){ required, 3 };
	f.honor_subject = false;
	f.subject = (struct subject){ .country = "DE", .organization = "Acme" };
	csrattrs_make(a, &f, &c);
	ok(c.nkeys == 2 && c.keys[0].bits == 384 && c.nsignatures == 1 && c.template,
	   "keys in the profile's order, and the signature that goes with them");
	is(lacks(&c,
		 request(EC384 "-sha384 -subj /C=DE/O=acme/CN=d1 "
			       "-addext keyUsage=critical,digitalSignature "
			       "-addext extendedKeyUsage=clientAuth,serverAuth "
			       "-addext subjectAltName=DNS:a"),
		 true),
	   "");
	is(lacks(&c, request("-newkey rsa:2048 -sha256 -subj /CN=d1"), true),
	   "a key ECDSA 384 or ECDSA 256; a signature ecdsa-with-SHA384; the extension keyUsage "
	   "with the value given; the extension subjectAltName; the extension extKeyUsage with the "
	   "value given; in the subject C=DE; in the subject O=Acme");
	is(lacks(&c,
		 request(EC256 "-sha256 -subj /C=DE/O=Acme/CN=d1 "
			       "-addext keyUsage=keyAgreement -addext subjectAltName=DNS:a "
			       "-addext extendedKeyUsage=serverAuth,clientAuth"),
		 false),
	   "the extension keyUsage with the value given");
}

static void test_check(void)
{
	struct csrattrs c;
	struct err e;

	must(csrattrs_read(der_of(RFC8951), &c, &e) == 0, &e);
	is(lacks(&c, request(EC256 "-subj /CN=d1"), true),
	   "the attribute challengePassword; a key ECDSA 384; a signature ecdsa-with-SHA384; the "
	   "extension 1.3.6.1.1.1.1.22");
	must(csrattrs_read(der_of(POTATO), &c, &e) == 0, &e);
	c.challenge_password = false;
	is(lacks(&c, request(EC384 "-sha384 -subj /CN=d1 -addext subjectAltName=DNS:potato"), true),
	   "the extension subjectAltName with the value given");
	is(lacks(&c,
		 request(EC384 "-sha384 -subj /CN=d1 -addext subjectAltName="
			       "'otherName:1.3.6.1.5.5.7.8.10;IA5:potato@example.com'"),
		 true),
	   "");
	c = template_example();
	is(lacks(&c,
		 request(EC256 "-subj /CN=d1/OU=myGroup -addext subjectAltName=IP:10.0.0.1 "
			       "-addext keyUsage=digitalSignature,keyAgreement"),
		 true),
	   "the extension extKeyUsage; in the subject OU=myDept");
	c = (struct csrattrs){ .challenge_password = false };
	csrattrs_add_signature(&c, ECDSA_SHA384);
	is(lacks(&c, request("-newkey ed25519 -subj /CN=d1"), true), "");
}

static struct csr *request_usages(const char *usages)
{
	return request(arena_printf(a, EC256 "-subj /CN=d1 -addext extendedKeyUsage=%s", usages));
}

/* Usages that this program does not know are told apart by their OIDs; the order is nobody's. */
static void test_usages(void)
{
	/* clientAuth, 1.2.3.4 */
	static const char usages[] = "\x30\x0f\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"
				     "\x06\x03\x2a\x03\x04";
	static const char *const same[] = { "clientAuth,1.2.3.4", "1.2.3.4,clientAuth" };
	static const char *const other[] = { "clientAuth,1.2.3.5", "clientAuth", "1.2.3.4",
					     "clientAuth,1.2.3.4,1.2.3.5" };
	const struct csrattrs_extension x = { BLOB(OID_EXT_KEY_USAGE), false, true, BLOB(usages) };
	struct csrattrs c = { .challenge_password = false };

	csrattrs_add_extension(&c, &x);
	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		is(lacks(&c, request_usages(same[i]), true), "");
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		is(lacks(&c, request_usages(other[i]), true),
		   "the extension extKeyUsage with the value given");
}

static void test_oid(void)
{
	static const char *const good[] = { "1.2",	 "0.39",
					    "2.999.3",	 "1.3.6.1.4.1.311.20.2",
					    "2.5.29.17", "1.2.4294967295" };
	static const char *const bad[] = { "",	   "1",	   "1.",    "1.40",	     "3.1",
					   "1..2", "1.2.", "1.2.x", "1.2.4294967296" };
	struct der v;

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		ok(der_only(oid_read(a, good[i]), DER_OID, &v) &&
			   strcmp(oid_write(a, v.content), good[i]) == 0,
		   "%s, there and back", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ok(oid_read(a, bad[i]).len == 0, "\"%s\" is no OID", bad[i]);
	ok(*oid_write(a, BLOB("\x80\x01")) == '\0' && *oid_write(a, BLOB("\x2a\x81")) == '\0',
	   "nor is what does not end, or begins with nothing");
}

int main(void)
{
	a = arena_new();
	scratch_init();
	test_examples();
	test_read_examples();
	test_template();
	test_rsa_template();
	test_refused();
	test_profile();
	test_check();
	test_usages();
	test_oid();
	arena_free(a);
	return done();
}
