#include "ca/issue.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/text.h"
#include "ca/ca.h"
#include "ca/crl_scope.h"
#include "fleet/event.h"
#include "pki/ext.h"
#include "pki/name.h"
#include "pki/oid.h"
#include "store/store_cert.h"
#include "store/store_dms.h"

/* All that is copied of a request besides names: octets of DER. */
enum { MOST_COPIED = 8 << 10 };

/* The least that a certificate is good for: below it the issuer counts as run out. */
#define LEAST_VALIDITY CLOCK_HOUR

static const struct {
	const char *kind;
	struct profile profile;
} kinds[] = {
	{ "bootstrap",
	  { .name = "bootstrap",
	    .validity = { .type = VALIDITY_DURATION, .duration = 365 * CLOCK_DAY },
	    .key_usage = KU_DIGITAL_SIGNATURE,
	    .extended_key_usages = EKU_CLIENT_AUTH,
	    .honor_subject = true } },
	/* CMCRA marks the server of an EST CA (RFC 7030 3.6.1). */
	{ "server",
	  { .name = "server",
	    .validity = { .type = VALIDITY_DURATION, .duration = 365 * CLOCK_DAY },
	    .key_usage = KU_DIGITAL_SIGNATURE,
	    .extended_key_usages = EKU_SERVER_AUTH | EKU_CMC_RA,
	    .honor_subject = true,
	    .honor_extensions = true } },
	/* An RA signs CMC messages for others (RFC 6402 2.10). */
	{ "ra",
	  { .name = "ra",
	    .validity = { .type = VALIDITY_DURATION, .duration = 365 * CLOCK_DAY },
	    .key_usage = KU_DIGITAL_SIGNATURE,
	    .extended_key_usages = EKU_CLIENT_AUTH | EKU_CMC_RA,
	    .honor_subject = true } },
	{ "operator",
	  { .name = "operator",
	    .validity = { .type = VALIDITY_DURATION, .duration = 365 * CLOCK_DAY },
	    .key_usage = KU_DIGITAL_SIGNATURE,
	    .extended_key_usages = EKU_CLIENT_AUTH,
	    .honor_subject = true } },
};

const struct profile *issue_kind_profile(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(kinds[i].kind, kind) == 0)
			return &kinds[i].profile;
	}
	return NULL;
}

static int read_profile(const struct env *env, const char *of, const char *json,
			struct profile *out, struct err *e)
{
	struct err why = { 0 };
	struct doc *doc = doc_read(env->arena, json, strlen(json), &why);
	struct problems p;

	problems_init(&p, env->arena);
	if (doc)
		fields_read(env->arena, profile_fields, doc, out, "", &p);
	if (!doc || problems_check(&p, &why) < 0)
		return err_fault(e, ERR_INTERNAL, "profile", "stored profile of %s: %s", of,
				 err_log_text(&why));
	return 0;
}

int issue_profile(const struct env *env, const char *id, const struct profile *inline_profile,
		  const char *ca, struct profile *out, struct err *e)
{
	struct ca_row row;
	int found;

	if (id && *id) {
		struct profile_row stored;

		found = store_profile_load(env->db, env->arena, id, &stored, e);
		if (found < 0)
			return -1;
		if (!found)
			return err_fault(e, ERR_BUSY, "profile", "no issuance profile %s", id);
		if (read_profile(env, id, stored.profile, out, e) < 0)
			return -1;
		out->id = stored.id;
		return 0;
	}
	if (inline_profile) {
		*out = *inline_profile;
		return 0;
	}
	found = ca ? store_ca_load(env->db, env->arena, ca, &row, e) : 0;
	if (found < 0)
		return -1;
	if (found && row.profile)
		return read_profile(env, ca, row.profile, out, e);
	fields_defaults(env->arena, profile_fields, out);
	return 0;
}

static int refuse_size(const struct ints *allowed, const char *type, int64_t bits, struct err *e)
{
	AUTO(arena) *a = arena_new();
	struct text sizes;

	text_init(&sizes, a);
	for (size_t i = 0; i < allowed->n; i++)
		text_addf(&sizes, "%s%lld", i ? ", " : "", (long long)allowed->v[i]);
	return err_set(
		e, ERR_REJECTED, "crypto_enforcement",
		"public key uses %s key with size %lld, but issuance profile does not allow this key size: expected %s",
		type, (long long)bits, sizes.len ? sizes.s : "none");
}

static int check_key(const struct profile *f, const struct key_spec *key, struct err *e)
{
	bool rsa = key->type == KEY_RSA && f->crypto_enforcement.allow_rsa_keys;
	bool ecdsa = key->type == KEY_ECDSA && f->crypto_enforcement.allow_ecdsa_keys;
	const char *type = token_name(key_types, key->type);

	if (profile_allows_key(f, key))
		return 0;
	if (rsa || ecdsa)
		return refuse_size(rsa ? &f->crypto_enforcement.allowed_rsa_key_sizes
				       : &f->crypto_enforcement.allowed_ecdsa_key_sizes,
				   type, key->bits, e);
	return err_set(e, ERR_REJECTED, "crypto_enforcement",
		       "public key is %s, but issuance profile does not allow %s keys",
		       type ? type : "of an unknown type", type ? type : "such");
}

/* The extensions of a CSR that the profile lets through. */
static int copy_extensions(struct arena *a, const struct profile *f, const struct csr *csr,
			   struct blob *out, struct err *e)
{
	struct blob in = csr->extensions;
	struct der_out w;
	struct ext x;

	*out = (struct blob){ 0 };
	if (f->allowed_extensions.n == 0)
		return 0;
	der_init(&w, a, in.len);
	while (in.len) {
		struct blob whole = in;

		if (!ext_next(&in, &x))
			return err_set(e, ERR_MALFORMED, "extension_malformed",
				       "an extension is malformed (RFC 5280 4.1)");
		if (!texts_contain(&f->allowed_extensions, oid_write(a, x.oid.content)))
			continue;
		if (!der_check(x.value))
			return err_set(e, ERR_MALFORMED, "extension_malformed",
				       "the extension %s is no DER (RFC 5280 4.2)",
				       oid_write(a, x.oid.content));
		der_put_raw(&w, blob_of(whole.data, whole.len - in.len));
	}
	if (w.len > MOST_COPIED)
		return err_set(e, ERR_REJECTED, "csr_extensions",
			       "expected at most %d octets of extensions to copy; got %zu",
			       MOST_COPIED, w.len);
	*out = der_done(&w);
	return 0;
}

static int check_extensions(const struct profile *f, const struct csr *csr, struct err *e)
{
	AUTO(arena) *scratch = NULL;
	struct blob ignored;

	if (f->san_policy == SAN_REFUSE && csr->san.len)
		return err_set(
			e, ERR_REJECTED, "csr_san",
			"expected a request without subjectAltName, as the issuance profile's "
			"san_policy says");
	if (f->allowed_extensions.n == 0)
		return 0;
	scratch = arena_new();
	return copy_extensions(scratch, f, csr, &ignored, e);
}

static bool is_empty_name(struct blob der)
{
	return der.len <= 2;	/* an empty SEQUENCE */
}

int issue_check(const struct profile *f, const struct csr *csr, struct err *e)
{
	if (check_key(f, &csr->key, e) < 0)
		return -1;
	if (csr->wants_ca && !f->sign_as_ca)
		return err_set(
			e, ERR_REJECTED, "csr_ca",
			"expected a request for an end entity, got one for a CA (basicConstraints CA:TRUE, keyCertSign or cRLSign, RFC 5280 4.2.1.9)");
	if (f->honor_extended_key_usages &&
	    csr->ext_key_usage & (EKU_OCSP_SIGNING | EKU_CMC_RA | EKU_CM_KGA | EKU_ANY))
		return err_set(
			e, ERR_REJECTED, "csr_ext_key_usage",
			"expected extended key usages of a device, got OCSPSigning, CMCRA, CMKGA or anyExtendedKeyUsage, which speak for the CA (RFC 6960 4.2.2.2, RFC 7030 3.6.1, RFC 6402 2.10, RFC 5280 4.2.1.12)");
	if (f->honor_subject && is_empty_name(csr->subject_der))
		return err_set(e, ERR_REJECTED, "csr_subject",
			       "expected a subject, got an empty one (RFC 5280 4.1.2.6)");
	return check_extensions(f, csr, e);
}

static const char *common_name(const struct profile *f, const struct csr *csr)
{
	const char *of_profile = f->honor_subject ? NULL : f->subject.common_name;

	return of_profile && *of_profile ? of_profile : csr->common_name;
}

static int make_subject(const struct env *env, const struct profile *f, const struct csr *csr,
			struct blob *der, struct err *e)
{
	struct subject s = f->subject;

	if (f->honor_subject) {
		*der = csr->subject_der;
		return 0;
	}
	s.common_name = common_name(f, csr);
	return name_make(env->arena, &s, der, e);
}

/* Those of the CSR; where it gives none, what the profile makes of the common name. */
static int make_san(const struct env *env, const struct profile *f, const struct csr *csr,
		    struct blob *san, struct err *e)
{
	const char *name = common_name(f, csr);
	const struct texts names = { .v = &name, .n = 1 };

	*san = f->honor_extensions ? csr->san : (struct blob){ 0 };
	if (san->len || f->san_policy != SAN_CN || !name || !san_is_host_name(name))
		return 0;
	return cert_make_san(env->arena, &names, san, e);
}

static const char *name_of(const struct profile *f)
{
	return f->name ? f->name : f->id ? f->id : "(unnamed)";
}

static int make_validity(const struct env *env, const struct issuer *issuer,
			 const struct profile *f, struct cert_spec *spec, struct err *e)
{
	int64_t rest = issuer->row.not_after - env->now;
	int64_t begin = env->now - f->backdate;
	int64_t wanted = f->validity.type == VALIDITY_TIME ? f->validity.time - env->now
							   : f->validity.duration;

	if (wanted < CLOCK_SECOND)
		return err_fault(e, ERR_BUSY, "profile",
				 "issuance profile %s: its validity has passed or is zero",
				 name_of(f));
	if (rest < (wanted < LEAST_VALIDITY ? wanted : LEAST_VALIDITY))
		return err_fault(e, ERR_BUSY, "ca_inactive", "CA %s is about to expire, at %s",
				 issuer->row.ca, clock_write(env->arena, issuer->row.not_after));
	if (f->refuse_beyond_issuer && rest < wanted)
		return err_fault(e, ERR_BUSY, "ca_inactive",
				 "CA %s ends at %s, sooner than what issuance profile %s makes, "
				 "which has refuse_beyond_issuer: renew the CA",
				 issuer->row.ca, clock_write(env->arena, issuer->row.not_after),
				 name_of(f));
	spec->not_before = begin < issuer->row.not_before ? issuer->row.not_before : begin;
	spec->not_after = env->now + (wanted < rest ? wanted : rest);
	return 0;
}

static void make_usages(const struct profile *f, const struct csr *csr, struct cert_spec *spec)
{
	const unsigned ca = KU_CERT_SIGN | KU_CRL_SIGN;

	spec->key_usage = (f->honor_key_usage ? csr->key_usage : f->key_usage) & ~ca;
	spec->ext_key_usage =
		f->honor_extended_key_usages ? csr->ext_key_usage : f->extended_key_usages;
	spec->path_len = -1;
	if (!f->sign_as_ca)
		return;
	spec->is_ca = true;
	spec->path_len = 0;
	spec->key_usage |= ca;
}

static int check_path(const struct issuer *issuer, const struct profile *f, struct err *e)
{
	if (!f->sign_as_ca || issuer->cert->path_len != 0)
		return 0;
	return err_set(e, ERR_REJECTED, "path_length",
		       "CA \"%s\" may not have CAs below it (path length 0, RFC 5280 4.2.1.9)",
		       issuer->row.ca);
}

static int check_hash(const struct issuer *issuer, const struct profile *f, struct err *e)
{
	if (f->signature_hash == HASH_OF_KEY || issuer->cert->key.type != KEY_ED25519)
		return 0;
	return err_fault(
		e, ERR_BUSY, "profile",
		"issuance profile %s has a signature_hash, and CA %s an Ed25519 key, which "
		"has a digest of its own",
		name_of(f), issuer->row.ca);
}

int issue_sign(const struct env *env, const struct issuer *issuer, const struct profile *f,
	       const struct csr *csr, struct cert **out, struct err *e)
{
	struct arena *a = env->arena;
	const char *url = env->conf->public.http_url;
	struct cert_spec spec = { .serial = cert_make_serial(a),
				  .spki = csr->spki,
				  .hash = f->signature_hash };
	const struct key *key;

	if (ca_check_active(env, &issuer->row, e) < 0 || check_path(issuer, f, e) < 0 ||
	    check_hash(issuer, f, e) < 0 || make_subject(env, f, csr, &spec.subject_der, e) < 0 ||
	    make_san(env, f, csr, &spec.san, e) < 0 ||
	    copy_extensions(a, f, csr, &spec.further, e) < 0 ||
	    make_validity(env, issuer, f, &spec, e) < 0)
		return -1;
	make_usages(f, csr, &spec);
	if (url && *url) {
		spec.ocsp_url = arena_printf(a, "%s/ocsp", url);
		if (crl_find_url(env, &issuer->row, spec.serial, &spec.crl_url, e) < 0)
			return -1;
	}
	key = ca_key(env, &issuer->row, e);
	*out = key ? cert_make(a, &spec, issuer->cert, key, e) : NULL;
	return *out ? 0 : -1;
}

static int add_event(const struct env *env, const struct issue_record *r, const char *ca,
		     struct err *e)
{
	struct arena *a = env->arena;
	const char *serial = hex_write(a, r->cert->serial);
	struct doc *data = doc_object(a);
	struct event v = {
		.type = EVENT_CERT_CREATE, .dms = r->dms, .device = r->device, .data = data
	};

	v.subject = arena_printf(a, "certificate/%s", serial);
	doc_set_text(data, "serial_number", serial);
	doc_set_text(data, "issuer", ca);
	doc_set_text(data, "authority_key_id", hex_write(a, r->issuer));
	doc_set_text(data, "subject", name_text(a, r->cert->subject_der));
	doc_set_text(data, "kind", r->kind);
	doc_set_time(data, "valid_to", r->cert->not_after);
	return event_add(env->db, a, env->actor, env->now, &v, e);
}

int issue_record(const struct env *env, const struct issue_record *r, struct err *e)
{
	const struct cert *c = r->cert;
	struct issuer_row issuer;
	struct cert_row row = {
		.issuer = r->issuer,
		.serial = c->serial,
		.subject = name_text(env->arena, c->subject_der),
		.common_name = c->subject.common_name ? c->subject.common_name : "",
		.not_before = c->not_before,
		.not_after = c->not_after,
		.status = CERT_ACTIVE,
		.status_at = env->now,
		.der = c->der,
		.sha256 = blob_of(c->sha256, sizeof(c->sha256)),
		.kind = r->kind,
		.dms = r->dms,
		.device = r->device,
		.version = r->version,
		.created_at = env->now,
	};
	int found = store_issuer_load(env->db, env->arena, r->issuer, &issuer, e);

	if (found < 0)
		return -1;
	if (!found)
		return err_fault(e, ERR_BUSY, "ca_inactive", "the CA was removed while it signed");
	/* It, or a CA above it, may have been revoked meanwhile. */
	if (!r->of_revoked && ca_check_active(env, &issuer, e) < 0)
		return -1;
	if (store_cert_add(env->db, &row, e) < 0)
		return -1;
	return add_event(env, r, issuer.ca, e);
}

int issue_certificate(const struct env *env, const char *ca, const struct profile *f,
		      const char *kind, const struct csr *csr, struct cert **out, struct err *e)
{
	struct issuer issuer;
	struct issue_record r = { .kind = f->sign_as_ca ? "ca" : kind, .version = -1 };
	int found = issuer_load(env->db, env->arena, ca, &issuer, e);

	if (found < 0)
		return -1;
	if (!found)
		return err_set(e, ERR_NOT_FOUND, "ca", "no CA \"%s\"", ca);
	if (csr_check_signature(csr, e) < 0 || issue_check(f, csr, e) < 0 ||
	    issue_sign(env, &issuer, f, csr, out, e) < 0)
		return -1;
	r.cert = *out;
	r.issuer = issuer.row.ski;

	AUTO(db_txn) *t = db_begin(env->db, DB_WRITE, e);
	if (!t || issue_record(env, &r, e) < 0)
		return -1;
	return store_commit(&t, e);
}
