/*
 * What a CRL is about, by its name: CRL_COMPLETE, all certificates of the issuer's name; CRL_DELTA,
 * what has changed since the complete one was made; "4-1", those whose serials fall to shard 1 of 4.
 * The name is in the URL: /crl/SKI, /crl/delta/SKI, /crl/4-1/SKI. The number of shards is in it, and
 * a shard that was once made is made for ever: so a certificate finds its CRL whatever the number
 * becomes.
 */
#ifndef CA_CRL_SCOPE_H
#define CA_CRL_SCOPE_H

#include "ca/env.h"
#include "data/validation.h"
#include "store/store_ca.h"

#define CRL_COMPLETE ""
#define CRL_DELTA "delta"

const char *crl_scope_shard(struct arena *a, unsigned n, unsigned k);
/* 0 < n <= CRL_MAX_SHARDS, k < n; false: the scope is no shard. */
bool crl_scope_is_shard(const char *scope, unsigned *n, unsigned *k);

/* Which of n shards: by the serial's last octets, which are random in those that are made here. */
unsigned crl_scope_of_serial(struct blob serial, unsigned n);

/* "crl/SKI", "crl/delta/SKI": as it stands in URLs and below the published folder. */
const char *crl_scope_path(struct arena *a, struct blob ski, const char *scope);
const char *crl_scope_url(const struct env *env, struct blob ski, const char *scope);

/* One of those in crl_row.urls. */
bool crl_scope_has_url(const char *urls, const char *url);

/* How CRLs of the CA are made. */
int crl_load_settings(const struct env *env, const char *ca, struct validation *v, struct err *e);

/* The URL that a certificate with this serial carries: its shard's once that one is there under this
 * name, else the complete CRL's. NULL: public.http_url is not set. */
int crl_find_url(const struct env *env, const struct issuer_row *issuer, struct blob serial,
		 const char **url, struct err *e);

#endif
