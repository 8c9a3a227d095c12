/* SPDX-License-Identifier: Apache-2.0 */
#include "see/letter.h"
#include "event/value.h"

/* Columns as Shadowserver names them, where it has them. */
static const struct {
	const char *name;
	enum field field; /* FIELD_NONE: see below */
} columns[] = {
        {"timestamp", FIELD_TIME_SOURCE},
        {"severity", FIELD_SEVERITY},
        {"ip", FIELD_SOURCE_IP},
        {"protocol", FIELD_PROTOCOL_TRANSPORT},
        {"port", FIELD_SOURCE_PORT},
        {"hostname", FIELD_SOURCE_FQDN},
        {"url", FIELD_SOURCE_URL},
        {"account", FIELD_SOURCE_ACCOUNT},
        {"tag", FIELD_CLASSIFICATION_IDENTIFIER},
        {"infection", FIELD_MALWARE_NAME},
        {"class", FIELD_CLASSIFICATION_TYPE},
        {"asn", FIELD_SOURCE_ASN},
        {"geo", FIELD_SOURCE_GEO_CC},
        {"dst_ip", FIELD_DESTINATION_IP},
        {"dst_port", FIELD_DESTINATION_PORT},
        {"dst_hostname", FIELD_DESTINATION_FQDN},
        {"finding", FIELD_NONE},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

static void put_cell(struct buf *out, struct str s, bool last)
{
	char first = s.len > 0 ? s.p[0] : 0;
	auto_buf struct buf b = {0};

	if (first == '=' || first == '+' || first == '-' || first == '@' || first == '\t' || first == '\r')
		buf_char(&b, '\'');
	buf_add(&b, s);
	buf_csv(out, buf_str(&b));
	buf_add(out, last ? STR("\r\n") : STR(","));
}

void letter_csv_header(struct buf *out)
{
	/* the mark by which spreadsheets know UTF-8 */
	buf_add(out, STR("\xef\xbb\xbf"));
	for (size_t i = 0; i < NCOLUMNS; i++)
		put_cell(out, str_from(columns[i].name), i + 1 == NCOLUMNS);
}

static struct str when(char *buf, int64_t t)
{
	value_time_print(buf, t);
	buf[10] = ' ';
	return str_make(buf, 19);
}

static struct str number(char *buf, uint64_t finding)
{
	return str_make(buf, (size_t)snprintf(buf, 24, "F%llu", (unsigned long long)finding));
}

void letter_csv(struct buf *out, const struct batch *b, const struct batch_row *row, struct str severity,
        uint64_t finding, int64_t received)
{
	char buf[64];

	for (size_t i = 0; i < NCOLUMNS; i++) {
		struct str s;
		if (columns[i].field == FIELD_TIME_SOURCE)
			s = when(buf, row->time_source == TIME_NONE ? received : row->time_source);
		else if (columns[i].field == FIELD_SEVERITY)
			s = severity;
		else if (columns[i].field == FIELD_NONE)
			s = number(buf, finding);
		else
			s = batch_text(b, row, columns[i].field, buf);
		if (columns[i].field == FIELD_SOURCE_FQDN && s.len == 0)
			s = batch_find(b, row, FIELD_SOURCE_REVERSE_DNS);
		put_cell(out, s, i + 1 == NCOLUMNS);
	}
}

bool letter_xarf(struct buf *out, struct xarf_report *r, const struct batch *b, const struct batch_row *row,
        struct str severity, enum tlp tlp, uint64_t finding, int64_t received)
{
	char ip[64], dst[64], transport[64], account[64], cc[64];

	r->finding = finding;
	r->time = row->time_source == TIME_NONE ? received : row->time_source;
	r->type = (enum event_type)row->type;
	r->tlp = tlp;
	r->severity = severity;
	r->ip = batch_text(b, row, FIELD_SOURCE_IP, ip);
	r->port = row->src_port;
	r->url = batch_find(b, row, FIELD_SOURCE_URL);
	r->fqdn = batch_find(b, row, FIELD_SOURCE_FQDN);
	if (r->fqdn.len == 0)
		r->fqdn = batch_find(b, row, FIELD_SOURCE_REVERSE_DNS);
	r->account = batch_text(b, row, FIELD_SOURCE_ACCOUNT, account);
	r->transport = batch_text(b, row, FIELD_PROTOCOL_TRANSPORT, transport);
	r->ident = batch_find(b, row, FIELD_CLASSIFICATION_IDENTIFIER);
	r->malware = batch_find(b, row, FIELD_MALWARE_NAME);
	r->asn = row->src_asn;
	r->cc = batch_text(b, row, FIELD_SOURCE_GEO_CC, cc);
	r->dst_ip = batch_text(b, row, FIELD_DESTINATION_IP, dst);
	r->dst_port = row->dst_port;
	r->dst_fqdn = batch_find(b, row, FIELD_DESTINATION_FQDN);
	return xarf_write(r, out);
}

void letter_line(struct buf *out, const struct batch *b, const struct batch_row *row, int64_t received)
{
	static const enum field shown[] = {FIELD_SOURCE_FQDN, FIELD_SOURCE_URL, FIELD_SOURCE_ACCOUNT,
	        FIELD_CLASSIFICATION_IDENTIFIER, FIELD_MALWARE_NAME};
	char buf[64], text[256];

	buf_add(out, STR("  "));
	buf_add(out, when(buf, row->time_source == TIME_NONE ? received : row->time_source));
	struct str ip = batch_text(b, row, FIELD_SOURCE_IP, buf);
	if (ip.len != 0 && row->src_port != 0)
		buf_printf(out, str_has(ip, ':') ? "  [%.*s]:%u" : "  %.*s:%u", STR_ARG(ip), row->src_port);
	else if (ip.len != 0)
		buf_printf(out, "  %.*s", STR_ARG(ip));
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		struct str s = batch_text(b, row, shown[i], buf);
		if (s.len != 0)
			buf_printf(out, "  %s", err_quote(text, sizeof(text), s).p);
	}
	buf_char(out, '\n');
}

/* What kind of place it is: the finding keeps one text for all. */
static enum field place_kind(struct str place)
{
	struct addr addr;

	if (addr_parse(place, &addr))
		return FIELD_SOURCE_IP;
	if (str_find_str(place, 0, STR("://")) != SIZE_MAX)
		return FIELD_SOURCE_URL;
	return str_has(place, '@') ? FIELD_SOURCE_ACCOUNT : FIELD_SOURCE_FQDN;
}

void letter_csv_rest(struct buf *out, const struct letter_rest *f)
{
	char buf[64];
	enum field kind = place_kind(f->place);

	for (size_t i = 0; i < NCOLUMNS; i++) {
		struct str s = {0};
		switch (columns[i].field) {
		case FIELD_TIME_SOURCE:
			s = when(buf, f->last);
			break;
		case FIELD_SEVERITY:
			s = f->severity;
			break;
		case FIELD_SOURCE_IP:
		case FIELD_SOURCE_URL:
		case FIELD_SOURCE_ACCOUNT:
		case FIELD_SOURCE_FQDN:
			s = columns[i].field == kind ? f->place : s;
			break;
		case FIELD_SOURCE_PORT:
			if (f->port != 0)
				s = str_make(buf, (size_t)snprintf(buf, sizeof(buf), "%u", f->port));
			break;
		case FIELD_CLASSIFICATION_IDENTIFIER:
			s = f->ident;
			break;
		case FIELD_MALWARE_NAME:
			s = f->malware;
			break;
		case FIELD_CLASSIFICATION_TYPE:
			s = f->class;
			break;
		case FIELD_NONE:
			s = number(buf, f->finding);
			break;
		default:
			break;
		}
		put_cell(out, s, i + 1 == NCOLUMNS);
	}
}

bool letter_xarf_rest(struct buf *out, struct xarf_report *r, const struct letter_rest *f)
{
	enum field kind = place_kind(f->place);

	r->finding = f->finding;
	r->time = f->last;
	r->type = type_find(f->class);
	r->tlp = f->tlp;
	r->severity = f->severity;
	r->ip = kind == FIELD_SOURCE_IP ? f->place : (struct str){0};
	r->url = kind == FIELD_SOURCE_URL ? f->place : (struct str){0};
	r->fqdn = kind == FIELD_SOURCE_FQDN ? f->place : (struct str){0};
	r->account = kind == FIELD_SOURCE_ACCOUNT ? f->place : (struct str){0};
	r->port = f->port;
	r->ident = f->ident;
	r->malware = f->malware;
	return xarf_write(r, out);
}

void letter_line_rest(struct buf *out, const struct letter_rest *f)
{
	char buf[64], text[256];

	buf_printf(out, "  %.*s  %s", STR_ARG(when(buf, f->last)), err_quote(text, sizeof(text), f->place).p);
	if (f->port != 0)
		buf_printf(out, " port %u", f->port);
	buf_printf(out, "  %.*s %.*s\n", STR_ARG(f->ident), STR_ARG(f->malware));
}
