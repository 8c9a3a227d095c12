/* SPDX-License-Identifier: Apache-2.0 */
#include "form/byhand.h"
#include "event/field.h"
#include "event/value.h"

const struct byhand_field byhand_fields[] = {
        {"class", "classification.type", 40},
        {"ip", "source.ip", 45},
        {"port", "source.port", 5},
        {"name", "source.fqdn", 253},
        {"url", "source.url", 2000},
        {"account", "source.account", 254},
        {"malware", "malware.name", 200},
        {"identifier", "classification.identifier", 200},
        {"severity", "severity", 10},
        {"seen", "time.source", 40},
        {"label", "tlp", 20},
        {"note", "extra.note", 1000},
        {"mail", "extra.mail", 20},
};
const unsigned byhand_count = sizeof(byhand_fields) / sizeof(byhand_fields[0]);

static void put(struct buf *b, const char *field, struct str value)
{
	buf_add(b, b->p[b->len - 1] != '{' ? STR(", ") : STR(""));
	buf_json(b, str_from(field));
	buf_add(b, STR(": "));
	buf_json(b, value);
}

static int check(struct str (*find)(const void *arg, const char *name), const void *arg, const char *option,
        struct err *e)
{
	struct str class = find(arg, "class"), label = find(arg, "label"), seen = find(arg, "seen");
	char shown[64];
	int64_t when;

	if (class.len == 0 || type_find(class) == TYPE_NONE)
		return err_set(e, ERR_USAGE,
		        "%sclass: what kind of problem is it? 'weir docs taxonomy' lists the types", option);
	if (label.len != 0 && tlp_find(label) == TLP_NONE)
		return err_set(e, ERR_USAGE,
		        "%slabel '%s': CLEAR, GREEN, AMBER, AMBER+STRICT or RED is wanted", option,
		        err_quote(shown, sizeof(shown), label).p);
	if (seen.len != 0 && !value_time(seen, NULL, &when))
		return err_set(e, ERR_USAGE, "%sseen '%s' is no time such as 2026-01-05 or 2026-01-05T08:00",
		        option, err_quote(shown, sizeof(shown), seen).p);
	if (find(arg, "ip").len == 0 && find(arg, "name").len == 0 && find(arg, "url").len == 0 &&
	        find(arg, "account").len == 0)
		return err_set(e, ERR_USAGE, "where is it? %sip, %sname, %surl or %saccount says it", option,
		        option, option, option);
	return 0;
}

int byhand_record(struct str (*find)(const void *arg, const char *name), const void *arg, const char *option,
        int64_t now, struct buf *ret, struct err *e)
{
	char text[64];

	if (check(find, arg, option, e) != 0)
		return ERR_USAGE;
	buf_char(ret, '{');
	for (unsigned i = 0; i < byhand_count; i++) {
		struct str value = find(arg, byhand_fields[i].name);
		if (value.len != 0)
			put(ret, byhand_fields[i].field, value);
	}
	if (find(arg, "seen").len == 0)
		put(ret, "time.source", str_make(text, value_time_print(text, now)));
	/* the CERT's own word: it may go to the owner and his clients */
	if (find(arg, "label").len == 0)
		put(ret, "tlp", STR("AMBER"));
	put(ret, "feed.name", STR("entered by hand"));
	buf_add(ret, STR("}\n"));
	return 0;
}
