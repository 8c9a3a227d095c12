/* SPDX-License-Identifier: Apache-2.0 */
#include "read/zeek.h"

static const struct {
	struct str log, column;
	enum field to;
} names[] = {
#define ZEEK(log, column, field) {STR_INIT(log), STR_INIT(column), FIELD_##field},
#include "read/zeek.tbl"
#undef ZEEK
};

/* Logs whose name means something here, with the protocol they are about. */
static const struct {
	struct str log, application;
	bool nobody;
} logs[] = {
        {STR_INIT("analyzer"), STR_INIT(""), false},
        {STR_INIT("broker"), STR_INIT(""), true},
        {STR_INIT("capture_loss"), STR_INIT(""), true},
        {STR_INIT("cluster"), STR_INIT(""), true},
        {STR_INIT("config"), STR_INIT(""), true},
        {STR_INIT("conn"), STR_INIT(""), false},
        {STR_INIT("conn-summary"), STR_INIT(""), true},
        {STR_INIT("dce_rpc"), STR_INIT("dce_rpc"), false},
        {STR_INIT("dhcp"), STR_INIT("dhcp"), false},
        {STR_INIT("dnp3"), STR_INIT("dnp3"), false},
        {STR_INIT("dns"), STR_INIT("dns"), false},
        {STR_INIT("dpd"), STR_INIT(""), false},
        {STR_INIT("files"), STR_INIT(""), false},
        {STR_INIT("ftp"), STR_INIT("ftp"), false},
        {STR_INIT("http"), STR_INIT("http"), false},
        {STR_INIT("intel"), STR_INIT(""), false},
        {STR_INIT("irc"), STR_INIT("irc"), false},
        {STR_INIT("kerberos"), STR_INIT("kerberos"), false},
        {STR_INIT("known_certs"), STR_INIT(""), false},
        {STR_INIT("known_hosts"), STR_INIT(""), false},
        {STR_INIT("known_modbus"), STR_INIT("modbus"), false},
        {STR_INIT("known_services"), STR_INIT(""), false},
        {STR_INIT("ldap"), STR_INIT("ldap"), false},
        {STR_INIT("ldap_search"), STR_INIT("ldap"), false},
        {STR_INIT("loaded_scripts"), STR_INIT(""), true},
        {STR_INIT("modbus"), STR_INIT("modbus"), false},
        {STR_INIT("mqtt_connect"), STR_INIT("mqtt"), false},
        {STR_INIT("mqtt_publish"), STR_INIT("mqtt"), false},
        {STR_INIT("mqtt_subscribe"), STR_INIT("mqtt"), false},
        {STR_INIT("mysql"), STR_INIT("mysql"), false},
        {STR_INIT("notice"), STR_INIT(""), false},
        {STR_INIT("notice_alarm"), STR_INIT(""), false},
        {STR_INIT("ntlm"), STR_INIT("ntlm"), false},
        {STR_INIT("ntp"), STR_INIT("ntp"), false},
        {STR_INIT("ocsp"), STR_INIT(""), true},
        {STR_INIT("open_conn"), STR_INIT(""), false},
        {STR_INIT("packet_filter"), STR_INIT(""), true},
        {STR_INIT("pe"), STR_INIT(""), true},
        {STR_INIT("postgresql"), STR_INIT("postgresql"), false},
        {STR_INIT("print"), STR_INIT(""), true},
        {STR_INIT("quic"), STR_INIT("quic"), false},
        {STR_INIT("radius"), STR_INIT("radius"), false},
        {STR_INIT("rdp"), STR_INIT("rdp"), false},
        {STR_INIT("redis"), STR_INIT("redis"), false},
        {STR_INIT("reporter"), STR_INIT(""), true},
        {STR_INIT("rfb"), STR_INIT("rfb"), false},
        {STR_INIT("signatures"), STR_INIT(""), false},
        {STR_INIT("sip"), STR_INIT("sip"), false},
        {STR_INIT("smb_files"), STR_INIT("smb"), false},
        {STR_INIT("smb_mapping"), STR_INIT("smb"), false},
        {STR_INIT("smtp"), STR_INIT("smtp"), false},
        {STR_INIT("snmp"), STR_INIT("snmp"), false},
        {STR_INIT("socks"), STR_INIT("socks"), false},
        {STR_INIT("software"), STR_INIT(""), false},
        {STR_INIT("ssh"), STR_INIT("ssh"), false},
        {STR_INIT("ssl"), STR_INIT("ssl"), false},
        {STR_INIT("stats"), STR_INIT(""), true},
        {STR_INIT("stderr"), STR_INIT(""), true},
        {STR_INIT("stdout"), STR_INIT(""), true},
        {STR_INIT("syslog"), STR_INIT("syslog"), false},
        {STR_INIT("telemetry"), STR_INIT(""), true},
        {STR_INIT("telemetry_histogram"), STR_INIT(""), true},
        {STR_INIT("tunnel"), STR_INIT(""), false},
        {STR_INIT("weird"), STR_INIT(""), false},
        {STR_INIT("weird_stats"), STR_INIT(""), true},
        {STR_INIT("x509"), STR_INIT(""), true},
};

/* Index of the longest known name that the path begins with, up to its end or a mark behind it; -1 if none.
 */
static int find_log(struct str path)
{
	int best = -1;

	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		struct str rest = str_skip(path, logs[i].log.len);
		if (str_starts(path, logs[i].log) &&
		        (rest.len == 0 || rest.p[0] == '_' || rest.p[0] == '-' || rest.p[0] == '.') &&
		        (best < 0 || logs[i].log.len > logs[best].log.len))
			best = (int)i;
	}
	return best;
}

struct str zeek_log(struct str path)
{
	int at = find_log(path);

	return at < 0 ? path : logs[at].log;
}

struct str zeek_application(struct str log)
{
	int at = find_log(log);

	return at < 0 ? (struct str){0} : logs[at].application;
}

bool zeek_names_nobody(struct str log)
{
	int at = find_log(log);

	return at >= 0 && logs[at].nobody;
}

/* The same name in two logs of different makers may have different types; only that of the table is taken. */
static bool type_fits(enum field to, struct str type)
{
	if (type.len == 0)
		return true;
	switch (field_table[to].type) {
	case FT_IP:
		return str_eq(type, STR("addr")) || str_ends(type, STR("[addr]"));
	case FT_PORT:
		return str_eq(type, STR("port")) || str_eq(type, STR("count"));
	default:
		return str_eq(type, STR("string")) || str_eq(type, STR("enum")) ||
		        str_ends(type, STR("[string]"));
	}
}

enum field zeek_field(struct str log, struct str column, struct str type)
{
	enum field any = FIELD_NONE;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!str_eq(names[i].column, column) || !type_fits(names[i].to, type))
			continue;
		if (str_eq(names[i].log, log))
			return names[i].to;
		if (names[i].log.p[0] == '*')
			any = names[i].to;
	}
	return any;
}

void zeek_put_indicator(struct reading *r, struct str value, struct str type)
{
	static const struct {
		struct str type;
		enum field to;
	} kinds[] = {{STR_INIT("ADDR"), FIELD_SOURCE_IP}, {STR_INIT("SUBNET"), FIELD_SOURCE_NETWORK},
	        {STR_INIT("DOMAIN"), FIELD_SOURCE_FQDN}, {STR_INIT("URL"), FIELD_SOURCE_URL},
	        {STR_INIT("EMAIL"), FIELD_SOURCE_EMAIL}, {STR_INIT("USER_NAME"), FIELD_SOURCE_ACCOUNT},
	        {STR_INIT("FILE_NAME"), FIELD_FILE_NAME}, {STR_INIT("FILE_HASH"), FIELD_MALWARE_HASH_SHA256},
	        {STR_INIT("CERT_HASH"), FIELD_MALWARE_HASH_SHA1}};
	struct str kind = str_starts(type, STR("Intel::")) ? str_skip(type, 7) : type;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!str_eq(kind, kinds[i].type))
			continue;
		event_put(r->w, kinds[i].to, value);
		if (str_eq(kind, STR("CERT_HASH")))
			event_extra_name(r->w, STR("digest_of"), STR("certificate"));
		return;
	}
	event_extra_name(r->w, STR("indicator"), value);
	event_extra_name(r->w, STR("indicator_type"), type);
}
