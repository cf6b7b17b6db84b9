/* Rows of devices, slots, enrollments, certificates and events, there and back, and in pages. */
#include "store/store_cert.h"
#include "store/store_device.h"
#include "store/store_dms.h"
#include "store/store_event.h"
#include "tests/unit/store_test.h"

enum { MANY = 2500 };

static struct db *db;
static struct arena *a;
static struct err e;

static bool same(const char *x, const char *y)
{
	return x && y ? strcmp(x, y) == 0 : x == y;
}

/* The number, in n bytes. */
static struct blob bytes(unsigned number, size_t n)
{
	unsigned char *p = arena_alloc(a, n);

	p[0] = (unsigned char)(number >> 8);
	p[1] = (unsigned char)number;
	return blob_of(p, n);
}

static struct device_row a_device(const char *id, const char *dms)
{
	return (struct device_row){ .id = id,
				    .dms = dms,
				    .active_version = -1,
				    .tags = "[\"t\"]",
				    .metadata = "{\"k\":1}",
				    .created_at = 1,
				    .updated_at = 2 };
}

static struct cert_row a_cert(unsigned number, const char *device)
{
	return (struct cert_row){
		.issuer = bytes(1, 20),
		.serial = bytes(number, 16),
		.subject = "CN=x,O=y",
		.common_name = "x",
		.not_before = 1,
		.not_after = 1000,
		.status_at = 1,
		.sha256 = bytes(number, 32),
		.der = bytes(number, 700),
		.kind = "device",
		.dms = "one",
		.device = device,
		.version = -1,
		.created_at = number / 2,
	};
}

static void add_cert(struct cert_row c)
{
	test_must(store_cert_add(db, &c, &e) == 0, "certificate", &e);
}

static void add_slot(const char *device, int64_t version, const struct cert_row *c)
{
	const struct slot_row s = { .device = device,
				    .version = version,
				    .issuer = c->issuer,
				    .serial = c->serial,
				    .not_after = c->not_after,
				    .event = "RENEWED" };

	test_must(store_slot_add(db, &s, &e) == 0, "slot", &e);
}

static void test_device(void)
{
	struct device_row d = a_device("d\xc3\xa9 1", "one"), got, *v;
	int64_t count = 0;
	size_t n;

	d.icon = "i";
	ok(store_device_add(db, &d, &e) == 0 && store_device_load(db, a, d.id, &got, &e) == 1 &&
		   same(got.dms, "one") && got.state == DEVICE_NONE && got.active_version == -1 &&
		   got.active_not_after == 0 && same(got.tags, d.tags) &&
		   same(got.metadata, d.metadata) && same(got.icon, "i") && !got.icon_color &&
		   got.created_at == 1 && got.updated_at == 2,
	   "a device comes back");
	got.state = DEVICE_LIVE;
	got.active_not_after = 500;
	got.active_version = 0;
	got.dms = "two";
	ok(store_device_save(db, &got, &e) == 0 && store_device_load(db, a, d.id, &got, &e) == 1 &&
		   got.state == DEVICE_LIVE && got.active_not_after == 500 && same(got.dms, "two"),
	   "saved as a whole");
	ok(store_device_add(db, &d, &e) == -1 && e.kind == ERR_CONFLICT, "its id is taken");
	err_clear(&e);
	d = a_device("zz", "one");
	test_must(store_device_add(db, &d, &e) == 0, "add", &e);
	ok(store_device_list(db, a, NULL, NULL, 9, &v, &n, &e) == 0 && n == 2 &&
		   store_device_list(db, a, NULL, v[0].id, 9, &v, &n, &e) == 0 && n == 1 &&
		   same(v[0].id, "zz"),
	   "listed after a key");
	ok(store_device_list(db, a, "one", NULL, 9, &v, &n, &e) == 0 && n == 1 &&
		   same(v[0].id, "zz"),
	   "listed by DMS");
	ok(store_device_count(db, NULL, &count, &e) == 0 && count == 2 &&
		   store_device_count(db, "one", &count, &e) == 0 && count == 1,
	   "counted");
	ok(store_dms_remove(db, "one", &e) == -1 && e.kind == ERR_CONFLICT,
	   "a DMS that owns devices cannot be removed");
	err_clear(&e);
}

/* Devices of two dates in pages of three: each once, in order, within the bounds. */
static void test_range(void)
{
	struct device_range r = { .dms = "range", .state = DEVICE_LIVE, .lo = 10, .hi = 13 };
	struct device_row *v, last = { 0 };
	bool ordered = true;
	size_t n, seen = 0;

	for (int i = 0; i < 40; i++) {
		struct device_row d = a_device(arena_printf(a, "r%02d", (i * 7) % 40), "range");

		d.state = i % 5 ? DEVICE_LIVE : DEVICE_REVOKED;
		d.active_not_after = 8 + i % 7;
		test_must(store_device_add(db, &d, &e) == 0, "add", &e);
	}
	do {
		test_must(store_device_list_range(db, a, &r, 3, &v, &n, &e) == 0, "range", &e);
		for (size_t i = 0; i < n; i++, seen++) {
			ordered = ordered && v[i].active_not_after >= 10 &&
				  v[i].active_not_after < 13;
			ordered = ordered && v[i].state == DEVICE_LIVE;
			ordered = ordered &&
				  (!last.id || v[i].active_not_after > last.active_not_after ||
				   strcmp(v[i].id, last.id) > 0);
			last = v[i];
		}
		r.after_not_after = last.active_not_after;
		r.after_id = last.id;
	} while (n == 3);
	/* of i = 0..39: i % 7 in 2..4 are 18, less 10, 25 and 30 */
	ok(ordered && seen == 15,
	   "a range in pages: each device once, in order, within the bounds");
}

static void test_cert(void)
{
	struct cert_row c = a_cert(1, "zz"), got, *v;
	struct cert_status_row s = { 0 };
	size_t n;

	c.version = 0;
	add_cert(c);
	ok(store_cert_load(db, a, c.issuer, c.serial, &got, &e) == 1 &&
		   same(got.subject, c.subject) && same(got.common_name, "x") &&
		   got.not_before == 1 && got.not_after == 1000 && got.status == CERT_ACTIVE &&
		   same(got.kind, "device") && same(got.dms, "one") && same(got.device, "zz") &&
		   got.version == 0 && got.change == 0 && blob_equal(got.der, c.der) &&
		   blob_equal(got.sha256, c.sha256) && blob_equal(got.issuer, c.issuer) &&
		   blob_equal(got.serial, c.serial),
	   "a certificate comes back");
	ok(store_cert_load_by_sha256(db, a, c.sha256, &got, &e) == 1 &&
		   blob_equal(got.serial, c.serial),
	   "found by the digest of its DER");
	ok(store_cert_load(db, a, bytes(2, 20), c.serial, &got, &e) == 0,
	   "not under another issuer");
	c.issuer = bytes(2, 20);
	c.sha256 = bytes(9999, 32);
	c.kind = "server";
	c.dms = c.device = NULL;
	c.version = -1;
	add_cert(c);
	ok(store_cert_list_by_serial(db, a, c.serial, 5, &v, &n, &e) == 0 && n == 2 &&
		   v[0].der.len == 700,
	   "a serial alone finds both issuers'");
	ok(store_cert_set_status(db, c.issuer, c.serial, CERT_REVOKED, 1, 77, 78, &e) == 0 &&
		   store_cert_load_status(db, c.issuer, c.serial, &s, &e) == 1 &&
		   s.status == CERT_REVOKED && s.reason == 1 && s.revoked_at == 77 &&
		   s.status_at == 78 && s.not_before == 1 && s.not_after == 1000,
	   "revoked");
	ok(store_cert_load(db, a, c.issuer, c.serial, &got, &e) == 1 && got.change == 1 &&
		   !got.dms && !got.device &&
		   store_cert_load_status(db, bytes(1, 20), c.serial, &s, &e) == 1 &&
		   s.status == CERT_ACTIVE,
	   "counted as a change, and the other issuer's is untouched");
	ok(store_cert_load_status(db, c.issuer, bytes(8888, 16), &s, &e) == 0,
	   "an unissued serial is 0");
	ok(store_cert_set_status(db, c.issuer, bytes(8888, 16), CERT_REVOKED, 1, 7, 7, &e) == -1 &&
		   e.kind == ERR_INTERNAL,
	   "and cannot be revoked");
	err_clear(&e);
}

/* All pages of a filter; returns the number of rows, or -1 when one is not in its place. */
static int page_through(const struct cert_filter *f, size_t limit)
{
	struct cert_key key = { .created_at = INT64_MAX };
	const struct cert_key *after = NULL;
	struct cert_row *v;
	int seen = 0;
	size_t n;

	do {
		test_must(store_cert_list(db, a, f, after, limit, &v, &n, &e) == 0, "list", &e);
		for (size_t i = 0; i < n; i++, seen++) {
			if (v[i].created_at > key.created_at || v[i].der.len != 0 ||
			    (after && blob_equal(v[i].sha256, key.sha256)))
				return -1;
			key = (struct cert_key){ v[i].created_at, v[i].sha256 };
		}
		after = &key;
	} while (n == limit);
	return seen;
}

/* Numbers 100.. of two devices; each third revoked, each hundredth a server's, of issuer 3. */
static void test_cert_list(void)
{
	static const struct {
		const char *what;
		struct cert_filter f;
		int expected;
	} filters[] = {
		{ "all", { .status = -1 }, MANY + 2 },
		{ "of a device", { .device = "zz", .status = -1 }, MANY / 2 },
		{ "of a device, revoked",
		  { .device = "zz", .status = CERT_REVOKED },
		  MANY / 6 + 1 },
		{ "of a device, another DMS", { .device = "zz", .dms = "two", .status = -1 }, 0 },
		{ "of a DMS", { .dms = "one", .status = -1 }, MANY - MANY / 100 + 1 },
		{ "servers'", { .kind = "server", .status = -1 }, MANY / 100 + 1 },
		{ "devices'", { .kind = "device", .status = -1 }, MANY - MANY / 100 + 1 },
		{ "revoked", { .status = CERT_REVOKED }, (MANY + 2) / 3 + 1 },
		{ "revoked servers'", { .kind = "server", .status = CERT_REVOKED }, 10 },
		{ "of no kind", { .kind = "none", .status = -1 }, 0 },
	};
	struct cert_filter of_issuer = { .issuer = bytes(3, 20), .status = -1 };

	for (unsigned i = 0; i < MANY; i++) {
		struct cert_row c = a_cert(100 + i, i % 2 ? "zz" : "d\xc3\xa9 1");

		c.issuer = bytes(3, 20);
		if (i % 100 == 0) {
			c.kind = "server";
			c.dms = c.device = NULL;
		}
		if (i % 3 == 0) {
			c.status = CERT_REVOKED;
			c.revoked_at = i + 1;
		}
		c.not_after = 1000 + i;
		add_cert(c);
		if (c.device)
			add_slot(c.device, i, &c);
	}
	for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
		const int seen = page_through(&filters[i].f, 100);

		ok(seen == filters[i].expected,
		   "certificates in pages, newest first: %s (%d of %d)", filters[i].what, seen,
		   filters[i].expected);
	}
	ok(page_through(&of_issuer, 1000) == MANY, "of an issuer");
	of_issuer.dms = "one";
	of_issuer.status = CERT_ACTIVE;
	ok(page_through(&of_issuer, 7) == MANY - MANY / 100 - (MANY + 2) / 3 + 9,
	   "of an issuer and a DMS, active");
}

struct seen {
	struct blob last;
	int n;
	bool good;
};

static int see(void *p, struct blob serial, int64_t revoked_at, int reason)
{
	struct seen *s = p;
	const int number = serial.data[0] << 8 | serial.data[1];

	s->good = s->good && (s->n == 0 || memcmp(s->last.data, serial.data, serial.len) < 0);
	s->good = s->good && revoked_at == number - 100 + 1 && reason == 0;
	s->last = serial;
	s->n++;
	return 0;
}

static int stop(void *p, struct blob serial, int64_t revoked_at, int reason)
{
	(void)serial;
	(void)revoked_at;
	(void)reason;
	return ++*(int *)p == 2 ? -1 : 0;
}

static void test_each_revoked(void)
{
	struct seen s = { .good = true };
	int calls = 0;

	ok(store_cert_each_revoked(db, a, bytes(3, 20), 0, see, &s, &e) == 0 && s.good &&
		   s.n == (MANY + 2) / 3,
	   "each revoked one of an issuer, ordered by serial");
	s = (struct seen){ .good = true };
	ok(store_cert_each_revoked(db, a, bytes(3, 20), 1000 + MANY - 10, see, &s, &e) == 0 &&
		   s.n == 4,
	   "without those that ended before");
	ok(store_cert_each_revoked(db, a, bytes(3, 20), 0, stop, &calls, &e) == -1 && calls == 2,
	   "the caller can stop it");
}

static void test_slot(void)
{
	struct slot_row s = { .device = "slots",
			      .version = 0,
			      .issuer = bytes(1, 20),
			      .serial = bytes(1, 16),
			      .not_after = 1000,
			      .event = "PROVISIONED",
			      .at = 5 },
			got, *v;
	struct device_row d = a_device("slots", "one");
	size_t n;

	test_must(store_device_add(db, &d, &e) == 0, "add", &e);
	ok(store_slot_add(db, &s, &e) == 0 && store_slot_load(db, a, "slots", 0, &got, &e) == 1 &&
		   blob_equal(got.serial, s.serial) && blob_equal(got.issuer, s.issuer) &&
		   same(got.event, "PROVISIONED") && got.not_after == 1000 && got.at == 5,
	   "a version of a slot comes back");
	ok(store_slot_add(db, &s, &e) == -1 && e.kind == ERR_CONFLICT, "each version once");
	err_clear(&e);
	s.version = 1;
	ok(store_slot_add(db, &s, &e) == 0 && store_slot_list(db, a, "slots", &v, &n, &e) == 0 &&
		   n == 2 && v[1].version == 1 && store_slot_list(db, a, "none", &v, &n, &e) == 0 &&
		   n == 0 && !v,
	   "listed by version");
	s.version = 2;
	s.serial = bytes(7777, 16);
	ok(store_slot_add(db, &s, &e) == -1, "not of a certificate that is not there");
	err_clear(&e);
}

static void test_enrollment(void)
{
	struct enrollment_row r = { .dms = "one",
				    .operation = "simpleenroll",
				    .csr_sha256 = bytes(5, 32),
				    .device = "zz",
				    .issuer = bytes(1, 20),
				    .serial = bytes(1, 16),
				    .at = 10 },
			      got;
	int64_t purged = 0;

	test_must(store_enrollment_add(db, &r, &e) == 0, "add", &e);
	ok(store_enrollment_load(db, a, "one", "simpleenroll", r.csr_sha256, (struct blob){ 0 }, 10,
				 &got, &e) == 1 &&
		   same(got.device, "zz") && blob_equal(got.serial, r.serial) &&
		   got.credential.len == 0 && got.superseded_serial.len == 0 && got.at == 10,
	   "an enrollment without credential is found again");
	ok(store_enrollment_load(db, a, "one", "simpleenroll", r.csr_sha256, bytes(1, 32), 0, &got,
				 &e) == 0 &&
		   store_enrollment_load(db, a, "one", "simplereenroll", r.csr_sha256, r.credential,
					 0, &got, &e) == 0 &&
		   store_enrollment_load(db, a, "two", "simpleenroll", r.csr_sha256, r.credential,
					 0, &got, &e) == 0 &&
		   store_enrollment_load(db, a, "one", "simpleenroll", bytes(6, 32), r.credential,
					 0, &got, &e) == 0 &&
		   store_enrollment_load(db, a, "one", "simpleenroll", r.csr_sha256, r.credential,
					 11, &got, &e) == 0,
	   "not by another credential, operation, DMS, CSR, or when it is too old");
	r.at = 20;
	r.superseded_issuer = bytes(1, 20);
	r.superseded_serial = bytes(1, 16);
	test_must(store_enrollment_add(db, &r, &e) == 0, "add", &e);
	ok(store_enrollment_load(db, a, "one", "simpleenroll", r.csr_sha256, r.credential, 0, &got,
				 &e) == 1 &&
		   got.at == 20 && blob_equal(got.superseded_serial, r.superseded_serial),
	   "the newest of two");
	for (int i = 0; i < MANY; i++) {
		r.at = 100 + i;
		test_must(store_enrollment_add(db, &r, &e) == 0, "add", &e);
	}
	ok(store_enrollment_purge(db, 100 + MANY - 1, &purged, &e) == 0 && purged == 1000,
	   "old ones are purged, a bounded number at once");
	while (purged)
		test_must(store_enrollment_purge(db, 100 + MANY - 1, &purged, &e) == 0, "purge",
			  &e);
	ok(store_enrollment_load(db, a, "one", "simpleenroll", r.csr_sha256, r.credential, 0, &got,
				 &e) == 1 &&
		   got.at == 100 + MANY - 1,
	   "in the end only those before the instant are gone");
}

static void test_event(void)
{
	struct event_row v = { .type = "device.create",
			       .subject = "device/zz",
			       .actor = "cli:0",
			       .data = "{}",
			       .hash = bytes(1, 32),
			       .at = 1 },
			 got, *list;
	size_t n;

	ok(store_event_load_head(db, a, &got, &e) == 0, "no event yet");
	for (int i = 1; i <= 30; i++) {
		v.seq = i;
		v.device = i % 2 ? "zz" : NULL;
		v.dms = i % 3 ? "one" : NULL;
		v.previous = i == 1 ? (struct blob){ 0 } : bytes((unsigned)i, 32);
		test_must(store_event_add(db, &v, &e) == 0, "event", &e);
	}
	ok(store_event_load_head(db, a, &got, &e) == 1 && got.seq == 30 && got.at == 1 &&
		   blob_equal(got.hash, v.hash),
	   "the end of the chain comes back");
	ok(!got.data && !got.type && !got.previous.len, "and nothing that may be long");
	ok(store_event_list(db, a, NULL, NULL, 28, 9, &list, &n, &e) == 0 && n == 2 &&
		   list[0].seq == 29 && same(list[1].type, v.type) &&
		   same(list[1].subject, v.subject) && !list[1].device && !list[1].dms &&
		   same(list[1].actor, "cli:0") && blob_equal(list[1].previous, v.previous) &&
		   blob_equal(list[1].hash, v.hash),
	   "listed after a number");
	ok(store_event_list(db, a, "zz", NULL, 0, 4, &list, &n, &e) == 0 && n == 4 &&
		   list[3].seq == 7,
	   "of a device");
	ok(store_event_list(db, a, NULL, "one", 0, 99, &list, &n, &e) == 0 && n == 20, "of a DMS");
	ok(store_event_list(db, a, "zz", "one", 0, 99, &list, &n, &e) == 0 && n == 10, "of both");
	ok(store_event_add(db, &v, &e) == -1 && e.kind == ERR_CONFLICT, "a number is given once");
	err_clear(&e);
}

int main(void)
{
	static const char *const ids[] = { "one", "two", "range" };
	struct db_txn *t;

	test_begin();
	a = arena_new();
	db = test_open(DB_CREATE);
	t = db_begin(db, DB_WRITE, &e);
	test_must(t, "begin", &e);
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		const struct dms_row d = {
			.id = ids[i], .name = "n", .settings = "{}", .metadata = "{}", .version = 1
		};

		test_must(store_dms_add(db, &d, &e) == 0, "dms", &e);
	}
	test_device();
	test_range();
	test_cert();
	test_cert_list();
	test_each_revoked();
	test_slot();
	test_enrollment();
	test_event();
	ok(store_commit(&t, &e) == 0, "all of it can be committed");
	db_close(db);
	arena_free(a);
	return done();
}
