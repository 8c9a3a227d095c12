/* SPDX-License-Identifier: Apache-2.0
 *
 * Names and mail addresses: a normal form is its own normal form. Also the small values and vocabulary.
 */
#include "event/field.h"
#include "event/value.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size);
	char name[NAME_MAX_BYTES + 1], again[NAME_MAX_BYTES + 1], email[254];
	size_t len, len2;
	uint32_t asn;
	uint16_t port;

	if (value_fqdn(s, name, &len)) {
		assert(len <= NAME_MAX_BYTES && value_fqdn(str_make(name, len), again, &len2));
		assert(str_eq(str_make(name, len), str_make(again, len2)));
	}
	if (value_email(s, email, &len))
		assert(len <= sizeof(email));
	value_bic(s, again, &len);
	value_asn(s, &asn);
	value_port(s, &port);
	value_placeholder(s);
	type_find(s);
	tlp_find(s);
	transport_find(s);
	enum field f = field_find(s);
	assert(f == FIELD_NONE || str_eq(field_table[f].name, s));
	return 0;
}
