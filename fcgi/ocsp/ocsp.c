#include "fcgi/ocsp/ocsp.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/hex.h"
#include "pki/digest.h"
#include "ca/status.h"
#include "store/db.h"
#include "web/problem.h"
#include "web/serve.h"

/* PUT is what Lamassu's page calls POST. */
#define STATUS(prefix)                                                                             \
	{ METHOD_GET, prefix, ACCESS_PUBLIC, NULL,                                                 \
	  NULL,	      0,      ocsp_get,	     "status of a certificate (RFC 6960)" },               \
		{ METHOD_POST | METHOD_PUT,                                                        \
		  prefix,                                                                          \
		  ACCESS_PUBLIC,                                                                   \
		  "*",                                                                             \
		  NULL,                                                                            \
		  OCSP_MAX_BODY,                                                                   \
		  ocsp_post,                                                                       \
		  "status of a certificate, the request in the body" },                            \
		{ METHOD_GET,	 prefix "/{request*}",                                             \
		  ACCESS_PUBLIC, NULL,                                                             \
		  NULL,		 0,                                                                \
		  ocsp_get,	 "status of a certificate, the request in base64" },               \
	{                                                                                          \
		METHOD_POST | METHOD_PUT, prefix "/{request*}", ACCESS_PUBLIC, "*", NULL,          \
			OCSP_MAX_BODY, ocsp_post, "the same as without the last slash"             \
	}

#define CRL(prefix)                                                                                \
	{ METHOD_GET,	 prefix "/{ski}",                                                          \
	  ACCESS_PUBLIC, NULL,                                                                     \
	  NULL,		 0,                                                                        \
	  ocsp_crl,	 "the CRL of the CA with this subject key identifier" },                   \
	{                                                                                          \
		METHOD_GET, prefix "/{scope}/{ski}", ACCESS_PUBLIC, NULL, NULL, 0, ocsp_crl,       \
			"its delta CRL, or the shard K of N: delta, N-K"                           \
	}

static const struct route routes[] = {
	STATUS("/ocsp"), STATUS("/api/ocsp"), STATUS("/api/va/ocsp"),
	CRL("/crl"),	 CRL("/api/va/crl"),
};

struct env ocsp_env(const struct ctx *c)
{
	return (struct env){
		.db = c->db,
		.arena = c->arena,
		.conf = c->conf,
		.actor = "ocsp",
		.now = clock_now(),
	};
}

static void put_digits(char *s, size_t n, int v)
{
	for (; n > 0; v /= 10)
		s[--n] = (char)('0' + v % 10);
}

/* RFC 9110 5.6.7, whatever the locale. */
static const char *http_date(struct arena *a, int64_t us)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t t = (time_t)(us / CLOCK_SECOND);
	struct tm tm;

	if (!gmtime_r(&t, &tm))
		return "Thu, 01 Jan 1970 00:00:00 GMT";
	char *s = arena_strdup(a, "Thu, 01 Jan 1970 00:00:00 GMT");

	memcpy(s, days[tm.tm_wday], 3);
	put_digits(s + 5, 2, tm.tm_mday);
	memcpy(s + 8, months[tm.tm_mon], 3);
	put_digits(s + 12, 4, tm.tm_year + 1900);
	put_digits(s + 17, 2, tm.tm_hour);
	put_digits(s + 20, 2, tm.tm_min);
	put_digits(s + 23, 2, tm.tm_sec);
	return s;
}

struct answer *ocsp_send_unkept(struct ctx *c, const char *type, struct blob body)
{
	resp_header(c, "Cache-Control", "max-age=0, no-store");
	return resp_blob(c, 200, type, body);
}

struct answer *ocsp_send_fresh(struct ctx *c, const char *type, const struct freshness *f)
{
	int64_t max_age = c->conf->ocsp.max_age / CLOCK_SECOND;
	int64_t left = (f->next_update - f->now) / CLOCK_SECOND - 1;
	struct blob sha256 = f->sha256.len ? f->sha256 : digest_make_sha256(c->arena, f->body);
	const char *tag = arena_printf(c->arena, "\"%s\"", hex_write(c->arena, sha256));

	if (left < max_age)
		max_age = left;
	if (max_age <= 0)
		return ocsp_send_unkept(c, type, f->body);
	resp_header(c, "Cache-Control", "max-age=%lld, public, no-transform, must-revalidate",
		    (long long)max_age);
	resp_header(c, "Last-Modified", "%s", http_date(c->arena, f->this_update));
	resp_header(c, "Expires", "%s", http_date(c->arena, f->next_update));
	resp_header(c, "ETag", "%s", tag);
	if (req_has_tag(c->req, tag))
		return resp_empty(c, 304);
	return resp_blob(c, 200, type, f->body);
}

static int open_database(const struct conf *conf, struct db **db, struct err *e)
{
	*db = db_open(conf->database, DB_READ_ONLY, e);
	return *db ? 0 : -1;
}

static void close_all(struct db *db)
{
	status_close();
	db_close(db);
}

static struct answer *unavailable(struct ctx *c, const struct route *route)
{
	return route->handler == ocsp_crl ? resp_problem(c) : ocsp_try_later(c);
}

/* A CRL that is not there now may be in a moment. */
static struct answer *problem(struct ctx *c)
{
	resp_header(c, "Cache-Control", "no-store");
	return problem_text(c);
}

static const struct service service = {
	.name = "ocsp",
	.routes = routes,
	.nroutes = ARRAY_LEN(routes),
	.open = open_database,
	.close = close_all,
	.problem = problem,
	.unavailable = unavailable,
};

int main(int argc, char **argv)
{
	return serve(&service, argc, argv);
}
