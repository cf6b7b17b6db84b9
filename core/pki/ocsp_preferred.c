/* The signature algorithms that a client prefers (RFC 6960 4.4.7). */
#include "pki/der.h"
#include "pki/ocsp.h"

#define ECDSA_SHA2(n) "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03" n
#define RSA_SHA2(n) "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01" n

#define ALGORITHM(oid, type, hash)                                                                 \
	{                                                                                          \
		oid, sizeof(oid) - 1, type, hash                                                   \
	}

/* SHA-1 is not among them: what a client prefers shall not weaken the answer. */
static const struct {
	const char *oid;
	size_t len;
	int type, hash;
} algorithms[] = {
	ALGORITHM(ECDSA_SHA2("\x02"), KEY_ECDSA, HASH_SHA256),
	ALGORITHM(ECDSA_SHA2("\x03"), KEY_ECDSA, HASH_SHA384),
	ALGORITHM(ECDSA_SHA2("\x04"), KEY_ECDSA, HASH_SHA512),
	ALGORITHM(RSA_SHA2("\x0b"), KEY_RSA, HASH_SHA256),
	ALGORITHM(RSA_SHA2("\x0c"), KEY_RSA, HASH_SHA384),
	ALGORITHM(RSA_SHA2("\x0d"), KEY_RSA, HASH_SHA512),
};

static int hash_of(const struct der *oid, int type)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		if (algorithms[i].type == type &&
		    der_equal(oid->content, algorithms[i].oid, algorithms[i].len))
			return algorithms[i].hash;
	}
	return HASH_OF_KEY;
}

/* pubKeyAlgIdentifier, where there is one: the curve that the algorithm is meant with. */
static bool is_of_key(struct blob capability, const struct key_spec *key)
{
	struct der v, oid;

	if (capability.len == 0)
		return true;
	if (!der_only(capability, DER_SEQUENCE, &v) || !der_take(&v.content, DER_OID, &oid) ||
	    key_type_read(oid.content) != key->type)
		return false;
	return key->type != KEY_ECDSA || !der_take(&v.content, DER_OID, &oid) ||
	       key_curve_read(oid.content) == key->bits;
}

/* What the key signs with when it is not told: the kept context of that costs less than another. */
static int own_hash(const struct key_spec *key)
{
	if (key->type != KEY_ECDSA || key->bits <= 256)
		return HASH_SHA256;
	return key->bits <= 384 ? HASH_SHA384 : HASH_SHA512;
}

int ocsp_choose_hash(const struct ocsp_request *r, const struct cert *signer)
{
	struct blob list = r->preferred;
	struct der one, algorithm, oid;

	while (der_take(&list, DER_SEQUENCE, &one)) {
		int hash;

		if (!der_take(&one.content, DER_SEQUENCE, &algorithm) ||
		    !der_take(&algorithm.content, DER_OID, &oid))
			break;
		hash = hash_of(&oid, signer->key.type);
		if (hash != HASH_OF_KEY && is_of_key(one.content, &signer->key))
			return hash == own_hash(&signer->key) ? HASH_OF_KEY : hash;
	}
	return HASH_OF_KEY;
}
