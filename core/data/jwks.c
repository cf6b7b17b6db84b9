#include "data/jwks.h"

#include <jansson.h>
#include <jose/jws.h>
#include <string.h>

#include "base/b64.h"
#include "data/text_of.h"

enum {
	LEAST_RSA = 2048,	/* NIST SP 800-131A */
	MOST_RSA = 8192,	/* what a signature may cost */
	MOST_EXPONENT = 8,	/* octets */
	MOST_TRIES = 8,
	MOST_KEYS = 64,
};

AUTO_TYPE(jose_cfg, jose_cfg_t, jose_cfg_decref)

static const struct alg {
	const char *name, *kty, *crv;
	size_t octets;		/* of a coordinate; 0: RSA */
} algs[] = {
	{ "ES256", "EC", "P-256", 32 },
	{ "ES384", "EC", "P-384", 48 },
	{ "RS256", "RSA", NULL, 0 },
	{ "PS256", "RSA", NULL, 0 },
};

static const char *const private_members[] = { "d", "p", "q", "dp", "dq", "qi", "oth", "k" };

static const struct alg *find_alg(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(algs); i++)
		if (strcmp(algs[i].name, name) == 0)
			return &algs[i];
	return NULL;
}

static bool is(const struct doc *d, const char *expected)
{
	const char *s = text_of(d);

	return s && strcmp(s, expected) == 0;
}

static const char *private_member(const struct doc *key)
{
	for (size_t i = 0; i < ARRAY_LEN(private_members); i++)
		if (doc_find(key, private_members[i]))
			return private_members[i];
	return NULL;
}

/* A member in base64url (RFC 7518 2); empty when it is none. */
static struct blob octets_of(struct arena *a, const struct doc *key, const char *member)
{
	const char *s = text_of(doc_find(key, member));
	struct err why = { 0 };
	struct blob out;

	if (!s || strpbrk(s, "+/=") ||
	    b64_read(a, s, strlen(s), B64_URL | B64_NO_PAD, &out, &why) < 0)
		return blob_of(NULL, 0);
	return out;
}

static size_t bits_of(struct blob number)
{
	size_t bits = 8 * number.len;

	if (number.len == 0 || number.data[0] == 0)
		return 0;	/* RFC 7518 2: no octet more than needed */
	for (unsigned char first = number.data[0]; !(first & 0x80);
	     first = (unsigned char)(first << 1))
		bits--;
	return bits;
}

static bool rsa_is_good(struct arena *a, const struct doc *key)
{
	struct blob n = octets_of(a, key, "n"), exp = octets_of(a, key, "e");
	size_t bits = bits_of(n);

	if (bits < LEAST_RSA || bits > MOST_RSA || !(n.data[n.len - 1] & 1))
		return false;
	/* 1 would make every message its own signature */
	return bits_of(exp) > 1 && exp.len <= MOST_EXPONENT && exp.data[exp.len - 1] & 1;
}

/* That the point is on the curve is looked at when it is used. */
static bool ec_is_good(struct arena *a, const struct doc *key, size_t octets)
{
	return octets_of(a, key, "x").len == octets && octets_of(a, key, "y").len == octets;
}

/* May the key be used with the algorithm? */
static bool allows(struct arena *a, const struct doc *key, const struct alg *alg)
{
	const struct doc *own = doc_find(key, "alg");

	if (!is(doc_find(key, "kty"), alg->kty) || (own && !is(own, alg->name)))
		return false;
	if (!alg->crv)
		return rsa_is_good(a, key);
	return is(doc_find(key, "crv"), alg->crv) && ec_is_good(a, key, alg->octets);
}

static bool is_for_verifying(const struct doc *key)
{
	const struct doc *use = doc_find(key, "use"), *ops = doc_find(key, "key_ops");
	size_t i = 0;

	if (use && !is(use, "sig"))
		return false;
	if (!ops)
		return true;
	while (doc_kind(ops) == DOC_ARRAY && i < doc_len(ops) && !is(doc_at(ops, i), "verify"))
		i++;
	return doc_kind(ops) == DOC_ARRAY && i < doc_len(ops);
}

static bool is_usable_with(struct arena *a, const struct doc *key, const struct alg *alg)
{
	return doc_kind(key) == DOC_OBJECT && is_for_verifying(key) && !private_member(key) &&
	       allows(a, key, alg);
}

static bool is_usable(struct arena *a, const struct doc *key)
{
	for (size_t i = 0; i < ARRAY_LEN(algs); i++)
		if (is_usable_with(a, key, &algs[i]))
			return true;
	return false;
}

static const struct doc *keys_of(const struct doc *set)
{
	const struct doc *keys = doc_find(set, "keys");

	return doc_kind(keys) == DOC_ARRAY ? keys : NULL;
}

struct doc *jwks_read(struct arena *a, const char *s, size_t len, struct err *e)
{
	static const char *const members[] = { "kty", "crv", "x", "y", "n", "e", "kid", "alg" };
	struct doc *set = doc_read(a, s, len, e), *out = doc_array(a), *all = doc_object(a);
	const struct doc *keys = keys_of(set);

	if (!set)
		return NULL;
	if (!keys) {
		err_set(e, ERR_MALFORMED, "jwks",
			"expected a key set with a list \"keys\" (RFC 7517 5)");
		return NULL;
	}
	for (size_t i = 0; i < doc_len(keys) && doc_len(out) < MOST_KEYS; i++) {
		const struct doc *key = doc_at(keys, i);
		struct doc *public;

		if (!is_usable(a, key))
			continue;
		public = doc_object(a);
		for (size_t m = 0; m < ARRAY_LEN(members); m++)
			if (text_of(doc_find(key, members[m])))
				doc_set_text(public, members[m],
					     text_of(doc_find(key, members[m])));
		doc_add(out, public);
	}
	doc_set(all, "keys", out);
	return all;
}

/* The next key from *i on that may have signed the token; NULL: none. */
static const struct doc *next_key(struct arena *a, const struct doc *set, const struct jwt *t,
				  const struct alg *alg, size_t *i)
{
	const struct doc *keys = keys_of(set);

	while (*i < doc_len(keys)) {
		const struct doc *key = doc_at(keys, (*i)++);

		if ((!t->kid || is(doc_find(key, "kid"), t->kid)) && is_usable_with(a, key, alg))
			return key;
	}
	return NULL;
}

bool jwks_has_key(struct arena *a, const struct doc *set, const struct jwt *t)
{
	const struct alg *alg = find_alg(t->alg);
	size_t i = 0;

	return alg && next_key(a, set, t, alg, &i);
}

static void keep_silent(void *misc, const char *file, int line, uint64_t err, const char *fmt,
			va_list ap)
{
	(void)misc, (void)file, (void)line, (void)err, (void)fmt, (void)ap;
}

/*
 * libjose takes the algorithm from the token where the key has none. What it gets is therefore a key
 * made of the public members that belong to the algorithm, with that algorithm in it: a token that
 * says another fails there too. A struct doc is a json_t.
 */
static bool verify_with(struct arena *a, const struct doc *key, const struct alg *alg,
			const struct jwt *t)
{
	static const char *const ec[] = { "kty", "crv", "x", "y" }, *const rsa[] = { "kty", "n",
										     "e" };
	const char *const *members = alg->crv ? ec : rsa;
	size_t n = alg->crv ? ARRAY_LEN(ec) : ARRAY_LEN(rsa);
	struct doc *jwk = doc_object(a), *jws = doc_object(a);
	AUTO(jose_cfg) *cfg = jose_cfg();

	if (!cfg)
		err_die("out of memory: libjose");
	jose_cfg_set_err_func(cfg, keep_silent, NULL);
	if (alg->crv && t->signature_len != 2 * alg->octets)
		return false;	/* RFC 7518 3.4 */
	for (size_t i = 0; i < n; i++)
		doc_set_text(jwk, members[i], text_of(doc_find(key, members[i])));
	doc_set_text(jwk, "alg", alg->name);
	doc_set_text(jws, "protected", t->header);
	doc_set_text(jws, "payload", t->payload);
	doc_set_text(jws, "signature", t->signature);
	return jose_jws_ver(cfg, (json_t *)jws, NULL, (json_t *)jwk, true);
}

int jwks_check_alg(const struct jwt *t, struct err *e)
{
	if (find_alg(t->alg))
		return 0;
	return err_set(
		e, ERR_UNAUTHENTICATED, "token_alg",
		"expected a token signed by ES256, ES384, RS256 or PS256 (RFC 7518 3.1); got "
		"\"%.20s\"",
		t->alg);
}

int jwks_verify(struct arena *a, const struct doc *set, const struct jwt *t, struct err *e)
{
	const struct alg *alg = find_alg(t->alg);
	const struct doc *key;
	size_t i = 0, tries = 0;

	if (!alg)
		return jwks_check_alg(t, e);
	while (tries < MOST_TRIES && (key = next_key(a, set, t, alg, &i))) {
		if (verify_with(a, key, alg, t))
			return 0;
		tries++;
	}
	if (tries == 0)
		return err_set(e, ERR_UNAUTHENTICATED, "token_key",
			       "the issuer has no key %s%.100s for %s", t->kid ? "named " : "",
			       t->kid ? t->kid : "", alg->name);
	return err_set(e, ERR_UNAUTHENTICATED, "token_signature",
		       "the token's signature is not the issuer's");
}

void jwks_check(const struct doc *set, const char *prefix, struct problems *p)
{
	const struct doc *keys = keys_of(set);
	size_t usable = 0;

	if (!keys) {
		problems_add(p, prefix, "expected a key set with a list \"keys\" (RFC 7517 5)");
		return;
	}
	for (size_t i = 0; i < doc_len(keys); i++) {
		const char *member = private_member(doc_at(keys, i));

		if (member)
			problems_add(
				p, arena_printf(p->arena, "%s/keys/%zu/%s", prefix, i, member),
				"expected public keys only (RFC 7517 9.2): this is a secret of "
				"the issuer");
		usable += member || is_usable(p->arena, doc_at(keys, i));
	}
	if (usable == 0)
		problems_add(p, prefix,
			     "expected at least one key that verifies ES256, ES384, RS256 or PS256 "
			     "(RSA of 2048 to %d bits)",
			     MOST_RSA);
}
