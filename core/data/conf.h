/* shedu.conf (libconfig), through a field table. The only user of libconfig. */
#ifndef DATA_CONF_H
#define DATA_CONF_H

#include "data/field.h"

struct conf {
	const char *path;		/* the file, absolute */
	const char *database;		/* path of the SQLite file */
	const char *state_dir;		/* keys, responder keys, CRLs' and audit's; absolute */
	struct {
		const char *passphrase_file;	/* NULL: key files are not encrypted */
	} keys;
	struct {
		const char *https_url;	/* "https://localhost:8443", no final slash */
		const char *http_url;	/* "http://localhost:8080": in every certificate */
	} public;
	struct {
		const char *default_dms;
		const char *system_ca;	/* PEM file; NULL: none */
		int64_t replay_window;	/* 24 h */
	} est;
	struct {
		int64_t validity;	/* of a response: 12 h */
		int64_t backdate;	/* 5 min */
		int64_t max_age;	/* of caches not ours: 1 min */
		const char *cache_dir;	/* of signed answers; NULL: state_dir/ocsp */
		int64_t cache_entries;	/* 0: none are kept */
		const char *publish_dir;	/* for the web server; NULL: nothing is published */
		int64_t publish_max;	/* files in it */
		int64_t max_signing;	/* answers signed at the same time; 0: as many as workers */
	} ocsp;
	struct {
		int64_t validity;	/* 7 d */
	} crl;
	struct {
		const char *bundle;	/* the file that the web server reads; NULL: none is written */
		const char *reload_command;	/* run by sh -c after a change; NULL: none */
	} trust;
	struct {
		int64_t slots;	/* for calls to others at the same time; 0: half of the est workers */
	} webhook;
	struct {
		const char *file;	/* NULL: stderr */
	} log;
};

extern const struct field conf_fields[];

/* path: NULL takes $SHEDU_CONF, or else SYSCONFDIR/shedu/shedu.conf. NULL and ERR_INTERNAL that
 * names file, line and setting. The result lives in the arena (the process's). */
struct conf *conf_load(struct arena *a, const char *path, struct err *e);

#endif
