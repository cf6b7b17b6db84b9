/* CRLs: which are made when, and what they list. */
#include "pki/ossl.h"

#include "ca_fixture.h"
#include "ca/crl_scope.h"
#include "ca/revoked.h"
#include "pki/crl.h"
#include "store/store_crl.h"

static struct issuer root, ca;
static unsigned certificates;

/* Certificates that nobody will read, by the thousand. */
static void add_certificates(unsigned n)
{
	AUTO(db_txn) *t = db_begin(env.db, DB_WRITE, &err);

	for (unsigned i = 0; i < n; i++) {
		unsigned char *serial = arena_alloc(env.arena, 32);
		struct cert_row c = {
			.issuer = ca.row.ski,
			.serial = blob_of(serial, 5),
			.subject = "CN=x",
			.not_after = env.now + 300 * CLOCK_DAY,
			.der = blob_of(serial, 1),
			.sha256 = blob_of(serial, 32),
			.kind = "other",
			.version = -1,
		};

		certificates++;
		serial[0] = 1;
		for (int k = 0; k < 4; k++)
			serial[1 + k] = (unsigned char)(certificates >> (24 - 8 * k));
		if (!t || store_cert_add(env.db, &c, &err) < 0)
			fixture_die("certificate");
	}
	if (store_commit(&t, &err) < 0)
		fixture_die("commit");
}

static struct blob serial_of(unsigned i)
{
	unsigned char *serial = arena_alloc(env.arena, 5);

	serial[0] = 1;
	for (int k = 0; k < 4; k++)
		serial[1 + k] = (unsigned char)(i >> (24 - 8 * k));
	return blob_of(serial, 5);
}

static void set_status(unsigned from, unsigned to, int status, int reason)
{
	AUTO(db_txn) *t = db_begin(env.db, DB_WRITE, &err);

	for (unsigned i = from; i < to; i++) {
		if (!t ||
		    store_cert_set_status(env.db, ca.row.ski, serial_of(i), status, reason,
					  status == CERT_REVOKED ? env.now : 0, env.now,
					  &err) < 0 ||
		    store_crl_mark(env.db, ca.row.ski, &err) < 0)
			fixture_die("status");
	}
	if (store_commit(&t, &err) < 0)
		fixture_die("commit");
}

static void settings(const char *json)
{
	AUTO(db_txn) *t = db_begin(env.db, DB_WRITE, &err);

	if (!t || store_ca_set_validation(env.db, "ca", json, &err) < 0 ||
	    store_commit(&t, &err) < 0)
		fixture_die("settings");
}

/* One look of a tick that goes on. */
static bool look(void)
{
	bool made = false;
	int64_t due_at;

	return good(upkeep_crl_paced(&env, &ca, &made, &due_at, &err)) && made;
}

static size_t listed(const char *scope, struct crl_entry **v)
{
	struct crl_row c;
	size_t n = 0;

	if (store_crl_load(env.db, env.arena, ca.row.ski, scope, &c, &err) <= 0 ||
	    crl_read_entries(env.arena, c.der, v, &n, &err) < 0)
		fixture_die(scope);
	return n;
}

static size_t count(const char *scope)
{
	struct crl_entry *v;

	return listed(scope, &v);
}

static int64_t number_of(const char *scope)
{
	struct crl_row c = { 0 };

	store_crl_load(env.db, env.arena, ca.row.ski, scope, &c, &err);
	return c.number;
}

static void test_pace(void)
{
	unsigned made = 0, i = 1;

	add_certificates(3);
	env.now += CLOCK_MINUTE;
	set_status(1, 2, CERT_REVOKED, 4);
	ok(look() && count("") == 1, "the first revocation after a quiet time makes a CRL at once");
	set_status(2, 3, CERT_REVOKED, 4);
	ok(!look(), "the next one waits");
	env.now += CLOCK_SECOND;
	ok(look() && count("") == 2, "a second");
	set_status(3, 4, CERT_REVOKED, 4);
	env.now += CLOCK_SECOND;
	ok(!look(), "while they go on, longer");
	ok(good(upkeep_crl(&env, &ca, &(bool){ false }, &err)) && count("") == 3,
	   "but not for who does not come again");
	for (env.now += CLOCK_MINUTE, i = 4; i < 64; i++) {
		add_certificates(1);
		set_status(i, i + 1, CERT_REVOKED, 4);
		made += look();
		env.now += CLOCK_SECOND;
	}
	ok(made >= 5 && made <= 9, "in a minute of one each second few: %u", made);
	env.now += 15 * CLOCK_SECOND;
	ok(look() && count("") == 63, "and the last one has all");
	env.now += CLOCK_MINUTE;
	add_certificates(1);
	set_status(64, 65, CERT_REVOKED, 4);
	ok(look(), "after a quiet minute it is at once again");
}

static void test_mass(void)
{
	unsigned first = certificates + 1, done_ = first, made = 0;
	size_t before = count("");

	add_certificates(10000);
	env.now += CLOCK_MINUTE;
	for (int second = 0; second < 60; second++, env.now += CLOCK_SECOND) {
		unsigned to = first + 10000 * (unsigned)(second + 1) / 60;

		set_status(done_, to, CERT_REVOKED, 1);
		done_ = to;
		made += look();
	}
	for (int second = 0; second < 20; second++, env.now += CLOCK_SECOND)
		made += look();
	ok(made >= 5 && made <= 10, "10000 revocations in a minute make few CRLs: %u", made);
	ok(count("") == before + 10000, "the last one lists them all");
	ok(!look(), "and nothing is left to do");
}

static void test_clock(void)
{
	int64_t now = env.now;

	set_status(1, 2, CERT_ACTIVE, 0);
	look();
	env.now = now - CLOCK_HOUR;
	set_status(1, 2, CERT_REVOKED, 4);
	ok(look(), "a clock that was set back makes no pause of an hour");
	look();
	env.now -= CLOCK_HOUR;
	ok(look() && !look(), "a CRL from the future is made anew, once");
	env.now = now + CLOCK_HOUR;
	look();
}

/* As a tick leaves it that was stopped for hours in the midst of its work. */
static void test_long_pause(void)
{
	AUTO(db_txn) *t = NULL;
	struct crl_series s;

	look();
	env.now += CLOCK_HOUR;
	t = db_begin(env.db, DB_WRITE, &err);
	if (!t || store_crl_load_series(env.db, ca.row.ski, &s, &err) <= 0)
		fixture_die("series");
	s.pause = 30 * CLOCK_HOUR;
	s.made_at = env.now;
	if (store_crl_save_series(env.db, ca.row.ski, &s, s.number, &err) <= 0 ||
	    store_commit(&t, &err) < 0)
		fixture_die("series");
	set_status(1, 2, CERT_REVOKED, 1);
	env.now += CLOCK_MINUTE;
	ok(!look(), "a pause holds");
	env.now += 4 * CLOCK_MINUTE;
	ok(look(), "a revocation never waits longer than five minutes");
	set_status(1, 2, CERT_REVOKED, 4);
	env.now += CLOCK_HOUR;
	look();
}

static void test_stricter(void)
{
	int64_t number = number_of("");

	settings("{\"crl\": {\"validity\": \"4h\"}}");
	ok(!look(), "a CRL younger than half of a new validity stays");
	env.now += 2 * CLOCK_HOUR;
	ok(look() && number_of("") == number + 1, "an older one is due");
	settings("{}");
}

static void test_shards(void)
{
	struct crl_entry *v;
	size_t all = count(""), sum = 0;
	bool right = true;

	settings("{\"crl\": {\"shards\": 7}}");
	ok(look(), "shards are made when they are wanted");
	for (unsigned k = 0; k < 7; k++) {
		size_t n = listed(crl_scope_shard(env.arena, 7, k), &v);

		sum += n;
		for (size_t i = 0; i < n; i++)
			right = right && crl_scope_of_serial(v[i].serial, 7) == k;
	}
	ok(sum == all && right, "each entry is in its shard, and in no other");
	ok(!look(), "once");
	env.now += fixture_conf.crl.validity / 2;
	ok(look() && number_of("7-3") == number_of(""), "they are refreshed with the complete CRL");
}

static void test_delta(void)
{
	struct crl_entry *v;
	int64_t base;

	settings("{\"crl\": {\"delta_validity\": \"1h\"}}");
	ok(look() && count("delta") == 0 && number_of("delta") == number_of(""),
	   "the first delta is empty");
	base = number_of("");
	env.now += CLOCK_MINUTE;
	add_certificates(2);
	set_status(certificates, certificates + 1, CERT_REVOKED, 1);
	set_status(certificates - 1, certificates, CERT_REVOKED, 6);
	ok(look() && listed("delta", &v) == 2 && v[0].reason == 6 && v[1].reason == 1 &&
		   number_of("delta") == base + 1 && number_of("") == base,
	   "a delta lists what is new");
	env.now += CLOCK_MINUTE;
	set_status(certificates - 1, certificates, CERT_ACTIVE, 0);
	ok(look() && listed("delta", &v) == 2 && v[0].reason == CRL_REMOVE && v[1].reason == 1,
	   "what was released is removed");
	env.now += 31 * CLOCK_MINUTE;
	ok(look() && listed("delta", &v) == 2 && v[0].reason == CRL_REMOVE,
	   "in the following ones too");
	env.now += fixture_conf.crl.validity / 2;
	ok(look() && count("delta") == 0 && number_of("") > base, "until the next base");
}

enum { WATCHED = 24, CLIENTS = 5 };

/* What a client knows: the last reason of each certificate, -1: not revoked. */
struct client {
	int64_t number;
	int reason[WATCHED];
};

static void apply(struct client *c, const char *scope, unsigned first)
{
	struct crl_entry *v;
	size_t n = listed(scope, &v);

	for (size_t i = 0; i < n; i++) {
		for (unsigned k = 0; k < WATCHED; k++) {
			if (blob_equal(v[i].serial, serial_of(first + k)))
				c->reason[k] = v[i].reason == CRL_REMOVE ? -1 : v[i].reason;
		}
	}
	c->number = number_of(scope);
}

static void take_complete(struct client *c, unsigned first)
{
	for (unsigned k = 0; k < WATCHED; k++)
		c->reason[k] = -1;
	apply(c, "", first);
}

static void change_some(int truth[WATCHED], unsigned first)
{
	for (int n = rand() % 4; n > 0; n--) {
		unsigned k = (unsigned)rand() % WATCHED;
		int next = truth[k] == 6 ? (rand() % 4 ? -1 : 1) : 6;

		if (truth[k] == 1)
			continue;
		set_status(first + k, first + k + 1, next < 0 ? CERT_ACTIVE : CERT_REVOKED,
			   next < 0 ? 0 : next);
		truth[k] = next;
	}
}

/* RFC 5280 5.2.4: a delta goes with any list that is not older than its base: a complete CRL, or one that
 * a client has put together from a complete one and earlier deltas, of which it may miss some. */
static void test_clients(void)
{
	struct client clients[CLIENTS] = { 0 };
	int truth[WATCHED];
	unsigned first = certificates + 1;
	bool same = true;
	size_t applied = 0;

	srand(5280);
	add_certificates(WATCHED);
	memset(truth, -1, sizeof(truth));
	settings("{\"crl\": {\"delta_validity\": \"1h\", \"refresh_interval\": \"5h\"}}");
	for (int round = 0; round < 80; round++) {
		change_some(truth, first);
		env.now += rand() % 40 * CLOCK_MINUTE;
		look();
		for (size_t i = 0; i < CLIENTS; i++) {
			struct client *c = &clients[i];

			if (rand() % 3 == 0)
				continue;
			if (c->number < number_of(""))
				take_complete(c, first);
			if (number_of("delta") > c->number) {
				apply(c, "delta", first);
				applied++;
			}
			same = same && memcmp(c->reason, truth, sizeof(truth)) == 0;
		}
	}
	ok(same && applied > 40, "whoever follows the deltas knows what there is");
	settings("{}");
	look();
}

static struct blob crl_of(const struct crl_entry *v, size_t n)
{
	const struct crl_spec s = { .number = 1,
				    .this_update = env.now,
				    .next_update = env.now + CLOCK_DAY,
				    .v = v,
				    .n = n };
	struct blob der;

	if (crl_make(env.arena, ca.cert, ca_key(&env, &ca.row, &err), &s, &der, &err) < 0)
		fixture_die("crl");
	return der;
}

static void test_changes(void)
{
	const struct crl_entry base[] = { { serial_of(1), 0, 1 },
					  { serial_of(2), 0, 6 },
					  { serial_of(3), 0, 6 },
					  { serial_of(4), 0, 4 } };
	const struct crl_entry delta[] = { { serial_of(5), 0, 6 }, { serial_of(6), 0, 1 } };
	struct crl_entry now[] = { { serial_of(1), 0, 1 },
				   { serial_of(3), 0, 1 },
				   { serial_of(7), 0, 0 } };
	const struct revoked l = { .arena = env.arena, .v = now, .n = 3 };
	struct revoked out;

	ok(good(revoked_changes(&l, crl_of(base, 4), crl_of(delta, 2), &out, &err)) && out.n == 4,
	   "what is the same in the base is not listed");
	ok(blob_equal(out.v[0].serial, serial_of(2)) && out.v[0].reason == CRL_REMOVE &&
		   blob_equal(out.v[2].serial, serial_of(5)) && out.v[2].reason == CRL_REMOVE,
	   "releases of what the base or the last delta held");
	ok(blob_equal(out.v[1].serial, serial_of(3)) && out.v[1].reason == 1,
	   "what was on hold, and is revoked for good, has its new reason");
	ok(blob_equal(out.v[3].serial, serial_of(7)), "what is new");
	/* Serials 4 and 6 are gone without having been on hold: nobody takes them back. */
	ok(out.n == 4, "what was revoked for good is never removed");
}

static void test_scopes(void)
{
	static const char *const bad[] = { "",	"delta", "0-0",	 "4-4",	 "04-1", "4-01", "4-1x",
					   "4", "257-0", "-4-1", "+4-1", " 4-1", "4--1" };
	unsigned n, k;
	bool none = false;

	ok(crl_scope_is_shard("256-255", &n, &k) && n == 256 && k == 255, "256-255");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		none = none || crl_scope_is_shard(bad[i], &n, &k);
	ok(!none, "other texts are no shards");
	ok(crl_scope_has_url("http://a/1\nhttp://b/1", "http://b/1") &&
		   !crl_scope_has_url("http://a/1\nhttp://b/1", "http://b/") &&
		   !crl_scope_has_url("", "http://b/"),
	   "URLs are compared whole");
	ok(crl_scope_of_serial(blob_of("\x01\x02\x03\x04\x05", 5), 256) == 5 &&
		   crl_scope_of_serial(blob_of("\x07", 1), 4) == 3,
	   "a serial's shard");
}

int main(void)
{
	fixture_begin();
	if (make_ca("root", NULL, 3000 * CLOCK_DAY, &root) < 0 ||
	    make_ca("ca", "root", 1000 * CLOCK_DAY, &ca) < 0)
		fixture_die("CAs");
	ok(look() && !look(), "a new CA has its first CRL");
	test_pace();
	test_mass();
	test_clock();
	test_long_pause();
	test_stricter();
	test_shards();
	test_delta();
	test_clients();
	test_changes();
	test_scopes();
	fixture_end();
	return done();
}
