#include "base/address.h"

#include <arpa/inet.h>
#include <string.h>

struct blob address_source(struct arena *a, const char *text)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	unsigned char six[16], four[4];

	if (!text)
		return blob_of(NULL, 0);
	if (inet_pton(AF_INET, text, four) == 1)
		return arena_blob(a, four, sizeof(four));
	if (inet_pton(AF_INET6, text, six) != 1)
		return blob_of(text, strlen(text));
	if (memcmp(six, mapped, sizeof(mapped)) == 0)
		return arena_blob(a, six + sizeof(mapped), sizeof(four));
	return arena_blob(a, six, 8);
}
