/* Tokens, good and forged; signed here by libjose with keys made here. */
#include <jose/b64.h>
#include <jose/jwk.h>
#include <jose/jws.h>
#include <string.h>

#include "base/clock.h"
#include "data/jwks.h"

#include "tap.h"

static struct arena *a;
static json_t *p256, *p384, *rsa;	/* private */

#define NOW INT64_C(2000000000)
#define CLAIMS "\"sub\":\"d1\",\"iss\":\"i\",\"aud\":\"est\",\"exp\":2000000100"

static json_t *json(const char *s)
{
	json_t *j = json_loads(s, JSON_ALLOW_NUL, NULL);

	if (!j)
		err_die("bad JSON in the test: %s", s);
	return j;
}

static json_t *make_key(const char *template)
{
	json_t *j = json(template);

	if (!jose_jwk_gen(NULL, j))
		err_die("no key: %s", template);
	json_object_del(j, "alg");
	json_object_del(j, "key_ops");
	return j;
}

/* The public half with some members set anew: a set of one key. */
static json_t *public_of(const json_t *key, const char *more)
{
	json_t *out = json_deep_copy(key), *changes = json(more);

	jose_jwk_pub(NULL, out);
	json_object_update(out, changes);
	json_decref(changes);
	return out;
}

static struct doc *set_of(json_t *one, json_t *two)
{
	json_t *set =
		two ? json_pack("{s:[oo]}", "keys", one, two) : json_pack("{s:[o]}", "keys", one);
	char *s = json_dumps(set, 0);
	struct err e;
	struct doc *d = doc_read(a, s, strlen(s), &e);

	free(s);
	json_decref(set);
	return d;
}

static const char *part(const char *s)
{
	json_t *j = jose_b64_enc(s, strlen(s));
	const char *out = arena_strdup(a, json_string_value(j));

	json_decref(j);
	return out;
}

/* Signs exactly these texts. */
static const char *sign(const json_t *key, const char *header, const char *claims)
{
	json_t *jws = json_pack("{s:s}", "payload", part(claims));
	json_t *sig = json_pack("{s:s}", "protected", part(header));
	const char *out;

	if (!jose_jws_sig(NULL, jws, sig, key))
		err_die("cannot sign %s", header);
	out = arena_printf(a, "%s.%s.%s", part(header), part(claims),
			   json_string_value(json_object_get(jws, "signature")));
	json_decref(jws);
	json_decref(sig);
	return out;
}

/* "" when the token is verified by the set, else the code of the refusal. */
static const char *verdict(const char *token, const struct doc *set)
{
	struct err e = { 0 };
	struct jwt t;

	if (jwt_read(a, token, &t, &e) == 0 && jwks_verify(a, set, &t, &e) == 0)
		return "";
	if (e.kind != ERR_UNAUTHENTICATED)
		return "of another kind";
	return arena_strdup(a, e.code);
}

static void is(const char *token, const struct doc *set, const char *expected, const char *what)
{
	const char *got = verdict(token, set);

	ok(strcmp(got, expected) == 0, "%s: \"%s\"", what, got);
}

#define ES256 "{\"alg\":\"ES256\"}"

static void test_algorithms(void)
{
	static const char claims[] = "{" CLAIMS "}";
	json_t *hs = json("{\"kty\":\"oct\",\"alg\":\"HS256\"}"), *pub = public_of(rsa, "{}");
	struct doc *ec = set_of(public_of(p256, "{}"), NULL),
		   *r = set_of(public_of(rsa, "{}"), NULL);
	struct doc *both = set_of(public_of(p256, "{}"), public_of(p384, "{}"));
	const char *none = arena_printf(a, "%s.%s.", part("{\"alg\":\"none\"}"), part(claims));

	is(sign(p256, ES256, claims), ec, "", "ES256 by a P-256 key");
	is(sign(p384, "{\"alg\":\"ES384\"}", claims), both, "", "ES384 by a P-384 key");
	is(sign(rsa, "{\"alg\":\"RS256\"}", claims), r, "", "RS256 by an RSA key");
	is(sign(rsa, "{\"alg\":\"PS256\"}", claims), r, "", "PS256 by an RSA key");
	is(sign(rsa, "{\"alg\":\"RS512\"}", claims), r, "token_alg", "RS512 is not in the list");
	is(none, ec, "token_alg", "none");
	is(arena_printf(a, "%s.%s.", part("{\"alg\":\"NONE\"}"), part(claims)), ec, "token_alg",
	   "NONE");
	is(arena_printf(a, "%s.%s.", part(ES256), part(claims)), ec, "token_signature",
	   "an empty signature");
	/* The oldest trick: the public key as the secret of an HMAC. */
	json_object_set(hs, "k", json_object_get(pub, "n"));
	is(sign(hs, "{\"alg\":\"HS256\"}", claims), r, "token_alg", "HS256 with the RSA key");
	is(sign(hs, "{\"alg\":\"HS256\"}", claims), set_of(json_deep_copy(hs), NULL), "token_alg",
	   "HS256 even with a key for it");
	is(sign(rsa, "{\"alg\":\"RS256\"}", claims),
	   set_of(public_of(rsa, "{\"alg\":\"PS256\"}"), NULL), "token_key",
	   "RS256 by a key that says PS256");
	is(sign(rsa, "{\"alg\":\"PS256\"}", claims),
	   set_of(public_of(rsa, "{\"alg\":\"PS256\"}"), NULL), "",
	   "PS256 by a key that says PS256");
	is(sign(p256, ES256, claims), set_of(public_of(p256, "{\"alg\":\"RS256\"}"), NULL),
	   "token_key", "an EC key that says RS256");
	is(arena_printf(a, "%s.%s.%s", part(ES256), part(claims),
			strrchr(sign(p384, "{\"alg\":\"ES384\"}", claims), '.') + 1),
	   both, "token_signature", "ES256 with a signature by the P-384 key");
	is(sign(p384, "{\"alg\":\"ES384\"}", claims), ec, "token_key", "no key of that curve");
	json_decref(hs);
	json_decref(pub);
}

/* A set of one RSA key of so many octets. */
static struct doc *rsa_of(unsigned char first, size_t octets)
{
	unsigned char *n = arena_alloc(a, octets);
	json_t *key = public_of(rsa, "{}");

	memset(n, 0xff, octets);
	n[0] = first;
	json_object_set_new(key, "n", jose_b64_enc(n, octets));
	return set_of(key, NULL);
}

static void test_keys(void)
{
	static const char claims[] = "{" CLAIMS "}", k1[] = "{\"alg\":\"ES256\",\"kid\":\"k1\"}";
	const char *plain = sign(p256, ES256, claims), *named = sign(p256, k1, claims);
	const char *signed_by_rsa = sign(rsa, "{\"alg\":\"RS256\"}", claims);
	json_t *other = make_key("{\"kty\":\"EC\",\"crv\":\"P-256\"}");
	json_t *jwk = public_of(other, "{}");
	char *embedded = json_dumps(jwk, JSON_COMPACT);

	is(plain, set_of(public_of(other, "{}"), public_of(p256, "{}")), "",
	   "no kid: each key that fits is tried");
	is(named, set_of(public_of(p256, "{\"kid\":\"k1\"}"), NULL), "", "the key of that kid");
	is(named, set_of(public_of(p256, "{\"kid\":\"k2\"}"), NULL), "token_key", "another kid");
	is(named, set_of(public_of(p256, "{}"), NULL), "token_key", "a key without a kid");
	is(named, set_of(public_of(other, "{\"kid\":\"k1\"}"), public_of(p256, "{\"kid\":\"k2\"}")),
	   "token_signature", "the kid of another key");
	is(named, set_of(public_of(p256, "{\"kid\":\"k1\\u0000x\"}"), NULL), "token_key",
	   "a kid that goes on after a NUL");
	is(plain, set_of(public_of(p256, "{\"use\":\"enc\"}"), NULL), "token_key",
	   "a key for encryption");
	is(plain, set_of(public_of(p256, "{\"use\":\"sig\",\"key_ops\":[\"verify\"]}"), NULL), "",
	   "a key for verifying");
	is(plain, set_of(public_of(p256, "{\"key_ops\":[\"sign\"]}"), NULL), "token_key",
	   "key_ops without verify");
	is(plain, set_of(json_deep_copy(p256), NULL), "token_key",
	   "a key whose private half is public");
	is(signed_by_rsa, rsa_of(0x7f, 256), "token_key", "RSA of 2047 bits");
	is(signed_by_rsa, rsa_of(0xff, 256), "token_signature", "RSA of 2048 bits, another");
	is(signed_by_rsa, rsa_of(0x00, 257), "token_key", "RSA with a zero in front");
	is(signed_by_rsa, rsa_of(0x01, 1025), "token_key", "RSA of 8193 bits");
	is(plain, set_of(public_of(p256, "{\"y\":\"AAAA\"}"), NULL), "token_key",
	   "a coordinate too short");
	is(plain,
	   set_of(public_of(p256, arena_printf(a, "{\"x\":\"%s\"}",
					       json_string_value(json_object_get(jwk, "x")))),
		  NULL),
	   "token_signature", "a point that is not on the curve");
	is(sign(rsa, "{\"alg\":\"RS256\"}", claims), set_of(public_of(rsa, "{\"e\":\"AQ\"}"), NULL),
	   "token_key", "RSA with the exponent 1");
	is(sign(other, arena_printf(a, "{\"alg\":\"ES256\",\"jwk\":%s}", embedded), claims),
	   set_of(public_of(p256, "{}"), NULL), "token_signature",
	   "the key that a token brings along");
	free(embedded);
	json_decref(jwk);
	json_decref(other);
}

static void test_form(void)
{
	static const char claims[] = "{" CLAIMS "}";
	struct doc *set = set_of(public_of(p256, "{}"), NULL);
	const char *good = sign(p256, ES256, claims), *signature = strrchr(good, '.');
	char *bad = arena_strdup(a, good), *long_one = arena_alloc(a, JWT_MAX + 2);

	is("", set, "token_malformed", "nothing");
	is("a.b", set, "token_malformed", "two parts");
	is(arena_printf(a, "%s.x", good), set, "token_malformed", "four parts");
	is("a.b.c.d.e", set, "token_malformed", "five parts, a JWE");
	is(arena_printf(a, "%s=", good), set, "token_malformed", "padding");
	is(arena_printf(a, " %s", good), set, "token_malformed", "a space in front");
	is(arena_printf(a, "%s.%s+%s", part(ES256), part(claims), signature), set,
	   "token_malformed", "the other alphabet");
	memset(long_one, 'A', JWT_MAX + 1);
	is(long_one, set, "token_malformed", "too long");
	is(sign(p256, "{\"alg\":\"ES256\",\"crit\":[\"b64\"],\"b64\":false}", claims), set,
	   "token_refused", "crit");
	is(sign(p256, "{\"alg\":\"ES256\",\"crit\":[]}", claims), set, "token_refused",
	   "an empty crit");
	is(arena_printf(a, "%s.%s%s", part("{\"alg\":\"none\",\"alg\":\"ES256\"}"), part(claims),
			signature),
	   set, "token_malformed", "alg twice");
	is(sign(p256, ES256, "{" CLAIMS ",\"sub\":\"d2\"}"), set, "token_malformed", "sub twice");
	is(sign(p256, ES256, "[]"), set, "token_malformed", "claims that are a list");
	is(arena_printf(a, "%s.%s%s", part("{}"), part(claims), signature), set, "token_malformed",
	   "no alg");
	is(arena_printf(a, "%s.%s%s", part("{\"alg\":\"ES256\",\"kid\":1}"), part(claims),
			signature),
	   set, "token_malformed", "a kid that is a number");
	is(arena_printf(a, "%s.%s%s", part(ES256), part("{\"sub\":\"d2\"}"), signature), set,
	   "token_signature", "other claims under the same signature");
	bad[signature - good + 5] = bad[signature - good + 5] == 'A' ? 'B' : 'A';
	is(bad, set, "token_signature", "another signature");
}

static const char *claims_verdict(const char *claims, const char *issuer, const char *audience)
{
	struct jwt_rules r = { issuer, audience, CLOCK_MINUTE, NOW * CLOCK_SECOND };
	struct err e = { 0 };
	struct jwt t = { .claims = doc_read(a, claims, strlen(claims), &e) };

	if (!t.claims)
		err_die("bad JSON in the test: %s", claims);
	return jwt_check_claims(&t, &r, &e) == 0 ? "" : arena_strdup(a, e.code);
}

static void claims_are(const char *claims, const char *expected)
{
	const char *got = claims_verdict(claims, "i", "est");

	ok(strcmp(got, expected) == 0, "%s: \"%s\"", claims, got);
}

#define WHO "\"iss\":\"i\",\"aud\":\"est\""

static void test_claims(void)
{
	claims_are("{" CLAIMS "}", "");
	claims_are("{" WHO "}", "token_expired");
	claims_are("{" WHO ",\"exp\":\"2000000100\"}", "token_claims");
	claims_are("{" WHO ",\"exp\":null}", "token_claims");
	claims_are("{" WHO ",\"exp\":1999999941}", "");	/* within the skew */
	claims_are("{" WHO ",\"exp\":1999999940}", "token_expired");
	claims_are("{" WHO ",\"exp\":1999999940.5}", "");
	claims_are("{" WHO ",\"exp\":-1e300}", "token_expired");
	claims_are("{" WHO ",\"exp\":1e300}", "");
	claims_are("{" CLAIMS ",\"nbf\":2000000060}", "");
	claims_are("{" CLAIMS ",\"nbf\":2000000061}", "token_not_yet_valid");
	claims_are("{" CLAIMS ",\"iat\":2000000061}", "token_not_yet_valid");
	claims_are("{" CLAIMS ",\"iat\":[]}", "token_claims");
	claims_are("{\"iss\":\"i\",\"aud\":[\"x\",\"est\"],\"exp\":2000000100}", "");
	claims_are("{\"iss\":\"i\",\"aud\":[\"x\",[\"est\"]],\"exp\":2000000100}",
		   "token_audience");
	claims_are("{\"iss\":\"i\",\"aud\":\"est\\u0000x\",\"exp\":2000000100}", "token_audience");
	claims_are("{\"iss\":\"i\",\"exp\":2000000100}", "token_audience");
	claims_are("{\"iss\":\"i/\",\"aud\":\"est\",\"exp\":2000000100}", "token_issuer");
	claims_are("{\"iss\":[\"i\"],\"aud\":\"est\",\"exp\":2000000100}", "token_issuer");
	claims_are("{\"aud\":\"est\",\"exp\":2000000100}", "token_issuer");
	ok(strcmp(claims_verdict("{" CLAIMS "}", NULL, NULL), "token_audience") == 0,
	   "an aud that nobody here is");
	ok(!*claims_verdict("{\"iss\":\"j\",\"exp\":2000000100}", NULL, NULL),
	   "any issuer whose key it is, and no aud");
}

static void claim_is(const char *name, const char *expected)
{
	static const char claims[] = "{\"sub\":\"d1\",\"a/b\":{\"~\":\"d2\"},\"\":\"d3\",\"n\":1,"
				     "\"x\":{\"y\":{\"z\":\"d4\"}},\"nul\":\"d\\u00005\"}";
	struct err e;
	struct jwt t = { .claims = doc_read(a, claims, strlen(claims), &e) };
	const char *got = jwt_claim(a, &t, name);

	ok(expected ? got && strcmp(got, expected) == 0 : !got, "claim %s: %s", name,
	   got ? got : "none");
}

static void test_claim(void)
{
	claim_is("sub", "d1");
	claim_is("/sub", "d1");
	claim_is("a/b", NULL);
	claim_is("/a~1b/~0", "d2");
	claim_is("/", "d3");
	claim_is("/x/y/z", "d4");
	claim_is("/x/y", NULL);
	claim_is("/x/y/z/", NULL);
	claim_is("n", NULL);
	claim_is("nul", NULL);
}

/* What is kept of a fetched set: nothing that is not usable, and no other member. */
static void test_read(void)
{
	json_t *one = public_of(p256, "{\"kid\":\"k1\",\"x5c\":[\"AAAA\"],\"use\":\"sig\"}");
	char *set = doc_write(a, set_of(one, public_of(rsa, "{\"use\":\"enc\"}")));
	struct err e;
	struct doc *d = jwks_read(a, set, strlen(set), &e);

	ok(doc_len(doc_find(d, "keys")) == 1 && doc_len(doc_at(doc_find(d, "keys"), 0)) == 5,
	   "kty, crv, x, y, kid: %s", doc_write(a, d));
	is(sign(p256, "{\"alg\":\"ES256\",\"kid\":\"k1\"}", "{" CLAIMS "}"), d, "", "it verifies");
	ok(jwks_read(a, "{\"keys\":[]}", 11, &e) != NULL, "a set without keys is a set");
	ok(!jwks_read(a, "{\"keys\":{}}", 11, &e) && e.kind == ERR_MALFORMED, "this is none");
	ok(!jwks_read(a, "[]", 2, &e) && !jwks_read(a, "<html>", 6, &e), "nor are these");
}

static const char *problem_of(const struct doc *set)
{
	struct problems p;

	problems_init(&p, a);
	jwks_check(set, "/jwks", &p);
	return p.n ? p.v[0].pointer : "";
}

static void test_check(void)
{
	ok(!*problem_of(set_of(public_of(p256, "{}"), NULL)), "an operator's set");
	ok(!strcmp(problem_of(set_of(public_of(p384, "{}"), json_deep_copy(p256))),
		   "/jwks/keys/1/d"),
	   "with a private key");
	ok(!strcmp(problem_of(set_of(json("{\"kty\":\"oct\",\"k\":\"AAAA\"}"), NULL)),
		   "/jwks/keys/0/k"),
	   "with a shared secret");
	ok(!strcmp(problem_of(rsa_of(0x7f, 256)), "/jwks"), "without a usable key");
	ok(!strcmp(problem_of(doc_object(a)), "/jwks"), "no set");
}

int main(void)
{
	a = arena_new();
	doc_object(a);	/* jansson's allocator is doc.c's from here on */
	p256 = make_key("{\"kty\":\"EC\",\"crv\":\"P-256\"}");
	p384 = make_key("{\"kty\":\"EC\",\"crv\":\"P-384\"}");
	rsa = make_key("{\"kty\":\"RSA\",\"bits\":2048}");
	test_algorithms();
	test_keys();
	test_form();
	test_claims();
	test_claim();
	test_read();
	test_check();
	json_decref(p256);
	json_decref(p384);
	json_decref(rsa);
	arena_free(a);
	return done();
}
