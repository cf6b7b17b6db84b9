#include "net/http.h"

#include <curl/curl.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum { MAX_BODY = 1 << 20, DEFAULT_SECONDS = 10 };

AUTO_TYPE(CURL, CURL, curl_easy_cleanup)
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

static void set_tls(CURL *c, const struct http_request *r)
{
	curl_easy_setopt(c, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	if (r->ca.len)
		set_blob(c, CURLOPT_CAINFO_BLOB, r->ca.data, r->ca.len);
	if (!r->cert)
		return;
	curl_easy_setopt(c, CURLOPT_SSLCERTTYPE, "PEM");
	curl_easy_setopt(c, CURLOPT_SSLKEYTYPE, "PEM");
	set_blob(c, CURLOPT_SSLCERT_BLOB, r->cert, strlen(r->cert));
	set_blob(c, CURLOPT_SSLKEY_BLOB, r->key, strlen(r->key));
}

static void set_limits(CURL *c, const struct http_request *r)
{
	int64_t timeout = r->timeout ? r->timeout : DEFAULT_SECONDS * CLOCK_SECOND;

	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)(timeout / 1000));
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	/* What is checked is this server, not what a proxy of the environment makes of it. */
	curl_easy_setopt(c, CURLOPT_PROXY, "");
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

static bool is_distrust(CURLcode rc)
{
	return rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_SSL_CACERT_BADFILE;
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
		.body = blob_of(body->s, body->len),
	};
	return 0;
}

int http_send(struct arena *a, const struct http_request *r, struct http_response *out,
	      struct err *e)
{
	AUTO(CURL) *c = curl_easy_init();
	AUTO(curl_slist) *headers = NULL;
	char why[CURL_ERROR_SIZE] = "";
	struct text body;

	if (!c)
		return err_fault(e, ERR_INTERNAL, "http", "libcurl does not start");
	text_init(&body, a);
	for (size_t i = 0; r->headers && r->headers[i]; i++)
		headers = curl_slist_append(headers, r->headers[i]);
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
		return err_fault(e, ERR_BUSY, is_distrust(rc) ? "http_tls" : "http", "%s: %s",
				 r->url, *why ? why : curl_easy_strerror(rc));
	return read_answer(c, a, &body, out);
}
