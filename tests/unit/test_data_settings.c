#include "data/settings.h"

#include <string.h>

#include "base/clock.h"

#include "tap.h"

static struct arena *a;
static struct err e;

/* Reads and checks settings; the pointers of the problems, and the first problem's text. */
static const char *problems_of(const char *s, struct dms_settings *out)
{
	struct doc *d = doc_read(a, s, strlen(s), &e);
	struct problems p;
	struct text t;

	if (!d)
		err_die("bad JSON in the test: %s", e.text);
	problems_init(&p, a);
	text_init(&t, a);
	fields_read(a, dms_settings_fields, d, out, "/settings", &p);
	settings_check(out, "/settings", &p);
	for (size_t i = 0; i < p.n; i++)
		text_addf(&t, "%s%s", i ? " " : "", p.v[i].pointer);
	if (p.n > 0)
		text_addf(&t, ": %s", p.v[0].text);
	return t.s;
}

/* Settings in which only the given members differ from a sound whole. */
#define ENROLL(more)                                                                               \
	"\"enrollment_settings\":{\"enrollment_ca\":\"ca\",\"est_rfc7030_settings\":{" more "}}"
#define CERT "\"client_certificate_settings\":{\"validation_cas\":[\"boot\"]}"
#define RENEW(more) "{" ENROLL(CERT) ",\"reenrollment_settings\":{" more "}}"

static void has(const char *s, const char *expected)
{
	struct dms_settings out;
	const char *got = problems_of(s, &out);

	ok(strncmp(got, expected, strlen(expected)) == 0 && (*expected || !*got), "%s -> \"%s\"", s,
	   got);
}

static void test_defaults(void)
{
	struct dms_settings s;

	ok(!*problems_of("{" ENROLL(CERT) "}", &s),
	   "an enrollment CA and a validation CA are enough");
	ok(s.enrollment_settings.registration_mode == REGISTRATION_PRE &&
		   s.enrollment_settings.verify_csr_signature &&
		   !s.enrollment_settings.enable_replaceable_enrollment &&
		   s.enrollment_settings.est_rfc7030_settings.auth_mode == AUTH_CLIENT_CERTIFICATE,
	   "enrollment");
	ok(s.reenrollment_settings.est_rfc7030_settings.auth_mode == AUTH_CLIENT_CERTIFICATE &&
		   s.reenrollment_settings.reenrollment_delta == 100 * CLOCK_DAY &&
		   s.reenrollment_settings.preventive_delta == 90 * CLOCK_DAY &&
		   s.reenrollment_settings.critical_delta == 30 * CLOCK_DAY &&
		   s.reenrollment_settings.expired_renewal_max_age == 30 * CLOCK_DAY &&
		   !s.reenrollment_settings.enable_expired_renewal &&
		   !s.reenrollment_settings.revoke_on_reenrollment,
	   "re-enrollment");
	ok(s.ca_distribution_settings.include_enrollment_ca &&
		   !s.ca_distribution_settings.include_system_ca,
	   "distribution");
	ok(!s.server_keygen_settings.enabled && !s.issuance_profile && !s.issuance_profile_id,
	   "the rest");
}

static void test_profile_defaults(void)
{
	struct profile f;

	fields_defaults(a, profile_fields, &f);
	ok(f.validity.type == VALIDITY_DURATION && f.validity.duration == 364 * CLOCK_DAY,
	   "a year as Lamassu counts");
	ok(f.key_usage == KU_DIGITAL_SIGNATURE && f.extended_key_usages == EKU_CLIENT_AUTH,
	   "a client's usages");
	ok(f.honor_subject && f.honor_extensions && !f.honor_key_usage && !f.sign_as_ca,
	   "subject and SAN of the CSR");
	ok(f.san_policy == SAN_COPY && f.signature_hash == HASH_OF_KEY && f.backdate == 0 &&
		   !f.refuse_beyond_issuer && f.allowed_extensions.n == 0,
	   "cut at the issuer's end, signed with the key's digest, nothing else copied");
}

static void test_required(void)
{
	has("{}",
	    "/settings/enrollment_settings/enrollment_ca "
	    "/settings/enrollment_settings/est_rfc7030_settings/client_certificate_settings/validation_cas");
	has("{" ENROLL("") "}",
	    "/settings/enrollment_settings/est_rfc7030_settings/client_certificate_settings/validation_cas: ");
	has("{" ENROLL("\"auth_mode\":\"NO_AUTH\"") "}", "");
	has("{\"enrollment_settings\":{\"enrollment_ca\":\"../x\"}}",
	    "/settings/enrollment_settings/enrollment_ca ");
	has("{" ENROLL("\"auth_mode\":\"MTLS\"," CERT) "}",
	    "/settings/enrollment_settings/est_rfc7030_settings/auth_mode: expected one of CLIENT_CERTIFICATE,");
	has("{" ENROLL(CERT) ",\"typo\":1}", "/settings/typo: unknown");
}

static void test_size(void)
{
	struct dms_settings s;
	const char *got;
	struct text t;

	text_init(&t, a);
	text_add(&t, "{\"ca_distribution_settings\":{\"managed_cas\":[\"ca\"");
	for (int i = 0; i < 999; i++)
		text_addf(&t, ",\"%0120d\"", i);
	text_add(&t, "]},\"reenrollment_settings\":{\"additional_validation_cas\":[\"ca\"");
	for (int i = 0; i < 999; i++)
		text_addf(&t, ",\"%0127d\"", i);
	text_add(&t, "]}," ENROLL(CERT) "}");
	got = problems_of(t.s, &s);
	ok(!*got, "long settings: \"%.200s\"", got);
	t.s[t.len - 1] = ',';
	text_add(&t, "\"issuance_profile\":{\"description\":\"");
	for (int i = 0; i < 512; i++)
		text_add(&t, "12345678");
	text_add(
		&t,
		"\"},\"server_keygen_settings\":{\"escrow_recipient\":\"-----BEGIN CERTIFICATE-----");
	for (int i = 0; i < 1000; i++)
		text_add(&t, "12345678");
	text_add(&t, "\"}}");
	got = problems_of(t.s, &s);
	ok(strncmp(got, "/settings: expected at most 262144 octets of JSON; got 2", 55) == 0,
	   "longer ones are refused as a whole: \"%.200s\"", got);
}

static void test_deltas(void)
{
	has(RENEW("\"reenrollment_delta\":\"366d\""), "");
	has(RENEW("\"reenrollment_delta\":\"1h\",\"preventive_delta\":\"3m\",\"critical_delta\":\"2m\""),
	    "");
	has(RENEW("\"reenrollment_delta\":\"1h\",\"preventive_delta\":\"1h\",\"critical_delta\":\"1h\""),
	    "");
	has(RENEW("\"critical_delta\":\"91d\""),
	    "/settings/reenrollment_settings/critical_delta: expected at most preventive_delta (90d); got 91d");
	has(RENEW("\"reenrollment_delta\":\"80d\""),
	    "/settings/reenrollment_settings/preventive_delta: ");
	has(RENEW("\"critical_delta\":\"-1d\""),
	    "/settings/reenrollment_settings/critical_delta: ");
	has(RENEW("\"critical_delta\":\"\""),
	    "/settings/reenrollment_settings/critical_delta: expected a duration");
	has(RENEW("\"reenrollment_delta\":\"200000d\",\"expired_renewal_max_age\":\"1000000d\""),
	    "/settings/reenrollment_settings/expired_renewal_max_age: ");
}

#define EST "/settings/enrollment_settings/est_rfc7030_settings"
#define HOOK(more)                                                                                 \
	"{" ENROLL("\"auth_mode\":\"EXTERNAL_WEBHOOK\",\"external_webhook_settings\":{" more       \
		   "}") "}"

static void test_webhook(void)
{
	struct dms_settings s;

	has(HOOK(""), EST "/external_webhook_settings/url: required");
	has(HOOK("\"url\":\"https://h/\""), "");
	has(HOOK("\"url\":\"ftp://h/\""), EST "/external_webhook_settings/url ");
	has(HOOK("\"url\":\"https://h/\",\"method\":\"PUT\""), "");
	has(HOOK("\"url\":\"https://h/\",\"method\":\"\""), "");
	has(HOOK("\"url\":\"https://h/\",\"method\":\"GET\""),
	    EST "/external_webhook_settings/method: ");
	has(HOOK("\"url\":\"https://h/\",\"config\":{\"auth_mode\":\"apikey\"}"),
	    EST "/external_webhook_settings/config/apikey/key " EST
		"/external_webhook_settings/config/apikey/header: ");
	has(HOOK("\"url\":\"https://h/\",\"config\":{\"auth_mode\":\"apikey\",\"apikey\":{\"key\":\"k\",\"header\":\"X\"}}"),
	    "");
	has(HOOK("\"url\":\"https://h/\",\"config\":{\"call_timeout\":\"1h\"}"),
	    EST "/external_webhook_settings/config/call_timeout: ");
	has("{" ENROLL("\"auth_mode\":\"CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK\"") "}", EST
	    "/external_webhook_settings/url " EST "/client_certificate_settings/validation_cas: ");
	ok(!*problems_of(
		   "{" ENROLL(
			   "\"auth_mode\":\"EXTERNAL_WEBHOOK\",\"external_webhook\":{\"url\":\"http://h\"}") "}",
		   &s) &&
		   !strcmp(s.enrollment_settings.est_rfc7030_settings.external_webhook_settings.url,
			   "http://h"),
	   "the older name of the webhook is read");
	ok(s.enrollment_settings.est_rfc7030_settings.external_webhook_settings.config
				   .call_timeout == 10 * CLOCK_SECOND &&
		   s.enrollment_settings.est_rfc7030_settings.external_webhook_settings.config
			   .validate_server_cert,
	   "with its defaults");
}

#define JWT(more) "{" ENROLL("\"auth_mode\":\"JWT\",\"jwt_settings\":{" more "}") "}"

#define P256                                                                                       \
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"," \
	"\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""

static void test_jwt(void)
{
	has(JWT(""), EST "/jwt_settings: ");
	has(JWT("\"jwks\":{\"keys\":[" P256 "}]}"), "");
	has(JWT("\"jwks\":{\"keys\":[" P256 ",\"d\":\"AAAA\"}]}"),
	    EST "/jwt_settings/jwks/keys/0/d: expected public keys only");
	has("{" ENROLL("\"jwt_settings\":{\"jwks\":{\"keys\":[" P256
		       ",\"d\":\"AAAA\"}]}}," CERT) "}",
	    EST "/jwt_settings/jwks/keys/0/d: ");
	has(JWT("\"jwks\":{\"keys\":[]}"), EST "/jwt_settings/jwks: expected at least one key");
	has(JWT("\"jwks\":{\"keys\":[" P256 "}]},\"jwks_url\":\"https://i/keys\""),
	    EST "/jwt_settings/jwks_url: ");
	has(JWT("\"jwks_url\":\"https://i/keys\",\"clock_skew\":\"2h\""),
	    EST "/jwt_settings/clock_skew: ");
	has(JWT("\"jwks\":{}"), EST "/jwt_settings/jwks: ");
	has(JWT("\"jwks_url\":\"https://i/keys\""), "");
	has(JWT("\"jwks_url\":\"http://i/keys\""), EST "/jwt_settings/jwks_url: ");
	has("{" ENROLL("\"auth_mode\":\"PSK\",\"psk_settings\":{\"uses\":0}") "}",
	    EST "/psk_settings/uses: ");
}

#define KEYGEN(on, type, bits)                                                                     \
	"{" ENROLL(CERT) ",\"server_keygen_settings\":{\"enabled\":" on                            \
			 ",\"key\":{\"type\":\"" type "\",\"bits\":" bits "}}}"
#define BITS "/settings/server_keygen_settings/key/bits: "

static void test_keys(void)
{
	has(KEYGEN("true", "ECDSA", "384"), "");
	has(KEYGEN("true", "ECDSA", "224"), BITS);
	has(KEYGEN("true", "ECDSA", "192"), BITS);
	has(KEYGEN("true", "RSA", "2048"), "");
	has(KEYGEN("true", "RSA", "1024"), BITS);
	has(KEYGEN("true", "RSA", "16384"), BITS);
	has(KEYGEN("true", "Ed25519", "0"), "");
	has(KEYGEN("true", "DSA", "2048"), "/settings/server_keygen_settings/key/type: ");
	has(KEYGEN("false", "RSA", "0"), "");
	has("{" ENROLL(CERT) ",\"server_keygen_settings\":{\"enabled\":true}}", "");
	has(KEYGEN("true", "RSA", "8192"), BITS);
	has(KEYGEN("true", "RSA", "2049"), BITS);
#define KEYS(text) "{" ENROLL(CERT) ",\"server_keygen_settings\":{\"symmetric_keys\":\"" text "\"}}"
#define KEYS_AT "/settings/server_keygen_settings/symmetric_keys: "
	has(KEYS("01:00112233445566778899aabbccddeeff, 0203:00112233445566778899aabbccddeeff"), "");
	has(KEYS("01:0011"), KEYS_AT);
	has(KEYS("00112233445566778899aabbccddeeff"), KEYS_AT);
	has(KEYS(":00112233445566778899aabbccddeeff"), KEYS_AT);
	has(KEYS("01:00112233445566778899aabbccddeeff x"), KEYS_AT);
	has(KEYS(" "), KEYS_AT);
	has("{" ENROLL(CERT) ",\"server_keygen_settings\":{\"escrow_recipient\":\"x\"}}",
	    "/settings/server_keygen_settings/escrow_recipient: ");
}

#define PROFILE(more) "{" ENROLL(CERT) ",\"issuance_profile\":{" more "}}"
#define P "/settings/issuance_profile"

static void test_profile(void)
{
	has(PROFILE(""), "");
	has(PROFILE("\"validity\":{\"type\":\"Duration\",\"duration\":\"365d\",\"time\":\"0001-01-01T00:00:00Z\"}"),
	    "");
	has(PROFILE("\"validity\":{\"type\":\"Time\"}"), P "/validity/time: ");
	has(PROFILE("\"validity\":{\"type\":\"Time\",\"time\":\"2030-01-01T00:00:00Z\"}"), "");
	has(PROFILE("\"validity\":{\"duration\":\"0s\"}"), P "/validity/duration: ");
	has(PROFILE("\"validity\":{\"type\":\"duration\"}"), P "/validity/type: ");
	has(PROFILE("\"sign_as_ca\":true"), P ": ");
	has(PROFILE("\"key_usage\":[\"DigitalSignature\",\"CertSign\"]"), P "/key_usage: ");
	has(PROFILE("\"key_usage\":[\"digitalSignature\"]"), P "/key_usage/0: ");
	has(PROFILE("\"extended_key_usages\":\"ServerAuth\""), "");
	has(PROFILE("\"subject\":{\"country\":\"ESP\"}"), P "/subject/country: ");
	has(PROFILE("\"subject\":{\"country\":\"ES\",\"organization\":\"Lamassu\"}"), "");
	has(PROFILE("\"crypto_enforcement\":{\"allowed_rsa_key_sizes\":[1024]}"),
	    P "/crypto_enforcement/allowed_rsa_key_sizes: ");
	has(PROFILE("\"crypto_enforcement\":{\"allowed_ecdsa_key_sizes\":[256,384]}"), "");
}

/* A document as Lamassu's own interface sends it. */
static const char lamassu[] =
	"{\"server_keygen_settings\":{\"enabled\":false,\"key\":{\"type\":\"RSA\",\"bits\":4096}},"
	"\"enrollment_settings\":{\"protocol\":\"EST_RFC7030\",\"est_rfc7030_settings\":{\"auth_mode\":"
	"\"CLIENT_CERTIFICATE\",\"client_certificate_settings\":{\"chain_level_validation\":-1,"
	"\"validation_cas\":[\"5ad5d0e4-5b7f-4f3a-9a3e-0d8a0f7c2f11\"],\"allow_expired\":false},"
	"\"external_webhook_settings\":{\"name\":\"\",\"url\":\"\",\"method\":\"\",\"config\":{"
	"\"validate_server_cert\":false,\"log_level\":\"\",\"auth_mode\":\"\",\"oidc\":{\"client_id\":\"\","
	"\"client_secret\":\"\",\"well_known\":\"\"},\"apikey\":{\"key\":\"\",\"header\":\"\"},"
	"\"mtls\":{\"cert\":\"\",\"key\":\"\"}}}},\"device_provisioning_profile\":{\"icon\":\"CgSmartphoneChip\","
	"\"icon_color\":\"#0068D1\",\"metadata\":{},\"tags\":[\"iot\"]},\"enrollment_ca\":\"dms-ca\","
	"\"enable_replaceable_enrollment\":true,\"registration_mode\":\"JITP\",\"verify_csr_signature\":true},"
	"\"reenrollment_settings\":{\"est_rfc7030_settings\":{\"auth_mode\":\"CLIENT_CERTIFICATE\","
	"\"client_certificate_settings\":{\"validation_cas\":null,\"chain_level_validation\":0,\"allow_expired\":false}},"
	"\"additional_validation_cas\":[],\"reenrollment_delta\":\"14w2d\",\"enable_expired_renewal\":true,"
	"\"revoke_on_reenrollment\":true,\"preventive_delta\":\"4w3d\",\"critical_delta\":\"1w\"},"
	"\"ca_distribution_settings\":{\"include_system_ca\":true,\"include_enrollment_ca\":true,\"managed_cas\":[]},"
	"\"issuance_profile_id\":\"\",\"issuance_profile\":null}";

static void test_round_trip(void)
{
	struct dms_settings s, again;
	struct doc *written;
	const char *got = problems_of(lamassu, &s);

	ok(!*got, "Lamassu's own document is accepted: %s", got);
	written = fields_write(a, dms_settings_fields, &s, FIELDS_SECRETS);
	ok(!*problems_of(doc_write(a, written), &again), "what was written is read");
	ok(doc_len(fields_diff(a, dms_settings_fields, &s, &again)) == 0, "and is the same");
	ok(!strstr(doc_write(a, written), "\"external_webhook\""), "under the new names only");
}

int main(void)
{
	a = arena_new();
	test_defaults();
	test_profile_defaults();
	test_required();
	test_size();
	test_deltas();
	test_webhook();
	test_jwt();
	test_keys();
	test_profile();
	test_round_trip();
	arena_free(a);
	return done();
}
