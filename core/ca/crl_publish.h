/*
 * CRLs as files that the web server gives out by itself: www/crl/... of the published tree
 * (publish_tree.h), the URL's path below www; a file's time of change is thisUpdate. The tree is made
 * by others, and is empty after a start: while it is not there, or another database's, there is
 * nothing to do.
 */
#ifndef CA_CRL_PUBLISH_H
#define CA_CRL_PUBLISH_H

#include "ca/env.h"

/* Makes the files of the issuer's CRLs what the database has: writes those that are missing or
 * other, takes away what has lapsed (the last CRLs of a CA that has ended stay) and a delta CRL that
 * is no more. */
int crl_publish(const struct env *env, struct blob ski, struct err *e);

#endif
