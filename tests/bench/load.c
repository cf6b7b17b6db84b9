/*
 * A load generator: a closed loop of N connections on libcurl's multi interface. Certificates and
 * bodies were made beforehand; every answer's status is checked.
 *
 * Prints "label rate p50 p99 requests errors": requests per second, microseconds.
 */
#include "config.h"

#include <curl/curl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/b64.h"

enum { MAX_CONNECTIONS = 256 };

struct options {
	const char *label, *url, *type, *bodies, *cert, *key, *ca;
	const char *authorizations;	/* a line for each body, or one for all */
	long connections, requests, seconds, status;
	bool fresh;	/* a TLS handshake for every request */
	bool decode;	/* the bodies are base64 of what is sent */
	bool once;	/* no body twice: the run ends with them */
};

struct load {
	struct options o;
	struct arena *arena;
	CURLM *multi;
	struct curl_slist *headers;
	struct curl_blob cert, key, ca;
	struct blob *bodies, *authorizations;
	size_t nbodies, nauthorizations, next_body;
	long started, running, done, errors;
	double *times;		/* of each answer, microseconds */
	double deadline;
	char first_error[256];
};

struct slot {
	struct load *load;
	CURL *easy;
	struct curl_slist *headers;	/* with the authorization of this request */
	double started;
	size_t got;
};

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void fail(const char *what, const char *detail)
{
	fprintf(stderr, "load: %s: %s\n", what, detail);
	exit(1);
}

static struct blob read_file(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "rb");
	unsigned char *p;
	long size;

	if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0)
		fail(path, "cannot be read");
	rewind(f);
	p = arena_alloc(a, (size_t)size + 1);
	if (fread(p, 1, (size_t)size, f) != (size_t)size)
		fail(path, "cannot be read");
	fclose(f);
	return blob_of(p, (size_t)size);
}

static struct curl_blob curl_file(struct arena *a, const char *path)
{
	struct blob b = read_file(a, path);

	return (struct curl_blob){ (void *)(uintptr_t)b.data, b.len, CURL_BLOB_NOCOPY };
}

static struct blob *read_lines(struct arena *a, const char *path, size_t *n)
{
	struct blob file = read_file(a, path), *v;
	const char *s = (const char *)file.data;
	size_t lines = 0;

	for (size_t i = 0; i < file.len; i++)
		lines += s[i] == '\n';
	if (!lines)
		fail(path, "holds no lines");
	v = arena_array(a, lines, sizeof *v);
	*n = 0;
	for (const char *end; (end = strchr(s, '\n')); s = end + 1)
		v[(*n)++] = blob_of(s, (size_t)(end - s));
	return v;
}

static void read_bodies(struct load *l)
{
	struct err e = { .kind = ERR_NONE };

	l->bodies = read_lines(l->arena, l->o.bodies, &l->nbodies);
	for (size_t i = 0; l->o.decode && i < l->nbodies; i++) {
		struct blob *b = &l->bodies[i];

		if (b64_read(l->arena, (const char *)b->data, b->len, 0, b, &e))
			fail(l->o.bodies, e.text);
	}
}

static size_t take(char *data, size_t size, size_t n, void *p)
{
	(void)data;
	((struct slot *)p)->got += size * n;
	return size * n;
}

static void set_tls(const struct load *l, CURL *c)
{
	if (l->ca.data)
		curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &l->ca);
	if (l->cert.data) {
		curl_easy_setopt(c, CURLOPT_SSLCERT_BLOB, &l->cert);
		curl_easy_setopt(c, CURLOPT_SSLKEY_BLOB, &l->key);
	}
	if (l->o.fresh) {
		curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
		curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
		curl_easy_setopt(c, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	}
}

static void slot_init(struct load *l, struct slot *s)
{
	CURL *c = curl_easy_init();

	s->load = l;
	s->easy = c;
	curl_easy_setopt(c, CURLOPT_URL, l->o.url);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "shedu-bench");
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, s);
	curl_easy_setopt(c, CURLOPT_PRIVATE, s);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, 30L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, l->headers);
	set_tls(l, c);
}

static struct curl_slist *make_headers(const struct load *l, const struct blob *authorization)
{
	struct curl_slist *h = curl_slist_append(NULL, "Expect:");

	if (l->o.type)
		h = curl_slist_append(h, arena_printf(l->arena, "Content-Type: %s", l->o.type));
	if (authorization)
		h = curl_slist_append(h, arena_printf(l->arena, "Authorization: %.*s",
						      (int)authorization->len,
						      (const char *)authorization->data));
	return h;
}

static void authorize(struct load *l, struct slot *s, size_t body)
{
	curl_slist_free_all(s->headers);
	s->headers = make_headers(l, &l->authorizations[body % l->nauthorizations]);
	curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, s->headers);
}

/* The next request of a slot, if there is one left. */
static void begin(struct load *l, struct slot *s)
{
	if (l->started == l->o.requests || now_us() > l->deadline)
		return;
	if (l->o.once && l->next_body == l->nbodies)
		return;
	if (l->nbodies) {
		const size_t i = l->next_body++ % l->nbodies;
		const struct blob *b = &l->bodies[i];

		if (l->nauthorizations)
			authorize(l, s, i);
		curl_easy_setopt(s->easy, CURLOPT_POSTFIELDS, (const char *)b->data);
		curl_easy_setopt(s->easy, CURLOPT_POSTFIELDSIZE, (long)b->len);
	}
	s->got = 0;
	s->started = now_us();
	l->started++;
	l->running++;
	curl_multi_add_handle(l->multi, s->easy);
}

static void finish(struct load *l, CURLMsg *m)
{
	CURLcode rc = m->data.result;
	struct slot *s;
	long status = 0;

	curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &s);
	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	l->times[l->done++] = now_us() - s->started;
	if (rc != CURLE_OK || status != l->o.status || !s->got) {
		if (!l->errors++)
			snprintf(l->first_error, sizeof l->first_error,
				 "%s, status %ld, %zu octets", curl_easy_strerror(rc), status,
				 s->got);
	}
	curl_multi_remove_handle(l->multi, s->easy);
	l->running--;
	begin(l, s);
}

static void run(struct load *l)
{
	int active, left;
	CURLMsg *m;

	do {
		curl_multi_perform(l->multi, &active);
		while ((m = curl_multi_info_read(l->multi, &left)))
			if (m->msg == CURLMSG_DONE)
				finish(l, m);
		if (l->running)
			curl_multi_poll(l->multi, NULL, 0, 1000, NULL);
	} while (l->running);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void report(struct load *l, double seconds)
{
	qsort(l->times, (size_t)l->done, sizeof *l->times, by_size);
	printf("%s %.0f %.0f %.0f %ld %ld\n", l->o.label, (double)l->done / seconds,
	       l->times[l->done / 2], l->times[l->done - 1 - l->done / 100], l->done, l->errors);
	if (l->errors)
		fprintf(stderr, "load: %s: %ld of %ld failed, the first: %s\n", l->o.label,
			l->errors, l->done, l->first_error);
}

enum option_type { OPTION_TEXT, OPTION_NUMBER, OPTION_FLAG };

static const struct {
	const char *name;
	enum option_type type;
	size_t offset;
} option_rows[] = {
	{ "label", OPTION_TEXT, offsetof(struct options, label) },
	{ "url", OPTION_TEXT, offsetof(struct options, url) },
	{ "type", OPTION_TEXT, offsetof(struct options, type) },
	{ "bodies", OPTION_TEXT, offsetof(struct options, bodies) },
	{ "cert", OPTION_TEXT, offsetof(struct options, cert) },
	{ "key", OPTION_TEXT, offsetof(struct options, key) },
	{ "ca", OPTION_TEXT, offsetof(struct options, ca) },
	{ "authorizations", OPTION_TEXT, offsetof(struct options, authorizations) },
	{ "connections", OPTION_NUMBER, offsetof(struct options, connections) },
	{ "requests", OPTION_NUMBER, offsetof(struct options, requests) },
	{ "seconds", OPTION_NUMBER, offsetof(struct options, seconds) },
	{ "status", OPTION_NUMBER, offsetof(struct options, status) },
	{ "fresh", OPTION_FLAG, offsetof(struct options, fresh) },
	{ "decode", OPTION_FLAG, offsetof(struct options, decode) },
	{ "once", OPTION_FLAG, offsetof(struct options, once) },
};

static void set_option(struct options *o, size_t row)
{
	char *p = (char *)o + option_rows[row].offset;

	switch (option_rows[row].type) {
	case OPTION_TEXT:
		*(const char **)(void *)p = optarg;
		break;
	case OPTION_NUMBER:
		*(long *)(void *)p = strtol(optarg, NULL, 10);
		break;
	case OPTION_FLAG:
		*(bool *)(void *)p = true;
		break;
	}
}

static void read_options(struct options *o, int argc, char **argv)
{
	struct option known[ARRAY_LEN(option_rows) + 1] = { { .name = NULL } };
	int i, c;

	for (size_t k = 0; k < ARRAY_LEN(option_rows); k++)
		known[k] = (struct option){
			.name = option_rows[k].name,
			.has_arg = option_rows[k].type != OPTION_FLAG,
		};
	while ((c = getopt_long(argc, argv, "", known, &i)) != -1) {
		if (c == '?')
			exit(2);
		set_option(o, (size_t)i);
	}
	if (!o->url || o->requests < 1 || o->connections < 1 || o->connections > MAX_CONNECTIONS)
		fail("usage", "--url URL --requests N --connections 1..256");
}

int main(int argc, char **argv)
{
	static struct slot slots[MAX_CONNECTIONS];
	AUTO(arena) *arena = arena_new();
	struct load l = {
		.o = { .label = "-",
		       .connections = 16,
		       .requests = 1000,
		       .seconds = 60,
		       .status = 200 },
		.arena = arena,
	};
	double start;

	read_options(&l.o, argc, argv);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	l.multi = curl_multi_init();
	curl_multi_setopt(l.multi, CURLMOPT_MAXCONNECTS, (long)MAX_CONNECTIONS);
	l.times = arena_array(arena, (size_t)l.o.requests, sizeof *l.times);
	l.headers = make_headers(&l, NULL);
	if (l.o.bodies)
		read_bodies(&l);
	if (l.o.authorizations)
		l.authorizations = read_lines(arena, l.o.authorizations, &l.nauthorizations);
	if (l.o.cert)
		l.cert = curl_file(arena, l.o.cert);
	if (l.o.key)
		l.key = curl_file(arena, l.o.key);
	if (l.o.ca)
		l.ca = curl_file(arena, l.o.ca);
	for (long i = 0; i < l.o.connections; i++)
		slot_init(&l, &slots[i]);
	start = now_us();
	l.deadline = start + (double)l.o.seconds * 1e6;
	for (long i = 0; i < l.o.connections; i++)
		begin(&l, &slots[i]);
	run(&l);
	report(&l, (now_us() - start) / 1e6);
	return l.errors != 0;
}
