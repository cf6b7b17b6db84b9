#include "pki/key.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <string.h>

#include "pki/der.h"
#include "pki/digest.h"
#include "pki/ossl.h"

#define ALG_LIT(s)                                                                                 \
	{                                                                                          \
		(const unsigned char *)(s), sizeof(s) - 1                                          \
	}

/* AlgorithmIdentifiers of signatures: RFC 5758 3.2, RFC 4055 5, RFC 8410 3. */
static const struct blob alg_ecdsa_sha256 =
	ALG_LIT("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02");
static const struct blob alg_ecdsa_sha384 =
	ALG_LIT("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03");
static const struct blob alg_ecdsa_sha512 =
	ALG_LIT("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04");
static const struct blob alg_rsa_sha256 =
	ALG_LIT("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00");
static const struct blob alg_rsa_sha384 =
	ALG_LIT("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00");
static const struct blob alg_rsa_sha512 =
	ALG_LIT("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00");
static const struct blob alg_ed25519 = ALG_LIT("\x30\x05\x06\x03\x2b\x65\x70");

static void release(void *p)
{
	struct key *k = p;

	EVP_PKEY_CTX_free(k->sign);
	EVP_PKEY_free(k->pkey);
}

static bool choose_algorithm(struct key *k)
{
	int bits = EVP_PKEY_get_bits(k->pkey);

	if (EVP_PKEY_is_a(k->pkey, "RSA")) {
		k->algorithm = alg_rsa_sha256;
		k->md = ossl_md_get(OSSL_SHA256);
	} else if (EVP_PKEY_is_a(k->pkey, "EC")) {
		k->algorithm = bits > 384   ? alg_ecdsa_sha512
			       : bits > 256 ? alg_ecdsa_sha384
					    : alg_ecdsa_sha256;
		k->md = ossl_md_get(bits > 384	 ? OSSL_SHA512
				    : bits > 256 ? OSSL_SHA384
						 : OSSL_SHA256);
	} else if (EVP_PKEY_is_a(k->pkey, "ED25519")) {
		k->algorithm = alg_ed25519;
	} else {
		return false;
	}
	return true;
}

static struct blob read_spki(struct arena *a, EVP_PKEY *pkey)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(pkey, &der);
	struct blob out = arena_blob(a, der, len > 0 ? (size_t)len : 0);

	OPENSSL_free(der);
	return out;
}

struct key *ossl_key_make(struct arena *a, EVP_PKEY *pkey, struct err *e)
{
	struct key *k = arena_alloc(a, sizeof(*k));

	k->pkey = pkey;
	arena_defer(a, release, k);
	k->spki = read_spki(a, pkey);
	if (choose_algorithm(k))
		return k;
	err_set(e, ERR_REJECTED, "key_spec", "expected a key of type RSA, ECDSA or Ed25519");
	return NULL;
}

static void release_context(void *p)
{
	struct key *k = p;

	EVP_PKEY_CTX_free(k->sign);
}

const struct key *ossl_key_with_hash(struct arena *a, const struct key *k, int hash, struct err *e)
{
	const struct {
		int hash;
		enum ossl_md md;
		struct blob rsa, ecdsa;
	} hashes[] = {
		{ HASH_SHA256, OSSL_SHA256, alg_rsa_sha256, alg_ecdsa_sha256 },
		{ HASH_SHA384, OSSL_SHA384, alg_rsa_sha384, alg_ecdsa_sha384 },
		{ HASH_SHA512, OSSL_SHA512, alg_rsa_sha512, alg_ecdsa_sha512 },
	};
	struct key *out;

	if (hash == HASH_OF_KEY)
		return k;
	for (size_t i = 0; k->md && i < ARRAY_LEN(hashes); i++) {
		if (hashes[i].hash != hash)
			continue;
		out = arena_alloc(a, sizeof(*out));
		*out = (struct key){ .pkey = k->pkey, .spki = k->spki };
		out->md = ossl_md_get(hashes[i].md);
		out->algorithm = EVP_PKEY_is_a(k->pkey, "RSA") ? hashes[i].rsa : hashes[i].ecdsa;
		arena_defer(a, release_context, out);
		return out;
	}
	err_set(e, ERR_REJECTED, "signature_hash",
		"expected an RSA or ECDSA key to sign with SHA-%d; Ed25519 has a digest of its own "
		"(RFC 8032 5.1)",
		hash);
	return NULL;
}

static EVP_PKEY *generate(const struct key_spec *spec)
{
	switch ((enum key_type)spec->type) {
	case KEY_RSA:
		if (spec->bits < 2048 || spec->bits > 4096 || spec->bits % 8)
			return NULL;
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)spec->bits);
	case KEY_ECDSA:
		if (spec->bits != 256 && spec->bits != 384 && spec->bits != 521)
			return NULL;
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC",
					 spec->bits == 256   ? "P-256"
					 : spec->bits == 384 ? "P-384"
							     : "P-521");
	case KEY_ED25519:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	case KEY_DSA:
	case KEY_UNKNOWN:
		break;
	}
	return NULL;
}

struct key *key_new(struct arena *a, const struct key_spec *spec, struct err *e)
{
	OSSL_SCOPE;
	EVP_PKEY *pkey = generate(spec);

	if (pkey)
		return ossl_key_make(a, pkey, e);
	if (ERR_peek_error())
		ossl_fault(e, "making a key");
	else
		err_set(e, ERR_REJECTED, "key_spec",
			"expected RSA of 2048 to 4096 bits, "
			"ECDSA of 256, 384 or 521 bits, or Ed25519");
	return NULL;
}

/* Stands in for OpenSSL's prompt on the terminal. */
static int no_passphrase(char *buf, int size, int rwflag, void *unused)
{
	(void)buf, (void)size, (void)rwflag, (void)unused;
	return -1;
}

struct key *key_read_pem(struct arena *a, struct blob pem, struct err *e)
{
	OSSL_SCOPE;
	AUTO(BIO) *in = pem.len > INT_MAX ? NULL : BIO_new_mem_buf(pem.data, (int)pem.len);
	EVP_PKEY *pkey = in ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL) : NULL;

	if (pkey)
		return ossl_key_make(a, pkey, e);
	err_set(e, ERR_MALFORMED, "key_malformed",
		"expected an unencrypted private key in PEM (RFC 7468 10)");
	return NULL;
}

struct blob key_write_pem(struct arena *a, const struct key *k, struct err *e)
{
	OSSL_SCOPE;
	AUTO(BIO) *out = BIO_new(BIO_s_secmem());

	if (out && PEM_write_bio_PKCS8PrivateKey(out, k->pkey, NULL, NULL, 0, NULL, NULL) == 1)
		return ossl_bio_blob(a, out);
	ossl_fault(e, "writing a key");
	return blob_of(NULL, 0);
}

struct blob key_get_spki(struct arena *a, const struct key *k)
{
	return arena_blob(a, k->spki.data, k->spki.len);
}

void key_get_spec(const struct key *k, struct key_spec *spec)
{
	key_read_spec(k->spki, spec);
}

/* A context that has been made ready signs one digest after another. */
static int prepare(struct key *k)
{
	AUTO(EVP_PKEY_CTX) *c = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);

	if (!c || EVP_PKEY_sign_init(c) != 1 || EVP_PKEY_CTX_set_signature_md(c, k->md) != 1)
		return -1;
	k->sign = steal(&c);
	return 0;
}

static int sign_digest(struct key *k, struct blob data, unsigned char *out, size_t *len)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned md_len;

	if (EVP_Digest(data.data, data.len, md, &md_len, k->md, NULL) != 1)
		return -1;
	if (!k->sign && prepare(k) < 0)
		return -1;
	if (EVP_PKEY_sign(k->sign, out, len, md, md_len) == 1)
		return 0;
	/* A token may have lost its session: the next signature starts afresh. */
	EVP_PKEY_CTX_free(k->sign);
	k->sign = NULL;
	return -1;
}

static int sign_message(const struct key *k, struct blob data, unsigned char *out, size_t *len)
{
	AUTO(EVP_MD_CTX) *c = EVP_MD_CTX_new();

	if (!c || EVP_DigestSignInit(c, NULL, NULL, NULL, k->pkey) != 1 ||
	    EVP_DigestSign(c, out, len, data.data, data.len) != 1)
		return -1;
	return 0;
}

int key_sign(struct arena *a, const struct key *k, struct blob data, struct blob *sig,
	     struct err *e)
{
	OSSL_SCOPE;
	size_t len = (size_t)EVP_PKEY_get_size(k->pkey);
	unsigned char *out = arena_alloc(a, len);
	int rc = k->md ? sign_digest((struct key *)k, data, out, &len)
		       : sign_message(k, data, out, &len);

	if (rc < 0)
		return ossl_fault(e, "signing");
	*sig = blob_of(out, len);
	return 0;
}

int ossl_seal(struct arena *a, const struct key *k, struct blob tbs, struct blob rest,
	      struct blob *der, struct err *e)
{
	struct der_out w;
	struct blob sig;
	size_t seq;

	if (key_sign(a, k, tbs, &sig, e) < 0)
		return -1;
	der_init(&w, a, tbs.len + rest.len + sig.len + 64);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_raw(&w, tbs);
	der_put_raw(&w, k->algorithm);
	der_put_bit_string(&w, sig);
	der_put_raw(&w, rest);
	der_close(&w, seq);
	*der = der_done(&w);
	return 0;
}

struct blob key_make_ski(struct arena *a, struct blob spki)
{
	return digest_make_sha256(a, spki);
}

int key_check_pair(const struct key *k, struct blob spki, struct err *e)
{
	OSSL_SCOPE;
	AUTO(EVP_PKEY) *pub = NULL;

	if (spki.len && blob_equal(k->spki, spki))
		return 0;
	pub = ossl_pubkey_read(spki);
	if (pub && EVP_PKEY_eq(k->pkey, pub) == 1)
		return 0;
	return err_set(e, ERR_REJECTED, "key_pair",
		       "the private key does not belong to the "
		       "certificate's public key");
}
