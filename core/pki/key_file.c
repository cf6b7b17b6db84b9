/* Private keys at rest: loaded by URI, saved as PEM PKCS#8. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "pki/key.h"
#include "pki/ossl.h"

enum { PASSPHRASE_MAX = 1023, PBKDF2_ITERATIONS = 100000, FILE_MAX = 1 << 20 };

struct passphrase {
	char s[PASSPHRASE_MAX + 1];
	size_t len;
	bool set;
};

static void passphrase_fini(struct passphrase *p)
{
	OPENSSL_cleanse(p, sizeof(*p));
}
#define AUTO_PASSPHRASE __attribute__((cleanup(passphrase_fini))) struct passphrase

AUTO_TYPE(OSSL_STORE_CTX, OSSL_STORE_CTX, OSSL_STORE_close)
AUTO_TYPE(OSSL_STORE_INFO, OSSL_STORE_INFO, OSSL_STORE_INFO_free)
AUTO_TYPE(UI_METHOD, UI_METHOD, UI_destroy_method)
AUTO_TYPE(X509_SIG, X509_SIG, X509_SIG_free)
AUTO_TYPE(PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)

/* The first line; file NULL: none. */
static int passphrase_read(const char *file, struct passphrase *p, struct err *e)
{
	AUTO_FD fd = -1;
	ssize_t n;

	p->set = false;
	if (!file || !*file)
		return 0;
	fd = open(file, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, p->s, sizeof(p->s));
	if (n < 0)
		return err_fault(e, ERR_BUSY, "key", "passphrase file %s: %s", file,
				 strerror(errno));
	p->len = 0;
	while (p->len < (size_t)n && !strchr("\r\n", p->s[p->len]))
		p->len++;
	if (p->len == 0 || p->len > PASSPHRASE_MAX)
		return err_fault(e, ERR_BUSY, "key",
				 "passphrase file %s: expected 1 to %d octets "
				 "in its first line",
				 file, PASSPHRASE_MAX);
	p->s[p->len] = '\0';
	p->set = true;
	return 0;
}

/* OpenSSL asks here instead of on the terminal. */
static int give_passphrase(char *buf, int size, int rwflag, void *data)
{
	const struct passphrase *p = data;

	(void)rwflag;
	if (!p->set || size < 0 || p->len > (size_t)size)
		return -1;
	memcpy(buf, p->s, p->len);
	return (int)p->len;
}

const char *key_uri_path(const char *uri)
{
	static const char *const prefixes[] = { "file:///", "file:/" };

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		if (strncmp(uri, prefixes[i], n) == 0)
			return uri[n] == '/' ? NULL : uri + n - 1;
	}
	return NULL;
}

bool key_uri_is_token(const char *uri)
{
	return strncmp(uri, "pkcs11:", 7) == 0;
}

/* A pipe would be waited for, and a device read for ever: keys are in regular files. */
static int open_file(const char *path, struct err *e)
{
	AUTO_FD fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	int opened;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_fault(e, ERR_BUSY, "key", "key file:%s does not open: %s", path,
				 strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
		return err_fault(e, ERR_BUSY, "key",
				 "key file:%s: expected a regular file of at most %d octets", path,
				 FILE_MAX);
	opened = fd;
	fd = -1;
	return opened;
}

static EVP_PKEY *store_read(OSSL_STORE_CTX *store)
{
	if (!store || !OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY))
		return NULL;
	while (!OSSL_STORE_eof(store)) {
		AUTO(OSSL_STORE_INFO) *info = OSSL_STORE_load(store);

		if (info && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
			return OSSL_STORE_INFO_get1_PKEY(info);
		if (!info && OSSL_STORE_error(store))
			break;
	}
	return NULL;
}

static EVP_PKEY *read_key(const char *uri, struct passphrase *pass, struct err *e)
{
	AUTO(UI_METHOD) *ui = UI_UTIL_wrap_read_pem_callback(give_passphrase, 0);
	AUTO(BIO) *file = NULL;
	AUTO(OSSL_STORE_CTX) *store = NULL;
	const char *path = key_uri_path(uri);
	EVP_PKEY *pkey = NULL;
	int fd;

	if (path) {
		fd = open_file(path, e);
		if (fd < 0)
			return NULL;
		file = BIO_new_fd(fd, BIO_CLOSE);
		if (file && ui)
			store = OSSL_STORE_attach(file, "file", NULL, NULL, ui, pass, NULL, NULL,
						  NULL);
	} else if (ui) {
		store = OSSL_STORE_open(uri, ui, pass, NULL, NULL);
	}
	pkey = store_read(store);
	if (!pkey)
		err_fault(e, ERR_BUSY, "key", "key %s does not open: %s", uri, ossl_reason());
	return pkey;
}

struct key *key_load(struct arena *a, const char *uri, const char *passphrase_file, struct err *e)
{
	OSSL_SCOPE;
	AUTO_PASSPHRASE pass;
	EVP_PKEY *pkey;
	struct key *k;

	/* Only these two: OSSL_STORE takes anything else for the name of a file. */
	if (!key_uri_path(uri) && !key_uri_is_token(uri)) {
		err_fault(e, ERR_BUSY, "key",
			  "key %s: expected a URI file:/absolute/path or pkcs11:...", uri);
		return NULL;
	}
	if (passphrase_read(passphrase_file, &pass, e) < 0)
		return NULL;
	pkey = read_key(uri, &pass, e);
	if (!pkey)
		return NULL;
	k = ossl_key_make(a, pkey, e);
	if (!k)	/* a key that this program keeps is never the client's mistake */
		err_fault(e, ERR_BUSY, "key", "key %s is not of type RSA, ECDSA or Ed25519", uri);
	return k;
}

static bool write_encrypted(BIO *out, EVP_PKEY *pkey, const struct passphrase *pass)
{
	AUTO(PKCS8_PRIV_KEY_INFO) *plain = EVP_PKEY2PKCS8(pkey);
	X509_ALGOR *pbe = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), PBKDF2_ITERATIONS, NULL, 0, NULL,
					    NID_hmacWithSHA256);
	AUTO(X509_SIG) *sealed = NULL;

	if (plain && pbe)
		sealed = PKCS8_set0_pbe(pass->s, (int)pass->len, plain, pbe);
	if (!sealed)	/* else it owns pbe */
		X509_ALGOR_free(pbe);
	return sealed && PEM_write_bio_PKCS8(out, sealed) == 1;
}

static bool write_pem(BIO *out, EVP_PKEY *pkey, const struct passphrase *pass)
{
	if (pass->set)
		return write_encrypted(out, pkey, pass);
	return PEM_write_bio_PKCS8PrivateKey(out, pkey, NULL, NULL, 0, NULL, NULL) == 1;
}

int key_save(const struct key *k, const char *path, const char *passphrase_file, struct err *e)
{
	OSSL_SCOPE;
	AUTO_PASSPHRASE pass;
	AUTO(BIO) *out = BIO_new(BIO_s_secmem());
	char *data;
	long len;

	if (passphrase_read(passphrase_file, &pass, e) < 0)
		return -1;
	if (!out || !write_pem(out, k->pkey, &pass))
		return ossl_fault(e, "writing a key");
	len = BIO_get_mem_data(out, &data);
	if (file_write_new(path, 0600, blob_of(data, (size_t)len)) == 0)
		return 0;
	if (errno == EEXIST)
		return err_set(e, ERR_CONFLICT, "key_exists",
			       "%s exists already, and a key is never overwritten", path);
	return err_fault(e, ERR_INTERNAL, "key_file", "key file %s: %s", path, strerror(errno));
}
