/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of fields and vocabulary.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "event/batch.h"
#include <cmocka.h>

static void fields(void **state)
{
	unsigned rows = 0;
	(void)state;

	for (unsigned id = 1; id < FIELD_END; id++) {
		const struct field_row *f = &field_table[id];

		assert_non_null(f->name.p);
		assert_non_null(f->about);
		assert_int_equal(field_find(f->name), id);
		assert_string_not_equal(field_type_name(f->type), "unknown");
		rows += f->place == PLACE_ROW;
		/* Every prefix of a name and every name with a letter more is another name. */
		char text[80];
		memcpy(text, f->name.p, f->name.len);
		text[f->name.len] = 'x';
		assert_int_equal(field_find(str_make(text, f->name.len + 1)), FIELD_NONE);
		for (size_t n = 0; n < f->name.len; n++) {
			enum field found = field_find(str_make(text, n));
			assert_true(found == FIELD_NONE || field_table[found].name.len == n);
			memcpy(text, f->name.p, f->name.len);
			text[n] = '~';
			assert_int_equal(field_find(str_make(text, f->name.len)), FIELD_NONE);
			text[n] = f->name.p[n];
		}
	}
	/* As many as struct batch_row has places for. */
	assert_int_equal(rows, 14);
	assert_int_equal(field_table[FIELD_TIME_SOURCE].place, PLACE_ROW);
	assert_int_equal(field_table[FIELD_TIME_OBSERVATION].place, PLACE_VAR);
	assert_int_equal(field_table[FIELD_SOURCE_LOCAL_IP].place, PLACE_VAR);
	assert_int_equal(field_find((struct str){NULL, 0}), FIELD_NONE);
	assert_int_equal(field_find(STR("Source.ip")), FIELD_NONE);
}

static void nearest(void **state)
{
	(void)state;
	assert_int_equal(field_nearest(STR("source.Ip")), FIELD_SOURCE_IP);
	assert_int_equal(field_nearest(STR("source.ipp")), FIELD_SOURCE_IP);
	assert_int_equal(field_nearest(STR("clasification.type")), FIELD_CLASSIFICATION_TYPE);
	assert_int_equal(field_nearest(STR("source.geolocation.c")), FIELD_SOURCE_GEO_CC);
	assert_int_equal(field_nearest(STR("something.else.entirely")), FIELD_NONE);
	assert_int_equal(field_nearest(STR("")), FIELD_NONE);
}

static void types(void **state)
{
	static const struct {
		struct str text;
		enum event_type want;
	} rows[] = {
	        {STR_INIT("C2Server"), TYPE_C2_SERVER},
	        {STR_INIT("c2_server"), TYPE_C2_SERVER},
	        {STR_INIT("C2 Server"), TYPE_C2_SERVER},
	        {STR_INIT("c&c"), TYPE_C2_SERVER},
	        {STR_INIT("Botnet Drone"), TYPE_INFECTED_SYSTEM},
	        {STR_INIT("botnet-drone"), TYPE_INFECTED_SYSTEM},
	        {STR_INIT("infected_system"), TYPE_INFECTED_SYSTEM},
	        {STR_INIT(" phishing "), TYPE_PHISHING},
	        {STR_INIT("unknown"), TYPE_UNDETERMINED},
	        {STR_INIT("Unauthorized-use-of-resources"), TYPE_UNAUTHORISED_USE_OF_RESOURCES},
	        {STR_INIT("unauthorised information access"), TYPE_UNAUTHORISED_INFORMATION_ACCESS},
	        {STR_INIT("unauthorized-information-access"), TYPE_UNAUTHORISED_INFORMATION_ACCESS},
	        {STR_INIT("ids alert"), TYPE_IDS_ALERT},
	        {STR_INIT(""), TYPE_NONE},
	        {STR_INIT("c2serverx"), TYPE_NONE},
	        {STR_INIT("phishin"), TYPE_NONE},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(type_find(rows[i].text), rows[i].want);
	for (unsigned i = 1; i < TYPE_END; i++) {
		assert_int_equal(type_find(type_table[i].name), i);
		assert_true(str_eq(taxonomy_find(type_table[i].taxonomy), type_table[i].taxonomy));
	}
	assert_true(str_eq(taxonomy_find(STR("Malicious Code")), STR("malicious-code")));
	assert_true(str_eq(
	        taxonomy_find(STR("Information_Content Security")), STR("information-content-security")));
	assert_int_equal(taxonomy_find(STR("malicious")).len, 0);
	assert_int_equal(taxonomy_find((struct str){NULL, 0}).len, 0);
}

static void labels(void **state)
{
	static const struct {
		struct str text;
		enum tlp want;
	} rows[] = {
	        {STR_INIT("TLP:AMBER+STRICT"), TLP_AMBER_STRICT},
	        {STR_INIT("amber strict"), TLP_AMBER_STRICT},
	        {STR_INIT("AMBER-STRICT"), TLP_AMBER_STRICT},
	        {STR_INIT("tlp:amber_strict"), TLP_AMBER_STRICT},
	        {STR_INIT("tlp:white"), TLP_CLEAR},
	        {STR_INIT("TLP: GREEN"), TLP_GREEN},
	        {STR_INIT("tlp-red"), TLP_RED},
	        {STR_INIT("TLP AMBER"), TLP_AMBER},
	        {STR_INIT("clear"), TLP_CLEAR},
	        {STR_INIT("TLP"), TLP_NONE},
	        {STR_INIT("TLP:"), TLP_NONE},
	        {STR_INIT("tlpred"), TLP_NONE},
	        {STR_INIT("redd"), TLP_NONE},
	        {STR_INIT(""), TLP_NONE},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(tlp_find(rows[i].text), rows[i].want);
	for (unsigned i = 1; i < TLP_END; i++)
		assert_int_equal(tlp_find(tlp_name((enum tlp)i)), i);
	for (unsigned i = 1; i < PAP_END; i++)
		assert_int_equal(pap_find(pap_name((enum pap)i)), i);
	for (unsigned i = 1; i < SEVERITY_END; i++)
		assert_int_equal(severity_find(severity_name((enum severity)i)), i);
	assert_true(str_eq(tlp_old_name(TLP_CLEAR), STR("WHITE")));
	assert_true(str_eq(tlp_old_name(TLP_AMBER_STRICT), STR("AMBER")));
	assert_null(tlp_name(TLP_NONE).p);
	assert_null(tlp_name((enum tlp)99).p);
	assert_int_equal(pap_find(STR("pap:red")), PAP_RED);
	assert_int_equal(pap_find(STR("PAP:WHITE")), PAP_CLEAR);
	assert_int_equal(severity_find(STR("Critical")), SEVERITY_CRITICAL);
	assert_int_equal(severity_find(STR("c1")), SEVERITY_NONE);
}

static void transports(void **state)
{
	static const struct {
		struct str text;
		uint8_t want;
	} rows[] = {
	        {STR_INIT("TCP"), 6},
	        {STR_INIT("tcp"), 6},
	        {STR_INIT("6"), 6},
	        {STR_INIT("udp"), 17},
	        {STR_INIT("icmp6"), 58},
	        {STR_INIT("IPv6-ICMP"), 58},
	        {STR_INIT("ICMPv6"), 58},
	        {STR_INIT("58"), 58},
	        {STR_INIT("255"), 255},
	        {STR_INIT("0"), 0},
	        {STR_INIT("256"), 0},
	        {STR_INIT("6.0"), 0},
	        {STR_INIT("06"), 6},
	        {STR_INIT("0000006"), 0},
	        {STR_INIT("tcpx"), 0},
	        {STR_INIT(""), 0},
	};
	char buf[4];
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(transport_find(rows[i].text), rows[i].want);
	for (unsigned i = 1; i < 256; i++)
		assert_int_equal(transport_find(transport_name((uint8_t)i, buf)), i);
	assert_true(str_eq(transport_name(6, buf), STR("tcp")));
	assert_true(str_eq(transport_name(254, buf), STR("254")));
	assert_null(transport_name(0, buf).p);
}

/* Whoever adds a field writes the new sum where a batch is opened. */
static void lock(void **state)
{
	(void)state;
	if (batch_lock_crc() != BATCH_LOCK)
		fail_msg("BATCH_LOCK in event/batch.h must be 0x%08x now", batch_lock_crc());
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lock), cmocka_unit_test(fields),
	        cmocka_unit_test(nearest), cmocka_unit_test(types), cmocka_unit_test(labels),
	        cmocka_unit_test(transports)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
