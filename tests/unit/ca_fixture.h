/* A state of its own for each test program: folder, configuration, database, and a clock that the
 * test sets. */
#ifndef TESTS_CA_FIXTURE_H
#define TESTS_CA_FIXTURE_H

#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "ca/ca.h"
#include "ca/issue.h"
#include "ca/published.h"
#include "ca/revoke.h"
#include "ca/status.h"
#include "ca/trust.h"
#include "ca/upkeep.h"
#include "fleet/device.h"
#include "fleet/dms.h"
#include "pki/name.h"
#include "tap.h"

static char fixture_dir[] = "/tmp/shedu-unit.XXXXXX";
static struct conf fixture_conf;
static struct env env;
static struct err err;

static inline void fixture_end(void)
{
	char *paths[] = { fixture_dir, NULL };
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);

	db_close(env.db);
	arena_free(env.arena);
	for (FTSENT *f = tree ? fts_read(tree) : NULL; f; f = fts_read(tree)) {
		if (f->fts_info != FTS_D)
			remove(f->fts_accpath);
	}
	if (tree)
		fts_close(tree);
}

_Noreturn static inline void fixture_die(const char *what)
{
	printf("Bail out! %s: %s\n", what, err_log_text(&err));
	fixture_end();
	exit(1);
}

static inline void fixture_begin(void)
{
	struct arena *a = arena_new();

	if (!mkdtemp(fixture_dir))
		fixture_die("mkdtemp");
	fields_defaults(a, conf_fields, &fixture_conf);
	fixture_conf.state_dir = fixture_dir;
	fixture_conf.database = arena_printf(a, "%s/shedu.db", fixture_dir);
	fixture_conf.public.http_url = "http://pki.example:8080";
	fixture_conf.trust.bundle = arena_printf(a, "%s/trust.pem", fixture_dir);
	fixture_conf.trust.reload_command = arena_printf(a, "echo x >>%s/reloads", fixture_dir);
	env = (struct env){
		.arena = a, .conf = &fixture_conf, .actor = "test", .now = clock_now()
	};
	env.db = db_open(fixture_conf.database, DB_CREATE, &err);
	if (!env.db || db_migrate(env.db, &err) < 0)
		fixture_die("database");
	published_guard(env.db, &fixture_conf);
}

/* The call failed with this kind and code; the error is cleared. */
static inline bool failed(int r, enum err_kind kind, const char *code)
{
	bool as_expected = r < 0 && err.kind == kind && strcmp(err.code, code) == 0;

	if (!as_expected)
		printf("# returned %d, error %d %s: %s\n", r, err.kind, err.code,
		       err_log_text(&err));
	err_clear(&err);
	return as_expected;
}

static inline bool good(int r)
{
	if (r < 0)
		printf("# error %d %s: %s\n", err.kind, err.code, err_log_text(&err));
	err_clear(&err);
	return r >= 0;
}

static inline int make_ca(const char *id, const char *parent, int64_t validity, struct issuer *out)
{
	const struct ca_order o = {
		.id = id,
		.parent = parent,
		.subject = { .common_name = arena_printf(env.arena, "CA %s", id),
			     .organization = "Example" },
		.key = { KEY_ECDSA, 256 },
		.validity = { .type = VALIDITY_DURATION, .duration = validity },
	};

	return ca_create(&env, &o, out, &err);
}

static inline struct key *make_key(int type, int64_t bits)
{
	const struct key_spec spec = { type, bits };
	struct key *k = key_new(env.arena, &spec, &err);

	if (!k)
		fixture_die("key");
	return k;
}

static inline struct csr *make_csr(const char *cn, const struct key *k, const char *san)
{
	const struct subject s = { .common_name = cn };
	const struct texts names = { .v = &san, .n = san ? 1 : 0 };
	struct blob name, names_der = { 0 }, der;
	struct csr *r = NULL;

	if (name_make(env.arena, &s, &name, &err) == 0 &&
	    (!san || cert_make_san(env.arena, &names, &names_der, &err) == 0) &&
	    csr_make(env.arena, name, names_der, k, &der, &err) == 0)
		r = csr_read(env.arena, der, &err);
	if (!r)
		fixture_die("csr");
	return r;
}

/* A device with a certificate of the CA as its active version. */
static inline struct cert *make_device(const char *id, const char *dms, const struct issuer *ca,
				       int64_t validity)
{
	struct profile f = *issue_kind_profile("bootstrap");
	struct device_row d;
	struct cert *c;
	struct issue_record r = {
		.issuer = ca->row.ski, .kind = "device", .dms = dms, .device = id
	};
	struct slot_row slot = {
		.device = id, .issuer = ca->row.ski, .event = "PROVISIONED", .at = env.now
	};

	f.validity.duration = validity;
	if (issue_sign(&env, ca, &f, make_csr(id, make_key(KEY_ECDSA, 256), NULL), &c, &err) < 0)
		fixture_die("issue");
	device_init(&d, id, dms, env.now);
	d.state = DEVICE_LIVE;
	d.active_version = 0;
	d.active_not_after = slot.not_after = c->not_after;
	r.cert = c;
	slot.serial = c->serial;

	AUTO(db_txn) *t = db_begin(env.db, DB_WRITE, &err);
	if (!t || store_device_add(env.db, &d, &err) < 0 || issue_record(&env, &r, &err) < 0 ||
	    store_slot_add(env.db, &slot, &err) < 0 || store_commit(&t, &err) < 0)
		fixture_die("device");
	return c;
}

static inline void make_dms(const char *id, const char *settings)
{
	const struct dms_row d = { .id = id,
				   .name = id,
				   .settings = settings,
				   .metadata = "{}",
				   .version = 1,
				   .created_at = env.now,
				   .updated_at = env.now };

	AUTO(db_txn) *t = db_begin(env.db, DB_WRITE, &err);
	if (!t || store_dms_add(env.db, &d, &err) < 0 || store_commit(&t, &err) < 0)
		fixture_die("dms");
}

static inline struct cert_row load_cert(const struct cert *c)
{
	struct cert_row row = { 0 };

	if (store_cert_load_by_sha256(env.db, env.arena, blob_of(c->sha256, sizeof(c->sha256)),
				      &row, &err) <= 0)
		fixture_die("certificate row");
	return row;
}

/* In a transaction of its own: reason -1 releases. */
static inline int revoke_one(const struct cert *c, int reason)
{
	struct cert_row row = load_cert(c);

	AUTO(db_txn) *t = db_begin(env.db, DB_WRITE, &err);
	if (!t || (reason < 0 ? revoke_release(&env, &row, &err)
			      : revoke_certificate(&env, &row, reason, &err)) < 0)
		return -1;
	return store_commit(&t, &err);
}

#endif
