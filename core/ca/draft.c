#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "ca/ca.h"
#include "fleet/dms.h"
#include "fleet/event.h"
#include "pki/name.h"
#include "store/store_cert.h"
#include "store/store_crl.h"
#include "store/store_meta.h"

struct blob ca_make_ski(struct arena *a, const struct cert *cert)
{
	return cert->ski.len ? cert->ski : key_make_ski(a, cert->spki);
}

void ca_draft_fill(const struct env *env, struct ca_draft *d, struct cert *cert, struct blob parent)
{
	struct arena *a = env->arena;
	struct blob bits = key_read_bits(cert->spki);	/* RFC 6960 4.1.1 */
	struct blob ski = ca_make_ski(a, cert);

	d->issuer.cert = cert;
	d->issuer.row = (struct issuer_row){
		.ski = ski,
		.ca = d->ca.id,
		.der = cert->der,
		.sha256 = blob_of(cert->sha256, sizeof(cert->sha256)),
		.parent = parent,
		.serial = cert->serial,
		.key_uri = d->issuer.row.key_uri,
		.name_sha1 = digest_make_sha1(a, cert->subject_der),
		.name_sha256 = digest_make_sha256(a, cert->subject_der),
		.key_sha1 = digest_make_sha1(a, bits),
		.key_sha256 = digest_make_sha256(a, bits),
		.not_before = cert->not_before,
		.not_after = cert->not_after,
		.crl_dirty = d->issuer.row.key_uri != NULL,	/* its first CRL is due */
		.created_at = env->now,
	};
	d->ca.issuer = ski;
	d->ca.created_at = env->now;
}

static bool is_used(const struct issuer_row *i, const struct ca_draft *d)
{
	return blob_equal(i->ski, d->issuer.row.ski) ||
	       (i->key_uri && strcmp(i->key_uri, d->issuer.row.key_uri) == 0);
}

void ca_draft_drop(const struct env *env, const struct ca_draft *d)
{
	struct err ignored = { 0 };
	struct issuer_row *v;
	size_t n;

	if (!d->key_file)
		return;

	AUTO(db_txn) *t = db_begin(env->db, DB_WRITE, &ignored);
	if (!t || store_issuer_list(env->db, env->arena, &v, &n, &ignored) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		if (is_used(&v[i], d))
			return;
	}
	unlink(d->key_file);
}

/* An import that was cut off after the key was written left this very key there. */
static bool holds_key(const struct env *env, const char *uri, const char *file, struct blob spki)
{
	struct err ignored = { 0 };
	const struct key *key;

	if (access(file, F_OK) < 0)
		return false;
	key = key_load(env->arena, uri, env->conf->keys.passphrase_file, &ignored);
	return key && key_check_pair(key, spki, &ignored) == 0;
}

/* The real path of a file below state_dir/keys; NULL: it is none. */
static const char *find_key_file(const struct env *env, const char *path)
{
	const char *keys = arena_printf(env->arena, "%s/keys", env->conf->state_dir);
	char *dir = realpath(keys, NULL), *file = realpath(path, NULL);
	const char *found = NULL;
	size_t n = dir ? strlen(dir) : 0;

	if (dir && file && strncmp(file, dir, n) == 0 && file[n] == '/')
		found = arena_strdup(env->arena, file);
	free(dir);
	free(file);
	return found;
}

const struct key *ca_draft_load_key(const struct env *env, struct ca_draft *d, const char *uri,
				    struct err *e)
{
	const char *path = key_uri_path(uri), *file = path ? find_key_file(env, path) : NULL;

	if (!file && !key_uri_is_token(uri)) {
		err_set(e, ERR_REJECTED, "key_uri",
			"expected pkcs11:... or file:/... of a key below %s/keys, got \"%s\"",
			env->conf->state_dir, uri);
		return NULL;
	}
	d->issuer.row.key_uri = file ? arena_printf(env->arena, "file:%s", file) : uri;
	return key_load(env->arena, d->issuer.row.key_uri, env->conf->keys.passphrase_file, e);
}

void ca_draft_take_key(const struct env *env, struct ca_draft *d, const struct key *key)
{
	struct arena *a = env->arena;
	struct blob ski = d->ca.issuer.len ? d->ca.issuer : key_make_ski(a, key_get_spki(a, key));

	d->key = key;
	d->issuer.row.key_uri =
		arena_printf(a, "file:%s/keys/%s.key", env->conf->state_dir, hex_write(a, ski));
}

int ca_draft_save_key(const struct env *env, struct ca_draft *d, struct err *e)
{
	struct arena *a = env->arena;
	const char *dir = arena_printf(a, "%s/keys", env->conf->state_dir);
	const char *uri = d->issuer.row.key_uri, *file;

	if (!d->key)
		return 0;
	file = uri + strlen("file:");
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return err_fault(e, ERR_INTERNAL, "state_dir", "%s: %s", dir, strerror(errno));
	if (holds_key(env, uri, file, key_get_spki(a, d->key)))
		return 0;
	if (key_save(d->key, file, env->conf->keys.passphrase_file, e) < 0)
		return -1;
	d->key_file = file;
	return 0;
}

/* Under another subject key identifier: OCSP clients name an issuer by name and key (RFC 6960 4.1.1),
 * and could not say which of the two they mean. */
static int find_twin(const struct env *env, const struct issuer_row *row, struct issuer_row *other,
		     struct err *e)
{
	return store_issuer_load_by_hash(env->db, env->arena, row->name_sha256, row->key_sha256,
					 other, e);
}

int ca_check_free(const struct env *env, const struct ca_draft *d, struct err *e)
{
	struct issuer_row other;
	struct dms_row dms;
	int found;

	if (dms_check_name_free(env->db, env->arena, d->ca.id, e) < 0)
		return -1;
	found = store_dms_load(env->db, env->arena, d->ca.name, &dms, e);
	if (found < 0)
		return -1;
	if (found)
		return err_set(
			e, ERR_CONFLICT, "name_taken",
			"common name \"%s\" is the id of a DMS: as a label of EST paths it must name one thing",
			d->ca.name);
	if (!d->ca.issuer.len)
		return 0;
	found = store_issuer_load(env->db, env->arena, d->ca.issuer, &other, e);
	if (found == 0 && d->issuer.row.key_uri && d->issuer.cert)
		found = find_twin(env, &d->issuer.row, &other, e);
	if (found > 0)
		err_set(e, ERR_CONFLICT, "ca_exists", "CA %s has this key already", other.ca);
	return found ? -1 : 0;
}

/* The CA above has become known: from now on OCSP and CRL of that one tell the status. */
static int move_below(const struct env *env, const struct cert_row *c, struct blob parent,
		      struct err *e)
{
	if (store_cert_set_issuer(env->db, c->issuer, c->serial, parent, env->now, e) < 0)
		return -1;
	return c->status == CERT_REVOKED ? store_crl_mark(env->db, parent, e) : 0;
}

int ca_record_certificate(const struct env *env, const struct issuer *ca, struct err *e)
{
	const struct issuer_row *i = &ca->row;
	const struct cert *cert = ca->cert;
	struct cert_row known, row = {
		.issuer = issuer_above(i),
		.serial = i->serial,
		.subject = name_text(env->arena, cert->subject_der),
		.common_name = cert->subject.common_name ? cert->subject.common_name : "",
		.not_before = i->not_before,
		.not_after = i->not_after,
		.status = CERT_ACTIVE,
		.status_at = env->now,
		.der = i->der,
		.sha256 = i->sha256,
		.kind = "ca",
		.version = -1,
		.created_at = env->now,
	};
	int found;

	found = store_cert_load_by_sha256(env->db, env->arena, i->sha256, &known, e);
	if (found < 0)
		return -1;
	if (!found)
		return store_cert_add(env->db, &row, e);
	if (i->parent.len && blob_equal(known.issuer, i->sha256) &&
	    move_below(env, &known, i->parent, e) < 0)
		return -1;
	if (known.status != CERT_REVOKED)
		return 0;
	return store_issuer_set_revoked(env->db, i->ski, known.revoked_at, known.reason, e);
}

int ca_record(const struct env *env, const struct ca_draft *d, const char *event, struct err *e)
{
	struct arena *a = env->arena;
	struct doc *data = doc_object(a);
	struct event v = { .type = event, .data = data };

	if (store_ca_add(env->db, &d->ca, e) < 0 ||
	    store_issuer_add(env->db, &d->issuer.row, e) < 0 ||
	    ca_record_certificate(env, &d->issuer, e) < 0)
		return -1;
	v.subject = arena_printf(a, "ca/%s", d->ca.id);
	doc_set_text(data, "id", d->ca.id);
	doc_set_text(data, "name", d->ca.name);
	doc_set_text(data, "subject_key_id", hex_write(a, d->issuer.row.ski));
	doc_set_text(data, "serial_number", hex_write(a, d->issuer.row.serial));
	doc_set_time(data, "valid_to", d->issuer.row.not_after);
	doc_set_bool(data, "has_key", d->issuer.row.key_uri != NULL);
	if (event_add(env->db, a, env->actor, env->now, &v, e) < 0)
		return -1;
	/* It may be the CA of the operators, or complete a chain of the bundle. */
	return store_meta_bump_trust(env->db, e);
}
