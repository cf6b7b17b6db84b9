#include "ca/issuer_hash.h"

#include "pki/cert.h"

/* SHA-384 and SHA-512 of each issuer with a key. Few clients use them, so the register has no columns for them,
 * but who asks with them shall not cost a look at every CA's certificate each time. */
struct hashes {
	struct blob ski;
	struct blob name_sha384, key_sha384, name_sha512, key_sha512;
};
static struct {
	struct arena *arena;		/* NULL: there is no table yet */
	struct hashes *v;
	size_t n;
} table;

void issuer_hash_drop(void)
{
	arena_free(table.arena);
	table.arena = NULL;
	table.v = NULL;
	table.n = 0;
}

static int make_hashes(struct arena *a, const struct issuer_row *row, struct hashes *h,
		       struct err *e)
{
	AUTO(arena) *scratch = arena_new();
	const struct cert *c = cert_read(scratch, row->der, e);
	struct blob bits;

	if (!c)
		return -1;
	bits = key_read_bits(c->spki);
	*h = (struct hashes){
		.ski = arena_blob(a, row->ski.data, row->ski.len),
		.name_sha384 = digest_make_sha384(a, c->subject_der),
		.key_sha384 = digest_make_sha384(a, bits),
		.name_sha512 = digest_make_sha512(a, c->subject_der),
		.key_sha512 = digest_make_sha512(a, bits),
	};
	return 0;
}

/* The rows go with their arena: env's may be one that is kept. */
static int make_table(const struct env *env, struct err *e)
{
	AUTO(arena) *a = arena_new();
	AUTO(arena) *scratch = arena_new();
	struct issuer_row *rows;
	struct hashes *v;
	size_t nrows, n = 0;

	if (store_issuer_list(env->db, scratch, &rows, &nrows, e) < 0)
		return -1;
	v = arena_array(a, nrows, sizeof(*v));
	for (size_t i = 0; i < nrows; i++) {
		if (!rows[i].key_uri)
			continue;
		if (make_hashes(a, &rows[i], &v[n++], e) < 0)
			return -1;
	}
	table.arena = steal(&a);
	table.v = v;
	table.n = n;
	return 0;
}

static bool has(struct blob name, struct blob key, const struct ocsp_certid *id)
{
	return blob_equal(name, id->name_hash) && blob_equal(key, id->key_hash);
}

static const struct hashes *find_hashes(const struct ocsp_certid *id)
{
	for (size_t i = 0; i < table.n; i++) {
		const struct hashes *h = &table.v[i];

		if (id->hash == OCSP_SHA384 ? has(h->name_sha384, h->key_sha384, id)
					    : has(h->name_sha512, h->key_sha512, id))
			return h;
	}
	return NULL;
}

/* The register goes by the length: SHA-256 that is called SHA-1 names nobody. Its answer would be
 * published where no revocation looks. */
static int find_registered(const struct env *env, const struct ocsp_certid *id,
			   struct issuer_row *row, struct err *e)
{
	int found =
		store_issuer_load_by_hash(env->db, env->arena, id->name_hash, id->key_hash, row, e);

	return found > 0 ? issuer_hash_is(row, id) : found;
}

int issuer_hash_find(const struct env *env, const struct ocsp_certid *id, struct issuer_row *row,
		     struct err *e)
{
	const struct hashes *h;

	switch (id->hash) {
	case OCSP_HASH_OTHER:
		return 0;
	case OCSP_SHA1:
	case OCSP_SHA256:
		return find_registered(env, id, row, e);
	case OCSP_SHA384:
	case OCSP_SHA512:
		break;
	}
	if (!table.arena && make_table(env, e) < 0)
		return -1;
	h = find_hashes(id);
	return h ? store_issuer_load(env->db, env->arena, h->ski, row, e) : 0;
}

bool issuer_hash_is(const struct issuer_row *row, const struct ocsp_certid *id)
{
	const struct hashes *h;

	switch (id->hash) {
	case OCSP_HASH_OTHER:
		return false;
	case OCSP_SHA1:
		return has(row->name_sha1, row->key_sha1, id);
	case OCSP_SHA256:
		return has(row->name_sha256, row->key_sha256, id);
	case OCSP_SHA384:
	case OCSP_SHA512:
		break;
	}
	h = find_hashes(id);
	return h && blob_equal(h->ski, row->ski);
}
