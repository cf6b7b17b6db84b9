#include <string.h>

#include "pki/ext.h"

#define OID_AND_LEN(oid) oid, sizeof(oid) - 1

struct ext_mark ext_open(struct der_out *w, const char *oid, size_t oid_len, bool critical)
{
	struct ext_mark m;

	m.seq = der_open(w, DER_SEQUENCE);
	der_put_raw(w, blob_of(oid, oid_len));
	if (critical)
		der_put_lit(w, "\x01\x01\xff");
	m.octets = der_open(w, DER_OCTET_STRING);
	return m;
}

void ext_close(struct der_out *w, struct ext_mark m)
{
	der_close(w, m.octets);
	der_close(w, m.seq);
}

void ext_put(struct der_out *w, const char *oid, size_t oid_len, bool critical, struct blob value)
{
	struct ext_mark m = ext_open(w, oid, oid_len, critical);

	der_put_raw(w, value);
	ext_close(w, m);
}

void ext_put_basic_constraints(struct der_out *w, bool is_ca, int path_len)
{
	struct ext_mark m = ext_open(w, OID_AND_LEN(OID_BASIC_CONSTRAINTS), true);
	size_t seq = der_open(w, DER_SEQUENCE);

	if (is_ca)
		der_put_lit(w, "\x01\x01\xff");
	if (is_ca && path_len >= 0)
		der_put_number(w, DER_INTEGER, (uint64_t)path_len);
	der_close(w, seq);
	ext_close(w, m);
}

void ext_put_key_usage(struct der_out *w, unsigned usage)
{
	struct ext_mark m = ext_open(w, OID_AND_LEN(OID_KEY_USAGE), true);

	der_put_bits(w, usage);
	ext_close(w, m);
}

void ext_put_san(struct der_out *w, struct blob san, bool critical)
{
	ext_put(w, OID_AND_LEN(OID_SUBJECT_ALT_NAME), critical, san);
}

void ext_put_ski(struct der_out *w, struct blob ski)
{
	struct ext_mark m = ext_open(w, OID_AND_LEN(OID_SUBJECT_KEY_ID), false);

	der_put(w, DER_OCTET_STRING, ski);
	ext_close(w, m);
}

void ext_put_aki(struct der_out *w, struct blob key_id)
{
	struct ext_mark m = ext_open(w, OID_AND_LEN(OID_AUTHORITY_KEY_ID), false);
	size_t seq = der_open(w, DER_SEQUENCE);

	der_put(w, DER_CONTEXT | 0, key_id);
	der_close(w, seq);
	ext_close(w, m);
}

/* uniformResourceIdentifier [6] of GeneralName */
static void put_uri(struct der_out *w, const char *url)
{
	der_put(w, DER_CONTEXT | 6, blob_of(url, strlen(url)));
}

void ext_put_ocsp_url(struct der_out *w, const char *url)
{
	struct ext_mark m = ext_open(w, OID_AND_LEN(OID_AUTHORITY_INFO), false);
	size_t seq = der_open(w, DER_SEQUENCE), access = der_open(w, DER_SEQUENCE);

	der_put_lit(w, OID_AD_OCSP);
	put_uri(w, url);
	der_close(w, access);
	der_close(w, seq);
	ext_close(w, m);
}

static void put_points(struct der_out *w, const char *oid, size_t oid_len, const char *url)
{
	struct ext_mark m = ext_open(w, oid, oid_len, false);
	size_t seq = der_open(w, DER_SEQUENCE), point = der_open(w, DER_SEQUENCE);
	size_t name = der_open(w, DER_CONSTRUCTED | 0), full = der_open(w, DER_CONSTRUCTED | 0);

	put_uri(w, url);
	der_close(w, full);
	der_close(w, name);
	der_close(w, point);
	der_close(w, seq);
	ext_close(w, m);
}

void ext_put_crl_url(struct der_out *w, const char *url)
{
	put_points(w, OID_AND_LEN(OID_CRL_POINTS), url);
}

/* RFC 5280 5.2.6: the same syntax, and never critical. */
void ext_put_freshest_url(struct der_out *w, const char *url)
{
	put_points(w, OID_AND_LEN(OID_FRESHEST_CRL), url);
}

void ext_put_ocsp_nocheck(struct der_out *w)
{
	ext_put(w, OID_AND_LEN(OID_OCSP_NOCHECK), false, blob_of("\x05\x00", 2));
}
