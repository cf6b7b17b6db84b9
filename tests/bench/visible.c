/*
 * How long a revocation takes until it shows:
 *
 *	visible LABEL API OPERATOR.pem OPERATOR.key CA.pem OCSP post|get < LINES
 *
 * A line is "SERIAL REQUEST", the request in base64. Each is asked about at OCSP until it is good and
 * then once more, so that whoever keeps answers has kept this one; then revoked at API (PUT
 * API/SERIAL/status), and from that answer on asked about until it is revoked.
 *
 * Prints "LABEL n stale p50 max": certificates, answers that still said good after the revocation was
 * acknowledged, milliseconds from there to the answer that says revoked. What is no OCSP response, or an
 * error, says nothing and is asked for again: the responders may be killed meanwhile.
 */
#include <curl/curl.h>
#include <openssl/ocsp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/b64.h"

enum { MAX_LINES = 1000, MAX_TRIES = 10000 };

struct answer {
	unsigned char data[8192];
	size_t len;
};

struct asker {
	CURL *curl;
	const char *url;
	bool get;
	struct answer answer;
};

static void fail(const char *what, const char *detail)
{
	fprintf(stderr, "visible: %s: %s\n", what, detail);
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static size_t take(char *data, size_t size, size_t n, void *p)
{
	struct answer *a = p;
	size_t len = size * n;

	if (a->len + len > sizeof a->data)
		return 0;
	memcpy(a->data + a->len, data, len);
	a->len += len;
	return len;
}

/* V_OCSP_CERTSTATUS_... of the only certificate that the answer is about; -1: it is none. */
static int read_status(const struct answer *a)
{
	const unsigned char *p = a->data;
	OCSP_RESPONSE *r = d2i_OCSP_RESPONSE(NULL, &p, (long)a->len);
	OCSP_BASICRESP *basic = r ? OCSP_response_get1_basic(r) : NULL;
	int status = -1;

	if (basic)
		status = OCSP_single_get0_status(OCSP_resp_get0(basic, 0), NULL, NULL, NULL, NULL);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(r);
	return status;
}

/* The HTTP status; 0: there is no answer. */
static long perform(CURL *c)
{
	long status = 0;

	if (curl_easy_perform(c) == CURLE_OK)
		curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

/* The path or the body for the certificate that is asked about next. */
static void prepare(struct arena *a, struct asker *k, const char *request)
{
	struct err e = { .kind = ERR_NONE };
	struct blob der;

	if (k->get) {
		char *escaped = curl_easy_escape(k->curl, request, 0);

		curl_easy_setopt(k->curl, CURLOPT_URL, arena_printf(a, "%s/%s", k->url, escaped));
		curl_free(escaped);
		return;
	}
	if (b64_read(a, request, strlen(request), 0, &der, &e))
		fail("request", e.text);
	curl_easy_setopt(k->curl, CURLOPT_URL, k->url);
	curl_easy_setopt(k->curl, CURLOPT_POSTFIELDSIZE, (long)der.len);
	curl_easy_setopt(k->curl, CURLOPT_COPYPOSTFIELDS, (const char *)der.data);
}

static int ask(struct asker *k)
{
	k->answer.len = 0;
	return perform(k->curl) == 200 ? read_status(&k->answer) : -1;
}

/* How many answers say something else before. */
static int ask_until(struct asker *k, int status, const char *when)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	int others = 0;

	for (int i = 0; i < MAX_TRIES; i++) {
		int got = ask(k);

		if (got == status)
			return others;
		if (got < 0)
			nanosleep(&pause, NULL);
		else
			others++;
	}
	fail(when, "never the status that was expected");
	return -1;
}

/* The answers that still say good; *ms: until the first that does not. */
static int count_stale(struct asker *k, CURL *api, double *ms)
{
	double acknowledged;
	int stale;

	ask_until(k, V_OCSP_CERTSTATUS_GOOD, "before the revocation");
	ask_until(k, V_OCSP_CERTSTATUS_GOOD, "before the revocation");
	if (perform(api) != 200)
		fail("the revocation", "not acknowledged");
	acknowledged = now_ms();
	stale = ask_until(k, V_OCSP_CERTSTATUS_REVOKED, "after the revocation");
	*ms = now_ms() - acknowledged;
	return stale;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static CURL *open_api(char **argv, struct curl_slist *headers, struct answer *ignored)
{
	CURL *c = curl_easy_init();

	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, "PUT");
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, "{\"status\": \"REVOKED\"}");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_SSLCERT, argv[3]);
	curl_easy_setopt(c, CURLOPT_SSLKEY, argv[4]);
	curl_easy_setopt(c, CURLOPT_CAINFO, argv[5]);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, ignored);
	return c;
}

int main(int argc, char **argv)
{
	static struct asker k;
	static struct answer ignored;
	static double ms[MAX_LINES];
	char serial[64], request[512];
	AUTO(arena) *arena = arena_new();
	struct curl_slist *json = curl_slist_append(NULL, "Content-Type: application/json");
	struct curl_slist *ocsp = curl_slist_append(NULL, "Content-Type: application/ocsp-request");
	int n = 0, stale = 0;
	CURL *api;

	if (argc != 8)
		fail("usage", "LABEL API OPERATOR.pem OPERATOR.key CA.pem OCSP post|get");
	curl_global_init(CURL_GLOBAL_DEFAULT);
	api = open_api(argv, json, &ignored);
	k = (struct asker){ .curl = curl_easy_init(),
			    .url = argv[6],
			    .get = strcmp(argv[7], "get") == 0 };
	curl_easy_setopt(k.curl, CURLOPT_TIMEOUT, 10L);
	curl_easy_setopt(k.curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(k.curl, CURLOPT_WRITEDATA, &k.answer);
	if (!k.get)
		curl_easy_setopt(k.curl, CURLOPT_HTTPHEADER, ocsp);
	for (; n < MAX_LINES && scanf("%63s %511s", serial, request) == 2; n++) {
		curl_easy_setopt(api, CURLOPT_URL,
				 arena_printf(arena, "%s/%s/status", argv[2], serial));
		ignored.len = 0;
		prepare(arena, &k, request);
		stale += count_stale(&k, api, &ms[n]);
	}
	if (n == 0)
		fail("input", "no lines");
	qsort(ms, (size_t)n, sizeof *ms, by_size);
	printf("%s %d %d %.2f %.2f\n", argv[1], n, stale, ms[n / 2], ms[n - 1]);
	curl_easy_cleanup(k.curl);
	curl_easy_cleanup(api);
	curl_slist_free_all(json);
	curl_slist_free_all(ocsp);
	return 0;
}
