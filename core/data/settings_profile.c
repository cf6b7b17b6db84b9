#include "data/settings.h"

#include <string.h>

#include "base/clock.h"

#define AT(s, member) .offset = offsetof(struct s, member)
#define LONGEST (1000 * 364 * CLOCK_DAY)
#define INNER .type = FIELD_OBJECT, .offset = 0	/* see settings.c */

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
