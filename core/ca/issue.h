/* Signing certificates under an issuance profile (lamassu.md 6), and recording them. */
#ifndef CA_ISSUE_H
#define CA_ISSUE_H

#include "ca/env.h"
#include "fleet/issuer.h"
#include "pki/csr.h"

/* The profile in force: the id's, else the inline one, else the CA's default, else the built-in.
 * id, inline_profile may be NULL. ERR_BUSY "profile" when the id is not there. */
int issue_profile(const struct env *env, const char *id, const struct profile *inline_profile,
		  const char *ca, struct profile *out, struct err *e);

/*
 * crypto_enforcement and what else a profile refuses about a CSR: ERR_REJECTED. No side effect.
 * - a key that an enabled crypto_enforcement does not allow
 * - "csr_san": names, where the profile's san_policy refuses them
 * - "extension_malformed", "csr_extensions": allowed_extensions that are no DER, or too long
 * - "csr_ca": a CSR that wants to be a CA, unless the profile makes CAs
 * - "csr_ext_key_usage": honoured, and OCSPSigning, CMCRA or CMKGA is asked for, or any usage, which is
 *   those too (RFC 5280 4.2.1.12); such a certificate could speak for the CA (RFC 6960 4.2.2.2) or
 *   for the EST server (RFC 7030 3.6.1)
 * - "csr_subject": no subject
 */
int issue_check(const struct profile *f, const struct csr *csr, struct err *e);

/* The certificate, signed, not recorded. not_before is now, backdated as the profile says but not
 * before the issuer's; not_after is clamped to the issuer's, or refused: ERR_BUSY "ca_inactive".
 * Whether it is a CA is the profile's to say alone: sign_as_ca makes one that signs end entities
 * only (path length 0). ERR_BUSY "ca_inactive" when the issuer or a CA above it is revoked or out
 * of its validity, or its rest is shorter than an hour (or the profile's validity, when shorter). */
int issue_sign(const struct env *env, const struct issuer *issuer, const struct profile *f,
	       const struct csr *csr, struct cert **out, struct err *e);

struct issue_record {
	const struct cert *cert;
	struct blob issuer;		/* SKI */
	const char *kind;		/* as cert_row.kind */
	const char *dms, *device;
	int64_t version;		/* -1: none */
	bool of_revoked;		/* also of a revoked issuer: its OCSP responder */
};
/* Row and event, in the caller's write transaction; ERR_BUSY "ca_inactive" when the issuer, or a CA
 * above it, was revoked or ended since it signed. */
int issue_record(const struct env *env, const struct issue_record *r, struct err *e);

/* The API's and the CLI's way: check, sign, record, commit. */
int issue_certificate(const struct env *env, const char *ca, const struct profile *f,
		      const char *kind, const struct csr *csr, struct cert **out, struct err *e);

/* Profiles for what is not a device, by kind: "bootstrap" "server" "ra" "operator". NULL: no such kind. */
const struct profile *issue_kind_profile(const char *kind);

#endif
