#include "config.h"

#include "fcgi/dms/api.h"

#include "store/store_meta.h"

struct answer *health_get(struct ctx *c)
{
	struct doc *d = doc_object(c->arena);

	doc_set_bool(d, "health", true);
	doc_set_text(d, "version", PACKAGE_VERSION);
	doc_set_text(d, "build", PACKAGE_STRING);
	return resp_doc(c, 200, d);
}

/* Asks the database each time: a connection that was good a minute ago says nothing. Anyone may
 * ask, so the answer is bare; the reason is in the log. */
static bool is_ready(struct ctx *c)
{
	struct meta_row meta;
	int64_t have;

	if (!c->db)
		return false;
	if (store_meta_load(c->db, c->arena, &meta, c->err) <= 0)
		return false;
	return db_schema_version(c->db, &have, c->err) == 0 && have == db_schema_wanted();
}

struct answer *ready_get(struct ctx *c)
{
	bool ready = is_ready(c);
	struct doc *d = doc_object(c->arena);

	doc_set_bool(d, "ready", ready);
	resp_header(c, "Cache-Control", "no-store");
	if (!ready)
		resp_header(c, "Retry-After", "5");
	return resp_doc(c, ready ? 200 : 503, d);
}
