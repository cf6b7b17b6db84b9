#include "fleet/issuer.h"

/* Longer than any real path: stops at rows that name each other as parents. */
enum { MAX_CHAIN = 16 };

/* What is stored was read once already, so one that does not read now is our fault, not a client's. */
static struct cert *read_stored(struct arena *a, const struct issuer_row *row, struct err *e)
{
	struct err why = { 0 };
	struct cert *c = cert_read(a, row->der, &why);

	if (!c)
		err_fault(e, ERR_INTERNAL, "issuer", "stored certificate of CA %s: %s", row->ca,
			  err_log_text(&why));
	return c;
}

int issuer_load_by_ski(struct db *db, struct arena *a, struct blob ski, struct issuer *i,
		       struct err *e)
{
	int found = store_issuer_load(db, a, ski, &i->row, e);

	if (found <= 0)
		return found;
	i->cert = read_stored(a, &i->row, e);
	return i->cert ? 1 : -1;
}

int issuer_load(struct db *db, struct arena *a, const char *ca, struct issuer *i, struct err *e)
{
	struct ca_row row;
	int found = store_ca_load(db, a, ca, &row, e);

	return found <= 0 ? found : issuer_load_by_ski(db, a, row.issuer, i, e);
}

int issuer_load_eras(struct db *db, struct arena *a, const char *ca, struct issuer **v, size_t *n,
		     struct err *e)
{
	struct issuer_row *rows;
	struct ca_row row;
	size_t nrows;
	int found = store_ca_load(db, a, ca, &row, e);

	*n = 0;
	if (found <= 0)
		return found;
	if (store_issuer_list_by_ca(db, a, ca, &rows, &nrows, e) < 0)
		return -1;
	*v = arena_array(a, nrows + 1, sizeof(**v));
	for (int current = 1; current >= 0; current--) {
		for (size_t i = 0; i < nrows; i++) {
			if (blob_equal(rows[i].ski, row.issuer) != current)
				continue;
			(*v)[*n].row = rows[i];
			(*v)[*n].cert = read_stored(a, &rows[i], e);
			if (!(*v)[(*n)++].cert)
				return -1;
		}
	}
	return 0;
}

int issuer_walk(struct db *db, struct arena *a, struct blob ski,
		int (*see)(void *p, const struct issuer_row *row, struct err *e), void *p,
		struct err *e)
{
	struct issuer_row row;

	for (int level = 0; level < MAX_CHAIN; level++) {
		int rc = store_issuer_load(db, a, ski, &row, e);

		if (rc <= 0)
			return rc;
		rc = see(p, &row, e);
		if (rc != 0 || row.parent.len == 0 || blob_equal(row.parent, row.ski))
			return rc;
		ski = row.parent;
	}
	return err_fault(e, ERR_INTERNAL, "issuer", "the chain of CA %s has no end", row.ca);
}

static int see_revoked(void *p, const struct issuer_row *row, struct err *e)
{
	(void)p, (void)e;
	return row->revoked_at != 0;
}

int issuer_find_revoked(struct db *db, struct arena *a, struct blob ski, struct err *e)
{
	return issuer_walk(db, a, ski, see_revoked, NULL, e);
}

struct chain {
	struct arena *arena;
	struct issuer *v;
	size_t n;
};

static int see_chain(void *p, const struct issuer_row *row, struct err *e)
{
	struct chain *c = p;
	struct issuer *i = &c->v[c->n++];

	i->row = *row;
	i->cert = read_stored(c->arena, row, e);
	return i->cert ? 0 : -1;
}

int issuer_load_chain(struct db *db, struct arena *a, struct blob ski, struct issuer **v, size_t *n,
		      struct err *e)
{
	struct chain c = { a, arena_array(a, MAX_CHAIN, sizeof(*c.v)), 0 };
	int rc = issuer_walk(db, a, ski, see_chain, &c, e);

	*v = c.v;
	*n = c.n;
	return rc;
}

struct blob issuer_above(const struct issuer_row *row)
{
	return row->parent.len ? row->parent : row->sha256;
}

int issuer_load_all(struct db *db, struct arena *a, struct issuer **v, size_t *n, struct err *e)
{
	struct issuer_row *rows;

	if (store_issuer_list(db, a, &rows, n, e) < 0)
		return -1;
	*v = arena_array(a, *n, sizeof(**v));
	for (size_t i = 0; i < *n; i++) {
		(*v)[i].row = rows[i];
		(*v)[i].cert = read_stored(a, &rows[i], e);
		if (!(*v)[i].cert)
			return -1;
	}
	return 0;
}

int issuer_load_unrevoked(struct db *db, struct arena *a, const struct cert ***v, size_t *n,
			  struct err *e)
{
	struct issuer_row *rows;
	size_t nrows;

	if (store_issuer_list(db, a, &rows, &nrows, e) < 0)
		return -1;
	*v = arena_array(a, nrows, sizeof(**v));
	*n = 0;
	for (size_t i = 0; i < nrows; i++) {
		if (rows[i].revoked_at)
			continue;
		(*v)[*n] = read_stored(a, &rows[i], e);
		if (!(*v)[(*n)++])
			return -1;
	}
	return 0;
}
