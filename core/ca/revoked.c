#include "ca/revoked.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ca/crl_scope.h"
#include "ca/revoke.h"
#include "store/store_cert.h"

static void add(struct revoked *l, const struct crl_entry *x)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 64;
		struct crl_entry *v = arena_array(l->arena, cap, sizeof(*v));

		if (l->n)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = *x;
}

/* The serial lives in the arena already, as the store's rows do. */
static int add_row(void *p, struct blob serial, int64_t revoked_at, int reason)
{
	/* RFC 5280 5.3.1: removeFromCRL stands in delta CRLs only. */
	if (reason == REASON_REMOVE_FROM_CRL)
		reason = REASON_UNSPECIFIED;
	add(p, &(struct crl_entry){ serial, revoked_at, reason });
	return 0;
}

static int compare_serials(const void *a, const void *b)
{
	const struct crl_entry *x = a, *y = b;
	size_t n = x->serial.len < y->serial.len ? x->serial.len : y->serial.len;
	int c = memcmp(x->serial.data, y->serial.data, n);

	return c ? c : (x->serial.len > y->serial.len) - (x->serial.len < y->serial.len);
}

static int compare_entries(const void *a, const void *b)
{
	const struct crl_entry *x = a, *y = b;
	int c = compare_serials(a, b);

	return c ? c : (x->revoked_at > y->revoked_at) - (x->revoked_at < y->revoked_at);
}

/* Two keys of a name may have used one serial: it stands once, revoked since the earlier time. */
static void merge(struct revoked *l)
{
	size_t n = 0;

	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), compare_entries);
	for (size_t i = 0; i < l->n; i++) {
		if (n == 0 || !blob_equal(l->v[i].serial, l->v[n - 1].serial))
			l->v[n++] = l->v[i];
	}
	l->n = n;
}

int revoked_load(const struct env *env, const struct issuer_row *own, int64_t since,
		 struct revoked *l, struct err *e)
{
	struct issuer_row *v;
	size_t n, issuers = 0;

	*l = (struct revoked){ .arena = env->arena };
	if (store_issuer_list(env->db, env->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!blob_equal(v[i].name_sha256, own->name_sha256))
			continue;
		if (store_cert_each_revoked(env->db, env->arena, v[i].ski, since, add_row, l, e) <
		    0)
			return -1;
		issuers++;
	}
	if (issuers > 1)	/* of one they come in order */
		merge(l);
	return 0;
}

struct revoked *revoked_split(const struct revoked *l, unsigned n)
{
	struct revoked *out = arena_array(l->arena, n, sizeof(*out));

	for (unsigned k = 0; k < n; k++)
		out[k].arena = l->arena;
	for (size_t i = 0; i < l->n; i++)
		add(&out[crl_scope_of_serial(l->v[i].serial, n)], &l->v[i]);
	return out;
}

static const struct crl_entry *find(const struct revoked *l, const struct crl_entry *x)
{
	return l->n ? bsearch(x, l->v, l->n, sizeof(*l->v), compare_serials) : NULL;
}

/* What a CRL says, which is in whole seconds. */
static bool is_same(const struct crl_entry *x, const struct crl_entry *y)
{
	return x->reason == y->reason &&
	       x->revoked_at / CLOCK_SECOND == y->revoked_at / CLOCK_SECOND;
}

static int read(struct arena *a, struct blob der, struct revoked *l, struct err *e)
{
	*l = (struct revoked){ .arena = a };
	if (!der.len)
		return 0;
	if (crl_read_entries(a, der, &l->v, &l->n, e) < 0)
		return -1;
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), compare_serials);
	return 0;
}

static void add_released(const struct revoked *was, const struct revoked *l, struct revoked *out)
{
	for (size_t i = 0; i < was->n; i++) {
		struct crl_entry x = was->v[i];

		if ((x.reason != REASON_CERTIFICATE_HOLD && x.reason != CRL_REMOVE) || find(l, &x))
			continue;
		x.reason = CRL_REMOVE;
		add(out, &x);
	}
}

int revoked_changes(const struct revoked *l, struct blob base, struct blob delta,
		    struct revoked *out, struct err *e)
{
	struct revoked in_base, in_delta;

	*out = (struct revoked){ .arena = l->arena };
	if (read(l->arena, base, &in_base, e) < 0 || read(l->arena, delta, &in_delta, e) < 0)
		return -1;
	for (size_t i = 0; i < l->n; i++) {
		const struct crl_entry *x = find(&in_base, &l->v[i]);

		if (!x || !is_same(x, &l->v[i]))
			add(out, &l->v[i]);
	}
	add_released(&in_base, l, out);
	add_released(&in_delta, l, out);
	merge(out);
	return 0;
}
