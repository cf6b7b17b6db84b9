/* The commands: one row each. */
#include "cli/shedu.h"

static const struct arg_option init_options[] = {
	{ "owner", "USER[:GROUP]", 0, "whose the state shall be; default: the caller" },
	ARG_END,
};

static const struct arg_option restore_options[] = {
	{ "as-it-was", NULL, 0, "what was revoked since the backup is not revoked any more" },
	{ "crl-jump", "N", 0,
	  "how many CRLs may have been made since the backup, that the database does not know of; "
	  "default 10000" },
	ARG_END,
};

static const struct arg_option ca_create_options[] = {
	{ "cn", "NAME", ARG_REQUIRED, "common name" },
	{ "parent", "ID", 0, "the CA that signs it; default: none, a root" },
	{ "key", "TYPE", 0,
	  "ECDSA:256, ECDSA:384, ECDSA:521, RSA:2048 to RSA:4096, Ed25519; default ECDSA:256" },
	{ "validity", "TIME", 0, "default 10y, and never longer than the parent's" },
	{ "organization", "TEXT", 0, "O of the subject" },
	{ "unit", "TEXT", 0, "OU of the subject" },
	{ "country", "CC", 0, "C of the subject" },
	ARG_END,
};

static const struct arg_option ca_import_options[] = {
	{ "cert", "FILE", ARG_REQUIRED,
	  "PEM; the first certificate is the CA's, further ones its chain" },
	{ "key", "FILE", 0, "its private key, PEM, not encrypted" },
	{ "key-uri", "URI", 0, "where the key is: pkcs11:, or file: below STATE/keys" },
	ARG_END,
};

static const struct arg_option ca_rekey_options[] = {
	{ "key", "TYPE", 0, "as of ca create; default: as the present key" },
	{ "key-uri", "URI", 0, "where the new key is: pkcs11:, or file: below STATE/keys" },
	{ "validity", "TIME", 0, "default: as long as the present certificate's" },
	ARG_END,
};

static const struct arg_option ca_crl_options[] = {
	{ "number", "N", ARG_REQUIRED, "of the next CRL; above all that were given" },
	ARG_END,
};

static const struct arg_option cert_issue_options[] = {
	{ "ca", "ID", ARG_REQUIRED, "the CA that signs" },
	{ "kind", "KIND", ARG_REQUIRED, "bootstrap, server, ra or operator" },
	{ "out", "FILE", ARG_REQUIRED, "for the certificate; - is standard output" },
	{ "cn", "NAME", 0, "common name; with --csr, in place of the request's subject" },
	{ "san", "NAME", ARG_REPEATED, "DNS name or address" },
	{ "csr", "FILE", 0, "a request to sign" },
	{ "out-key", "FILE", 0, "for a key that is made now; never over an existing file" },
	{ "key", "TYPE", 0, "of that key: ECDSA:256, RSA:2048, Ed25519 ...; default ECDSA:256" },
	{ "validity", "TIME", 0, "as 365d; default by kind" },
	ARG_END,
};

static const struct arg_option cert_list_options[] = {
	{ "dms", "ID", 0, "only of this DMS" },
	{ "device", "ID", 0, "only of this device" },
	ARG_END,
};

static const struct arg_option cert_options[] = {
	{ "issuer", "SKI", 0, "key identifier of the issuer, where a serial alone is ambiguous" },
	ARG_END,
};

static const struct arg_option ca_validation_options[] = {
	{ "set", "NAME=VALUE", ARG_REPEATED, "as ocsp.unissued=UNAUTHORIZED or crl.validity=7d" },
	ARG_END,
};

static const struct arg_option cert_revoke_options[] = {
	{ "issuer", "SKI", 0, "key identifier of the issuer, where a serial alone is ambiguous" },
	{ "reason", "REASON", 0,
	  "as KeyCompromise, Superseded, CertificateHold; default Unspecified" },
	ARG_END,
};

static const struct arg_option cert_escrow_options[] = {
	{ "issuer", "SKI", 0, "key identifier of the issuer, where a serial alone is ambiguous" },
	{ "out", "FILE", ARG_REQUIRED, "for the key, encrypted (CMS, PEM); - is standard output" },
	ARG_END,
};

static const struct arg_option operator_add_options[] = {
	{ "role", "ROLE", ARG_REQUIRED, "auditor, operator or admin" },
	{ "out", "FILE", ARG_REQUIRED, "for the certificate; - is standard output" },
	{ "dms", "ID", ARG_REPEATED, "only for this DMS; default: all" },
	{ "csr", "FILE", 0, "a request to sign" },
	{ "out-key", "FILE", 0, "for a key that is made now; never over an existing file" },
	ARG_END,
};

static const struct arg_option secret_add_options[] = {
	{ "dms", "ID", ARG_REQUIRED, "the DMS that it enrolls with" },
	{ "device", "ID", 0, "the only device that it enrolls; default: any" },
	{ "uses", "N", 0, "how often it enrolls; default: the DMS's psk_settings.uses" },
	{ "validity", "TIME", 0, "as 30d; default: the DMS's psk_settings.validity" },
	ARG_END,
};

static const struct arg_option secret_list_options[] = {
	{ "dms", "ID", 0, "only of this DMS" },
	ARG_END,
};

static const struct arg_option device_add_options[] = {
	{ "dms", "ID", ARG_REQUIRED, "the DMS that it enrolls with" },
	ARG_END,
};

static const struct arg_option device_list_options[] = {
	{ "dms", "ID", 0, "only of this DMS" },
	{ "status", "STATUS", 0,
	  "NO_IDENTITY, ACTIVE, RENEWAL_PENDING, EXPIRING_SOON, EXPIRED, REVOKED, DECOMMISSIONED" },
	ARG_END,
};

static const struct arg_option approval_list_options[] = {
	{ "dms", "ID", 0, "only of this DMS" },
	{ "state", "STATE", 0, "pending, approved, denied, issued or expired" },
	ARG_END,
};

static const struct arg_option approval_deny_options[] = {
	{ "reason", "TEXT", 0, "the device is told it, and the events keep it" },
	ARG_END,
};

static const struct arg_option explain_options[] = {
	{ "cert", "FILE", 0, "the certificate that the device presents, PEM; default: none" },
	{ "operation", "OPERATION", 0,
	  "simpleenroll, simplereenroll or serverkeygen; default simpleenroll" },
	{ "at", "TIME", 0, "as if it were then, as 2027-01-31T12:00:00Z; default: now" },
	ARG_END,
};

static const struct arg_option ocsp_publish_options[] = {
	{ "all", "DIR", ARG_REQUIRED, "the folder that they are written to" },
	{ "since", "TIME", 0,
	  "only what changed since, as 2027-01-31T12:00:00Z, is not there, or is past half its time" },
	{ "resume", NULL, 0, "go on where the last run into this folder was ended" },
	ARG_END,
};

static const struct arg_option tick_options[] = {
	{ "every", "TIME", 0, "stay, and do the jobs that often, as 1s" },
	{ "status", NULL, 0, "tell when the jobs last ran, and with what error" },
	ARG_END,
};

static const struct arg_option doctor_options[] = {
	{ "enroll", "DMS", 0,
	  "enroll a canary device through the web server, and decommission it" },
	ARG_END,
};

static const struct arg_option api_options[] = {
	{ "type", "TYPE", 0, "Content-Type; default: JSON, for PATCH what the document is" },
	ARG_END,
};

const struct command commands[] = {
	{ "init", NULL, "make the state: folders, database, audit key", init_options, cmd_init,
	  COMMAND_AS_CALLER },
	{ "migrate", NULL, "bring the database to this version's schema", NULL, cmd_migrate, 0 },
	{ "backup", "FILE", "copy the database into a new file, while it is used", NULL, cmd_backup,
	  0 },
	{ "restore", "FILE", "put a backup in the place of what the database has", restore_options,
	  cmd_restore, 0 },
	{ "ca create", "ID", "make a CA and its key", ca_create_options, cmd_ca_create, 0 },
	{ "ca import", "ID", "bring in a CA, with or without its key", ca_import_options,
	  cmd_ca_import, 0 },
	{ "ca rekey", "ID", "give a CA a new key; what the old one signed still holds",
	  ca_rekey_options, cmd_ca_rekey, 0 },
	{ "ca crl", "ID",
	  "let the numbers of a CA's CRLs go on from a higher one, after an import or "
	  "a restore",
	  ca_crl_options, cmd_ca_crl, 0 },
	{ "ca list", NULL, "list the CAs", NULL, cmd_ca_list, 0 },
	{ "ca show", "ID", "show a CA", NULL, cmd_ca_show, 0 },
	{ "ca validation", "ID", "show or change how a CA's certificates are answered for",
	  ca_validation_options, cmd_ca_validation, 0 },
	{ "cert issue", NULL, "issue a bootstrap, server, ra or operator certificate",
	  cert_issue_options, cmd_cert_issue, 0 },
	{ "cert list", NULL, "list certificates, newest first", cert_list_options, cmd_cert_list,
	  0 },
	{ "cert show", "SERIAL", "show a certificate", cert_options, cmd_cert_show, 0 },
	{ "cert revoke", "SERIAL", "revoke a certificate, or put it on hold", cert_revoke_options,
	  cmd_cert_revoke, 0 },
	{ "cert release", "SERIAL", "take a certificate off hold", cert_options, cmd_cert_release,
	  0 },
	{ "cert escrow", "SERIAL", "get the key that is kept for a certificate, encrypted",
	  cert_escrow_options, cmd_cert_escrow, 0 },
	{ "operator add", "NAME", "give somebody a certificate for the API", operator_add_options,
	  cmd_operator_add, 0 },
	{ "operator list", NULL, "list the operators", NULL, cmd_operator_list, 0 },
	{ "operator remove", "SHA256", "take an operator's access away", NULL, cmd_operator_remove,
	  0 },
	{ "dms create", "ID [FILE|-]", "make a DMS from a JSON document", NULL, cmd_dms_create, 0 },
	{ "dms list", NULL, "list the DMSs", NULL, cmd_dms_list, 0 },
	{ "dms show", "ID", "show a DMS", NULL, cmd_dms_show, 0 },
	{ "dms update", "ID [FILE|-]", "change a DMS by a merge patch (RFC 7396)", NULL,
	  cmd_dms_update, 0 },
	{ "dms delete", "ID", "delete a DMS that owns no device", NULL, cmd_dms_delete, 0 },
	{ "profile create", "ID [FILE|-]", "make an issuance profile from a JSON document", NULL,
	  cmd_profile_create, 0 },
	{ "profile list", NULL, "list the issuance profiles", NULL, cmd_profile_list, 0 },
	{ "profile show", "ID", "show an issuance profile", NULL, cmd_profile_show, 0 },
	{ "profile update", "ID [FILE|-]", "put another document in its place", NULL,
	  cmd_profile_update, 0 },
	{ "profile delete", "ID", "delete an issuance profile that nobody uses", NULL,
	  cmd_profile_delete, 0 },
	{ "secret add", NULL, "make an enrollment secret, and show it once", secret_add_options,
	  cmd_secret_add, 0 },
	{ "secret list", NULL, "list enrollment secrets", secret_list_options, cmd_secret_list, 0 },
	{ "secret revoke", "ID", "revoke an enrollment secret", NULL, cmd_secret_revoke, 0 },
	{ "device add", "ID", "register a device", device_add_options, cmd_device_add, 0 },
	{ "device list", NULL, "list devices", device_list_options, cmd_device_list, 0 },
	{ "device show", "ID", "show a device", NULL, cmd_device_show, 0 },
	{ "device decommission", "ID", "take a device out of service for good", NULL,
	  cmd_device_decommission, 0 },
	{ "approval list", NULL, "list the enrollments that wait for approval, or were decided",
	  approval_list_options, cmd_approval_list, 0 },
	{ "approval show", "ID", "show one, with what the device asks for", NULL, cmd_approval_show,
	  0 },
	{ "approval approve", "ID", "let the device have its certificate", NULL,
	  cmd_approval_approve, 0 },
	{ "approval deny", "ID", "refuse the device its certificate", approval_deny_options,
	  cmd_approval_deny, 0 },
	{ "explain", "DMS CSR", "tell what a device would be answered, and why, step by step",
	  explain_options, cmd_explain, 0 },
	{ "ocsp publish", NULL,
	  "write the OCSP responses of all certificates, for servers of others",
	  ocsp_publish_options, cmd_ocsp_publish, 0 },
	{ "ocsp wipe", NULL, "empty the folder of published OCSP responses, and make it ready",
	  NULL, cmd_ocsp_wipe, 0 },
	{ "trust", NULL, "write the web server's bundle of trusted CAs", NULL, cmd_trust, 0 },
	{ "tick", NULL, "do the clock's jobs: CRLs, responders, bundle, expiries", tick_options,
	  cmd_tick, 0 },
	{ "doctor", NULL, "check the installation, and advise", doctor_options, cmd_doctor, 0 },
	{ "api", "METHOD PATH [FILE|-]", "one request of the API, in this process", api_options,
	  cmd_api, 0 },
	{ "help", "[COMMAND|settings] [WORD]", "tell about the commands, or the settings", NULL,
	  cmd_help, COMMAND_NO_CONF },
	{ .words = NULL },
};
