#include "ca/order.h"

#include <string.h>

#include "base/text.h"

const char *operation_name(enum operation op)
{
	switch (op) {
	case OP_ENROLL:
		return "simpleenroll";
	case OP_REENROLL:
		return "simplereenroll";
	case OP_SERVERKEYGEN:
		return "serverkeygen";
	}
	return "";
}

bool operation_find(const char *name, enum operation *op)
{
	static const enum operation all[] = { OP_ENROLL, OP_REENROLL, OP_SERVERKEYGEN };
	size_t i;

	for (i = 0; i < ARRAY_LEN(all); i++) {
		*op = all[i];
		if (strcmp(name, operation_name(all[i])) == 0)
			return true;
	}
	return false;
}

int order_check_operation(enum operation op, const struct dms *dms, struct err *e)
{
	if (op != OP_SERVERKEYGEN || dms->settings.server_keygen_settings.enabled)
		return 0;
	return err_set(
		e, ERR_NOT_FOUND, "keygen_disabled",
		"DMS %s does not make keys for its devices (server_keygen_settings.enabled): "
		"make the key on the device and use simpleenroll",
		dms->row.id);
}

int order_make(enum operation op, const struct dms *dms, const struct csr *csr, struct order *o,
	       struct err *e)
{
	if (csr->common_name_len == 0)
		return err_set(
			e, ERR_REJECTED, "csr_common_name",
			"the CSR's subject has no common name; expected the device id there");
	if (text_check_device_id(csr->common_name, csr->common_name_len, e) < 0)
		return err_in(e, "the CSR's common name is the device id");
	*o = (struct order){ .op = op, .dms = dms, .csr = csr, .device = csr->common_name };
	return 0;
}

int order_read(struct arena *a, enum operation op, const struct dms *dms, struct blob body,
	       struct order *o, struct err *e)
{
	struct blob der;
	struct csr *csr;

	if (csr_read_body(a, body, &der, e) < 0)
		return -1;
	csr = op == OP_SERVERKEYGEN ? csr_read_keyless(a, der, e) : csr_read(a, der, e);
	if (!csr)
		return -1;
	if (op == OP_SERVERKEYGEN)
		csr->key = dms->settings.server_keygen_settings.key;
	return order_make(op, dms, csr, o, e);
}
