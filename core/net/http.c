#include "net/http.h"

#include <curl/curl.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum { MAX_BODY = 1 << 20, DEFAULT_SECONDS = 10 };

/*
 * The process's handle: it keeps connections, and forgets all else after each request.
 * A connection is used again only where all that was said about TLS is the same.
 */
static CURL *kept;

AUTO_TYPE(CURL, CURL, curl_easy_reset)
AUTO_TYPE(curl_slist, struct curl_slist, curl_slist_free_all)

static size_t take(char *data, size_t size, size_t n, void *p)
{
	struct text *t = p;

	if (t->len + size * n > MAX_BODY)
		return 0;	/* ends the transfer with an error */
	text_add_mem(t, data, size * n);
	return size * n;
}

static void set_blob(CURL *c, CURLoption option, const void *data, size_t len)
{
	struct curl_blob b = { (void *)(uintptr_t)data, len, CURL_BLOB_COPY };

	curl_easy_setopt(c, option, &b);
}

static void set_pem(CURL *c, const char *pem, CURLoption file, CURLoption blob)
{
	if (pem[0] == '/')
		curl_easy_setopt(c, file, pem);
	else
		set_blob(c, blob, pem, strlen(pem));
}

static void set_tls(CURL *c, const struct http_request *r)
{
	curl_easy_setopt(c, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	if (r->ca.len) {
		set_blob(c, CURLOPT_CAINFO_BLOB, r->ca.data, r->ca.len);
		/* else the folder of the system's would go on to count beside them */
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
	if (r->any_server) {
		curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (!r->cert)
		return;
	curl_easy_setopt(c, CURLOPT_SSLCERTTYPE, "PEM");
	curl_easy_setopt(c, CURLOPT_SSLKEYTYPE, "PEM");
	curl_easy_setopt(c, CURLOPT_KEYPASSWD, "");	/* or an encrypted key asks the terminal */
	set_pem(c, r->cert, CURLOPT_SSLCERT, CURLOPT_SSLCERT_BLOB);
	set_pem(c, r->key, CURLOPT_SSLKEY, CURLOPT_SSLKEY_BLOB);
}

static void set_limits(CURL *c, const struct http_request *r)
{
	int64_t timeout = r->timeout ? r->timeout : DEFAULT_SECONDS * CLOCK_SECOND;

	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	/* rounded up: 0 would be no limit at all */
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)((timeout + 999) / 1000));
	/* A name server that does not answer ends with the time as well, not when its thread does. */
	curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	/* What is checked is this server, not what a proxy of the environment makes of it. */
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, r->keep ? 0L : 1L);
	curl_easy_setopt(c, CURLOPT_FORBID_REUSE, r->keep ? 0L : 1L);
	curl_easy_setopt(c, CURLOPT_SSL_SESSIONID_CACHE, r->keep ? 1L : 0L);
}

static void set_body(CURL *c, const struct http_request *r)
{
	if (r->body.len) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
		curl_easy_setopt(c, CURLOPT_COPYPOSTFIELDS, r->body.data);
	}
	if (r->method)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
}

static const char *code_of(CURLcode rc)
{
	if (rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_SSL_CACERT_BADFILE)
		return "http_tls";
	return rc == CURLE_OPERATION_TIMEDOUT ? "http_timeout" : "http";
}

/* A line break would end the header field and begin another. */
static int make_headers(const struct http_request *r, struct curl_slist **list, struct err *e)
{
	for (size_t i = 0; r->headers && r->headers[i]; i++) {
		if (strpbrk(r->headers[i], "\r\n"))
			return err_fault(e, ERR_INTERNAL, "http",
					 "a header field with a line break");
		*list = curl_slist_append(*list, r->headers[i]);
	}
	return 0;
}

/* RFC 9110 5.3: several lines are one, with commas. */
static const char *read_caching(CURL *c, struct arena *a)
{
	struct curl_header *h;
	struct text t;

	text_init(&t, a);
	for (size_t i = 0;
	     curl_easy_header(c, "Cache-Control", i, CURLH_HEADER, -1, &h) == CURLHE_OK; i++) {
		text_add(&t, i ? ", " : "");
		text_add(&t, h->value);
	}
	return t.s;
}

static int read_answer(CURL *c, struct arena *a, struct text *body, struct http_response *out)
{
	long status = 0;
	char *type = NULL;

	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(c, CURLINFO_CONTENT_TYPE, &type);
	*out = (struct http_response){
		.status = (int)status,
		.type = arena_strdup(a, type),
		.caching = read_caching(c, a),
		.body = blob_of(body->s, body->len),
	};
	return 0;
}

int http_send(struct arena *a, const struct http_request *r, struct http_response *out,
	      struct err *e)
{
	AUTO(CURL) *c = kept ? kept : (kept = curl_easy_init());
	AUTO(curl_slist) *headers = NULL;
	char why[CURL_ERROR_SIZE] = "";
	struct text body;

	if (!c)
		return err_fault(e, ERR_INTERNAL, "http", "libcurl does not start");
	text_init(&body, a);
	if (make_headers(r, &headers, e) < 0)
		return -1;
	curl_easy_setopt(c, CURLOPT_URL, r->url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &body);
	set_limits(c, r);
	set_tls(c, r);
	set_body(c, r);
	CURLcode rc = curl_easy_perform(c);
	if (rc != CURLE_OK)
		/* without the query, which may hold what is not for the log */
		return err_fault(e, ERR_BUSY, code_of(rc), "%.*s: %s", (int)strcspn(r->url, "?#"),
				 r->url, *why ? why : curl_easy_strerror(rc));
	return read_answer(c, a, &body, out);
}
