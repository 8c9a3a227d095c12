/* SPDX-License-Identifier: Apache-2.0
 *
 * Zeek's logs as JSON lines. A line says which log it is of by "_path" (or "@stream"), if the node was told
 * to write it; else some names give it away, and else only the names that mean the same in all logs have
 * fields. There are no types, and what is unset is simply not there.
 */
#include "read/lines_json.h"
#include "read/zeek.h"

#define LOGS 48

struct log_plan {
	struct str path; /* as the line has it; empty: not known */
	struct str log, application;
	bool nobody;
	bool icmp; /* what stands in place of ports is ICMP's type and code */
	struct flat *flat;
};

struct zeek_json {
	void *lines; /* state of lines_json */
	struct log_plan plans[LOGS];
	uint32_t n;
};

/* What a line shows before its values are put. */
struct glance {
	struct str path;
	bool icmp, whole; /* whole: it is JSON to its end */
};

enum sniff zeek_json_sniff(struct str head)
{
	static const struct str marks[] = {STR_INIT("\"id.orig_h\""), STR_INIT("\"id_orig_h\""),
	        STR_INIT("\"_path\""), STR_INIT("\"uid\""), STR_INIT("\"uids\"")};
	struct str line = str_cut(head, '\n').head;

	if (str_find_str(line, 0, STR("\"ts\":")) == SIZE_MAX)
		return SNIFF_NO;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (str_find_str(line, 0, marks[i]) != SIZE_MAX)
			return SNIFF_SURE;
	return SNIFF_NO;
}

/* A name that only one log has. */
static struct str give_away(struct str name)
{
	static const struct {
		struct str name, log;
	} names[] = {{STR_INIT("conn_state"), STR_INIT("conn")}, {STR_INIT("note"), STR_INIT("notice")},
	        {STR_INIT("qclass_name"), STR_INIT("dns")}, {STR_INIT("user_agent"), STR_INIT("http")},
	        {STR_INIT("status_code"), STR_INIT("http")}, {STR_INIT("server_name"), STR_INIT("ssl")},
	        {STR_INIT("pkts_proc"), STR_INIT("stats")},
	        {STR_INIT("percent_lost"), STR_INIT("capture_loss")},
	        {STR_INIT("certificate.serial"), STR_INIT("x509")},
	        {STR_INIT("client_addr"), STR_INIT("dhcp")}, {STR_INIT("auth_attempts"), STR_INIT("ssh")},
	        {STR_INIT("failure_reason"), STR_INIT("dpd")}, {STR_INIT("mailfrom"), STR_INIT("smtp")},
	        {STR_INIT("init"), STR_INIT("packet_filter")},
	        {STR_INIT("software_type"), STR_INIT("software")},
	        {STR_INIT("port_proto"), STR_INIT("known_services")},
	        {STR_INIT("request_type"), STR_INIT("kerberos")}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(name, names[i].name))
			return names[i].log;
	return (struct str){0};
}

static struct glance look_at(struct str object)
{
	struct glance g = {0};
	struct str told = {0}, guess = {0};
	struct json j;
	struct json_token t;
	uint32_t keys = 0;
	bool name = false;

	json_init(&j, object);
	json_next(&j, &t);
	while (json_next(&j, &t) > 0 && t.kind == JSON_KEY) {
		struct str key = t.text, value;
		if (json_skip(&j, &value) < 0)
			break;
		if (value.len > 2 && value.p[0] == '"')
			value = str_sub(value, 1, value.len - 2);
		if (str_eq(key, STR("_path")) || str_eq(key, STR("@stream")))
			told = value;
		else if (str_eq(key, STR("proto")))
			g.icmp = str_starts(value, STR("icmp"));
		else if (guess.len == 0)
			guess = give_away(key);
		name |= str_eq(key, STR("name"));
		keys++;
	}
	g.whole = j.depth == 0 && json_done(&j);
	g.path = told.len > 0 ? told : guess;
	if (g.path.len == 0 && name && keys == 1)
		g.path = STR("loaded_scripts");
	return g;
}

static void plan_name(struct reading *r, void *arg, struct flat_name *name)
{
	const struct log_plan *p = arg;

	name->to = str_eq(name->path, STR("ts")) ? FIELD_TIME_SOURCE
	                                         : zeek_field(p->log, name->path, (struct str){0});
	if (name->to == FIELD_SOURCE_PORT && p->icmp)
		name->to = FIELD_NONE, name->key = event_key(r->arena, STR("icmp_type"));
	else if (name->to == FIELD_DESTINATION_PORT && p->icmp)
		name->to = FIELD_NONE, name->key = event_key(r->arena, STR("icmp_code"));
	else if (name->to == FIELD_NONE)
		name->key = event_key(r->arena, name->path);
}

static struct log_plan *find_plan(struct reading *r, struct zeek_json *z, struct glance g)
{
	/* more logs than Zeek has are none of it: their names are read as those of any */
	if (g.path.len > 128)
		g.path.len = 0;
	for (uint32_t i = 0; i < z->n; i++)
		if (str_eq(z->plans[i].path, g.path) && z->plans[i].icmp == g.icmp)
			return &z->plans[i];
	if (z->n + 2 >= LOGS && g.path.len > 0)
		return find_plan(r, z, (struct glance){.icmp = g.icmp});
	struct log_plan *p = &z->plans[z->n++];
	p->path = arena_str(r->arena, g.path);
	p->log = zeek_log(p->path);
	p->application = zeek_application(p->log);
	p->nobody = zeek_names_nobody(p->log);
	p->icmp = g.icmp;
	p->flat = flat_new(r, plan_name, p);
	return p;
}

static void put_object(struct reading *r, void *arg, struct str object)
{
	struct glance g = look_at(object);
	struct log_plan *p = find_plan(r, arg, g);
	struct err e;

	if (g.whole && p->nobody)
		return;
	event_begin(r->w);
	if (flat_put(r, p->flat, object, &e) != 0) {
		record_aside(r->w, ASIDE_SYNTAX, FIELD_NONE, "%s", e.text);
		return;
	}
	if (p->application.len > 0 && !event_has(r->w, FIELD_PROTOCOL_APPLICATION))
		event_put(r->w, FIELD_PROTOCOL_APPLICATION, p->application);
	columns_constants(r);
	event_end(r->w);
}

int zeek_json_start(struct reading *r, struct zeek_json **ret)
{
	struct zeek_json *z = arena_new(r->arena, struct zeek_json);
	void *mine = r->state;
	int rc = lines_json_start_with(r, put_object, z);

	z->lines = r->state;
	r->state = mine;
	*ret = z;
	return rc;
}

int zeek_json_next(struct reading *r, struct zeek_json *z)
{
	void *mine = r->state;

	r->state = z->lines;
	int rc = lines_json_next(r);
	r->state = mine;
	return rc;
}
