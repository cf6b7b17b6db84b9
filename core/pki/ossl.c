#include "pki/ossl.h"

#include <stdio.h>
#include <string.h>

const char *ossl_reason(void)
{
	unsigned long code = ERR_peek_last_error();
	const char *s = NULL;

	if (ERR_SYSTEM_ERROR(code))
		s = strerror(ERR_GET_REASON(code));
	else if (code)
		s = ERR_reason_error_string(code);
	ERR_clear_error();
	return s ? s : "no reason given";
}

int ossl_fault_at(struct err *e, const char *file, int line, const char *doing)
{
	char reasons[400] = "";
	size_t len = 0;
	unsigned long code;

	while ((code = ERR_get_error())) {
		const char *s = ERR_reason_error_string(code);
		int n;

		if (!s || len >= sizeof(reasons))
			continue;
		n = snprintf(reasons + len, sizeof(reasons) - len, "%s%s", len ? ", " : ": ", s);
		if (n > 0)
			len += (size_t)n;
	}
	return err_fault_at(e, ERR_INTERNAL, "crypto", file, line, "%s failed%s", doing, reasons);
}

struct blob ossl_bio_blob(struct arena *a, BIO *b)
{
	char *data = NULL;
	long len = BIO_get_mem_data(b, &data);

	return arena_blob(a, data, len > 0 ? (size_t)len : 0);
}

const EVP_MD *ossl_md_get(enum ossl_md which)
{
	static const char *const names[] = { "SHA1", "SHA256", "SHA384", "SHA512" };
	static EVP_MD *fetched[ARRAY_LEN(names)];

	if (!fetched[which])
		fetched[which] = EVP_MD_fetch(NULL, names[which], NULL);
	if (!fetched[which])
		err_die("OpenSSL has no %s: %s", names[which], ossl_reason());
	return fetched[which];
}
