/* Revocation, what OCSP says of it, and what the tick keeps up. */
#include "pki/ossl.h"

#include <fcntl.h>
#include <openssl/ocsp.h>
#include <sys/stat.h>

#include "ca_fixture.h"
#include "pki/der.h"
#include "store/store_crl.h"
#include "store/store_event.h"

static struct issuer root, ca, other;

#define SHA1_ID "\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00"
#define SHA256_ID "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define SHA384_ID "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02"

struct ask {
	const struct issuer *issuer;
	struct blob serial;
	int sha2;			/* 0: SHA-1; 384: so called, the hashes are those of SHA-1 */
};

static struct blob make_request(const struct ask *v, size_t n)
{
	struct der_out w;
	size_t all, tbs, list, request, id;

	der_init(&w, env.arena, 256);
	all = der_open(&w, DER_SEQUENCE);
	tbs = der_open(&w, DER_SEQUENCE);
	list = der_open(&w, DER_SEQUENCE);
	for (size_t i = 0; i < n; i++) {
		const struct issuer_row *r = &v[i].issuer->row;

		request = der_open(&w, DER_SEQUENCE);
		id = der_open(&w, DER_SEQUENCE);
		if (v[i].sha2 == 384)
			der_put_lit(&w, SHA384_ID);
		else if (v[i].sha2)
			der_put_lit(&w, SHA256_ID);
		else
			der_put_lit(&w, SHA1_ID);
		der_put(&w, DER_OCTET_STRING, v[i].sha2 == 256 ? r->name_sha256 : r->name_sha1);
		der_put(&w, DER_OCTET_STRING, v[i].sha2 == 256 ? r->key_sha256 : r->key_sha1);
		der_put_integer(&w, v[i].serial);
		der_close(&w, id);
		der_close(&w, request);
	}
	der_close(&w, list);
	der_close(&w, tbs);
	der_close(&w, all);
	return der_done(&w);
}

struct said {
	int response;			/* OCSPResponseStatus; -1: not an OCSP response */
	int n, status[4], reason[4];
	int64_t revoked_at, this_update, next_update;
	bool cacheable, archive;
	struct blob der;
};

static int64_t seconds(const ASN1_GENERALIZEDTIME *t)
{
	struct tm tm;

	return t && ASN1_TIME_to_tm(t, &tm) ? timegm(&tm) : 0;
}

static struct said ask_all(const struct ask *v, size_t n)
{
	struct status_answer a;
	struct said s = { .response = -1 };
	OCSP_RESPONSE *r;
	OCSP_BASICRESP *b;
	const unsigned char *p;

	status_answer(&env, make_request(v, n), &a, &err);
	err_clear(&err);
	p = a.der.data;
	r = d2i_OCSP_RESPONSE(NULL, &p, (long)a.der.len);
	if (!r)
		return s;
	s.response = OCSP_response_status(r);
	s.cacheable = a.cacheable;
	s.der = a.der;
	b = OCSP_response_get1_basic(r);
	s.n = b ? OCSP_resp_count(b) : 0;
	for (int i = 0; i < s.n && i < 4; i++) {
		ASN1_GENERALIZEDTIME *at = NULL, *from, *to;
		OCSP_SINGLERESP *single = OCSP_resp_get0(b, i);

		s.status[i] = OCSP_single_get0_status(single, &s.reason[i], &at, &from, &to);
		s.archive = OCSP_SINGLERESP_get_ext_by_NID(single, NID_id_pkix_OCSP_archiveCutoff,
							   -1) >= 0;
		s.revoked_at = seconds(at);
		s.this_update = seconds(from);
		s.next_update = seconds(to);
	}
	OCSP_BASICRESP_free(b);
	OCSP_RESPONSE_free(r);
	return s;
}

static struct said ask(const struct issuer *issuer, struct blob serial)
{
	return ask_all(&(struct ask){ issuer, serial, 0 }, 1);
}

static void test_answers(const struct cert *c)
{
	struct said s = ask(&ca, c->serial), again;
	const unsigned char none[] = { 0x12, 0x34 };
	struct blob unissued = blob_of(none, sizeof(none));
	struct issuer wrong = ca;

	ok(s.response == 0 && s.n == 1 && s.status[0] == V_OCSP_CERTSTATUS_GOOD, "good");
	ok(s.cacheable, "and may be kept");
	ok(s.this_update == env.now / CLOCK_SECOND, "thisUpdate is not before the issuance");
	ok(s.next_update - s.this_update == fixture_conf.ocsp.validity / CLOCK_SECOND,
	   "nextUpdate is after the validity");
	again = ask(&ca, c->serial);
	ok(blob_equal(s.der, again.der), "the same request soon has the same octets");
	env.now += fixture_conf.ocsp.max_age;
	again = ask(&ca, c->serial);
	ok(blob_equal(s.der, again.der), "and as long as it is in the first half of its time");
	env.now += fixture_conf.ocsp.validity / 2;
	again = ask(&ca, c->serial);
	ok(!blob_equal(s.der, again.der) && again.status[0] == V_OCSP_CERTSTATUS_GOOD,
	   "and later new ones");
	s = ask(&ca, unissued);
	ok(s.response == 0 && s.status[0] == V_OCSP_CERTSTATUS_UNKNOWN && !s.cacheable,
	   "a serial that was not issued is unknown, and not kept");
	wrong.row.key_sha1 = other.row.key_sha1;
	ok(ask(&wrong, c->serial).response == 6, "another key's hash: unauthorized");
	wrong = ca;
	wrong.row.name_sha1 = other.row.name_sha1;
	ok(ask(&wrong, c->serial).response == 6, "another name's hash: unauthorized");
	ok(ask(&root, ca.cert->serial).status[0] == V_OCSP_CERTSTATUS_GOOD,
	   "a CA's certificate is answered for by its parent");
	{
		const struct ask two[] = { { &ca, c->serial, 256 }, { &ca, unissued, 0 } };
		const struct ask mixed[] = { { &ca, c->serial, 0 }, { &root, c->serial, 0 } };

		s = ask_all(two, 2);
		ok(s.n == 2 && s.status[0] == V_OCSP_CERTSTATUS_GOOD &&
			   s.status[1] == V_OCSP_CERTSTATUS_UNKNOWN && !s.cacheable,
		   "two of one issuer are answered in order");
		ok(ask_all(mixed, 2).response == 6, "two of two issuers: unauthorized");
	}
}

static struct device_row load_device(const char *id)
{
	struct device_row d = { .state = -1 };

	store_device_load(env.db, env.arena, id, &d, &err);
	return d;
}

static bool has_event(const char *type, const char *device)
{
	struct event_row *v;
	size_t n;

	store_event_list(env.db, env.arena, device, NULL, 0, 100, &v, &n, &err);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(v[i].type, type) == 0)
			return true;
	}
	return false;
}

static void test_revocation(const struct cert *c)
{
	struct said s;
	int64_t at = env.now += 10 * CLOCK_SECOND;

	ok(good(revoke_one(c, REASON_CERTIFICATE_HOLD)), "a certificate is put on hold");
	s = ask(&ca, c->serial);
	ok(s.status[0] == V_OCSP_CERTSTATUS_REVOKED && s.reason[0] == 6 &&
		   s.revoked_at == at / CLOCK_SECOND,
	   "the next answer says so, and since when");
	ok(s.this_update >= at / CLOCK_SECOND, "thisUpdate is not before the change");
	ok(load_device("d1").state == DEVICE_REVOKED, "the device is revoked");
	ok(has_event("certificate.status.update", "d1") && has_event("device.status.update", "d1"),
	   "events tell of both");
	ok(failed(revoke_one(c, REASON_CERTIFICATE_HOLD), ERR_CONFLICT, "already_revoked"),
	   "held once");
	env.now += CLOCK_SECOND;
	ok(good(revoke_one(c, -1)), "it is released");
	ok(ask(&ca, c->serial).status[0] == V_OCSP_CERTSTATUS_GOOD, "good again");
	ok(load_device("d1").state == DEVICE_LIVE, "the device lives");
	ok(failed(revoke_one(c, -1), ERR_CONFLICT, "not_on_hold"), "released once");
	revoke_one(c, REASON_CERTIFICATE_HOLD);
	at = env.now;
	env.now += CLOCK_MINUTE;
	ok(good(revoke_one(c, REASON_KEY_COMPROMISE)), "what is on hold is revoked for good");
	s = ask(&ca, c->serial);
	ok(s.reason[0] == 1 && s.revoked_at == at / CLOCK_SECOND,
	   "with the new reason, since the hold");
	ok(failed(revoke_one(c, -1), ERR_CONFLICT, "not_on_hold"), "and not released");
	ok(failed(revoke_one(c, REASON_SUPERSEDED), ERR_CONFLICT, "already_revoked"),
	   "nor revoked again");
	ok(failed(revoke_one(make_device("d0", "dms", &ca, CLOCK_DAY), 7), ERR_REJECTED, "reason"),
	   "7 is no reason (RFC 5280 5.3.1)");
}

static void test_reasons(void)
{
	static const int reasons[] = { 0, 1, 2, 3, 4, 5, 6, 8, 9, 10 };

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		struct cert *c = make_device(arena_printf(env.arena, "r%d", reasons[i]), "dms", &ca,
					     CLOCK_DAY);
		struct said s;

		revoke_one(c, reasons[i]);
		s = ask(&ca, c->serial);
		ok(s.status[0] == V_OCSP_CERTSTATUS_REVOKED &&
			   s.reason[0] == (reasons[i] && reasons[i] != 8 ? reasons[i] : -1),
		   "revoked: %s", token_name(crl_reasons, reasons[i]));
	}
}

static void test_decommission(void)
{
	struct cert *c = make_device("d2", "dms", &ca, CLOCK_DAY);

	for (int i = 0; i < 2; i++) {
		AUTO(db_txn) *t = db_begin(env.db, DB_WRITE, &err);
		ok(good(revoke_decommission(&env, "d2", &err)) && store_commit(&t, &err) == 0,
		   i ? "again: nothing changes" : "a device is decommissioned");
	}
	ok(load_device("d2").state == DEVICE_DECOMMISSIONED, "its state says so");
	ok(ask(&ca, c->serial).reason[0] == REASON_CESSATION_OF_OPERATION,
	   "its certificate is revoked");
	{
		AUTO(db_txn) *t = db_begin(env.db, DB_WRITE, &err);
		ok(failed(revoke_decommission(&env, "nobody", &err), ERR_NOT_FOUND, "device"),
		   "a device that is not there");
	}
}

static void test_expired(void)
{
	struct cert *c = make_device("d3", "dms", &ca, CLOCK_DAY);
	int64_t now = env.now;
	struct said s;

	env.now = c->not_after - CLOCK_HOUR;
	s = ask(&ca, c->serial);
	ok(s.next_update == c->not_after / CLOCK_SECOND,
	   "nextUpdate is not beyond the certificate's end");
	env.now = c->not_after + CLOCK_HOUR;
	s = ask(&ca, c->serial);
	ok(s.response == 0 && s.status[0] == V_OCSP_CERTSTATUS_GOOD && s.archive,
	   "an expired certificate keeps its status, with the archive cutoff");
	env.now = now;
}

static bool upkeep(int (*fn)(const struct env *, const struct issuer *, bool *, struct err *))
{
	bool made = false;

	return good(fn(&env, &ca, &made, &err)) && made;
}

static struct crl_row load_crl(void)
{
	struct crl_row c = { 0 };

	store_crl_load(env.db, env.arena, ca.row.ski, "", &c, &err);
	return c;
}

static int crl_entries(struct blob der)
{
	const unsigned char *p = der.data;
	X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)der.len);
	int n = crl ? sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl)) : -2;

	X509_CRL_free(crl);
	return n;
}

static void test_crl(void)
{
	struct cert *c = make_device("d4", "dms", &ca, CLOCK_DAY);
	int64_t now = env.now;
	int before;

	ok(upkeep(upkeep_crl), "the first CRL is made");
	before = crl_entries(load_crl().der);
	ok(load_crl().number == 1 && before > 0, "number 1, with what was revoked");
	ok(!upkeep(upkeep_crl), "there is nothing to do then");
	revoke_one(c, REASON_SUPERSEDED);
	ok(upkeep(upkeep_crl), "a revocation makes the next");
	ok(load_crl().number == 2 && crl_entries(load_crl().der) == before + 1,
	   "number 2, one more");
	ok(!upkeep(upkeep_crl), "once");
	env.now += fixture_conf.crl.validity / 2;
	ok(upkeep(upkeep_crl), "so does half of its validity");
	ok(load_crl().next_update == env.now + fixture_conf.crl.validity, "for another period");
	ok(crl_entries(load_crl().der) == before + 1,
	   "expired certificates stay for the first CRL after their end");
	env.now += 2 * fixture_conf.crl.validity;
	upkeep(upkeep_crl);
	env.now += 2 * fixture_conf.crl.validity;
	upkeep(upkeep_crl);
	ok(crl_entries(load_crl().der) < before, "and are gone a period later");
	env.now = now;
}

static void make_old(const char *file)
{
	const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };

	utimensat(AT_FDCWD, file, times, 0);
}

static void test_responder(void)
{
	struct responder_row first, second;
	int64_t now = env.now;
	struct cert *c = make_device("d5", "dms", &ca, 300 * CLOCK_DAY);

	ok(!upkeep(upkeep_responder), "a fresh responder is left alone");
	store_responder_load(env.db, env.arena, ca.row.ski, &first, &err);
	env.now += 8 * CLOCK_DAY;
	ok(upkeep(upkeep_responder), "past half of its life it is renewed");
	store_responder_load(env.db, env.arena, ca.row.ski, &second, &err);
	ok(access(first.key_uri + 5, F_OK) == 0 && access(second.key_uri + 5, F_OK) == 0,
	   "who has just read the old row still finds its key");
	ok(ask(&ca, c->serial).response == 0, "the next answer is signed with the new one");
	env.now += 15 * CLOCK_DAY;
	ok(ask(&ca, c->serial).response == 3, "an expired responder: tryLater");
	env.now -= 15 * CLOCK_DAY;
	unlink(second.key_uri + 5);
	env.now += CLOCK_HOUR;
	ok(upkeep(upkeep_responder), "a lost key is made anew");
	ok(access(first.key_uri + 5, F_OK) == 0, "the old key has a day");
	store_responder_load(env.db, env.arena, ca.row.ski, &second, &err);
	make_old(first.key_uri + 5);
	make_old(second.key_uri + 5);
	env.now += 8 * CLOCK_DAY;
	upkeep(upkeep_responder);
	ok(access(first.key_uri + 5, F_OK) < 0 && access(second.key_uri + 5, F_OK) == 0,
	   "the renewal after that removes it");
	env.now -= 8 * CLOCK_DAY + CLOCK_HOUR;
	env.now = ca.row.not_after - CLOCK_DAY;
	upkeep(upkeep_responder);
	store_responder_load(env.db, env.arena, ca.row.ski, &second, &err);
	ok(second.not_after == ca.row.not_after, "the last responder ends with its CA");
	env.now = ca.row.not_after - CLOCK_SECOND;
	ok(!upkeep(upkeep_responder), "and is not renewed");
	env.now = now;
	upkeep(upkeep_responder);
}

static void test_responder_revoked(void)
{
	struct cert *c = make_device("d7", "dms", &ca, CLOCK_DAY);
	struct responder_row r;

	store_responder_load(env.db, env.arena, ca.row.ski, &r, &err);
	ok(good(revoke_one(cert_read(env.arena, r.der, &err), REASON_KEY_COMPROMISE)),
	   "a responder is revoked");
	ok(ask(&ca, c->serial).response == 3, "it answers no more: tryLater");
	ok(upkeep(upkeep_responder), "it is renewed at once");
	ok(ask(&ca, c->serial).response == 0, "and the new one answers");
	ok(!upkeep(upkeep_responder), "once");
}

static void test_compromise(void)
{
	struct cert *c = make_device("d6", "dms", &ca, CLOCK_DAY);
	struct said s;

	ok(ask(&ca, c->serial).status[0] == V_OCSP_CERTSTATUS_GOOD, "good before");
	env.now += CLOCK_SECOND;
	ok(good(revoke_one(ca.cert, REASON_SUPERSEDED)),
	   "a CA is revoked, its key not compromised");
	issuer_load(env.db, env.arena, "ca", &ca, &err);
	ok(ca.row.revoked_at == env.now && ca.row.reason == REASON_SUPERSEDED,
	   "its issuer row knows");
	ok(ask(&ca, c->serial).status[0] == V_OCSP_CERTSTATUS_GOOD, "its certificates stand");
	env.now += 15 * CLOCK_DAY;
	ok(upkeep(upkeep_responder), "a revoked CA's responder is renewed");
	ok(ask(&ca, c->serial).response == 0, "and OCSP goes on");
	ok(good(revoke_one(root.cert, REASON_KEY_COMPROMISE)), "the root's key is compromised");
	s = ask(&ca, c->serial);
	ok(s.status[0] == V_OCSP_CERTSTATUS_REVOKED && s.reason[0] == 2 &&
		   s.revoked_at == env.now / CLOCK_SECOND,
	   "all below it are revoked: cACompromise, since then");
}

static void say_of_unissued(const char *unissued)
{
	const char *json = arena_printf(env.arena, "{\"ocsp\":{\"unissued\":\"%s\"}}", unissued);

	AUTO(db_txn) *t = db_begin(env.db, DB_WRITE, &err);
	if (!t || store_ca_set_validation(env.db, "ca", json, &err) < 0 ||
	    store_commit(&t, &err) < 0)
		fixture_die("validation");
}

/* The first request after a change reads what the next ones find in memory. */
static void test_unissued(void)
{
	const unsigned char none[] = { 0x12, 0x34 };
	struct blob serial = blob_of(none, sizeof(none));

	say_of_unissued("UNAUTHORIZED");
	ok(ask(&ca, serial).response == 6, "a serial that was not issued is unauthorized");
	ok(ask(&ca, serial).response == 6, "so it is the next time");
	say_of_unissued("REVOKED");
	for (int i = 1; i <= 2; i++) {
		struct said s = ask(&ca, serial);

		ok(s.reason[0] == 6 && s.revoked_at == 0, "or on hold since 1970 (%d)", i);
	}
	say_of_unissued("UNKNOWN");
	ok(ask(&ca, serial).status[0] == V_OCSP_CERTSTATUS_UNKNOWN, "and unknown");
}

/* It is dated by the hold; what was said until now shall still be the older answer. */
static void test_compromise_on_hold(void)
{
	struct cert *c = make_device("d9", "dms", &other, 3 * CLOCK_DAY);
	struct said before, after;
	int64_t held;
	bool made;

	ok(good(upkeep_responder(&env, &other, &made, &err)), "a third CA's responder");
	held = env.now += CLOCK_DAY;
	ok(good(revoke_one(other.cert, REASON_CERTIFICATE_HOLD)), "the CA is on hold");
	env.now += CLOCK_DAY;
	revoke_one(c, REASON_CERTIFICATE_HOLD);
	revoke_one(c, -1);
	before = ask(&other, c->serial);
	env.now += 10 * CLOCK_SECOND;
	ok(good(revoke_one(other.cert, REASON_KEY_COMPROMISE)), "and found compromised");
	after = ask(&other, c->serial);
	ok(before.status[0] == V_OCSP_CERTSTATUS_GOOD && after.reason[0] == 2 &&
		   after.revoked_at == held / CLOCK_SECOND,
	   "its certificates are revoked since the hold");
	ok(after.this_update == before.this_update + 10, "in answers that are newer");
}

/* What was revoked for another reason: since then, in answers that are newer. */
static void test_compromise_later(void)
{
	struct issuer late;
	struct cert *c, *below;
	struct said before, after;
	int64_t at;
	bool made;

	ok(make_ca("late", NULL, 3650 * CLOCK_DAY, &late) == 0 &&
		   good(upkeep_responder(&env, &late, &made, &err)),
	   "a fourth CA");
	c = make_device("d10", "dms", &late, 3 * CLOCK_DAY);
	below = make_device("d11", "dms", &late, 3 * CLOCK_DAY);
	at = env.now += CLOCK_DAY;
	ok(good(revoke_one(c, REASON_SUPERSEDED)), "a certificate is superseded");
	before = ask(&late, c->serial);
	env.now += 10 * CLOCK_SECOND;
	ok(failed(revoke_one(c, REASON_AA_COMPROMISE), ERR_CONFLICT, "already_revoked"),
	   "another compromise than of its key adds nothing");
	ok(good(revoke_one(c, REASON_KEY_COMPROMISE)), "and then found compromised");
	after = ask(&late, c->serial);
	ok(before.reason[0] == 4 && after.reason[0] == 1 && after.revoked_at == at / CLOCK_SECOND,
	   "it says so, and is revoked since it was superseded");
	ok(after.this_update == before.this_update + 10, "in a newer answer");
	ok(failed(revoke_one(c, REASON_CA_COMPROMISE), ERR_CONFLICT, "already_revoked") &&
		   failed(revoke_one(c, REASON_KEY_COMPROMISE), ERR_CONFLICT, "already_revoked"),
	   "not a second time");
	ok(good(revoke_one(late.cert, REASON_SUPERSEDED)), "the CA is superseded");
	at = env.now;
	before = ask(&late, below->serial);
	ok(before.status[0] == V_OCSP_CERTSTATUS_GOOD, "what it issued stands");
	env.now += 2 * fixture_conf.ocsp.backdate;
	ok(good(revoke_one(late.cert, REASON_CA_COMPROMISE)), "and then found compromised");
	after = ask(&late, below->serial);
	ok(after.reason[0] == 2 && after.revoked_at == at / CLOCK_SECOND,
	   "what it issued is revoked since it was superseded");
	ok(after.this_update == env.now / CLOCK_SECOND, "which is known from now on");
}

/* SHA-384 is looked for in a table of all CAs. */
static void test_unreadable(const struct cert *c)
{
	const struct ask by_sha384 = { .issuer = &ca, .serial = c->serial, .sha2 = 384 };
	struct issuer_row row = other.row;
	unsigned char ski[SHA256_LEN];

	memset(ski, 0xff, sizeof(ski));
	row.ski = row.sha256 = row.key_sha256 = blob_of(ski, sizeof(ski));
	row.key_sha1 = blob_of(ski, SHA1_LEN);
	row.der = blob_of("rubbish", 7);
	{
		AUTO(db_txn) *t = db_begin(env.db, DB_WRITE, &err);
		ok(t && good(store_issuer_add(env.db, &row, &err)) && store_commit(&t, &err) == 0,
		   "a CA whose certificate is damaged");
	}
	ok(ask(&ca, c->serial).response == 0, "the others answer, by SHA-1");
	ok(ask_all(&by_sha384, 1).response == 3, "by SHA-384 nobody can be told: tryLater");
	ok(ask_all(&by_sha384, 1).response == 3, "and tryLater");
	ok(ask(&ca, c->serial).response == 0, "the process is alive");
}

int main(void)
{
	struct cert *c;
	bool made;

	fixture_begin();
	if (make_ca("root", NULL, 3650 * CLOCK_DAY, &root) < 0 ||
	    make_ca("ca", "root", 3000 * CLOCK_DAY, &ca) < 0 ||
	    make_ca("other", NULL, 3650 * CLOCK_DAY, &other) < 0)
		fixture_die("ca");
	make_dms("dms", "{\"enrollment_settings\":{\"enrollment_ca\":\"ca\"}}");
	c = make_device("d1", "dms", &ca, CLOCK_DAY);
	ok(ask(&ca, c->serial).response == 3, "without a responder: tryLater");
	ok(good(upkeep_responder(&env, &ca, &made, &err)) && made, "the first responder is made");
	ok(good(upkeep_responder(&env, &root, &made, &err)) && made, "the root has its own");
	test_answers(c);
	test_revocation(c);
	test_reasons();
	test_decommission();
	test_expired();
	test_crl();
	test_responder();
	test_responder_revoked();
	test_unissued();
	test_compromise();
	test_compromise_on_hold();
	test_compromise_later();
	test_unreadable(c);
	fixture_end();
	return done();
}
