/*
 * DER (X.690): a reader that takes one value after another off a blob, and a writer.
 *
 * Structures whose octets count (what is signed, hashed or echoed) are read and written here; keys,
 * signatures and paths are OpenSSL's. Tags are single octets, lengths definite and minimal.
 */
#ifndef PKI_DER_H
#define PKI_DER_H

#include "base/arena.h"

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8_STRING = 0x0c,
	DER_PRINTABLE_STRING = 0x13,
	DER_IA5_STRING = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT = 0x80,	/* [n] of a primitive: DER_CONTEXT | n */
	DER_CONSTRUCTED = 0xa0,	/* [n] of a constructed value: DER_CONSTRUCTED | n */
};

enum { DER_MAX_DEPTH = 32 };

struct der {			/* one value */
	unsigned tag;
	struct blob content;
	struct blob whole;	/* with its tag and length */
};

/* How long the value is, with tag and length, that begins so; 0: it is not DER, or the length is
 * not there yet. */
size_t der_size(struct blob start);
/* Takes the first value off *in. false: there is none, or it is not DER. */
bool der_next(struct blob *in, struct der *v);
/* The same, and the value has this tag; else nothing is taken. */
bool der_take(struct blob *in, unsigned tag, struct der *v);
/* Exactly one value with this tag. */
bool der_only(struct blob in, unsigned tag, struct der *v);
/* Exactly one value, whose tags and lengths are DER all the way down. */
bool der_check(struct blob in);

bool der_equal(struct blob oid_content, const char *oid, size_t len);
#define der_is(v, oid) der_equal((v)->content, oid, sizeof(oid) - 1)

/* INTEGER as a magnitude without leading zeros (zero is one zero octet). false: not minimal. */
bool der_read_integer(const struct der *v, struct blob *magnitude, bool *negative);
bool der_read_small(const struct der *v, int64_t max, int64_t *n);	/* 0..max */
bool der_read_boolean(const struct der *v, bool *b);
/* Named bits, first bit first, as a mask; those from 32 on are left out. */
bool der_read_bits(const struct der *v, unsigned *mask);
/* UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 restricts them; microseconds. */
bool der_read_time(const struct der *v, int64_t *us);

/* What the writer has is data[0..len), in the arena. */
struct der_out {
	struct arena *arena;
	unsigned char *data;
	size_t len, cap;
};

void der_init(struct der_out *w, struct arena *a, size_t expected);
struct blob der_done(const struct der_out *w);

/* What is put between open and close is the content of a value of this tag. */
size_t der_open(struct der_out *w, unsigned tag);
void der_close(struct der_out *w, size_t mark);

void der_put_raw(struct der_out *w, struct blob der);
#define der_put_lit(w, der) der_put_raw(w, blob_of(der, sizeof(der) - 1))
void der_put(struct der_out *w, unsigned tag, struct blob content);
void der_put_integer(struct der_out *w, struct blob magnitude);	/* positive */
void der_put_number(struct der_out *w, unsigned tag, uint64_t n);
void der_put_bits(struct der_out *w, unsigned mask);		/* named bits, trailing zeros cut */
void der_put_bit_string(struct der_out *w, struct blob octets);
/* Time of RFC 5280: UTCTime to 2049, then GeneralizedTime, capped at 99991231235959Z. */
void der_put_time(struct der_out *w, int64_t us);
void der_put_generalized_time(struct der_out *w, int64_t us);

/* OIDs that several modules need, with tag and length. */
#define OID_BASIC_CONSTRAINTS "\x06\x03\x55\x1d\x13"
#define OID_KEY_USAGE "\x06\x03\x55\x1d\x0f"
#define OID_EXT_KEY_USAGE "\x06\x03\x55\x1d\x25"
#define OID_SUBJECT_ALT_NAME "\x06\x03\x55\x1d\x11"
#define OID_SUBJECT_KEY_ID "\x06\x03\x55\x1d\x0e"
#define OID_AUTHORITY_KEY_ID "\x06\x03\x55\x1d\x23"
#define OID_CRL_NUMBER "\x06\x03\x55\x1d\x14"
#define OID_CRL_REASON "\x06\x03\x55\x1d\x15"
#define OID_DELTA_CRL "\x06\x03\x55\x1d\x1b"
#define OID_ISSUING_POINT "\x06\x03\x55\x1d\x1c"
#define OID_FRESHEST_CRL "\x06\x03\x55\x1d\x2e"
#define OID_CRL_POINTS "\x06\x03\x55\x1d\x1f"
#define OID_AUTHORITY_INFO "\x06\x08\x2b\x06\x01\x05\x05\x07\x01\x01"
#define OID_AD_OCSP "\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x01"
#define OID_OCSP_BASIC "\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01"
#define OID_OCSP_NONCE "\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x02"
#define OID_OCSP_RESPONSE "\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x04" /* acceptable types */
#define OID_OCSP_NOCHECK "\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x05"
#define OID_OCSP_ARCHIVE_CUTOFF "\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x06"
#define OID_OCSP_PREFERRED "\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x08" /* algorithms */
#define OID_OCSP_EXTENDED_REVOKE "\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x09"

#endif
