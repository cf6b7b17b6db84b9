/*
 * Private and public keys. A private key is named by a URI, "file:/abs/path" or "pkcs11:...", and
 * loaded by OSSL_STORE; files are PEM PKCS#8, encrypted when a passphrase file is configured.
 * Keys live in the arena that they were made in, and are cleansed with it.
 */
#ifndef PKI_KEY_H
#define PKI_KEY_H

#include "base/arena.h"
#include "base/err.h"
#include "data/settings.h"

struct key;

/* A new private key: RSA 2048-4096, ECDSA 256, 384, 521 or Ed25519; else ERR_REJECTED. */
struct key *key_new(struct arena *a, const struct key_spec *spec, struct err *e);

/* passphrase_file: its first line is the passphrase (or the token's PIN); NULL: none. A key that
 * is not there or does not open is ERR_BUSY "key" (503, it may come back). */
struct key *key_load(struct arena *a, const char *uri, const char *passphrase_file, struct err *e);

/* The absolute path in a URI file:/path or file:///path; NULL: it is another URI. */
const char *key_uri_path(const char *uri);
bool key_uri_is_token(const char *uri);	/* pkcs11: */

/* Writes PEM PKCS#8 to path: 0600, by rename, synced. Never over an existing file. */
int key_save(const struct key *k, const char *path, const char *passphrase_file, struct err *e);

struct key *key_read_pem(struct arena *a, struct blob pem, struct err *e);	/* not encrypted */
struct blob key_write_pem(struct arena *a, const struct key *k, struct err *e);	/* not encrypted */

/* DER SubjectPublicKeyInfo; empty when a token keeps the public half to itself. */
struct blob key_get_spki(struct arena *a, const struct key *k);
void key_get_spec(const struct key *k, struct key_spec *spec);
/* Of any public key: KEY_UNKNOWN, or 0 bits of a curve that has none of these sizes. */
void key_read_spec(struct blob spki, struct key_spec *spec);
/* The content of the subjectPublicKey BIT STRING, without unused bits; empty when malformed. */
struct blob key_read_bits(struct blob spki);

/* The OIDs of kinds of keys and of curves (RFC 3279, RFC 5480, RFC 8410), with tag and length; empty:
 * it has none. And back from an OID's content: KEY_UNKNOWN, 0 bits. */
struct blob key_type_oid(int type);
struct blob key_curve_oid(int64_t bits);
int key_type_read(struct blob oid);
int64_t key_curve_read(struct blob oid);

/* Signs with the key's digest (SHA-256; P-384: 384; P-521: 512; Ed25519: none). */
int key_sign(struct arena *a, const struct key *k, struct blob data, struct blob *sig,
	     struct err *e);

/* SHA-256 of the SPKI: the subject key identifier of what we issue. */
struct blob key_make_ski(struct arena *a, struct blob spki);

/* Public keys that nobody may enroll: RSA < 2048 or > 8192 bits, even modulus, exponent even or < 3
 * or over 64 bits; curves other than P-256, P-384, P-521, explicit parameters, points not on the
 * curve; DSA; anything unknown. ERR_REJECTED "weak_key"; ERR_MALFORMED when it is no key at all. */
int key_check_spki(struct blob spki, struct key_spec *spec, struct err *e);

/* 0 when the key and the public key belong together. */
int key_check_pair(const struct key *k, struct blob spki, struct err *e);

#endif
