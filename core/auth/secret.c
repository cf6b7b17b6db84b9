#include "auth/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/b64.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/rand.h"
#include "pki/digest.h"

enum { KEY_LEN = 32, ID_LEN = 8, SECRET_LEN = 32 };

static const char *key_path(const struct conf *conf, struct arena *a)
{
	return arena_printf(a, "%s/keys/secrets.key", conf->state_dir);
}

/* 1 and the key, 0: there is none, -1. */
static int read_key(const char *path, struct arena *a, struct blob *key, struct err *e)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	unsigned char *buf = arena_alloc(a, KEY_LEN + 1);	/* one more: it shows too long a file */
	ssize_t n;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || (n = read(fd, buf, KEY_LEN + 1)) < 0)
		return err_fault(e, ERR_BUSY, "secrets_key", "%s: %s", path, strerror(errno));
	if (n != KEY_LEN)
		return err_fault(e, ERR_BUSY, "secrets_key",
				 "%s: expected a key of %d octets, got another file", path,
				 KEY_LEN);
	*key = blob_of(buf, KEY_LEN);
	return 1;
}

/* Two at once: the second finds the first one's. */
static int make_key(const char *path, struct arena *a, struct blob *key, struct err *e)
{
	unsigned char *fresh = arena_alloc(a, KEY_LEN);
	int rc;

	rand_fill(fresh, KEY_LEN);
	if (file_write_new(path, 0600, blob_of(fresh, KEY_LEN)) < 0 && errno != EEXIST)
		return err_fault(e, ERR_BUSY, "secrets_key", "%s: %s", path, strerror(errno));
	rc = read_key(path, a, key, e);
	if (rc == 0)
		return err_fault(e, ERR_BUSY, "secrets_key", "%s has gone", path);
	return rc < 0 ? -1 : 0;
}

/* The id is part of it: one row's MAC is of no use in another. */
static void make_mac(struct arena *a, struct blob key, const char *id, const char *text,
		     unsigned char out[SHA256_LEN])
{
	const char *input = arena_printf(a, "%s:%s", id, text);

	digest_hmac_sha256(key, blob_of(input, strlen(input)), out);
}

int secret_make(const struct conf *conf, struct arena *a, struct secret_row *row, const char **text,
		struct err *e)
{
	unsigned char *id = arena_alloc(a, ID_LEN), *secret = arena_alloc(a, SECRET_LEN);
	unsigned char *mac = arena_alloc(a, SHA256_LEN);
	const char *path = key_path(conf, a);
	struct blob key;
	int rc = read_key(path, a, &key, e);

	if (rc < 0 || (rc == 0 && make_key(path, a, &key, e) < 0))
		return -1;
	rand_fill(id, ID_LEN);
	rand_fill(secret, SECRET_LEN);
	row->id = hex_write(a, blob_of(id, ID_LEN));
	*text = b64_write_url(a, blob_of(secret, SECRET_LEN));
	make_mac(a, key, row->id, *text, mac);
	row->mac = blob_of(mac, SHA256_LEN);
	return 0;
}

int secret_verify(const struct conf *conf, struct arena *a, const struct secret_row *row,
		  const char *text, struct err *e)
{
	static const unsigned char none[SHA256_LEN];
	unsigned char mac[SHA256_LEN];
	struct blob key = blob_of(none, sizeof(none));
	const char *path = key_path(conf, a);
	int rc = read_key(path, a, &key, e);
	bool equal;

	/* Without a row nobody need know whether there is a key: no secret may have been made yet. */
	if (rc < 0 && row)
		return -1;
	if (rc == 0 && row)
		return err_fault(e, ERR_BUSY, "secrets_key", "%s is not there", path);
	if (rc < 0)
		err_clear(e);
	make_mac(a, key, row ? row->id : "0000000000000000", text, mac);
	equal = digest_equal(mac, row && row->mac.len == SHA256_LEN ? row->mac.data : none);
	return equal && row;
}
