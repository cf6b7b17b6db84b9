/*
 * The publisher: an OCSP worker that has just been asked by GET for what can lie as a file. The next
 * who asks gets the file from the web server. What is not published, because a shard is busy or the
 * tree is full, is answered all the same.
 */
#ifndef CA_PUBLISH_H
#define CA_PUBLISH_H

#include "ca/status.h"

/* An answer is published that holds for so long after the caches have let go of it; the tick
 * removes it before that. Longer than the tick takes to come round. */
#define PUBLISH_MARGIN (5 * CLOCK_MINUTE)

/* The server that gives out the file lets caches keep it for ocsp.max_age, whenever it is asked. */
bool publish_is_lasting(const struct env *env, int64_t next_update);

struct publication {
	const char *path;	/* NULL: nothing is to be published */
	int fd;			/* of its shard, held */
};

/* Before the status is read: whether the answer to this request may be published. */
void publish_begin(const struct env *env, struct blob request, struct publication *p);
/* answer NULL: there is none. */
void publish_end(const struct env *env, const struct status_answer *answer, struct publication *p);

#endif
