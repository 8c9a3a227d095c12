/* SPDX-License-Identifier: Apache-2.0
 *
 * Times and zones. The oracle is the C library, in children of their own for each zone, since its zone
 * belongs to the process.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "event/civil.h"
#include <cmocka.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define T0 1767599086 /* 2026-01-05 07:44:46 UTC */
#define US(seconds, micro) ((int64_t)(seconds)*1000000 + (micro))

static bool parse(const char *text, size_t len, const struct zone *zone, int64_t *ret)
{
	char *p = mem_get(len + 1);

	memcpy(p, text, len);
	bool ok = value_time(str_make(p, len), zone, ret);
	free(p);
	return ok;
}

static void good(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} rows[] = {
	        {"2026-01-05 07:44:46", US(T0, 0)},
	        {"2026-01-05T07:44:46", US(T0, 0)},
	        {"2026-01-05t07:44:46z", US(T0, 0)},
	        {"  2026-01-05  07:44:46 ", US(T0, 0)},
	        {"2026-01-05T14:44:46+0700", US(T0, 0)},
	        {"2026-01-05T14:44:46+07:00", US(T0, 0)},
	        {"2026-01-05T14:44:46+07", US(T0, 0)},
	        {"2026-01-05 14:44:46 +07:00", US(T0, 0)},
	        {"2026-01-05T02:14:46-05:30", US(T0, 0)},
	        {"2026-01-05T07:44:46Z", US(T0, 0)},
	        {"2026-01-05T07:44:46-00:00", US(T0, 0)},
	        {"2026-01-05 07:44:46 UTC", US(T0, 0)},
	        {"2026-01-05 07:44:46 gmt", US(T0, 0)},
	        {"2026-01-05 07:44:46UTC", US(T0, 0)},
	        {"2026-01-05 14:44:46 UTC+7", US(T0, 0)},
	        {"2026-01-05 14:44:46 GMT+0700 (Indochina Time)", US(T0, 0)},
	        {"2026-01-05 07:44:46.5 +0000 UTC", US(T0, 500000)},
	        {"2026-01-05 07:44:46.1234567", US(T0, 123456)},
	        {"2026-01-05T07:44:46.123456789Z", US(T0, 123456)},
	        {"2026-01-05T07:44:46,25Z", US(T0, 250000)},
	        {"2026-01-05T07:44Z", US(T0 - 46, 0)},
	        {"2026-01-05 07:44", US(T0 - 46, 0)},
	        {"2026-01-05", US(1767571200, 0)},
	        {"2026-01-05Z", US(1767571200, 0)},
	        {"2026/04/03 10:00", US(1775210400, 0)},
	        {"2026/01/05 07:44:46", US(T0, 0)},
	        {"2026.01.05 07:44:46", US(T0, 0)},
	        {"2026-1-5 7:44:46", US(T0, 0)},
	        {"2026-Jan-05 07:44:46", US(T0, 0)},
	        {"2026 January 5 07:44:46", US(T0, 0)},
	        {"2026-01-05 07:44:46 AM", US(T0, 0)},
	        {"2026-01-05 07:44:46 PM", US(T0 + 43200, 0)},
	        {"20260105T074446Z", US(T0, 0)},
	        {"20260105T0744", US(T0 - 46, 0)},
	        {"20260105T144446.5+0700", US(T0, 500000)},
	        {"20260105074446.0Z", US(T0, 0)},
	        {"20260105144446+0700", US(T0, 0)},
	        {"1767599086", US(T0, 0)},
	        {"1767599086250", US(T0, 250000)},
	        {"1767599086.250", US(T0, 250000)},
	        {"1767599086.1234567", US(T0, 123456)},
	        {"1767599086250.5", US(T0, 250500)},
	        {"1767599086250001", US(T0, 250001)},
	        {"Mon, 05 Jan 2026 07:44:46 +0000", US(T0, 0)},
	        {"Mon, 5 Jan 2026 14:44:46 +0700 (ICT)", US(T0, 0)},
	        {"Mon, 05 Jan 2026 07:44:46 GMT", US(T0, 0)},
	        {"Mon, 05 Jan 2026 07:44 UT", US(T0 - 46, 0)},
	        {"Monday, 05-Jan-2026 07:44:46 UTC", US(T0, 0)},
	        {"05 Jan 2026", US(1767571200, 0)},
	        {"05 January 2026 07:44:46", US(T0, 0)},
	        {"5-jan-2026 07:44:46", US(T0, 0)},
	        {"05/Jan/2026:14:44:46 +0700", US(T0, 0)},
	        {"Jan 5 07:44:46 2026", US(T0, 0)},
	        {"Jan  5 07:44:46 2026 GMT", US(T0, 0)},
	        {"Mon Jan  5 07:44:46 2026", US(T0, 0)},
	        {"Mon Jan 5 07:44:46 UTC 2026", US(T0, 0)},
	        {"Jan 5, 2026 7:44:46 AM", US(T0, 0)},
	        {"January 5, 2026", US(1767571200, 0)},
	        {"Jan 5, 2026, 07:44:46 UTC", US(T0, 0)},
	        {"Tue Dec 15 15:35:02 2015 GMT", US(1450193702, 0)},
	        {"2015-12-09T04:43:29+0000", US(1449636209, 0)},
	        {"2018-12-31 23:00:00 UTC", US(1546297200, 0)},
	        {"2016-12-31T23:59:60Z", US(1483228799, 999999)},
	        {"2017-01-01T06:59:60.5+07:00", US(1483228799, 999999)},
	        {"2024-02-29", US(1709164800, 0)},
	        {"2000-02-29", US(951782400, 0)},
	        {"1970-01-01T00:00:00Z", 0},
	        {"2261-12-31T23:59:59Z", US(9214646399, 0)},
	        {"9214646399", US(9214646399, 0)},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t t = -1;

		if (!parse(rows[i].text, strlen(rows[i].text), NULL, &t))
			fail_msg("'%s' was refused", rows[i].text);
		if (t != rows[i].want)
			fail_msg("'%s' became %lld, not %lld", rows[i].text, (long long)t,
			        (long long)rows[i].want);
	}
}

static void bad(void **state)
{
	static const char *const rows[] = {/* day and month, or no year */
	        "03/04/2026 10:00", "03.04.2026", "03-04-2026 10:00", "3/4/26", "26-01-05", "Jan 5 07:44:46",
	        "05 Jan", "Jan 2026", "Sunday, 06-Nov-94 08:49:37 GMT", "2026-01", "2026",
	        /* letters of zones */
	        "2026-01-05 07:44:46 CST", "2026-01-05 07:44:46 IST", "Mon, 05 Jan 2026 07:44:46 EST",
	        "2026-01-05 07:44:46 A", "2026-01-05T07:44:46 MST", "Mon Jan 5 07:44:46 ICT 2026",
	        "2026-01-05 07:44:46 UTCX", "2026-01-05 07:44:46 Zulu", "2026-01-05 07:44:46+07:00 UTC",
	        /* no such date or time */
	        "2026-13-05 07:44:46", "2026-00-05 07:44:46", "2026-02-30 07:44:46", "2025-02-29 00:00:00",
	        "2100-02-29", "2026-01-00 07:44:46", "2026-01-32 07:44:46", "2026-04-31",
	        "2026-01-05 24:00:00", "2026-01-05 07:60:46", "2026-01-05 07:44:61", "2026-01-05 07:44:60",
	        "2026-01-05 13:00 PM", "2026-01-05 0:00 AM", "1969-12-31 23:59:59", "2262-01-01 00:00:00",
	        "0000-00-00 00:00:00", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00+01:00",
	        "2026-01-05 07:44:46+16:00", "2026-01-05 07:44:46+07:60",
	        /* cut, glued, empty */
	        "", " ", "-", "T", "2026-01-05T", "2026-01-05 07", "2026-01-05 07:", "2026-01-05 07:4",
	        "2026-01-05 07:44:", "2026-01-05 07:44:4", "2026-01-05 07:44:46.", "2026-01-05 07:44:46,Z",
	        "2026-01-05T07:44:46+", "2026-01-05T07:44:46+7",
	        "2026-01-05T07:44:46+07:", "2026-01-05T07:44:46+070", "2026-01-05T07:44:46 x",
	        "2026-01-05T07:44:461", "2026-01-05x07:44:46", "2026-01/05 07:44:46", "2026:01:05 07:44:46",
	        "x2026-01-05", "2026-01-05 07:44:46 07:44:46", "2026-01-05T07:44:46Z(", "2026-W01-1",
	        "2026-005", "20260105", "20260105074446", "20260105074446.5", "2026010507Z", "20260105T07",
	        "20260105T07444", "Mon", "Mon,", "Jan", "Janu 5 2026", "Foo 5 2026", "5 Foo 2026",
	        "05Jan2026",
	        /* numbers */
	        "0", "1", "176759908", "17675990861", "17675990862501", "17675990862500011",
	        "1767599086250001123", "0767599086", "1767599086.", "1767599086.x", "1767599086,5",
	        "-1767599086", "1767599086Z", "1.767e9", "9214646400", "9999999999", "1767599086 250"};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t t = 77;

		if (parse(rows[i], strlen(rows[i]), NULL, &t))
			fail_msg("'%s' was taken as %lld", rows[i], (long long)t);
		assert_int_equal(t, 77);
	}
}

/* Every byte of the fast form that is wrong, and the words of the form around its edges. */
static void fast_form(void **state)
{
	static const char text[] = "2026-01-05 07:44:46";
	int64_t t;
	(void)state;

	for (unsigned at = 0; at < 19; at++) {
		for (unsigned c = 0; c < 256; c++) {
			char one[20];

			memcpy(one, text, 20);
			one[at] = (char)c;
			bool digit = c >= '0' && c <= '9', same = one[at] == text[at];
			bool separator = text[at] < '0' || text[at] > '9';
			bool ok = parse(one, 19, NULL, &t);
			if (separator && !same && at != 10)
				assert_false(ok);
			if (at == 10)
				assert_int_equal(ok, char_space((char)c) || c == 'T' || c == 't');
			/* More blanks before an hour of one digit are another form. */
			if (!separator && !digit && !(at == 11 && char_space((char)c)) && at != 0)
				assert_false(ok);
		}
	}
}

static uint64_t dice(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 16;
}

static void round_trip(void **state)
{
	uint64_t seed = 5;
	(void)state;

	for (unsigned i = 0; i < 40000; i++) {
		int64_t second = (int64_t)(dice(&seed) % 9214646400u),
		        micro = dice(&seed) % 3 ? 0 : (int64_t)(dice(&seed) % 1000000);
		char have[TIME_TEXT], want[TIME_TEXT];
		time_t tt = (time_t)second;
		struct tm tm;
		int64_t t;

		size_t n = value_time_print(have, US(second, micro));
		assert_int_equal(n, strlen(have));
		gmtime_r(&tt, &tm);
		assert_int_equal(timegm(&tm), second);
		size_t w = strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S", &tm);
		assert_memory_equal(have, want, w);
		assert_true(parse(have, n, NULL, &t));
		assert_int_equal(t, US(second, micro));
		have[10] = ' ';
		assert_true(parse(have, 19, NULL, &t));
		assert_int_equal(t, US(second, 0));
		w = strftime(want, sizeof(want), "%a, %d %b %Y %T +0000", &tm);
		assert_true(parse(want, w, NULL, &t));
		assert_int_equal(t, US(second, 0));
		w = strftime(want, sizeof(want), "%a %b %e %T %Y", &tm);
		assert_true(parse(want, w, NULL, &t));
		assert_int_equal(t, US(second, 0));
	}
}

/* Any instant can be printed, also one that no parser makes. */
static void print_any(void **state)
{
	static const int64_t rows[] = {INT64_MIN, INT64_MIN + 1, -1, INT64_MAX, 253402300800000000};
	char buf[TIME_TEXT];
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_true(value_time_print(buf, rows[i]) < TIME_TEXT);
	value_time_print(buf, -1);
	assert_string_equal(buf, "1969-12-31T23:59:59.999999+00:00");
	value_time_print(buf, 253402300800000000);
	assert_string_equal(buf, "10000-01-01T00:00:00+00:00");
}

static void formats(void **state)
{
	static const struct {
		const char *text, *format;
		int64_t want; /* -1: refused */
	} rows[] = {
	        {"05/01/2026 07:44:46", "%d/%m/%Y %H:%M:%S", US(T0, 0)},
	        {"01/05/2026 07:44:46 AM", "%m/%d/%Y %I:%M:%S %p", US(T0, 0)},
	        {"01/05/2026 12:00:00 AM", "%m/%d/%Y %I:%M:%S %p", US(1767571200, 0)},
	        {"01/05/2026 12:00:00 PM", "%m/%d/%Y %I:%M:%S %p", US(1767614400, 0)},
	        {"05.01.26 07:44", "%d.%m.%y %H:%M", US(T0 - 46, 0)},
	        {"20260105074446", "%Y%m%d%H%M%S", US(T0, 0)},
	        {"20260105 074446.250", "%Y%m%d %H%M%S.%f", US(T0, 250000)},
	        {"2026-01-05T14:44:46+0700", "%FT%T%z", US(T0, 0)},
	        {"01/05/26", "%D", US(1767571200, 0)},
	        {"Mon Jan  5 07:44:46 2026", "%a %b %e %T %Y", US(T0, 0)},
	        {"Monday, January 5, 2026", "%A, %B %d, %Y", US(1767571200, 0)},
	        {"2026-005", "%Y-%j", US(1767571200, 0)},
	        {"2024-366", "%Y-%j", US(1735603200, 0)},
	        {"2025-366", "%Y-%j", -1},
	        {"2025-000", "%Y-%j", -1},
	        {"1767599086", "%s", US(T0, 0)},
	        {"1767599086.5", "%s.%f", US(T0, 500000)},
	        {"2026-01-05 07:44:46 GMT", "%F %T %Z", US(T0, 0)},
	        {"2026-01-05 07:44:46 CST", "%F %T %Z", -1},
	        {"2026-01-05%", "%F%%", US(1767571200, 0)},
	        {"2026-01-05    07:44:46", "%F %T", US(T0, 0)},
	        {"2026-01-05\t07:44:46", "%F%t%T", US(T0, 0)},
	        {"2026-01-05 07:44:46 ", "%F %T", US(T0, 0)},
	        {"2026-01-05 07:44:46x", "%F %T", -1},
	        {"2026-01-05 07:44", "%F %T", -1},
	        {"2026-01-05", "%F %T", -1},
	        {"01-05", "%m-%d", -1},
	        {"2026-01", "%Y-%m", -1},
	        {"07:44:46", "%T", -1},
	        {"2026-02-30", "%F", -1},
	        {"31/13/2026", "%d/%m/%Y", -1},
	        {"2026-01-05 13 PM", "%F %I %p", -1},
	        {"1969-01-05", "%F", -1},
	        {"05/01/69", "%d/%m/%y", -1},
	        {"99999999999999999999", "%s", -1},
	        {"9214646400", "%s", -1},
	        {"", "%F", -1},
	        {"", "", -1},
	        {"2026-01-05", "%F%", -1},
	        {"2026-01-05", "%Q", -1},
	};
	struct str which;
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t t = -1;
		bool ok = value_time_format(str_from(rows[i].text), str_from(rows[i].format), NULL, &t);

		if (ok != (rows[i].want != -1) || t != rows[i].want)
			fail_msg("'%s' by '%s': %d, %lld", rows[i].text, rows[i].format, ok, (long long)t);
	}
	assert_false(value_time_format_bad(
	        STR("%Y %y %m %d %H %I %p %M %S %f %j %b %B %a %A %z %Z %s %T %F %D %e %n %t %%"), &which));
	assert_true(value_time_format_bad(STR("%Y %Q"), &which) && str_eq(which, STR("%Q")));
	assert_true(value_time_format_bad(STR("%%%"), &which) && str_eq(which, STR("%")));
}

/* ---- zones --------------------------------------------------------------------------------------- */

#define SAMPLES 2000
static const char *const zones[] = {"Asia/Vientiane", "UTC", "Europe/Berlin", "America/New_York",
        "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Kathmandu", "Pacific/Apia",
        "Europe/Dublin", "America/Godthab", "Asia/Tehran", "Antarctica/Troll", "Pacific/Chatham", "Asia/Gaza",
        "Etc/GMT+7", "America/Caracas", "Asia/Pyongyang"};

/* Instants: some around each end of March and October, the rest anywhere, up to the year 2100. */
static int64_t sample(uint64_t *seed)
{
	int64_t t = (int64_t)(dice(seed) % 4102444800u);

	return t - t % (dice(seed) & 1 ? 1800 : 1);
}

/* For each instant the C library's local time, as if it were UTC. */
static void locals_by_libc(const char *zone, int64_t *ret)
{
	uint64_t seed = 11;

	setenv("TZ", zone, 1);
	tzset();
	for (unsigned i = 0; i < SAMPLES; i++) {
		time_t t = (time_t)sample(&seed);
		struct tm tm;

		localtime_r(&t, &tm);
		ret[i] = timegm(&tm);
	}
}

/* From wall-clock time back: the answer is the earliest instant with that wall-clock time. As the C library
 * said which offset holds, any other instant with the same local time must be an hour or so later. */
static void against_libc(void **state)
{
	int64_t *shared = mmap(
	        NULL, SAMPLES * sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	(void)state;

	assert_true(shared != MAP_FAILED);
	for (size_t z = 0; z < sizeof(zones) / sizeof(*zones); z++) {
		auto_arena struct arena a = {0};
		struct zone *zone;
		struct err e;
		uint64_t seed = 11;
		unsigned twice = 0;

		pid_t child = fork();
		if (child == 0) {
			locals_by_libc(zones[z], shared);
			_exit(0);
		}
		assert_int_equal(waitpid(child, NULL, 0), child);
		arena_init(&a, 0);
		if (zone_open(&a, str_from(zones[z]), &zone, &e) != 0)
			fail_msg("%s", e.text);
		for (unsigned i = 0; i < SAMPLES; i++) {
			int64_t t = sample(&seed), have = zone_to_utc(zone, shared[i]);

			if (have == t)
				continue;
			if (have > t || t - have > 3 * 3600)
				fail_msg("%s: local %lld is %lld, not %lld", zones[z], (long long)shared[i],
				        (long long)have, (long long)t);
			twice++;
		}
		/* Hours that come twice are rare. */
		assert_true(twice < SAMPLES / 100);
	}
	munmap(shared, SAMPLES * sizeof(int64_t));
}

static void clock_changes(void **state)
{
	static const struct {
		const char *zone, *local, *utc;
	} rows[] = {
	        /* skipped: 02:30 does not exist, the offset before the change counts */
	        {"Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29T00:59:59+00:00"},
	        {"Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29T01:30:00+00:00"},
	        {"Europe/Berlin", "2026-03-29 03:00:00", "2026-03-29T01:00:00+00:00"},
	        /* twice: the first */
	        {"Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25T00:30:00+00:00"},
	        {"Europe/Berlin", "2026-10-25 03:00:00", "2026-10-25T02:00:00+00:00"},
	        /* by the rule behind the file's last change */
	        {"Europe/Berlin", "2040-07-01 12:00:00", "2040-07-01T10:00:00+00:00"},
	        {"Europe/Berlin", "2200-01-01 12:00:00", "2200-01-01T11:00:00+00:00"},
	        {"Australia/Sydney", "2100-01-01 12:00:00", "2100-01-01T01:00:00+00:00"},
	        {"Asia/Vientiane", "2026-01-05 14:44:46", "2026-01-05T07:44:46+00:00"},
	        {"+07:00", "2026-01-05 14:44:46", "2026-01-05T07:44:46+00:00"},
	        {"UTC", "2026-01-05 14:44:46", "2026-01-05T14:44:46+00:00"},
	        {"Etc/GMT+7", "2026-01-05 00:44:46", "2026-01-05T07:44:46+00:00"},
	        /* a time with its own zone is not shifted */
	        {"Asia/Vientiane", "2026-01-05T07:44:46Z", "2026-01-05T07:44:46+00:00"},
	        {"Asia/Vientiane", "2026-01-05T09:44:46+02:00", "2026-01-05T07:44:46+00:00"},
	        {"Asia/Vientiane", "1767599086", "2026-01-05T07:44:46+00:00"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		auto_arena struct arena a = {0};
		struct zone *zone;
		struct err e;
		char have[TIME_TEXT];
		int64_t t;

		arena_init(&a, 0);
		if (zone_open(&a, str_from(rows[i].zone), &zone, &e) != 0)
			fail_msg("%s", e.text);
		assert_true(parse(rows[i].local, strlen(rows[i].local), zone, &t));
		value_time_print(have, t);
		assert_string_equal(have, rows[i].utc);
	}
}

static void zone_names(void **state)
{
	static const struct str rows[] = {STR_INIT(""), STR_INIT("/etc/passwd"),
	        STR_INIT("../../../etc/passwd"), STR_INIT("Asia/.."), STR_INIT("Asia"),
	        STR_INIT("Asia/Nowhere"), STR_INIT("Asia/Vientiane "), STR_INIT("tzdata.zi"),
	        STR_INIT("zone1970_tab"), STR_INIT("CST"), STR_INIT("+7:00"), STR_INIT("+07:00x"),
	        STR_INIT("a\0b"),
	        STR_INIT("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	                 "A")};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		auto_arena struct arena a = {0};
		struct zone *zone = NULL;
		struct err e;

		arena_init(&a, 0);
		if (zone_open(&a, rows[i], &zone, &e) >= 0)
			fail_msg("'%.*s' is no zone", STR_ARG(rows[i]));
		assert_null(zone);
		assert_true(strlen(e.text) > 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(bad),
	        cmocka_unit_test(fast_form), cmocka_unit_test(round_trip), cmocka_unit_test(print_any),
	        cmocka_unit_test(formats), cmocka_unit_test(against_libc), cmocka_unit_test(clock_changes),
	        cmocka_unit_test(zone_names)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
