/* PKIResponse (RFC 5272 4.2.1). */
#include <string.h>

#include "base/rand.h"
#include "pki/cmc.h"
#include "pki/der.h"

#define ID_CMC(n) "\x06\x08\x2b\x06\x01\x05\x05\x07\x07" n

enum { NONCE_LEN = 16 };

struct controls {
	struct der_out w;
	uint64_t last_id;
};

/* oid: its DER. value: DER. */
static void put_control(struct controls *c, const char *oid, struct blob value)
{
	size_t seq = der_open(&c->w, DER_SEQUENCE);

	der_put_number(&c->w, DER_INTEGER, ++c->last_id);
	der_put_raw(&c->w, blob_of(oid, 10));
	der_put(&c->w, DER_SET, value);
	der_close(&c->w, seq);
}

static struct blob make_status(struct arena *a, const struct cmc_status_info *s)
{
	struct der_out w;
	size_t seq, list;

	der_init(&w, a, 256);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_number(&w, DER_INTEGER, s->status);
	list = der_open(&w, DER_SEQUENCE);
	for (size_t i = 0; i < s->nparts; i++)
		der_put_number(&w, DER_INTEGER, (uint64_t)s->parts[i]);
	der_close(&w, list);
	if (s->text)
		der_put(&w, DER_UTF8_STRING, blob_of(s->text, strlen(s->text)));
	if (s->status == CMC_FAILED) {
		der_put_number(&w, DER_INTEGER, s->fail_info);
	} else if (s->status == CMC_PENDING) {
		list = der_open(&w, DER_SEQUENCE);
		der_put(&w, DER_OCTET_STRING, s->pend_token);
		der_put_generalized_time(&w, s->pend_time);
		der_close(&w, list);
	}
	der_close(&w, seq);
	return der_done(&w);
}

static void echo(struct controls *c, const struct cmc_data *request, enum cmc_control_kind kind,
		 const char *oid)
{
	const struct cmc_control *sent = request ? cmc_find_control(request, kind) : NULL;

	if (sent)
		put_control(c, oid, sent->value);
}

static void put_nonce(struct controls *c, struct arena *a)
{
	unsigned char octets[NONCE_LEN];
	struct der_out w;

	rand_fill(octets, sizeof(octets));
	der_init(&w, a, 2 + NONCE_LEN);
	der_put(&w, DER_OCTET_STRING, blob_of(octets, sizeof(octets)));
	put_control(c, ID_CMC("\x06"), der_done(&w));
}

struct blob cmc_response_make(struct arena *a, const struct cmc_data *request,
			      const struct cmc_status_info *v, size_t n)
{
	struct controls c = { .last_id = 0 };
	size_t body, list;

	der_init(&c.w, a, 512);
	body = der_open(&c.w, DER_SEQUENCE);
	list = der_open(&c.w, DER_SEQUENCE);
	for (size_t i = 0; i < n; i++)
		put_control(&c, ID_CMC("\x19"), make_status(a, &v[i]));
	echo(&c, request, CMC_TRANSACTION_ID, ID_CMC("\x05"));
	echo(&c, request, CMC_SENDER_NONCE, ID_CMC("\x07"));	/* as the recipientNonce */
	echo(&c, request, CMC_DATA_RETURN, ID_CMC("\x04"));
	put_nonce(&c, a);
	der_close(&c.w, list);
	der_put(&c.w, DER_SEQUENCE, blob_of(NULL, 0));	/* cmsSequence */
	der_put(&c.w, DER_SEQUENCE, blob_of(NULL, 0));	/* otherMsgSequence */
	der_close(&c.w, body);
	return der_done(&c.w);
}
