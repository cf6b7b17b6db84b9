#include "data/conf.h"

#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define AT(member) .offset = offsetof(struct conf, member)
#define INNER .type = FIELD_OBJECT, .offset = 0
#define LONGEST (10 * 364 * CLOCK_DAY)

AUTO_TYPE(config, config_t, config_destroy)

static int check_path(const char *value, struct err *e)
{
	if (value[0] == '/')
		return 0;
	return err_set(e, ERR_REJECTED, "path",
		       "expected an absolute path: programs start in different folders; "
		       "got \"%.200s\"",
		       value);
}

static int check_url(const char *value, const char *scheme, struct err *e)
{
	size_t n = strlen(scheme);

	if (strncmp(value, scheme, n) != 0 || !value[n])
		return err_set(e, ERR_REJECTED, "url", "expected %s and a host; got \"%.200s\"",
			       scheme, value);
	if (value[strlen(value) - 1] == '/')
		return err_set(e, ERR_REJECTED, "url", "expected no '/' at the end; got \"%.200s\"",
			       value);
	return 0;
}

static int check_https(const char *value, struct err *e)
{
	return check_url(value, "https://", e);
}

static int check_http(const char *value, struct err *e)
{
	return check_url(value, "http://", e);
}

static int check_dms(const char *value, struct err *e)
{
	return text_check_id("DMS id", value, e);
}

static const struct field keys_fields[] = {
	{ "passphrase_file", FIELD_TEXT, AT(keys.passphrase_file), .check = check_path,
	  .help = "File with the passphrase of the key files; absent: they are not encrypted" },
	FIELD_END,
};

static const struct field public_fields[] = {
	{ "https_url", FIELD_TEXT, AT(public.https_url), .flags = FIELD_REQUIRED,
	  .check = check_https, .help = "Where clients reach EST and the API" },
	{ "http_url", FIELD_TEXT, AT(public.http_url), .flags = FIELD_REQUIRED, .check = check_http,
	  .help = "Where clients reach OCSP and CRLs; stands in every certificate" },
	FIELD_END,
};

static const struct field est_fields[] = {
	{ "default_dms", FIELD_TEXT, AT(est.default_dms), .check = check_dms,
	  .help = "The DMS of EST paths without a label" },
	{ "system_ca", FIELD_TEXT, AT(est.system_ca), .check = check_path,
	  .help = "File (PEM) with the root of the server's TLS certificate, for cacerts" },
	{ "replay_window", FIELD_DURATION, AT(est.replay_window), .max = LONGEST, .def = "24h",
	  .help = "How long a repeated request gets the certificate of the first" },
	FIELD_END,
};

static const struct field ocsp_fields[] = {
	{ "validity", FIELD_DURATION, AT(ocsp.validity), .min = CLOCK_SECOND, .max = LONGEST,
	  .def = "12h", .help = "From thisUpdate to nextUpdate of a response" },
	{ "backdate", FIELD_DURATION, AT(ocsp.backdate), .max = CLOCK_DAY, .def = "5m",
	  .help = "How far thisUpdate lies in the past, for clients whose clocks are late" },
	{ "max_age", FIELD_DURATION, AT(ocsp.max_age), .max = CLOCK_DAY, .def = "1m",
	  .help = "How long a cache may keep a response" },
	{ "cache_dir", FIELD_TEXT, AT(ocsp.cache_dir), .check = check_path,
	  .help = "Folder of the signed responses that are used again, writable for the OCSP "
		  "responder; absent: ocsp in state_dir" },
	{ "cache_entries", FIELD_INT, AT(ocsp.cache_entries), .max = 100000000, .def = "100000",
	  .help = "How many of them, each of about 1 KB; 0: none" },
	{ "publish_dir", FIELD_TEXT, AT(ocsp.publish_dir), .check = check_path,
	  .help = "Folder, on tmpfs, of the responses and CRLs that the web server gives out itself; absent: "
		  "none are published" },
	{ "publish_max", FIELD_INT, AT(ocsp.publish_max), .min = 1, .max = 1000000, .def = "200000",
	  .help = "How many of them, each of 4 KB" },
	{ "max_signing", FIELD_INT, AT(ocsp.max_signing), .max = 10000,
	  .help = "Responses signed at the same time, beyond which the answer is tryLater; 0: as "
		  "many as there are workers" },
	FIELD_END,
};

static const struct field crl_fields[] = {
	{ "validity", FIELD_DURATION, AT(crl.validity), .min = CLOCK_MINUTE, .max = LONGEST,
	  .def = "7d", .help = "From thisUpdate to nextUpdate of a CRL" },
	FIELD_END,
};

static const struct field trust_fields[] = {
	{ "bundle", FIELD_TEXT, AT(trust.bundle), .check = check_path,
	  .help = "File that the tick writes for the web server: the CAs of client certificates" },
	{ "reload_command", FIELD_TEXT, AT(trust.reload_command),
	  .help = "Shell command after a change of the bundle" },
	FIELD_END,
};

static const struct field webhook_fields[] = {
	{ "slots", FIELD_INT, AT(webhook.slots), .max = 10000,
	  .help = "Calls to webhooks and key sets at the same time; 0: half of the est workers" },
	FIELD_END,
};

static const struct field log_fields[] = {
	{ "file", FIELD_TEXT, AT(log.file), .check = check_path,
	  .help = "Log file, one JSON object per line; absent: standard error" },
	FIELD_END,
};

const struct field conf_fields[] = {
	{ "database", FIELD_TEXT, AT(database), .def = LOCALSTATEDIR "/lib/shedu/shedu.db",
	  .check = check_path, .help = "The SQLite database" },
	{ "state_dir", FIELD_TEXT, AT(state_dir), .def = LOCALSTATEDIR "/lib/shedu",
	  .check = check_path, .help = "Folder of the keys" },
	{ "keys", INNER, .sub = keys_fields },
	{ "public", INNER, .sub = public_fields },
	{ "est", INNER, .sub = est_fields },
	{ "ocsp", INNER, .sub = ocsp_fields },
	{ "crl", INNER, .sub = crl_fields },
	{ "trust", INNER, .sub = trust_fields },
	{ "webhook", INNER, .sub = webhook_fields },
	{ "log", INNER, .sub = log_fields },
	FIELD_END,
};

static struct doc *convert(struct arena *a, const config_setting_t *s)
{
	unsigned n = config_setting_is_aggregate(s) ? (unsigned)config_setting_length(s) : 0;
	const config_setting_t *child;
	struct doc *out;

	switch (config_setting_type(s)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return doc_int(a, config_setting_get_int64(s));
	case CONFIG_TYPE_FLOAT:
		return doc_real(a, config_setting_get_float(s));
	case CONFIG_TYPE_BOOL:
		return doc_bool(a, config_setting_get_bool(s));
	case CONFIG_TYPE_STRING:
		return doc_text(a, config_setting_get_string(s));
	case CONFIG_TYPE_GROUP:
		out = doc_object(a);
		for (unsigned i = 0; i < n; i++) {
			child = config_setting_get_elem(s, i);
			doc_set(out, config_setting_name(child), convert(a, child));
		}
		return out;
	}
	out = doc_array(a);	/* CONFIG_TYPE_ARRAY, CONFIG_TYPE_LIST */
	for (unsigned i = 0; i < n; i++)
		doc_add(out, convert(a, config_setting_get_elem(s, i)));
	return out;
}

/* The setting that a pointer names, or the nearest group above when it is not there. */
static const config_setting_t *find(const config_t *c, struct arena *a, const char *pointer)
{
	const config_setting_t *s = config_root_setting(c), *next;
	char *rest = arena_strdup(a, pointer), *name;

	while ((name = strsep(&rest, "/"))) {
		if (!*name)
			continue;
		next = config_setting_is_group(s) ? config_setting_get_member(s, name) : NULL;
		if (!next)
			break;
		s = next;
	}
	return s;
}

static int report(const config_t *c, const struct problems *p, const char *path, struct err *e)
{
	struct text t;

	if (p->n == 0)
		return 0;
	text_init(&t, p->arena);
	for (size_t i = 0; i < p->n; i++) {
		const config_setting_t *s = find(c, p->arena, p->v[i].pointer);
		char *name = arena_strdup(p->arena, p->v[i].pointer + 1);

		for (char *dot = name; (dot = strchr(dot, '/'));)
			*dot = '.';
		text_addf(&t, "%s%s:%u: %s: %s", i ? "; " : "", path, config_setting_source_line(s),
			  name, p->v[i].text);
	}
	return err_fault(e, ERR_INTERNAL, "conf", "%s", t.s);
}

static int read_conf(struct arena *a, struct conf *out, struct err *e)
{
	AUTO(config) *c = arena_alloc(a, sizeof(*c));
	struct problems p;

	config_init(c);
	if (!config_read_file(c, out->path)) {
		if (config_error_type(c) == CONFIG_ERR_PARSE)
			return err_fault(e, ERR_INTERNAL, "conf", "%s:%d: %s",
					 config_error_file(c) ? config_error_file(c) : out->path,
					 config_error_line(c), config_error_text(c));
		return err_fault(e, ERR_INTERNAL, "conf", "%s: cannot be read: %m", out->path);
	}
	problems_init(&p, a);
	fields_read(a, conf_fields, convert(a, config_root_setting(c)), out, "", &p);
	return report(c, &p, out->path, e);
}

struct conf *conf_load(struct arena *a, const char *path, struct err *e)
{
	struct conf *out = arena_alloc(a, sizeof(*out));
	char *real;

	if (!path || !*path)
		path = getenv("SHEDU_CONF");
	if (!path || !*path)
		path = SYSCONFDIR "/shedu/shedu.conf";
	real = realpath(path, NULL);
	if (!real) {
		err_fault(e, ERR_INTERNAL, "conf", "%s: %m (named by --conf or SHEDU_CONF)", path);
		return NULL;
	}
	out->path = arena_strdup(a, real);
	free(real);
	return read_conf(a, out, e) ? NULL : out;
}
