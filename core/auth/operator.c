#include "auth/auth.h"

#include <string.h>

#include "pki/cert.h"
#include "store/store_ca.h"
#include "store/store_cert.h"
#include "store/store_operator.h"

static int refuse(struct err *e, const char *code, const char *why)
{
	return err_set(e, ERR_UNAUTHENTICATED, code,
		       "expected the client certificate of an operator of this system, %s", why);
}

/* The register knows it as a certificate of the operators' CA that still holds. */
static int check_issued(struct db *db, struct arena *a, const struct cert *c, struct err *e)
{
	struct blob sha256 = blob_of(c->sha256, sizeof(c->sha256));
	struct issuer_row issuer;
	struct cert_row row;
	int found = store_cert_load_by_sha256(db, a, sha256, &row, e);

	if (found < 0)
		return -1;
	if (!found)
		return refuse(e, "not_operator", "got one that was not issued here");
	if (row.status != CERT_ACTIVE)
		return refuse(e, "certificate_revoked", "got one that is revoked");
	found = store_issuer_load(db, a, row.issuer, &issuer, e);
	if (found < 0)
		return -1;
	if (!found || strcmp(issuer.ca, OPERATORS_CA) != 0)
		return refuse(e, "not_operator", "got one of another CA than \"" OPERATORS_CA "\"");
	if (issuer.revoked_at)
		return refuse(e, "certificate_revoked", "got one whose CA is revoked");
	return 0;
}

static int check_time(const struct cert *c, int64_t now, struct err *e)
{
	if (now < c->not_before)
		return refuse(e, "certificate_not_yet_valid", "got one that is not yet valid");
	if (now >= c->not_after)
		return refuse(e, "certificate_expired", "got one that has expired");
	return 0;
}

static int read_reach(struct arena *a, const struct operator_row *o, struct who *who, struct err *e)
{
	const struct doc *list;

	who->all_dms = !o->dms;
	if (!o->dms)
		return 0;
	list = doc_read(a, o->dms, strlen(o->dms), e);
	if (!list)
		return err_fault(e, ERR_INTERNAL, "operator", "stored DMS list of operator %s",
				 o->name);
	who->dms.v = arena_array(a, doc_len(list), sizeof(*who->dms.v));
	for (size_t i = 0; i < doc_len(list); i++)
		who->dms.v[who->dms.n++] = doc_get_text(doc_at(list, i));
	return 0;
}

int auth_operator(struct db *db, struct arena *a, const char *client_cert, int64_t now,
		  struct who *who, struct err *e)
{
	struct operator_row row;
	struct cert *c;
	int role, found;

	*who = (struct who){ .role = ROLE_NONE, .name = "anonymous" };
	if (!client_cert)
		return refuse(e, "no_client_certificate",
			      "got none (behind lighttpd an unlisted issuer looks like none)");
	c = cert_read_pem(a, client_cert, strlen(client_cert), e);
	if (!c) {
		err_clear(e);
		return refuse(e, "client_certificate", "got one that cannot be read");
	}
	found = store_operator_load(db, a, blob_of(c->sha256, sizeof(c->sha256)), &row, e);
	if (found < 0)
		return -1;
	if (!found)
		return refuse(e, "not_operator", "got the certificate of somebody else");
	if (row.removed_at)
		return refuse(e, "operator_removed", "got one of an operator who was removed");
	if (check_time(c, now, e) < 0 || check_issued(db, a, c, e) < 0)
		return -1;
	if (token_value(role_names, row.role, &role) < 0)
		return err_fault(e, ERR_INTERNAL, "operator", "stored role \"%s\" of operator %s",
				 row.role, row.name);
	who->name = arena_printf(a, "operator:%s", row.name);
	who->cert = c;
	who->credential = blob_of(c->sha256, sizeof(c->sha256));
	if (read_reach(a, &row, who, e) < 0)
		return -1;
	who->role = role;
	return 0;
}
