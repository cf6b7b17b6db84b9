/* Where the answer to a request lies, and that no two certificates share a file. */
#include "ca_fixture.h"

#include "base/b64.h"
#include "base/rand.h"
#include "ca/publish_path.h"
#include "ca/publish_tree.h"

static unsigned char hashes[4][SHA256_LEN];

static struct issuer_row issuer_of(void)
{
	return (struct issuer_row){
		.name_sha1 = blob_of(hashes[0], SHA1_LEN),
		.key_sha1 = blob_of(hashes[1], SHA1_LEN),
		.name_sha256 = blob_of(hashes[2], SHA256_LEN),
		.key_sha256 = blob_of(hashes[3], SHA256_LEN),
	};
}

/* What a server and the kernel make of the path of a URL. */
static bool same_file(const char *a, const char *b)
{
	while (*a && *a == *b) {
		for (; a[0] == '/' && a[1] == '/'; a++)
			;
		for (; b[0] == '/' && b[1] == '/'; b++)
			;
		a++;
		b++;
	}
	return *a == *b;
}

/* Every path is the base64 but for runs of slashes; where the serial makes a run it is the only slash. */
static void test_paths(void)
{
	struct issuer_row issuer = issuer_of();
	size_t made = 0, none = 0, wrong = 0, runs = 0, ambiguous = 0;

	for (size_t n = 0; n < 20000; n++) {
		unsigned char serial[16];
		struct blob requests[PUBLISH_HASHES];

		rand_fill(serial, sizeof(serial));
		serial[0] |= 1;
		/* 0xff: the digit '/' everywhere, so that runs are frequent. */
		memset(serial + 4, 0xff, n % 12);
		publish_requests(env.arena, &issuer, blob_of(serial, 1 + n % 16), requests);
		for (size_t i = 0; i < PUBLISH_HASHES; i++) {
			const char *path = publish_path(env.arena, requests[i]);
			const char *b64 = b64_write(env.arena, requests[i], 0);

			made += path != NULL;
			none += !path;
			wrong += path && (!same_file(path, b64) || strstr(path, "//") ||
					  path[strlen(path) - 1] == '/');
			b64 += (requests[i].len - 1 - n % 16) * 4 / 3;
			if (!path || !strstr(b64, "//"))
				continue;
			runs++;
			b64 = strchr(b64, '/');
			ambiguous += strchr(b64 + strspn(b64, "/"), '/') != NULL;
		}
	}
	ok(made > 10000 && none > 1000 && !wrong, "the base64, with its runs collapsed");
	ok(runs && !ambiguous, "a run that the serial makes has a file only beside no other slash");
}

/* "A//B/CDE" and "A/B//CDE" in the same place: with a file each, they would have the same. */
static void test_pair(void)
{
	struct issuer_row issuer = issuer_of();
	static const unsigned char tails[2][7] = { { 0x03, 0xff, 0xc1, 0xfc, 0x20, 0xc4, 0x01 },
						   { 0x03, 0xf0, 0x7f, 0xfc, 0x20, 0xc4, 0x01 } };
	size_t shared = 0, would = 0;

	for (size_t pad = 1; pad <= 3; pad++) {
		struct blob r[2][PUBLISH_HASHES];

		for (size_t i = 0; i < 2; i++) {
			unsigned char serial[16] = { 0x11, 0x11, 0x11 };

			memcpy(serial + pad, tails[i], sizeof(tails[i]));
			publish_requests(env.arena, &issuer,
					 blob_of(serial, pad + sizeof(tails[i])), r[i]);
		}
		for (size_t i = 0; i < PUBLISH_HASHES; i++) {
			const char *a = publish_path(env.arena, r[0][i]);
			const char *b = publish_path(env.arena, r[1][i]);

			shared += a && b && strcmp(a, b) == 0;
			would += same_file(b64_write(env.arena, r[0][i], 0),
					   b64_write(env.arena, r[1][i], 0));
		}
	}
	ok(would && !shared, "two serials never share a file");
}

/* Serials of all strings of eight digits "/" and "A", behind a hash that ends in slashes or not. */
static void test_all_of_slashes(unsigned char last_of_hash, size_t pad)
{
	enum { ALL = 256 };
	struct issuer_row issuer = issuer_of();
	const char *b64[ALL], *path[ALL];
	size_t files = 0, runs = 0, shared = 0;

	memset(hashes[1] + SHA1_LEN - 3, last_of_hash, 3);
	for (unsigned int bits = 0; bits < ALL; bits++) {
		unsigned char serial[9] = { 0x11, 0x11, 0x11 };
		struct blob requests[PUBLISH_HASHES];

		for (size_t i = 0; i < 48; i++) {
			if (bits >> i / 6 & 1)
				serial[pad + i / 8] |= (unsigned char)(0x80 >> i % 8);
		}
		publish_requests(env.arena, &issuer, blob_of(serial, pad + 6), requests);
		b64[bits] = b64_write(env.arena, requests[0], 0);
		path[bits] = publish_path(env.arena, requests[0]);
		files += path[bits] != NULL;
		runs += path[bits] && strlen(path[bits]) < strlen(b64[bits]);
	}
	for (size_t i = 0; i < ALL; i++) {
		for (size_t j = 0; j < ALL; j++)
			shared += i != j && path[i] && same_file(path[i], b64[j]);
	}
	ok(files && runs && !shared, "hash of %02x, pad %zu: no request leads to another's file",
	   last_of_hash, pad);
	memset(hashes[1], 0x21, SHA1_LEN);
}

/* A CA whose own hashes make a run: it is the same for all its certificates, and harmless. */
static void test_prefix(void)
{
	struct issuer_row issuer = issuer_of();
	static const unsigned char serial[] = { 0x42, 0x42, 0x42 };
	struct blob requests[PUBLISH_HASHES];
	const char *path;

	memset(hashes[0] + 2, 0xff, 9);
	publish_requests(env.arena, &issuer, blob_of(serial, sizeof(serial)), requests);
	path = publish_path(env.arena, requests[0]);
	ok(strstr(b64_write(env.arena, requests[0], 0), "//") && path && !strstr(path, "//"),
	   "a run in what is the issuer's is no obstacle");
}

static void test_canonical(void)
{
	struct issuer_row issuer = issuer_of();
	static const unsigned char serial[] = { 0x80, 1, 2, 3 };
	struct blob requests[PUBLISH_HASHES];
	struct ocsp_certid id;
	unsigned char longer[300];

	publish_requests(env.arena, &issuer, blob_of(serial, sizeof(serial)), requests);
	ok(ocsp_request_is_canonical(env.arena, requests[0], &id) && id.hash == OCSP_SHA1 &&
		   blob_equal(id.serial, blob_of(serial, sizeof(serial))),
	   "a request with SHA-1 is canonical, and says its serial");
	ok(ocsp_request_is_canonical(env.arena, requests[1], &id) && id.hash == OCSP_SHA256,
	   "one with SHA-256 too");
	ok(!ocsp_request_is_canonical(env.arena, blob_of(requests[0].data, requests[0].len - 1),
				      &id) &&
		   !publish_path(env.arena, blob_of("", 0)),
	   "what is no request is not, and has no path");
	ok(!publish_path(env.arena,
			 ocsp_request_make(env.arena, OCSP_SHA1, issuer.name_sha256,
					   issuer.key_sha256, blob_of(serial, sizeof(serial)))) &&
		   !publish_path(env.arena, ocsp_request_make(env.arena, OCSP_SHA256,
							      issuer.name_sha1, issuer.key_sha1,
							      blob_of(serial, sizeof(serial)))),
	   "nor is one whose hashes are not of the algorithm that it names");
	memset(longer, 0x55, sizeof(longer));
	publish_requests(env.arena, &issuer, blob_of(longer, sizeof(longer)), requests);
	ok(!publish_path(env.arena, requests[0]), "a name that the file system does not take");
}

static void test_shards(void)
{
	size_t seen[PUBLISH_SHARDS] = { 0 }, empty = 0;

	for (int i = 0; i < 10000; i++)
		seen[publish_shard(arena_printf(env.arena, "MFEwTzBNMEswSTAJBgUr%d=", i))]++;
	for (size_t i = 0; i < PUBLISH_SHARDS; i++)
		empty += seen[i] < 50;
	ok(!empty, "the shards have about the same number of paths");
}

int main(void)
{
	fixture_begin();
	for (size_t i = 0; i < ARRAY_LEN(hashes); i++)
		memset(hashes[i], 0x20 + (int)i, SHA256_LEN);
	test_paths();
	test_pair();
	for (size_t pad = 0; pad < 3; pad++) {
		test_all_of_slashes(0x21, pad);
		test_all_of_slashes(0xff, pad);
	}
	test_canonical();
	test_shards();
	test_prefix();
	fixture_end();
	return done();
}
