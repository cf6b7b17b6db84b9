/*
 * Scope-bound ownership. A foreign handle is declared
 *
 *	AUTO(X509) *c = NULL;
 *
 * and released when its scope ends; `return steal(&c);` hands it over instead. One AUTO_TYPE line
 * per type stands in the header of the module that owns the type.
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#define AUTO_TYPE(name, ctype, fn)                                                                 \
	typedef ctype auto_##name##_t;                                                             \
	static inline void auto_##name(ctype **p)                                                  \
	{                                                                                          \
		if (*p)                                                                            \
			fn(*p);                                                                    \
		*p = NULL;                                                                         \
	}

#define AUTO(name) __attribute__((cleanup(auto_##name), unused)) auto_##name##_t

#define steal(p)                                                                                   \
	__extension__({                                                                            \
		__typeof__(*(p)) steal_ = *(p);                                                    \
		*(p) = NULL;                                                                       \
		steal_;                                                                            \
	})

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

#endif
