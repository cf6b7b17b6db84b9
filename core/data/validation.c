#include "data/validation.h"

#include <string.h>

#include "base/clock.h"

#define AT(member) .offset = offsetof(struct validation, member)
#define INNER .type = FIELD_OBJECT, .offset = 0
#define LONGEST (10 * 364 * CLOCK_DAY)

static const struct token unissued_tokens[] = {
	{ "UNKNOWN", UNISSUED_UNKNOWN },
	{ "UNAUTHORIZED", UNISSUED_UNAUTHORIZED },
	{ "REVOKED", UNISSUED_REVOKED },
	{ NULL, 0 },
};

static const struct token responder_id_tokens[] = {
	{ "KEY", RESPONDER_BY_KEY },
	{ "NAME", RESPONDER_BY_NAME },
	{ NULL, 0 },
};

static const struct token responder_key_tokens[] = {
	{ "P-256", RESPONDER_P256 },
	{ "P-384", RESPONDER_P384 },
	{ "RSA-2048", RESPONDER_RSA2048 },
	{ "RSA-3072", RESPONDER_RSA3072 },
	{ NULL, 0 },
};

static const struct field ocsp_fields[] = {
	{ "unissued", FIELD_ENUM, AT(ocsp.unissued), .tokens = unissued_tokens, .def = "UNKNOWN",
	  .help = "What is said of a serial that the CA did not issue" },
	{ "responder_id", FIELD_ENUM, AT(ocsp.responder_id), .tokens = responder_id_tokens,
	  .def = "KEY", .help = "How a response names its responder; NAME for old clients" },
	{ "responder_key", FIELD_ENUM, AT(ocsp.responder_key), .tokens = responder_key_tokens,
	  .def = "P-256", .help = "Kind of the responder's key; RSA for clients without ECDSA" },
	{ "validity", FIELD_DURATION, AT(ocsp.validity), .max = LONGEST,
	  .help = "From thisUpdate to nextUpdate of a response; 0: as ocsp.validity says" },
	FIELD_END,
};

static const struct field crl_fields[] = {
	{ "validity", FIELD_DURATION, AT(crl.validity), .max = LONGEST,
	  .help = "From thisUpdate to nextUpdate of a CRL; 0: as crl.validity says" },
	{ "refresh_interval", FIELD_DURATION, AT(crl.refresh_interval), .max = LONGEST,
	  .help = "How old a CRL gets when nothing is revoked; 0: half of its validity" },
	{ "regenerate_on_revoke", FIELD_BOOL, AT(crl.regenerate_on_revoke), .def = "true",
	  .help = "Whether a revocation makes a new CRL at once" },
	{ "delta_validity", FIELD_DURATION, AT(crl.delta_validity), .max = LONGEST,
	  .help = "From thisUpdate to nextUpdate of a delta CRL; 0: there are none" },
	{ "shards", FIELD_INT, AT(crl.shards), .max = CRL_MAX_SHARDS,
	  .help = "CRLs by serial that new certificates point at; 0: one for all" },
	FIELD_END,
};

const struct field validation_fields[] = {
	{ "ocsp", INNER, .sub = ocsp_fields },
	{ "crl", INNER, .sub = crl_fields },
	FIELD_END,
};

struct key_spec validation_responder_key(const struct validation *v)
{
	static const struct key_spec specs[] = {
		[RESPONDER_P256] = { KEY_ECDSA, 256 },
		[RESPONDER_P384] = { KEY_ECDSA, 384 },
		[RESPONDER_RSA2048] = { KEY_RSA, 2048 },
		[RESPONDER_RSA3072] = { KEY_RSA, 3072 },
	};

	return specs[v->ocsp.responder_key];
}

static void check_duration(int64_t v, int64_t least, const char *least_text, const char *prefix,
			   const char *pointer, struct problems *p)
{
	if (v != 0 && v < least)
		problems_add(p, arena_printf(p->arena, "%s%s", prefix, pointer),
			     "expected 0 or at least %s; got %s", least_text,
			     clock_write_duration(p->arena, v));
}

void validation_check(const struct validation *v, const char *prefix, struct problems *p)
{
	check_duration(v->ocsp.validity, CLOCK_MINUTE, "1m", prefix, "/ocsp/validity", p);
	check_duration(v->crl.validity, CLOCK_MINUTE, "1m", prefix, "/crl/validity", p);
	check_duration(v->crl.refresh_interval, CLOCK_SECOND, "1s", prefix, "/crl/refresh_interval",
		       p);
	check_duration(v->crl.delta_validity, CLOCK_MINUTE, "1m", prefix, "/crl/delta_validity", p);
	if (v->crl.validity && v->crl.refresh_interval >= v->crl.validity)
		problems_add(p, arena_printf(p->arena, "%s/crl/refresh_interval", prefix),
			     "expected less than the validity, %s; got %s",
			     clock_write_duration(p->arena, v->crl.validity),
			     clock_write_duration(p->arena, v->crl.refresh_interval));
}

/* What is stored was checked before, so one that does not read now is our fault, not a client's. */
int validation_read(struct arena *a, const char *json, struct validation *v, struct err *e)
{
	struct err why = { 0 };
	struct problems p;
	struct doc *d = doc_read(a, json, strlen(json), &why);

	problems_init(&p, a);
	if (d)
		fields_read(a, validation_fields, d, v, "", &p);
	if (!d || problems_check(&p, &why) < 0)
		return err_fault(e, ERR_INTERNAL, "validation", "stored validation settings: %s",
				 err_log_text(&why));
	return 0;
}
