/*
 * Bodies for the load, one per line, base64:
 *
 *	requests csr N PREFIX		certification requests, each with a P-256 key of its own
 *	requests ocsp ISSUER.pem [--nonce] < SERIALS	in hex, a line for each
 *
 * And values of Authorization for the same devices:
 *
 *	requests jwt N PREFIX KEYS	tokens (ES256) of the issuer whose key set is written to KEYS
 */
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/b64.h"

static void fail(const char *what)
{
	fprintf(stderr, "requests: %s\n", what);
	exit(1);
}

static void print(const unsigned char *der, int len)
{
	unsigned char *line = malloc((size_t)len * 4 / 3 + 8);

	if (!line || len <= 0)
		fail("no request");
	EVP_EncodeBlock(line, der, len);
	printf("%s\n", (char *)line);
	free(line);
}

static void print_csr(const char *name)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509_REQ *csr = X509_REQ_new();
	X509_NAME *subject = X509_NAME_new();
	unsigned char *der = NULL;
	int len;

	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1,
				   -1, 0);
	X509_REQ_set_subject_name(csr, subject);
	X509_REQ_set_pubkey(csr, key);
	if (!X509_REQ_sign(csr, key, EVP_sha256()))
		fail("signing");
	len = i2d_X509_REQ(csr, &der);
	print(der, len);
	OPENSSL_free(der);
	X509_NAME_free(subject);
	X509_REQ_free(csr);
	EVP_PKEY_free(key);
}

static const char *url64(struct arena *a, const void *data, size_t len)
{
	return b64_write_url(a, blob_of(data, len));
}

static void write_keys(struct arena *a, EVP_PKEY *key, const char *path)
{
	FILE *f = fopen(path, "w");
	unsigned char point[65];
	size_t len;

	if (!f || !EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point,
						   sizeof point, &len))
		fail("the key set");
	fprintf(f,
		"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"kid\":\"bench\","
		"\"x\":\"%s\",\"y\":\"%s\"}]}\n",
		url64(a, point + 1, 32), url64(a, point + 33, 32));
	fclose(f);
}

/* JWS wants the two numbers of the signature, not their DER (RFC 7518 3.4). */
static const char *sign(struct arena *a, EVP_PKEY *key, const char *text)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char der[128], raw[64];
	const unsigned char *p = der;
	size_t len = sizeof der;
	ECDSA_SIG *sig;

	if (!EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) ||
	    !EVP_DigestSign(ctx, der, &len, (const unsigned char *)text, strlen(text)) ||
	    !(sig = d2i_ECDSA_SIG(NULL, &p, (long)len)))
		fail("signing");
	BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32);
	ECDSA_SIG_free(sig);
	EVP_MD_CTX_free(ctx);
	return url64(a, raw, sizeof raw);
}

static void print_token(EVP_PKEY *key, const char *device)
{
	static const char header[] = "{\"alg\":\"ES256\",\"kid\":\"bench\"}";
	struct arena *a = arena_new();
	const char *claims = arena_printf(
		a, "{\"iss\":\"https://issuer\",\"aud\":\"est\",\"sub\":\"%s\",\"exp\":%lld}",
		device, (long long)time(NULL) + 3600);
	const char *text = arena_printf(a, "%s.%s", url64(a, header, sizeof header - 1),
					url64(a, claims, strlen(claims)));

	printf("Bearer %s.%s\n", text, sign(a, key, text));
	arena_free(a);
}

static void print_ocsp(const char *serial, X509 *issuer, bool nonce)
{
	OCSP_REQUEST *r = OCSP_REQUEST_new();
	ASN1_INTEGER *integer = ASN1_INTEGER_new();
	BIGNUM *number = NULL;
	unsigned char *der = NULL;
	int len;

	if (!BN_hex2bn(&number, serial))
		fail("a serial is no hex");
	BN_to_ASN1_INTEGER(number, integer);
	OCSP_request_add0_id(r, OCSP_cert_id_new(EVP_sha1(), X509_get_subject_name(issuer),
						 X509_get0_pubkey_bitstr(issuer), integer));
	if (nonce)
		OCSP_request_add1_nonce(r, NULL, 16);
	len = i2d_OCSP_REQUEST(r, &der);
	print(der, len);
	OPENSSL_free(der);
	OCSP_REQUEST_free(r);
	ASN1_INTEGER_free(integer);
	BN_free(number);
}

static void print_ocsps(const char *issuer_path, bool nonce)
{
	FILE *f = fopen(issuer_path, "r");
	X509 *issuer = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
	char serial[64];

	if (!issuer)
		fail("the issuer cannot be read");
	while (fgets(serial, sizeof serial, stdin))
		print_ocsp(serial, issuer, nonce);
	X509_free(issuer);
	fclose(f);
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	EVP_PKEY *issuer = NULL;
	char name[64];

	if (argc >= 3 && !strcmp(argv[1], "ocsp")) {
		print_ocsps(argv[2], argc > 3 && !strcmp(argv[3], "--nonce"));
		return 0;
	}
	if (argc == 5 && !strcmp(argv[1], "jwt")) {
		issuer = EVP_EC_gen("P-256");
		write_keys(a, issuer, argv[4]);
	} else if (argc != 4 || strcmp(argv[1], "csr") != 0) {
		fail("usage: csr N PREFIX | jwt N PREFIX KEYS | ocsp ISSUER.pem [--nonce] "
		     "<SERIALS");
	}
	for (long i = 0, n = strtol(argv[2], NULL, 10); i < n; i++) {
		snprintf(name, sizeof name, "%.40s-%06ld", argv[3], i);
		if (issuer)
			print_token(issuer, name);
		else
			print_csr(name);
	}
	EVP_PKEY_free(issuer);
	arena_free(a);
	return 0;
}
