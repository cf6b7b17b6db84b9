/* Addresses of clients, as web servers write them. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include "base/arena.h"

/* What limits count by: the octets of an IPv4 address, also of one mapped into IPv6 (RFC 4291
 * 2.5.5.2); of IPv6 the first 64 bits, for who has one address has the others too; of any other text
 * the text. Empty for NULL. */
struct blob address_source(struct arena *a, const char *text);

#endif
