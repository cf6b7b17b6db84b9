/*
 * What an operator sets: a DMS's settings (Lamassu's model and names), issuance profiles, subjects.
 * Plain structs with their field rows; meaning is given to them in auth, ca and fleet.
 */
#ifndef DATA_SETTINGS_H
#define DATA_SETTINGS_H

#include "data/field.h"

/* A distinguished name as Lamassu writes it; NULL or "": not there. */
struct subject {
	const char *common_name, *organization, *organization_unit, *country, *state, *locality;
};
extern const struct field subject_fields[];

enum key_type { KEY_UNKNOWN, KEY_RSA, KEY_ECDSA, KEY_ED25519, KEY_DSA };
extern const struct token key_types[]; /* "RSA" "ECDSA" "Ed25519" "DSA" */

struct key_spec {
	int type;		/* enum key_type */
	int64_t bits;		/* of the RSA modulus or the curve; 0 for Ed25519 */
};
extern const struct field key_spec_fields[];	/* type, bits */

/* Bits as in RFC 5280 4.2.1.3, first bit first. */
enum key_usage {
	KU_DIGITAL_SIGNATURE = 1,
	KU_CONTENT_COMMITMENT = 2,
	KU_KEY_ENCIPHERMENT = 4,
	KU_DATA_ENCIPHERMENT = 8,
	KU_KEY_AGREEMENT = 16,
	KU_CERT_SIGN = 32,
	KU_CRL_SIGN = 64,
	KU_ENCIPHER_ONLY = 128,
	KU_DECIPHER_ONLY = 256,
};
extern const struct token key_usages[]; /* "DigitalSignature" ... */

enum ext_key_usage {
	EKU_ANY = 1 << 0,
	EKU_SERVER_AUTH = 1 << 1,
	EKU_CLIENT_AUTH = 1 << 2,
	EKU_CODE_SIGNING = 1 << 3,
	EKU_EMAIL_PROTECTION = 1 << 4,
	EKU_IPSEC_END_SYSTEM = 1 << 5,
	EKU_IPSEC_TUNNEL = 1 << 6,
	EKU_IPSEC_USER = 1 << 7,
	EKU_TIME_STAMPING = 1 << 8,
	EKU_OCSP_SIGNING = 1 << 9,
	EKU_MS_SGC = 1 << 10,
	EKU_NS_SGC = 1 << 11,
	EKU_MS_COMMERCIAL_CODE = 1 << 12,
	EKU_MS_KERNEL_CODE = 1 << 13,
	EKU_CMC_RA = 1 << 14,
	EKU_CM_KGA = 1 << 15,
};
extern const struct token ext_key_usages[]; /* "ServerAuth" ..., and "CMCRA" "CMKGA" */

enum validity_type { VALIDITY_DURATION, VALIDITY_TIME };

struct validity {
	int type; /* "Duration" | "Time" */
	int64_t duration;
	int64_t time;
};
extern const struct field validity_fields[];	/* without a value: a duration of 1y */

/* What becomes of the names that a CSR asks for, and where it asks for none. */
enum san_policy {
	SAN_COPY,	/* those of the CSR (with honor_extensions) */
	SAN_CN,		/* the same, else the common name as dNSName, when it is one */
	SAN_REFUSE,	/* a CSR that asks for names is refused */
};
extern const struct token san_policies[];	/* "copy" "cn" "refuse" */

enum signature_hash { HASH_OF_KEY = 0, HASH_SHA256 = 256, HASH_SHA384 = 384, HASH_SHA512 = 512 };
extern const struct token signature_hashes[];	/* "Default" "SHA-256" "SHA-384" "SHA-512" */

/* An issuance profile. */
struct profile {
	const char *id, *name, *description;
	struct validity validity;	/* default 1y */
	bool refuse_beyond_issuer;	/* instead of cutting the validity to the issuer's */
	int64_t backdate;		/* of notBefore */
	bool sign_as_ca;
	bool honor_key_usage;
	unsigned key_usage;	/* default DigitalSignature */
	bool honor_extended_key_usages;
	unsigned extended_key_usages;	/* default ClientAuth */
	bool honor_subject;	/* default true */
	struct subject subject;
	bool honor_extensions;	/* default true: the CSR's SAN is copied */
	int san_policy;		/* enum san_policy */
	struct texts allowed_extensions;	/* dotted OIDs: copied from the CSR */
	struct texts required_extensions;	/* dotted OIDs: what csrattrs asks for */
	int signature_hash;	/* enum signature_hash: of the certificate, and csrattrs asks it of the CSR */
	struct {
		bool enabled;
		bool allow_rsa_keys;
		struct ints allowed_rsa_key_sizes;	/* not set: any */
		bool allow_ecdsa_keys;
		struct ints allowed_ecdsa_key_sizes;
		bool allow_ed25519_keys;
	} crypto_enforcement;
};
extern const struct field profile_fields[];

enum auth_mode_id {
	AUTH_CLIENT_CERTIFICATE,
	AUTH_NO_AUTH,
	AUTH_EXTERNAL_WEBHOOK,
	AUTH_CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK,
	AUTH_JWT,
	AUTH_PSK,
};
extern const struct token auth_mode_names[];

enum registration_mode { REGISTRATION_PRE, REGISTRATION_JITP };
extern const struct token registration_modes[]; /* "PRE_REGISTRATION" "JITP" */

struct client_certificate_settings {
	struct texts validation_cas;	/* CA ids */
	int64_t chain_level_validation;	/* default 0; <= 0: no trimming */
	bool allow_expired;
};

enum webhook_auth_mode { WEBHOOK_NOAUTH, WEBHOOK_APIKEY, WEBHOOK_JWT, WEBHOOK_MTLS };
extern const struct token webhook_auth_modes[]; /* "noauth" "apikey" "jwt" "mtls" */

struct webhook_settings {
	const char *name, *url, *method;
	struct {
		bool validate_server_cert;	/* default true */
		const char *server_ca;		/* PEM of the trust anchors; NULL: the system's */
		struct texts forward_headers;	/* of the device's request; default: a few */
		const char *log_level;
		int auth_mode;			/* enum webhook_auth_mode */
		int64_t call_timeout;		/* default 10s */
		struct {
			const char *client_id, *client_secret, *well_known;
		} oidc;
		struct {
			const char *key, *header;
		} apikey;
		struct {
			const char *cert, *key;
		} mtls;
	} config;
};

struct jwt_settings {
	struct doc *jwks;
	const char *jwks_url, *jwks_ca, *issuer, *audience, *device_claim;
	int64_t jwks_max_age;	/* default 15m */
	int64_t clock_skew;	/* default 60s */
};

struct psk_settings {
	bool per_device;	/* a secret is made for one device, not for the DMS */
	int64_t validity;	/* of a new secret: default 30d */
	int64_t uses;		/* default 1 */
};

/* est_rfc7030_settings */
struct est_settings {
	int auth_mode;		/* enum auth_mode_id */
	struct client_certificate_settings client_certificate_settings;
	struct webhook_settings external_webhook_settings;
	struct jwt_settings jwt_settings;
	struct psk_settings psk_settings;
};

struct dms_settings {
	struct {
		bool enabled;
		struct key_spec key;
		const char *escrow_recipient;	/* PEM certificate */
		const char *recipients;		/* PEM certificates */
		const char *symmetric_keys;	/* "ID:KEY ..." in hex */
	} server_keygen_settings;
	struct {
		int protocol;	/* 0: EST_RFC7030, the only token */
		struct est_settings est_rfc7030_settings;
		struct {
			const char *icon, *icon_color;
			struct doc *metadata;
			struct texts tags;
		} device_provisioning_profile;
		const char *enrollment_ca;	/* required */
		bool enable_replaceable_enrollment;
		int registration_mode;
		bool verify_csr_signature;	/* default true */
		bool revoke_bootstrap_on_enrollment, device_id_match, enforce_csr_attributes,
			manual_approval, require_pop_linking;
		int64_t approval_validity;	/* 7d */
		const char *csr_attributes;	/* base64 of the DER of CsrAttrs; NULL: of the profile */
	} enrollment_settings;
	struct {
		struct est_settings est_rfc7030_settings;
		struct texts additional_validation_cas;
		bool revoke_on_reenrollment;
		int64_t reenrollment_delta, preventive_delta, critical_delta;	/* 100d 90d 30d */
		bool enable_expired_renewal;
		int64_t expired_renewal_max_age;	/* 30d */
	} reenrollment_settings;
	struct {
		bool include_system_ca, include_enrollment_ca;	/* the second defaults to true */
		struct texts managed_cas;
	} ca_distribution_settings;
	const char *issuance_profile_id;
	struct profile *issuance_profile;	/* NULL: none inline */
};
extern const struct field dms_settings_fields[];

/* One of server_keygen_settings.symmetric_keys: AES, of 16, 24 or 32 octets. */
struct symmetric_key {
	struct blob id, key;
};
/* Takes the first off the text: 1; 0: there is none; -1: ERR_REJECTED. */
int symmetric_key_next(struct arena *a, const char **text, struct symmetric_key *k, struct err *e);

enum { SETTINGS_MAX = 256 << 10 };	/* octets of JSON of a DMS's settings */

/* What one document can say about itself: its size, critical <= preventive <= reenrollment, secrets where a
 * mode needs them, minimum key sizes. (That the CAs exist is fleet's business.) */
void settings_check(const struct dms_settings *s, const char *prefix, struct problems *p);
void profile_check(const struct profile *f, const char *prefix, struct problems *p);

/* Does it give nothing that speaks for a CA: sign_as_ca, or an extended key usage that signs OCSP
 * answers (RFC 6960 4.2.2.2), acts as an EST server (RFC 7030 3.6.1), or means any? */
bool profile_is_for_devices(const struct profile *f);
/* Does its crypto_enforcement, if enabled, list such a key? */
bool profile_allows_key(const struct profile *f, const struct key_spec *k);
#define PROFILE_FOR_DEVICES                                                                        \
	"expected a profile for devices, without sign_as_ca and without the extended key usages "  \
	"Any, OCSPSigning, CMCRA and CMKGA"
/* That such a key is made here: RSA 2048-4096, ECDSA 256 384 521, Ed25519. */
void key_spec_check(const struct key_spec *k, const char *prefix, struct problems *p);

#endif
