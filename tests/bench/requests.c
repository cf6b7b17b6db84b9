/*
 * Bodies for the load, one per line, base64:
 *
 *	requests csr N PREFIX		certification requests, each with a P-256 key of its own
 *	requests ocsp ISSUER.pem [--nonce] < CERTIFICATES.pem
 */
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void print_ocsp(X509 *cert, X509 *issuer, bool nonce)
{
	OCSP_REQUEST *r = OCSP_REQUEST_new();
	unsigned char *der = NULL;
	int len;

	OCSP_request_add0_id(r, OCSP_cert_to_id(EVP_sha1(), cert, issuer));
	if (nonce)
		OCSP_request_add1_nonce(r, NULL, 16);
	len = i2d_OCSP_REQUEST(r, &der);
	print(der, len);
	OPENSSL_free(der);
	OCSP_REQUEST_free(r);
}

static void print_ocsps(const char *issuer_path, bool nonce)
{
	FILE *f = fopen(issuer_path, "r");
	X509 *issuer = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL, *cert;

	if (!issuer)
		fail("the issuer cannot be read");
	while ((cert = PEM_read_X509(stdin, NULL, NULL, NULL))) {
		print_ocsp(cert, issuer, nonce);
		X509_free(cert);
	}
	X509_free(issuer);
	fclose(f);
}

int main(int argc, char **argv)
{
	char name[64];

	if (argc >= 3 && !strcmp(argv[1], "ocsp")) {
		print_ocsps(argv[2], argc > 3 && !strcmp(argv[3], "--nonce"));
		return 0;
	}
	if (argc != 4 || strcmp(argv[1], "csr") != 0)
		fail("usage: csr N PREFIX | ocsp ISSUER.pem [--nonce] <CERTIFICATES.pem");
	for (long i = 0, n = strtol(argv[2], NULL, 10); i < n; i++) {
		snprintf(name, sizeof name, "%.40s-%06ld", argv[3], i);
		print_csr(name);
	}
	return 0;
}
