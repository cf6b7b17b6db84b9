#include "data/settings.h"

#include <string.h>

#include "base/clock.h"

/* The members of an unnamed inner struct have their offsets in the outer one, so that the row of
 * the inner struct itself has none. */
#define AT(s, member) .offset = offsetof(struct s, member)
/* Sums with the present time stay in 64 bits and in four-digit years. */
#define LONGEST (1000 * 364 * CLOCK_DAY)
#define INNER .type = FIELD_OBJECT, .offset = 0

const struct token key_types[] = {
	{ "RSA", KEY_RSA }, { "ECDSA", KEY_ECDSA }, { "Ed25519", KEY_ED25519 }, { "DSA", KEY_DSA },
	{ NULL, 0 },
};

const struct token key_usages[] = {
	{ "DigitalSignature", KU_DIGITAL_SIGNATURE },
	{ "ContentCommitment", KU_CONTENT_COMMITMENT },
	{ "KeyEncipherment", KU_KEY_ENCIPHERMENT },
	{ "DataEncipherment", KU_DATA_ENCIPHERMENT },
	{ "KeyAgreement", KU_KEY_AGREEMENT },
	{ "CertSign", KU_CERT_SIGN },
	{ "CRLSign", KU_CRL_SIGN },
	{ "EncipherOnly", KU_ENCIPHER_ONLY },
	{ "DecipherOnly", KU_DECIPHER_ONLY },
	{ NULL, 0 },
};

const struct token ext_key_usages[] = {
	{ "Any", EKU_ANY },
	{ "ServerAuth", EKU_SERVER_AUTH },
	{ "ClientAuth", EKU_CLIENT_AUTH },
	{ "CodeSigning", EKU_CODE_SIGNING },
	{ "EmailProtection", EKU_EMAIL_PROTECTION },
	{ "IPSECEndSystem", EKU_IPSEC_END_SYSTEM },
	{ "IPSECTunnel", EKU_IPSEC_TUNNEL },
	{ "IPSECUser", EKU_IPSEC_USER },
	{ "TimeStamping", EKU_TIME_STAMPING },
	{ "OCSPSigning", EKU_OCSP_SIGNING },
	{ "MicrosoftServerGatedCrypto", EKU_MS_SGC },
	{ "NetscapeServerGatedCrypto", EKU_NS_SGC },
	{ "MicrosoftCommercialCodeSigning", EKU_MS_COMMERCIAL_CODE },
	{ "MicrosoftKernelCodeSigning", EKU_MS_KERNEL_CODE },
	{ "CMCRA", EKU_CMC_RA },
	{ "CMKGA", EKU_CM_KGA },
	{ NULL, 0 },
};

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

const struct token san_policies[] = {
	{ "copy", SAN_COPY },
	{ "cn", SAN_CN },
	{ "refuse", SAN_REFUSE },
	{ NULL, 0 },
};

const struct token signature_hashes[] = {
	{ "Default", HASH_OF_KEY },
	{ "SHA-256", HASH_SHA256 },
	{ "SHA-384", HASH_SHA384 },
	{ "SHA-512", HASH_SHA512 },
	{ NULL, 0 },
};

static const struct token validity_types[] = {
	{ "Duration", VALIDITY_DURATION },
	{ "Time", VALIDITY_TIME },
	{ NULL, 0 },
};

static int check_ca_id(const char *value, struct err *e)
{
	return text_check_id("CA id", value, e);
}

/* Two arcs or more, none with a leading zero, each below 2^32; the first two as X.660 has them. */
static bool is_oid(const char *s)
{
	uint64_t arc = 0, first = 0;
	size_t arcs = 0, digits = 0;

	for (;; s++) {
		if (*s >= '0' && *s <= '9') {
			if (digits++ && arc == 0)
				return false;
			arc = arc * 10 + (uint64_t)(*s - '0');
			if (arc > UINT32_MAX)
				return false;
			continue;
		}
		if (digits == 0 || (*s && *s != '.'))
			return false;
		if (arcs == 0)
			first = arc;
		if (first > 2 || (arcs == 1 && first < 2 && arc > 39))
			return false;
		arcs++;
		if (!*s)
			return arcs >= 2;
		arc = digits = 0;
	}
}

static int check_oid(const char *value, struct err *e)
{
	if (is_oid(value))
		return 0;
	return err_set(e, ERR_REJECTED, "oid",
		       "expected an object identifier as 1.3.6.1.4.1.99999.1; got \"%.80s\"",
		       value);
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

static int check_country(const char *value, struct err *e)
{
	for (size_t i = 0; i < 2; i++) {
		if (!((value[i] >= 'A' && value[i] <= 'Z') || (value[i] >= 'a' && value[i] <= 'z')))
			return err_set(
				e, ERR_REJECTED, "country",
				"expected two letters (ISO 3166, RFC 5280 A.1); got \"%.20s\"",
				value);
	}
	if (value[2])
		return err_set(e, ERR_REJECTED, "country",
			       "expected two letters (ISO 3166, RFC 5280 A.1); got \"%.20s\"",
			       value);
	return 0;
}

/* The upper bounds of RFC 5280 A.1 are in characters, not octets. */
static int check_characters(const char *value, size_t max, struct err *e)
{
	size_t n = 0;

	for (const char *s = value; *s; s++)
		n += (*s & 0xc0) != 0x80;
	if (n > max)
		return err_set(e, ERR_REJECTED, "subject",
			       "expected at most %zu characters (RFC 5280 A.1); got %zu", max, n);
	return 0;
}

static int check_name_64(const char *value, struct err *e)
{
	return check_characters(value, 64, e);
}

static int check_name_128(const char *value, struct err *e)
{
	return check_characters(value, 128, e);
}

const struct field subject_fields[] = {
	{ "common_name", FIELD_TEXT, AT(subject, common_name), .check = check_name_64,
	  .help = "Common name" },
	{ "organization", FIELD_TEXT, AT(subject, organization), .check = check_name_64,
	  .help = "Organization" },
	{ "organization_unit", FIELD_TEXT, AT(subject, organization_unit), .check = check_name_64,
	  .help = "Organizational unit" },
	{ "country", FIELD_TEXT, AT(subject, country), .check = check_country,
	  .help = "Country, two letters" },
	{ "state", FIELD_TEXT, AT(subject, state), .check = check_name_128,
	  .help = "State or province" },
	{ "locality", FIELD_TEXT, AT(subject, locality), .check = check_name_128,
	  .help = "Locality" },
	FIELD_END,
};

const struct field key_spec_fields[] = {
	{ "type", FIELD_ENUM, AT(key_spec, type), .def = "ECDSA", .tokens = key_types,
	  .help = "Kind of key" },
	{ "bits", FIELD_INT, AT(key_spec, bits), .max = 16384, .def = "256",
	  .help = "RSA: length of the modulus; ECDSA: 256, 384 or 521; Ed25519: not used" },
	FIELD_END,
};

const struct field validity_fields[] = {
	{ "type", FIELD_ENUM, AT(validity, type), .tokens = validity_types, .def = "Duration",
	  .help = "Whether duration or time counts" },
	{ "duration", FIELD_DURATION, AT(validity, duration), .max = LONGEST, .def = "1y",
	  .help = "Time from issuing to the end" },
	{ "time", FIELD_TIME, AT(validity, time), .help = "The end itself" },
	FIELD_END,
};

#define CRYPTO(member) AT(profile, crypto_enforcement.member)

static const struct field crypto_fields[] = {
	{ "enabled", FIELD_BOOL, CRYPTO(enabled),
	  .help = "Refuse keys that the rules below do not allow" },
	{ "allow_rsa_keys", FIELD_BOOL, CRYPTO(allow_rsa_keys), .help = "Allow RSA" },
	{ "allowed_rsa_key_sizes", FIELD_INTS, CRYPTO(allowed_rsa_key_sizes), .min = 1,
	  .max = 16384, .help = "Allowed lengths of the modulus; absent: any, empty: none" },
	{ "allow_ecdsa_keys", FIELD_BOOL, CRYPTO(allow_ecdsa_keys), .help = "Allow ECDSA" },
	{ "allowed_ecdsa_key_sizes", FIELD_INTS, CRYPTO(allowed_ecdsa_key_sizes), .min = 1,
	  .max = 1024, .help = "Allowed curves by their bits; absent: any, empty: none" },
	{ "allow_ed25519_keys", FIELD_BOOL, CRYPTO(allow_ed25519_keys), .help = "Allow Ed25519" },
	FIELD_END,
};

const struct field profile_fields[] = {
	{ "id", FIELD_TEXT, AT(profile, id), .max = 128, .help = "Id; made by the server" },
	{ "name", FIELD_TEXT, AT(profile, name), .max = 256, .help = "Name for people" },
	{ "description", FIELD_TEXT, AT(profile, description), .help = "Description for people" },
	{ "validity", FIELD_OBJECT, AT(profile, validity), .sub = validity_fields },
	{ "refuse_beyond_issuer", FIELD_BOOL, AT(profile, refuse_beyond_issuer),
	  .help = "Refuse (503) what would outlive the CA; else it ends with the CA" },
	{ "backdate", FIELD_DURATION, AT(profile, backdate), .max = 30 * CLOCK_DAY,
	  .help = "How far before the present a certificate begins, but not before its CA" },
	{ "sign_as_ca", FIELD_BOOL, AT(profile, sign_as_ca), .help = "The certificate is a CA's" },
	{ "honor_key_usage", FIELD_BOOL, AT(profile, honor_key_usage),
	  .help = "Take the key usage from the CSR, not from key_usage" },
	{ "key_usage", FIELD_FLAGS, AT(profile, key_usage), .def = "DigitalSignature",
	  .tokens = key_usages, .help = "Key usage (RFC 5280 4.2.1.3)" },
	{ "honor_extended_key_usages", FIELD_BOOL, AT(profile, honor_extended_key_usages),
	  .help = "Take the extended key usage from the CSR, not from extended_key_usages" },
	{ "extended_key_usages", FIELD_FLAGS, AT(profile, extended_key_usages), .def = "ClientAuth",
	  .tokens = ext_key_usages, .help = "Extended key usage (RFC 5280 4.2.1.12)" },
	{ "honor_subject", FIELD_BOOL, AT(profile, honor_subject), .def = "true",
	  .help = "Take the subject from the CSR, not from subject" },
	{ "subject", FIELD_OBJECT, AT(profile, subject), .sub = subject_fields },
	{ "honor_extensions", FIELD_BOOL, AT(profile, honor_extensions), .def = "true",
	  .help = "Take the subject alternative name from the CSR" },
	{ "san_policy", FIELD_ENUM, AT(profile, san_policy), .def = "copy", .tokens = san_policies,
	  .help = "copy: as honor_extensions says; cn: where that gives none, the common name when it is a DNS name; refuse: a CSR that asks for one" },
	{ "allowed_extensions", FIELD_TEXTS, AT(profile, allowed_extensions), .max = 128,
	  .check = check_oid,
	  .help = "Further extensions that are copied from the CSR as they are (object identifiers)" },
	{ "required_extensions", FIELD_TEXTS, AT(profile, required_extensions), .max = 128,
	  .check = check_oid,
	  .help = "Extensions that csrattrs asks for (object identifiers), with the profile's value of those that the profile decides" },
	{ "signature_hash", FIELD_ENUM, AT(profile, signature_hash), .def = "Default",
	  .tokens = signature_hashes,
	  .help = "Digest of the CA's signature, not with an Ed25519 CA; csrattrs asks it of the CSR too. Default: by the key" },
	{ "crypto_enforcement", INNER, .sub = crypto_fields },
	FIELD_END,
};

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
