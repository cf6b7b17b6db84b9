/* PKIData, PKIResponse, and requests in CRMF as OpenSSL makes them. */
#define _GNU_SOURCE	/* memmem */

#include "pki/ossl.h"

#include <openssl/crmf.h>
#include <openssl/pem.h>

#include "pki_test.h"

#include "pki/cmc.h"
#include "pki/crmf.h"
#include "pki/der.h"

/* In hex, to be seen at a glance. */
static struct blob hex(struct arena *a, const char *s)
{
	unsigned char *out = arena_alloc(a, strlen(s) / 2 + 1);
	size_t n = 0;
	unsigned octet;

	for (; sscanf(s, " %2x", &octet) == 1; s += strspn(s, " ") + 2)
		out[n++] = (unsigned char)octet;
	return blob_of(out, n);
}

#define OID_OF(arc) "06 08 2b 06 01 05 05 07 07 " arc " "
#define TRANSACTION "30 12 02 01 05 " OID_OF("05") "31 03 02 01 4d "
#define NONCE "30 13 02 01 06 " OID_OF("06") "31 04 04 02 aa bb "
#define UNKNOWN "30 11 02 01 07 " OID_OF("63") "31 02 05 00 "

#define CONTROLS "30 50 30 3c " TRANSACTION NONCE UNKNOWN
#define REQUEST "30 07 a0 05 02 01 01 30 00 "
#define OTHER "30 05 30 03 02 01 09 30 00"

static void test_data(struct arena *a)
{
	static const char *const bad[] = {
		CONTROLS "30 07 a0 05 02 01 01 31 00 " OTHER,	/* a SET for the request */
		CONTROLS "30 07 a3 05 02 01 01 30 00 " OTHER,	/* no such choice */
		CONTROLS REQUEST "30 05 30 03 04 01 09 30 00",	/* no id */
		CONTROLS "30 07 a0 05 02 01 05 30 00 " OTHER,	/* an id twice */
		CONTROLS "30 07 a0 05 02 01 00 30 00 " OTHER,	/* the id of the whole */
	};
	struct cmc_data d;
	struct err e = { 0 };

	must(cmc_data_read(a, hex(a, CONTROLS REQUEST OTHER), &d, &e) == 0, &e);
	ok(d.ncontrols == 3 && d.nrequests == 1 && d.nothers == 1 && d.others[0] == 9 &&
		   d.requests[0].id == 1 && d.requests[0].form == CMC_PKCS10,
	   "a PKIData");
	ok(cmc_find_control(&d, CMC_SENDER_NONCE)->id == 6 &&
		   d.controls[2].kind == CMC_UNSUPPORTED && d.controls[2].id == 7,
	   "its controls, those that are not supported too");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		err_clear(&e);
		ok(cmc_data_read(a, hex(a, bad[i]), &d, &e) < 0 && e.kind == ERR_MALFORMED &&
			   cmc_find_control(&d, CMC_TRANSACTION_ID),
		   "malformed %zu; what was read before is there", i);
	}
	err_clear(&e);
	ok(cmc_data_read(a, hex(a, CONTROLS REQUEST OTHER " 00"), &d, &e) < 0 &&
		   e.kind == ERR_MALFORMED,
	   "something behind it");
}

static struct blob pkidata(struct arena *a, size_t controls, size_t requests)
{
	struct der_out w;
	size_t whole, list;
	unsigned id = 1;

	der_init(&w, a, 1024);
	whole = der_open(&w, DER_SEQUENCE);
	list = der_open(&w, DER_SEQUENCE);
	for (size_t i = 0; i < controls; i++) {
		size_t seq = der_open(&w, DER_SEQUENCE);

		der_put_number(&w, DER_INTEGER, id++);
		der_put_raw(&w, hex(a, OID_OF("12") "31 00"));
		der_close(&w, seq);
	}
	der_close(&w, list);
	list = der_open(&w, DER_SEQUENCE);
	for (size_t i = 0; i < requests; i++) {
		size_t seq = der_open(&w, DER_CONSTRUCTED | 0);

		der_put_number(&w, DER_INTEGER, id++);
		der_put(&w, DER_SEQUENCE, blob_of(NULL, 0));
		der_close(&w, seq);
	}
	der_close(&w, list);
	der_put_raw(&w, hex(a, "30 00 30 00"));
	der_close(&w, whole);
	return der_done(&w);
}

static void test_bounds(struct arena *a)
{
	struct cmc_data d;
	struct err e = { 0 };

	ok(cmc_data_read(a, pkidata(a, CMC_MAX_CONTROLS, CMC_MAX_REQUESTS), &d, &e) == 0 &&
		   d.ncontrols == CMC_MAX_CONTROLS && d.nrequests == CMC_MAX_REQUESTS,
	   "as many as there may be");
	ok(cmc_data_read(a, pkidata(a, CMC_MAX_CONTROLS + 1, 1), &d, &e) < 0 &&
		   e.kind == ERR_REJECTED && strcmp(e.code, "cmc_too_many") == 0,
	   "a control too many");
	ok(cmc_data_read(a, pkidata(a, 0, CMC_MAX_REQUESTS + 1), &d, &e) < 0 &&
		   e.kind == ERR_REJECTED && strcmp(e.code, "cmc_too_many") == 0,
	   "a request too many");
}

static void test_revoke(struct arena *a)
{
	struct cmc_revoke_request r;
	struct err e = { 0 };

	ok(cmc_revoke_read(hex(a, "30 08 30 00 02 01 7f 0a 01 01"), &r, &e) == 0 && r.reason == 1 &&
		   blob_equal(r.serial, blob_of("\x7f", 1)) && !r.has_passphrase,
	   "a revokeRequest");
	ok(cmc_revoke_read(hex(a,
			       "30 1e 30 00 02 01 7f 0a 01 00 18 0f 32 30 32 36 31 31 31 38 31 31 "
			       "30 36 34 30 5a 04 01 70 0c 00"),
			   &r, &e) == 0 &&
		   r.has_passphrase,
	   "with a date, a passphrase and a comment");
	ok(cmc_revoke_read(hex(a, "30 08 30 00 02 01 ff 0a 01 01"), &r, &e) < 0 &&
		   e.kind == ERR_MALFORMED,
	   "a negative serial number");
	ok(cmc_revoke_read(hex(a, "30 08 30 00 02 01 7f 0a 01 0b"), &r, &e) < 0, "no such reason");
	ok(cmc_revoke_read(hex(a, "30 0a 30 00 02 01 7f 0a 01 01 05 00"), &r, &e) < 0,
	   "something behind it");
}

static void test_response(struct arena *a)
{
	int64_t whole = 0, both[] = { 1, 4294967295 };
	struct cmc_status_info v[] = {
		{ .status = CMC_SUCCESS, .parts = both, .nparts = 2 },
		{ .status = CMC_FAILED,
		  .parts = &whole,
		  .nparts = 1,
		  .text = "r\xc3\xa9sum\xc3\xa9",
		  .fail_info = CMC_POP_FAILED },
		{ .status = CMC_PENDING,
		  .parts = both,
		  .nparts = 1,
		  .pend_token = text_blob("token"),
		  .pend_time = T0 },
	};
	struct cmc_data d;
	struct err e = { 0 };
	struct blob der;
	const char *out;

	must(cmc_data_read(a, hex(a, "30 31 30 29 " TRANSACTION NONCE "30 00 30 00 30 00"), &d,
			   &e) == 0,
	     &e);
	der = cmc_response_make(a, &d, v, 3);
	put_file(a, "r.der", der);
	out = run("openssl asn1parse -inform DER -in r.der");
	ok(der_check(der) && says(out, "UTF8STRING") && says(out, ":FFFFFFFF") &&
		   says(out, "GENERALIZEDTIME   :20261118110640Z"),
	   "a PKIResponse");
	ok(memmem(der.data, der.len, "\x07\x07\x07\x31\x04\x04\x02\xaa\xbb", 9) != NULL,
	   "their nonce is the recipientNonce");
	ok(memmem(der.data, der.len, "\x07\x07\x05\x31\x03\x02\x01\x4d", 8) != NULL,
	   "their transactionId");
	ok(!blob_equal(der, cmc_response_make(a, &d, v, 3)), "a new nonce of ours each time");
	ok(der_check(cmc_response_make(a, NULL, v, 1)), "to a request that could not be read");
}

/* A CertReqMsg by OpenSSL, with its own idea of RFC 4211. */
static struct blob openssl_crmf(struct arena *a, const struct key *k, const char *cn, int pop)
{
	struct err e = { 0 };
	struct blob pem = key_write_pem(a, k, &e), der;
	BIO *in = BIO_new_mem_buf(pem.data, (int)pem.len);
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
	OSSL_CRMF_MSG *msg = OSSL_CRMF_MSG_new();
	X509_NAME *name = X509_NAME_new();
	unsigned char *out = NULL;
	int len;

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0);
	OSSL_CRMF_MSG_set_certReqId(msg, 1);
	OSSL_CRMF_CERTTEMPLATE_fill(OSSL_CRMF_MSG_get0_tmpl(msg), pkey, name, NULL, NULL);
	if (!OSSL_CRMF_MSG_create_popo(pop, msg, pkey, EVP_sha256(), NULL, NULL))
		printf("# no proof of possession\n");
	len = i2d_OSSL_CRMF_MSG(msg, &out);
	der = arena_blob(a, out, len > 0 ? (size_t)len : 0);
	OPENSSL_free(out);
	X509_NAME_free(name);
	OSSL_CRMF_MSG_free(msg);
	EVP_PKEY_free(pkey);
	BIO_free(in);
	return der;
}

static void test_crmf(struct arena *a)
{
	const struct key *keys[] = { make_key(a, KEY_ECDSA, 256), make_key(a, KEY_ECDSA, 384),
				     make_key(a, KEY_RSA, 2048) };
	struct err e = { 0 };
	struct csr *r;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		r = crmf_read(a, openssl_crmf(a, keys[i], "d1", OSSL_CRMF_POPO_SIGNATURE), &e);
		ok(r && strcmp(r->common_name, "d1") == 0 && csr_check_signature(r, &e) == 0 &&
			   blob_equal(r->spki, key_get_spki(a, keys[i])),
		   "OpenSSL's CRMF request, key %zu", i);
	}
	ok(!crmf_read(a, openssl_crmf(a, keys[0], "d1", OSSL_CRMF_POPO_RAVERIFIED), &e) &&
		   strcmp(e.code, "pop_required") == 0,
	   "raVerified is no proof");
	err_clear(&e);
	ok(!crmf_read(a, openssl_crmf(a, keys[0], "d1", OSSL_CRMF_POPO_NONE), &e) &&
		   strcmp(e.code, "pop_required") == 0,
	   "nor is none");
}

/* Whatever octet of it is changed: it is refused, or the signature does not hold. */
static void test_crmf_integrity(struct arena *a)
{
	const struct key *key = make_key(a, KEY_ECDSA, 256);
	struct blob der = openssl_crmf(a, key, "d1", OSSL_CRMF_POPO_SIGNATURE);
	size_t accepted = 0, read = 0;

	for (size_t i = 0; i < der.len; i++) {
		AUTO(arena) *once = arena_new();
		unsigned char *copy = heap_copy(der, der.len);
		struct err e = { 0 };
		struct csr *r;

		copy[i] ^= 1;
		r = crmf_read(once, blob_of(copy, der.len), &e);
		read += r != NULL;
		accepted += r && csr_check_signature(r, &e) == 0;
		free(copy);
	}
	ok(read > 50 && accepted == 0, "one octet changed: %zu are read, none holds", read);
	ok(crmf_read(a, der, &(struct err){ 0 }), "and the original does");
}

int main(void)
{
	AUTO(arena) *a = arena_new();

	scratch_init();
	test_data(a);
	test_bounds(a);
	test_revoke(a);
	test_response(a);
	test_crmf(a);
	test_crmf_integrity(a);
	return done();
}
