/* How answers differ for clients that cannot read the usual form. */
#ifndef FCGI_EST_QUIRKS_H
#define FCGI_EST_QUIRKS_H

#include "web/req.h"

/* The length of base64's lines for this client; 0: one line. */
unsigned quirk_base64_columns(const struct req *r);

#endif
