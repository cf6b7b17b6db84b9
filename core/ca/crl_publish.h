/*
 * CRLs as files that the web server gives out by itself: ocsp.publish_dir/www/crl/..., the URL's path
 * below www; its time of change is thisUpdate. The folder publish_dir itself is made by others, and
 * is empty after each start: without it there is nothing to do.
 */
#ifndef CA_CRL_PUBLISH_H
#define CA_CRL_PUBLISH_H

#include "ca/env.h"

/* Makes the files of the issuer's CRLs what the database has: writes those that are missing or
 * other, takes away what has lapsed (the last CRLs of a CA that has ended stay) and a delta CRL that
 * is no more. */
int crl_publish(const struct env *env, struct blob ski, struct err *e);

#endif
