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

int issuer_load_chain(struct db *db, struct arena *a, struct blob ski, struct issuer **v, size_t *n,
		      struct err *e)
{
	*v = arena_array(a, MAX_CHAIN, sizeof(**v));
	*n = 0;
	while (*n < MAX_CHAIN) {
		struct issuer *i = &(*v)[*n];
		int found = issuer_load_by_ski(db, a, ski, i, e);

		if (found < 0)
			return -1;
		if (!found)
			return 0;
		(*n)++;
		if (!i->row.parent.len || blob_equal(i->row.parent, i->row.ski))
			return 0;
		ski = i->row.parent;
	}
	return err_fault(e, ERR_INTERNAL, "issuer", "the chain of CA %s has no end", (*v)[0].row.ca);
}

int issuer_load_all(struct db *db, struct arena *a, const struct cert ***v, size_t *n, struct err *e)
{
	struct issuer_row *rows;
	size_t nrows;

	if (store_issuer_list(db, a, &rows, &nrows, e) < 0)
		return -1;
	*v = arena_array(a, nrows, sizeof(**v));
	*n = nrows;
	for (size_t i = 0; i < nrows; i++) {
		(*v)[i] = read_stored(a, &rows[i], e);
		if (!(*v)[i])
			return -1;
	}
	return 0;
}
