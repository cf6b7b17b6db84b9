#include "data/settings.h"

#include <string.h>

#include "base/clock.h"

/* The members of an unnamed inner struct have their offsets in the outer one, so that the row of
 * the inner struct itself has none. */
#define AT(s, member) .offset = offsetof(struct s, member)
/* Sums with the present time stay in 64 bits and in four-digit years. */
#define LONGEST (1000 * 364 * CLOCK_DAY)
#define INNER .type = FIELD_OBJECT, .offset = 0

const struct token auth_mode_names[] = {
	{ "CLIENT_CERTIFICATE", AUTH_CLIENT_CERTIFICATE },
	{ "NO_AUTH", AUTH_NO_AUTH },
	{ "EXTERNAL_WEBHOOK", AUTH_EXTERNAL_WEBHOOK },
	{ "CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK", AUTH_CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK },
	{ "JWT", AUTH_JWT },
	{ "PSK", AUTH_PSK },
	{ NULL, 0 },
};

const struct token registration_modes[] = {
	{ "PRE_REGISTRATION", REGISTRATION_PRE },
	{ "JITP", REGISTRATION_JITP },
	{ NULL, 0 },
};

const struct token webhook_auth_modes[] = {
	{ "noauth", WEBHOOK_NOAUTH },
	{ "apikey", WEBHOOK_APIKEY },
	{ "jwt", WEBHOOK_JWT },
	{ "mtls", WEBHOOK_MTLS },
	{ NULL, 0 },
};

static const struct token protocols[] = {
	{ "EST_RFC7030", 0 },
	{ NULL, 0 },
};

static int check_ca_id(const char *value, struct err *e)
{
	return text_check_id("CA id", value, e);
}

static int check_url(const char *value, struct err *e)
{
	if (strncmp(value, "https://", 8) == 0 || strncmp(value, "http://", 7) == 0)
		return 0;
	return err_set(e, ERR_REJECTED, "url",
		       "expected a URL that begins with https:// or http://; got \"%.80s\"", value);
}

static int check_method(const char *value, struct err *e)
{
	if (strcmp(value, "POST") == 0 || strcmp(value, "PUT") == 0)
		return 0;
	return err_set(e, ERR_REJECTED, "method", "expected POST or PUT; got \"%.20s\"", value);
}

static int check_certificate(const char *value, struct err *e)
{
	if (strstr(value, "-----BEGIN CERTIFICATE-----"))
		return 0;
	return err_set(e, ERR_REJECTED, "certificate", "expected a certificate in PEM");
}

static int check_header(const char *value, struct err *e)
{
	if (text_is_http_token(value))
		return 0;
	return err_set(e, ERR_REJECTED, "header",
		       "expected the name of a header field (RFC 9110 5.1); got \"%.80s\"", value);
}

/* One "ID:KEY" after the other, separated by white space. */
static int check_symmetric_keys(const char *value, struct err *e)
{
	AUTO(arena) *a = arena_new();
	struct symmetric_key k;
	size_t n = 0;
	int rc;

	while ((rc = symmetric_key_next(a, &value, &k, e)) > 0)
		n++;
	if (rc < 0)
		return -1;
	return n ? 0 : err_set(e, ERR_REJECTED, "symmetric_keys", "expected at least one ID:KEY");
}

static const struct field client_certificate_fields[] = {
	{ "validation_cas", FIELD_TEXTS, AT(client_certificate_settings, validation_cas),
	  .check = check_ca_id, .help = "CAs that the presented certificate must come from" },
	{ "chain_level_validation", FIELD_INT,
	  AT(client_certificate_settings, chain_level_validation), .min = -1, .max = 100,
	  .help = "Use only so many certificates of the presented chain, the device's own first; 0 or -1: all" },
	{ "allow_expired", FIELD_BOOL, AT(client_certificate_settings, allow_expired),
	  .help = "Accept a certificate whose time is over" },
	FIELD_END,
};

#define HOOK(member) AT(webhook_settings, config.member)

static const struct field webhook_oidc_fields[] = {
	{ "client_id", FIELD_TEXT, HOOK(oidc.client_id), .help = "Client id" },
	{ "client_secret", FIELD_TEXT, HOOK(oidc.client_secret), .flags = FIELD_SECRET,
	  .help = "Client secret" },
	{ "well_known", FIELD_TEXT, HOOK(oidc.well_known), .check = check_url,
	  .help = "URL of the OpenID configuration" },
	FIELD_END,
};

static const struct field webhook_apikey_fields[] = {
	{ "key", FIELD_TEXT, HOOK(apikey.key), .flags = FIELD_SECRET, .help = "The key" },
	{ "header", FIELD_TEXT, HOOK(apikey.header), .max = 128, .help = "Header that carries it" },
	FIELD_END,
};

static const struct field webhook_mtls_fields[] = {
	{ "cert", FIELD_TEXT, HOOK(mtls.cert), .max = 65536, .help = "Certificate, PEM or file" },
	{ "key", FIELD_TEXT, HOOK(mtls.key), .max = 65536, .flags = FIELD_SECRET,
	  .help = "Private key, PEM or file" },
	FIELD_END,
};

static const struct field webhook_config_fields[] = {
	{ "validate_server_cert", FIELD_BOOL, HOOK(validate_server_cert), .def = "true",
	  .help = "Verify the receiver's TLS certificate" },
	{ "server_ca", FIELD_TEXT, HOOK(server_ca), .max = 65536, .check = check_certificate,
	  .help = "CA certificates (PEM) that it must come from; absent: those of the system" },
	{ "forward_headers", FIELD_TEXTS, HOOK(forward_headers), .max = 128,
	  .def = "Content-Type User-Agent X-Request-Id", .check = check_header,
	  .help = "Header fields of the device's request that the receiver is shown" },
	{ "log_level", FIELD_TEXT, HOOK(log_level), .max = 32,
	  .help = "Kept for Lamassu; not used" },
	{ "auth_mode", FIELD_ENUM, HOOK(auth_mode), .def = "noauth", .tokens = webhook_auth_modes,
	  .help = "How the call proves who it is" },
	{ "call_timeout", FIELD_DURATION, HOOK(call_timeout), .min = CLOCK_SECOND / 1000,
	  .max = 5 * CLOCK_MINUTE, .def = "10s", .help = "Longest wait for the answer" },
	{ "oidc", INNER, .sub = webhook_oidc_fields },
	{ "apikey", INNER, .sub = webhook_apikey_fields },
	{ "mtls", INNER, .sub = webhook_mtls_fields },
	FIELD_END,
};

static const struct field webhook_fields[] = {
	{ "name", FIELD_TEXT, AT(webhook_settings, name), .max = 256, .help = "Name for people" },
	{ "url", FIELD_TEXT, AT(webhook_settings, url), .check = check_url,
	  .help = "Where to ask" },
	{ "method", FIELD_TEXT, AT(webhook_settings, method), .def = "POST", .check = check_method,
	  .help = "POST or PUT" },
	{ "config", INNER, .sub = webhook_config_fields },
	FIELD_END,
};

static const struct field jwt_fields[] = {
	{ "jwks", FIELD_DOC, AT(jwt_settings, jwks), .help = "The issuer's keys (RFC 7517)" },
	{ "jwks_url", FIELD_TEXT, AT(jwt_settings, jwks_url), .check = check_url,
	  .help = "Where the issuer publishes its keys" },
	{ "jwks_ca", FIELD_TEXT, AT(jwt_settings, jwks_ca), .max = 65536,
	  .check = check_certificate,
	  .help = "Trust anchors (PEM) for jwks_url; absent: the system's" },
	{ "jwks_max_age", FIELD_DURATION, AT(jwt_settings, jwks_max_age), .min = CLOCK_SECOND,
	  .max = CLOCK_DAY, .def = "15m",
	  .help = "How old fetched keys may be before they are fetched again" },
	{ "issuer", FIELD_TEXT, AT(jwt_settings, issuer), .help = "What iss must be" },
	{ "audience", FIELD_TEXT, AT(jwt_settings, audience),
	  .help = "What aud must contain; absent: a token with an aud is refused" },
	{ "device_claim", FIELD_TEXT, AT(jwt_settings, device_claim), .def = "sub",
	  .help = "Claim that names the device: a name, or a JSON pointer with / first" },
	{ "clock_skew", FIELD_DURATION, AT(jwt_settings, clock_skew), .max = CLOCK_HOUR,
	  .def = "60s", .help = "How much exp, nbf and iat may be off" },
	FIELD_END,
};

static const struct field psk_fields[] = {
	{ "per_device", FIELD_BOOL, AT(psk_settings, per_device),
	  .help = "A secret is made for one device, not for the DMS" },
	{ "validity", FIELD_DURATION, AT(psk_settings, validity), .min = CLOCK_SECOND,
	  .max = LONGEST, .def = "30d", .help = "Validity of a new secret" },
	{ "uses", FIELD_INT, AT(psk_settings, uses), .min = 1, .max = 1000000, .def = "1",
	  .help = "How often a new secret may be used" },
	FIELD_END,
};

static const struct field est_fields[] = {
	{ "auth_mode", FIELD_ENUM, AT(est_settings, auth_mode), .def = "CLIENT_CERTIFICATE",
	  .tokens = auth_mode_names, .help = "How a device proves who it is" },
	{ "client_certificate_settings", FIELD_OBJECT,
	  AT(est_settings, client_certificate_settings), .sub = client_certificate_fields },
	{ "external_webhook", FIELD_OBJECT, AT(est_settings, external_webhook_settings),
	  .flags = FIELD_HIDDEN, .sub = webhook_fields },	/* its name in older Lamassu */
	{ "external_webhook_settings", FIELD_OBJECT, AT(est_settings, external_webhook_settings),
	  .sub = webhook_fields },
	{ "jwt_settings", FIELD_OBJECT, AT(est_settings, jwt_settings), .sub = jwt_fields },
	{ "psk_settings", FIELD_OBJECT, AT(est_settings, psk_settings), .sub = psk_fields },
	FIELD_END,
};

#define KEYGEN(member) AT(dms_settings, server_keygen_settings.member)

static const struct field keygen_fields[] = {
	{ "enabled", FIELD_BOOL, KEYGEN(enabled), .help = "Allow serverkeygen (RFC 7030 4.4)" },
	{ "key", FIELD_OBJECT, KEYGEN(key), .sub = key_spec_fields },
	{ "escrow_recipient", FIELD_TEXT, KEYGEN(escrow_recipient), .max = 65536,
	  .check = check_certificate,
	  .help = "Certificate (PEM) that made keys are kept encrypted for; absent: not kept" },
	{ "recipients", FIELD_TEXT, KEYGEN(recipients), .max = 65536, .check = check_certificate,
	  .help = "Certificates (PEM) that a device may name as AsymmetricDecryptKeyIdentifier, "
		  "beside its own" },
	{ "symmetric_keys", FIELD_TEXT, KEYGEN(symmetric_keys), .max = 65536, .flags = FIELD_SECRET,
	  .check = check_symmetric_keys,
	  .help = "AES keys that a device may name as DecryptKeyIdentifier: ID:KEY in hex, "
		  "separated by spaces" },
	FIELD_END,
};

#define ENROLL(member) AT(dms_settings, enrollment_settings.member)
#define DEVICE(member) ENROLL(device_provisioning_profile.member)

static const struct field device_fields[] = {
	{ "icon", FIELD_TEXT, DEVICE(icon), .max = 256, .help = "Icon of new devices" },
	{ "icon_color", FIELD_TEXT, DEVICE(icon_color), .max = 64, .help = "Colour of the icon" },
	{ "metadata", FIELD_DOC, DEVICE(metadata), .help = "Metadata of new devices" },
	{ "tags", FIELD_TEXTS, DEVICE(tags), .max = 256, .help = "Tags of new devices" },
	FIELD_END,
};

static const struct field enrollment_fields[] = {
	{ "protocol", FIELD_ENUM, ENROLL(protocol), .def = "EST_RFC7030", .tokens = protocols,
	  .help = "Enrollment protocol" },
	{ "est_rfc7030_settings", FIELD_OBJECT, ENROLL(est_rfc7030_settings), .sub = est_fields },
	{ "device_provisioning_profile", INNER, .sub = device_fields },
	{ "enrollment_ca", FIELD_TEXT, ENROLL(enrollment_ca), .flags = FIELD_REQUIRED,
	  .check = check_ca_id, .help = "CA that issues the devices' certificates" },
	{ "enable_replaceable_enrollment", FIELD_BOOL, ENROLL(enable_replaceable_enrollment),
	  .help = "A device that has a certificate may enroll again; the old one is revoked" },
	{ "registration_mode", FIELD_ENUM, ENROLL(registration_mode), .def = "PRE_REGISTRATION",
	  .tokens = registration_modes,
	  .help = "Whether an unknown device is registered when it enrolls" },
	{ "verify_csr_signature", FIELD_BOOL, ENROLL(verify_csr_signature), .def = "true",
	  .help = "The CSR must be signed by its own key" },
	{ "revoke_bootstrap_on_enrollment", FIELD_BOOL, ENROLL(revoke_bootstrap_on_enrollment),
	  .help = "Revoke the bootstrap certificate once it has enrolled a device" },
	{ "device_id_match", FIELD_BOOL, ENROLL(device_id_match),
	  .help = "What authenticates must name the device: certificate, token, secret, webhook" },
	{ "enforce_csr_attributes", FIELD_BOOL, ENROLL(enforce_csr_attributes),
	  .help = "Refuse a CSR without the attributes that csrattrs asks for" },
	{ "csr_attributes", FIELD_TEXT, ENROLL(csr_attributes), .max = 8192,
	  .help = "What csrattrs answers, base64 of the DER of CsrAttrs (RFC 8951 4.1); absent: what the profile asks for" },
	{ "require_pop_linking", FIELD_BOOL, ENROLL(require_pop_linking),
	  .help = "Demand proof-of-possession linking (RFC 7030 3.5): refuses every enrollment, since the web servers do not tell the TLS session" },
	{ "manual_approval", FIELD_BOOL, ENROLL(manual_approval),
	  .help = "An operator approves each enrollment" },
	{ "approval_validity", FIELD_DURATION, ENROLL(approval_validity), .min = CLOCK_MINUTE,
	  .max = LONGEST, .def = "7d",
	  .help = "How long a request waits for approval, and then its decision for the device" },
	FIELD_END,
};

#define RENEW(member) AT(dms_settings, reenrollment_settings.member)

static const struct field reenrollment_fields[] = {
	{ "est_rfc7030_settings", FIELD_OBJECT, RENEW(est_rfc7030_settings), .sub = est_fields },
	{ "additional_validation_cas", FIELD_TEXTS, RENEW(additional_validation_cas),
	  .check = check_ca_id,
	  .help = "CAs beside the enrollment CA whose certificates may be renewed" },
	{ "revoke_on_reenrollment", FIELD_BOOL, RENEW(revoke_on_reenrollment),
	  .help = "Revoke the old certificate when it is renewed" },
	{ "reenrollment_delta", FIELD_DURATION, RENEW(reenrollment_delta), .max = LONGEST,
	  .def = "100d", .help = "How long before its end a certificate may be renewed" },
	{ "preventive_delta", FIELD_DURATION, RENEW(preventive_delta), .max = LONGEST, .def = "90d",
	  .help = "How long before its end a device shows RENEWAL_PENDING" },
	{ "critical_delta", FIELD_DURATION, RENEW(critical_delta), .max = LONGEST, .def = "30d",
	  .help = "How long before its end a device shows EXPIRING_SOON" },
	{ "enable_expired_renewal", FIELD_BOOL, RENEW(enable_expired_renewal),
	  .help = "A certificate may be renewed after its end" },
	{ "expired_renewal_max_age", FIELD_DURATION, RENEW(expired_renewal_max_age), .max = LONGEST,
	  .def = "30d", .help = "How long after its end" },
	FIELD_END,
};

#define DISTRIBUTE(member) AT(dms_settings, ca_distribution_settings.member)

static const struct field distribution_fields[] = {
	{ "include_system_ca", FIELD_BOOL, DISTRIBUTE(include_system_ca),
	  .help = "cacerts includes the CA of the server's TLS certificate" },
	{ "include_enrollment_ca", FIELD_BOOL, DISTRIBUTE(include_enrollment_ca), .def = "true",
	  .help = "cacerts includes the enrollment CA" },
	{ "managed_cas", FIELD_TEXTS, DISTRIBUTE(managed_cas), .check = check_ca_id,
	  .help = "Further CAs in cacerts" },
	FIELD_END,
};

const struct field dms_settings_fields[] = {
	{ "server_keygen_settings", INNER, .sub = keygen_fields },
	{ "enrollment_settings", INNER, .sub = enrollment_fields },
	{ "reenrollment_settings", INNER, .sub = reenrollment_fields },
	{ "ca_distribution_settings", INNER, .sub = distribution_fields },
	{ "issuance_profile_id", FIELD_TEXT, AT(dms_settings, issuance_profile_id), .max = 128,
	  .help = "Issuance profile; wins over issuance_profile; neither: the enrollment CA's" },
	{ "issuance_profile", FIELD_OPTIONAL, AT(dms_settings, issuance_profile),
	  .sub = profile_fields, .sub_size = sizeof(struct profile) },
	FIELD_END,
};
