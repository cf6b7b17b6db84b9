/* A JSON text from outside as a C string. */
#ifndef DATA_TEXT_OF_H
#define DATA_TEXT_OF_H

#include <string.h>

#include "data/doc.h"

/* NULL: it is no text, or has a NUL in it and would read shorter than it is. */
static inline const char *text_of(const struct doc *d)
{
	if (doc_kind(d) != DOC_TEXT || strlen(doc_get_text(d)) != doc_text_len(d))
		return NULL;
	return doc_get_text(d);
}

#endif
