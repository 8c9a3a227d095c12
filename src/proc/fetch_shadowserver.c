/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports of Shadowserver by its API: a question is JSON with the key in it, and a header HMAC2 with its HMAC-SHA256 under
 * the secret (api_utils of The Shadowserver Foundation). reports/list names the reports of some days, with an id each; the
 * report itself lies under that id where files are given out, as CSV, or is asked for by reports/download.
 *
 * What was taken is known by its id. The days that are asked for reach back to the last success and some days more, for
 * reports that are made late.
 */
#include "base/os.h"
#include "base/plural.h"
#include "event/value.h"
#include "proc/fetch_in.h"
#include "text/json.h"

#define DAY_US ((int64_t)86400 * 1000000)
#define ID 128
#define REPORTS 50000 /* that a list may have */

struct entry {
	char id[ID + 1], file[256], type[128];
};

struct api {
	struct fetching *f;
	struct str key, secret;
	struct buf list;
	size_t reports, matched;
};

/* ---- asking -------------------------------------------------------------------------------------- */

/* "key = VALUE" in a file of lines; empty if it is not there. */
static struct str value_of(struct str text, const char *key)
{
	for (struct str rest = text; rest.len > 0;) {
		struct str_cut line = str_cut(rest, '\n'), pair = str_cut(line.head, '=');
		if (pair.ok && str_eq(str_trim(pair.head), str_from(key)))
			return str_trim(pair.tail);
		rest = line.tail;
	}
	return (struct str){0};
}

static int read_keys(struct api *a, struct err *e)
{
	struct fetching *f = a->f;
	const struct feed_api *api = &f->feed.api;
	auto_buf struct buf b = {0};
	const char *line;

	if (os_read_file(api->key_file.p, 65536, &b, e) != 0)
		return ERR_SYS;
	a->key = arena_str(&f->arena, value_of(buf_str(&b), "key"));
	a->secret = arena_str(&f->arena, value_of(buf_str(&b), "secret"));
	if (api->secret_file.len != 0) {
		if (a->key.len == 0)
			a->key = arena_str(&f->arena, str_trim(str_cut(buf_str(&b), '\n').head));
		if (fetch_secret(f, api->secret_file, &line, e) != 0)
			return ERR_SYS;
		struct str named = value_of(str_from(line), "secret");
		a->secret = named.len != 0 ? named : str_from(line);
	}
	if (a->key.len == 0 || a->secret.len == 0)
		return err_set(e, ERR_VALUE,
		        "'%s' has no %s; the file has lines \"key = ...\" and \"secret = ...\"",
		        api->key_file.p, a->key.len == 0 ? "key" : "secret");
	return 0;
}

static int ask(struct api *a, const char *method, struct buf *body, struct err *e)
{
	uint8_t mac[DIGEST_LEN];
	char header[16 + 2 * DIGEST_LEN];
	int n = snprintf(header, sizeof(header), "HMAC2: ");

	digest_hmac(a->secret, buf_str(body), mac);
	for (unsigned i = 0; i < DIGEST_LEN; i++)
		n += snprintf(header + n, sizeof(header) - (size_t)n, "%02x", mac[i]);
	struct curl_slist *headers = curl_slist_append(NULL, header);
	headers = curl_slist_append(headers, "Content-Type: application/json");
	headers = curl_slist_append(headers, "Expect:");
	struct str url = arena_printf(&a->f->arena, "%.*s%s", STR_ARG(a->f->feed.api.url), method);
	int status = fetch_http(a->f, url, headers, buf_str(body), e);
	curl_slist_free_all(headers);
	return status < 0 ? err_add(e, "%s", method) : 0;
}

static void put_day(struct buf *to, int64_t at)
{
	char text[64];

	/* "2026-01-05T..." */
	buf_add(to, str_sub(str_make(text, value_time_print(text, at)), 0, 10));
}

/* The list of the days from the last success on, and no fewer than the feed's file says. */
static int ask_list(struct api *a, struct err *e)
{
	struct fetching *f = a->f;
	const struct feed_api *api = &f->feed.api;
	auto_buf struct buf body = {0};
	int64_t now = os_now(), back = (int64_t)api->days * DAY_US;

	if (f->good > 0 && now - f->good + DAY_US > back)
		back = now - f->good + DAY_US;
	if (back > FEED_DAYS * DAY_US)
		back = FEED_DAYS * DAY_US;
	buf_add(&body, STR("{\"apikey\": "));
	buf_json(&body, a->key);
	buf_add(&body, STR(", \"date\": \""));
	put_day(&body, now - back);
	buf_char(&body, ':');
	put_day(&body, now + DAY_US);
	buf_char(&body, '"');
	for (unsigned i = 0; i < api->reports.n; i++) {
		buf_add(&body, i == 0 ? STR(", \"reports\": [") : STR(", "));
		buf_json(&body, api->reports.v[i]);
	}
	buf_add(&body, api->reports.n > 0 ? STR("]}") : STR("}"));
	f->body = &a->list;
	int rc = ask(a, "reports/list", &body, e);
	f->body = NULL;
	return rc;
}

/* ---- the list ------------------------------------------------------------------------------------ */

/* "{"error": "..."}" where a list should be. */
static int refused(struct str text, struct err *e)
{
	char key[32], said[200], shown[220];
	struct json j;
	struct str k, raw;

	json_init(&j, text);
	while (json_pair(&j, key, sizeof(key), &k, &raw) == 1)
		if (str_eq(k, STR("error")))
			return err_set(e, ERR_DENIED, "reports/list: the server says: %s",
			        err_quote(shown, sizeof(shown), json_scalar(said, sizeof(said), raw)).p);
	return err_set(e, ERR_SYNTAX, "reports/list: the server's answer is no list of reports");
}

/* An id goes into an address, a name becomes the name of a file. */
static bool is_id(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!char_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '-' && s.p[i] != '.')
			return false;
	return s.len > 0 && s.len <= ID;
}

static bool take_entry(struct str raw, struct entry *ret)
{
	char key[32], value[256];
	struct str k, v;
	struct json j;

	*ret = (struct entry){0};
	json_init(&j, raw);
	while (str_starts(raw, STR("{")) && json_pair(&j, key, sizeof(key), &k, &v) == 1) {
		struct str s = json_scalar(value, sizeof(value), v);
		if (str_eq(k, STR("id")) && is_id(s))
			channel_put(ret->id, sizeof(ret->id), s);
		else if (str_eq(k, STR("file")) && s.len > 0)
			fetch_name(ret->file, s, "");
		else if (str_eq(k, STR("type")))
			channel_put(ret->type, sizeof(ret->type), s);
	}
	return ret->id[0] != 0 && ret->file[0] != 0;
}

/* 1 with the next report that fits, 0 at the end. */
static int next_entry(struct api *a, struct json *j, struct entry *ret, struct err *e)
{
	struct str raw;
	int rc;

	while ((rc = json_skip(j, &raw)) == 1) {
		if (++a->reports > REPORTS)
			return err_set(e, ERR_LIMIT, "reports/list: more than %d reports", REPORTS);
		if (!take_entry(raw, ret))
			fetch_complain(a->f, "a report in the list has no id, or no name of a file");
		else if (feed_fits(&a->f->feed.api.types, str_from(ret->type)))
			return 1;
	}
	if (rc < 0) {
		json_err(j, e);
		return err_add(e, "reports/list");
	}
	return 0;
}

static int begin(struct api *a, struct json *j, struct err *e)
{
	struct json_token t;
	int rc = read_keys(a, e);

	if (rc == 0)
		rc = ask_list(a, e);
	if (rc != 0)
		return rc;
	json_init(j, buf_str(&a->list));
	if (json_next(j, &t) != 1 || t.kind != JSON_ARRAY)
		return refused(buf_str(&a->list), e);
	return 0;
}

/* ---- one report ---------------------------------------------------------------------------------- */

static int ask_report(struct api *a, const struct entry *r, struct err *e)
{
	struct fetching *f = a->f;
	auto_buf struct buf body = {0};

	if (f->feed.api.download.len != 0) {
		struct str url = arena_printf(&f->arena, "%.*s%s", STR_ARG(f->feed.api.download), r->id);
		int status = fetch_http(f, url, NULL, (struct str){0}, e);
		return status < 0 ? status : 0;
	}
	buf_add(&body, STR("{\"apikey\": "));
	buf_json(&body, a->key);
	buf_printf(&body, ", \"id\": \"%s\"}", r->id);
	return ask(a, "reports/download", &body, e);
}

static int take_report(struct api *a, const struct entry *r, struct err *e)
{
	struct fetching *f = a->f;
	uint8_t token[16];
	char item[ID + 32];

	snprintf(item, sizeof(item), "shadowserver:%s", r->id);
	fetch_token(f, str_from(item), token);
	int rc = fetch_offer(f, token, str_from(item), e);
	if (rc != 1)
		return rc;
	rc = fetch_spool_open(f, token, e);
	if (rc == 0)
		rc = ask_report(a, r, e);
	if (f->spool.disk[0] != 0)
		rc = ERR_SYS;
	/* one report that is not to be had does not keep the others away */
	bool pass = f->spool.disk[0] == 0 && (rc == ERR_VALUE || rc == ERR_LIMIT || rc == ERR_DENIED);
	if (pass)
		fetch_complain(f, "%s: %s", r->file, e->text);
	if (fetch_spool_close(f, rc == 0, rc == 0 ? e : NULL) != 0)
		return ERR_SYS;
	if (rc == 0)
		rc = fetch_give(f, str_from(item), str_from(r->file), "fetch", e);
	return pass ? 0 : rc;
}

int fetch_shadowserver(struct fetching *f, struct err *e)
{
	struct api a = {.f = f};
	struct entry one;
	struct json j;
	int rc = begin(&a, &j, e);
	int64_t until = os_ticks() + ALL_SECONDS * (int64_t)1000000;

	while (rc == 0 && os_ticks() < until && (rc = next_entry(&a, &j, &one, e)) == 1)
		rc = take_report(&a, &one, e);
	buf_done(&a.list);
	return rc;
}

int fetch_shadowserver_try(struct fetching *f, struct buf *said, struct err *e)
{
	struct api a = {.f = f};
	struct entry one;
	struct json j;
	int rc = begin(&a, &j, e);

	if (a.secret.len != 0)
		fetch_say_connection(f->curl, f->feed.api.url, CURLE_OK, said);
	if (rc == 0)
		buf_add(said, STR("key and secret are good\n"));
	while (rc == 0 && (rc = next_entry(&a, &j, &one, e)) == 1) {
		a.matched++;
		rc = 0;
	}
	if (rc == 0)
		plural_printf(said, "%zu of %zu reports fit; nothing was taken\n", a.matched, a.reports);
	buf_done(&a.list);
	return rc;
}
