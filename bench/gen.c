/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows and lines are put together from short lists of words with numbers in between. The addresses are
 * spread over all of the unicast space, one in 32 is IPv6.
 */
#include "gen.h"

struct gen {
	uint64_t seed;
	struct buf *out;
	struct gen_counts counts;
	unsigned column;
};

static uint64_t dice(struct gen *g)
{
	uint64_t z = g->seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static unsigned below(struct gen *g, unsigned n)
{
	return (unsigned)(dice(g) >> 33) % n;
}

#define PICK(g, list) ((list)[below((g), sizeof(list) / sizeof(*(list)))])

static const char *const severities[] = {"critical", "high", "medium", "medium", "low", "info"};
static const char *const tags[] = {
        "http", "ssl,vpn", "iot;camera", "rdp", "exchange;cve-2021-26855", "mikrotik"};
static const char *const countries[] = {"LA", "VN", "KH", "MM", "TH", "ID", "US", "DE"};
static const char *const cities[] = {
        "VIENTIANE", "LUANG PRABANG", "PAKSE", "SAVANNAKHET", "HANOI", "PHNOM PENH"};
static const char *const sectors[] = {"Communications, Service Provider, and Hosting Service",
        "Finance and Insurance", "Public Administration", "Educational Services"};
static const char *const vendors[] = {"Hikvision", "MikroTik", "Fortinet", "TP-Link", "Zyxel"};
static const char *const devices[] = {"ip-camera", "router", "firewall", "nas"};
static const char *const servers[] = {
        "nginx", "Apache/2.4.41 (Ubuntu)", "lighttpd/1.4.35", "Boa/0.94.14rc21"};
static const char *const realms[] = {
        "Basic realm=\"\"index\"\"", "Digest realm=\"\"IP Camera\"\"", "Negotiate"};

/* ---- CSV ---------------------------------------------------------------------------------------- */

static void comma(struct gen *g)
{
	if (g->column++ > 0)
		buf_char(g->out, ',');
	g->counts.fields++;
}

static void empty(struct gen *g)
{
	comma(g);
	g->counts.empty++;
}

static void number(struct gen *g, uint64_t v)
{
	size_t before;

	comma(g);
	before = g->out->len;
	buf_u64(g->out, v);
	g->counts.value_len += g->out->len - before;
}

/* text with its quotes doubled already */
static void text(struct gen *g, const char *s)
{
	unsigned pairs = 0;

	comma(g);
	buf_char(g->out, '"');
	buf_add(g->out, str_from(s));
	buf_char(g->out, '"');
	for (const char *q = s; *q; q++)
		pairs += *q == '"';
	g->counts.quoted++;
	g->counts.doubled += pairs > 0;
	g->counts.value_len += strlen(s) - pairs / 2;
}

static void __attribute__((format(printf, 2, 3))) form(struct gen *g, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	text(g, line);
}

/* One time in n a value, else nothing. */
static void maybe(struct gen *g, unsigned percent, const char *s)
{
	if (below(g, 100) < percent)
		text(g, s);
	else
		empty(g);
}

/* An address as text, IPv6 one time in 32; the last bytes of it in *ret_host. */
static void address(struct gen *g, char *line, size_t size, unsigned *ret_host)
{
	uint64_t r = dice(g);
	unsigned a = 1 + (unsigned)(r >> 8 & 0xff) % 222;

	a += a >= 127;
	*ret_host = (unsigned)(r & 0xffff);
	if ((r >> 40 & 31) == 0) {
		snprintf(line, size, "2405:%x:%x::%x", (unsigned)(r >> 16 & 0xffff) | 0x1000,
		        (unsigned)(r >> 48) | 1, *ret_host | 1);
		g->counts.v6++;
	} else {
		snprintf(line, size, "%u.%u.%u.%u", a, (unsigned)(r >> 16 & 255), (unsigned)(r >> 24 & 255),
		        *ret_host & 255);
	}
}

static unsigned port(struct gen *g)
{
	static const unsigned ports[] = {80, 443, 8080, 8443, 3389, 10443};
	unsigned p = below(g, 4) == 0 ? 1024 + below(g, 60000) : PICK(g, ports);

	g->counts.port_sum += p;
	return p;
}

static const char wide_header[] =
        "\"timestamp\",\"severity\",\"ip\",\"protocol\",\"port\",\"hostname\",\"tag\",\"asn\",\"geo\","
        "\"region\","
        "\"city\",\"naics\",\"hostname_source\",\"sector\",\"http\",\"http_code\",\"http_reason\","
        "\"content_type\",\"connection\",\"www_authenticate\",\"set_cookie\",\"server\",\"content_length\","
        "\"transfer_encoding\",\"http_date\",\"cert_length\",\"subject_common_name\",\"issuer_common_name\","
        "\"cert_issue_date\",\"cert_expiration_date\",\"sha1_fingerprint\",\"ssl_version\","
        "\"device_vendor\",\"device_type\",\"device_model\",\"device_version\"\n";

static void whose_columns(struct gen *g)
{
	char ip[64];
	unsigned host, second = below(g, 86400);

	form(g, "2026-01-05 %02u:%02u:%02u", second / 3600, second / 60 % 60, second % 60);
	text(g, PICK(g, severities));
	address(g, ip, sizeof(ip), &host);
	text(g, ip);
	text(g, below(g, 8) ? "tcp" : "udp");
	number(g, port(g));
	if (below(g, 3))
		form(g, "host-%u-%u.example.net", host >> 8, host & 255);
	else
		empty(g);
	text(g, PICK(g, tags));
	number(g, 64496 + below(g, 4000));
	text(g, PICK(g, countries));
	text(g, PICK(g, cities));
	text(g, PICK(g, cities));
	number(g, 517311 + below(g, 9));
	maybe(g, 50, "ptr");
	maybe(g, 60, PICK(g, sectors));
}

static void http_columns(struct gen *g)
{
	text(g, "HTTP/1.1");
	number(g, below(g, 3) ? 200 : 401);
	text(g, "OK");
	maybe(g, 80, "text/html");
	maybe(g, 40, "keep-alive");
	maybe(g, 20, PICK(g, realms));
	empty(g);
	maybe(g, 70, PICK(g, servers));
	if (below(g, 2))
		number(g, below(g, 90000));
	else
		empty(g);
	empty(g);
	maybe(g, 35, "Mon, 05 Jan 2026 00:01:44 GMT");
}

static void device_columns(struct gen *g)
{
	bool tls = below(g, 2);

	if (tls) {
		number(g, 2048);
		form(g, "device-%u.example.com", below(g, 100000));
		text(g, "support");
		form(g, "2024-%02u-11 09:56:32", 1 + below(g, 12));
		text(g, "2038-01-19 03:14:07");
		form(g, "%016llX%016llX", (unsigned long long)dice(g), (unsigned long long)dice(g));
		number(g, 2);
	} else {
		for (unsigned i = 0; i < 7; i++)
			empty(g);
	}
	maybe(g, 60, PICK(g, vendors));
	maybe(g, 60, PICK(g, devices));
	empty(g);
	empty(g);
}

struct gen_counts gen_wide_rows(uint64_t seed, size_t n, struct buf *out)
{
	struct gen g = {.seed = seed, .out = out};

	buf_add(out, str_from(wide_header));
	for (; g.counts.rows < n; g.counts.rows++) {
		g.column = 0;
		whose_columns(&g);
		http_columns(&g);
		device_columns(&g);
		buf_char(out, '\n');
	}
	return g.counts;
}

/* ---- JSON --------------------------------------------------------------------------------------- */

static void key(struct gen *g, const char *name)
{
	buf_char(g->out, g->column++ == 0 ? '{' : ',');
	buf_char(g->out, '"');
	buf_add(g->out, str_from(name));
	buf_add(g->out, STR("\":"));
	g->counts.fields++;
}

static void string_of(struct gen *g, const char *name, const char *value)
{
	key(g, name);
	buf_char(g->out, '"');
	buf_add(g->out, str_from(value));
	buf_char(g->out, '"');
	g->counts.quoted++;
	g->counts.doubled += strchr(value, '\\') != NULL;
}

static void number_of(struct gen *g, const char *name, uint64_t v)
{
	key(g, name);
	buf_u64(g->out, v);
}

static void intelmq_feed(struct gen *g)
{
	string_of(g, "feed.name", "Accessible HTTP");
	string_of(g, "feed.provider", "Shadowserver");
	string_of(g, "feed.accuracy", "90");
	string_of(g, "classification.taxonomy", "vulnerable");
	string_of(g, "classification.type", "vulnerable-system");
	string_of(g, "classification.identifier", "accessible-http");
}

static void intelmq_line(struct gen *g)
{
	char ip[64], line[128];
	unsigned host, second = below(g, 86400);

	snprintf(line, sizeof(line), "2026-01-05T%02u:%02u:%02u+00:00", second / 3600, second / 60 % 60,
	        second % 60);
	string_of(g, "time.source", line);
	string_of(g, "time.observation", "2026-01-06T02:00:00+00:00");
	address(g, ip, sizeof(ip), &host);
	string_of(g, "source.ip", ip);
	number_of(g, "source.port", port(g));
	number_of(g, "source.asn", 64496 + below(g, 4000));
	string_of(g, "source.geolocation.cc", PICK(g, countries));
	string_of(g, "source.geolocation.city", PICK(g, cities));
	snprintf(line, sizeof(line), "host-%u-%u.example.net", host >> 8, host & 255);
	string_of(g, "source.reverse_dns", line);
	string_of(g, "protocol.transport", "tcp");
	string_of(g, "protocol.application", "http");
	number_of(g, "extra.http_code", below(g, 3) ? 200 : 401);
	string_of(g, "extra.server", PICK(g, servers));
	string_of(g, "extra.tag", PICK(g, tags));
	string_of(g, "extra.www_authenticate", below(g, 8) ? "Negotiate" : "Basic realm=\\\"index\\\"");
}

struct gen_counts gen_intelmq_lines(uint64_t seed, size_t n, struct buf *out)
{
	struct gen g = {.seed = seed, .out = out};

	for (; g.counts.rows < n; g.counts.rows++) {
		g.column = 0;
		intelmq_feed(&g);
		intelmq_line(&g);
		buf_add(out, STR("}\n"));
	}
	return g.counts;
}
