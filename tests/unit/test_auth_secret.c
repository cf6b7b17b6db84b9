/* Enrollment secrets: the HMAC, the key, and what is and is not the secret of a row. */
#include <stdio.h>

#include "auth/secret.h"
#include "base/file.h"
#include "base/hex.h"
#include "pki/digest.h"
#include "store/store_dms.h"
#include "tests/unit/store_test.h"

static bool mac_is(const char *key, const char *data, const char *hex)
{
	AUTO(arena) *a = arena_new();
	unsigned char mac[SHA256_LEN];

	digest_hmac_sha256(blob_of(key, strlen(key)), blob_of(data, strlen(data)), mac);
	return strcmp(hex_write(a, blob_of(mac, sizeof(mac))), hex) == 0;
}

static void test_hmac(void)
{
	unsigned char a[SHA256_LEN] = { 1 }, b[SHA256_LEN] = { 1 };

	/* RFC 4231, test cases 1 and 2 */
	ok(mac_is("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b",
		  "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
	   "RFC 4231 test case 1");
	ok(mac_is("Jefe", "what do ya want for nothing?",
		  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
	   "RFC 4231 test case 2");
	ok(digest_equal(a, b), "equal digests");
	b[SHA256_LEN - 1] = 1;
	ok(!digest_equal(a, b), "one bit at the end differs");
}

static bool is_secret(const struct conf *conf, const struct secret_row *row, const char *text)
{
	AUTO(arena) *a = arena_new();
	struct err e = { 0 };

	return secret_verify(conf, a, row, text, &e) == 1;
}

static bool is_fault(const struct conf *conf, const struct secret_row *row, const char *text)
{
	AUTO(arena) *a = arena_new();
	struct err e = { 0 };

	return secret_verify(conf, a, row, text, &e) == -1 && e.kind == ERR_BUSY &&
	       strcmp(e.code, "secrets_key") == 0;
}

static const char *key_path(const struct conf *conf, struct arena *a)
{
	return arena_printf(a, "%s/keys/secrets.key", conf->state_dir);
}

static void test_secrets(struct arena *a, const struct conf *conf)
{
	struct secret_row one = { 0 }, two = { 0 }, mixed;
	const char *first, *second, *longer;
	struct err e = { 0 };
	struct stat st;

	ok(!is_secret(conf, NULL, "x") && stat(key_path(conf, a), &st) != 0,
	   "an unknown user before there is any secret: no, and no key is made");
	test_must(secret_make(conf, a, &one, &first, &e) == 0, "make", &e);
	ok(stat(key_path(conf, a), &st) == 0 && (st.st_mode & 07777) == 0600 && st.st_size == 32,
	   "the key is made with the first secret, for its owner alone");
	test_must(secret_make(conf, a, &two, &second, &e) == 0, "make", &e);
	ok(strlen(one.id) == 16 && strcmp(one.id, two.id) != 0 && one.mac.len == SHA256_LEN,
	   "an id of 64 bits");
	ok(strlen(first) == 43 && strcmp(first, second) != 0 &&
		   strspn(first, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789-_") == 43,
	   "a secret of 256 bits that nothing has to quote");
	ok(is_secret(conf, &one, first) && is_secret(conf, &two, second), "it is recognised");
	ok(!is_secret(conf, &one, second) && !is_secret(conf, &two, first), "by its own row only");
	longer = arena_printf(a, "%sx", first);
	ok(!is_secret(conf, &one, longer) && !is_secret(conf, &one, "") &&
		   !is_secret(conf, &one, first + 1),
	   "and no other text is");
	ok(!is_secret(conf, NULL, first), "without a row nothing is");
	mixed = one;
	mixed.id = two.id;
	ok(!is_secret(conf, &mixed, first), "a MAC that was moved to another row is of no use");
	mixed.mac = (struct blob){ 0 };
	ok(!is_secret(conf, &mixed, first), "and a row without one neither");
}

static void test_key(struct arena *a, const struct conf *conf)
{
	static const unsigned char other[33];
	const char *path = key_path(conf, a), *text;
	struct secret_row row = { 0 };
	struct err e = { 0 };

	test_must(secret_make(conf, a, &row, &text, &e) == 0, "make", &e);
	test_must(file_replace(path, 0600, blob_of(other, 32)) == 0, "key", &e);
	ok(!is_secret(conf, &row, text), "under another key it is not the secret");
	test_must(file_replace(path, 0600, blob_of(other, 33)) == 0, "key", &e);
	ok(is_fault(conf, &row, text), "a file that is no key is a fault");
	ok(!is_secret(conf, NULL, text) && !is_fault(conf, NULL, text),
	   "but not for an unknown user");
	ok(secret_make(conf, a, &row, &text, &e) < 0 && e.kind == ERR_BUSY,
	   "and nothing is made under it");
	unlink(path);
	ok(is_fault(conf, &row, text), "a key that has gone is a fault");
}

static void test_uses(struct arena *a, const struct conf *conf)
{
	AUTO(db) *db = test_open(DB_CREATE);
	const struct dms_row dms = {
		.id = "demo", .name = "demo", .settings = "{}", .metadata = "{}", .version = 1
	};
	struct secret_row row = {
		.dms = "demo", .uses_max = 2, .created_by = "me", .expires_at = 5
	};
	struct secret_row found;
	struct err e = { 0 };
	AUTO(db_txn) *t = db_begin(db, DB_WRITE, &e);
	const char *text;

	test_must(secret_make(conf, a, &row, &text, &e) == 0 && t &&
			  store_dms_add(db, &dms, &e) == 0 && store_secret_add(db, &row, &e) == 0,
		  "add", &e);
	ok(store_secret_find_usable(db, a, "demo", 4, &found, &e) == 1 &&
		   store_secret_find_usable(db, a, "demo", 5, &found, &e) == 0,
	   "usable until it expires");
	ok(store_secret_use(db, row.id, &e) == 0 && store_secret_use(db, row.id, &e) == 0 &&
		   store_secret_use(db, row.id, &e) < 0 && e.kind == ERR_CONFLICT,
	   "uses are counted, and end");
	ok(store_secret_load(db, a, row.id, &found, &e) == 1 && found.used == 2 &&
		   blob_equal(found.mac, row.mac),
	   "as the row says");
	ok(store_secret_revoke(db, row.id, 3, &e) == 0 &&
		   store_secret_revoke(db, row.id, 4, &e) == 0 &&
		   store_secret_load(db, a, row.id, &found, &e) == 1 && found.revoked_at == 3,
	   "the first revocation stays");
}

int main(void)
{
	AUTO(arena) *a = arena_new();
	struct conf conf = { 0 };
	char keys[PATH_MAX + 16];

	umask(0);
	test_begin();
	conf.state_dir = test_folder;
	snprintf(keys, sizeof(keys), "%s/keys", test_folder);
	if (mkdir(keys, 0700) != 0)
		return 1;
	test_hmac();
	test_secrets(a, &conf);
	test_key(a, &conf);
	test_uses(a, &conf);
	unlink(key_path(&conf, a));
	rmdir(keys);
	return done();
}
