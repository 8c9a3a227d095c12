/* SPDX-License-Identifier: Apache-2.0
 *
 * weir log show, weir log settle: how far our log is and who has seen it, what we know of the logs of others, and alarms.
 */
#include "base/base64.h"
#include "base/log.h"
#include "base/os.h"
#include "base/plural.h"
#include "cli/node.h"
#include "link/log.h"
#include "link/look.h"
#include "state/state.h"
#include "trust/stamp.h"

#define SECOND ((int64_t)1000000)

static void put_time(struct buf *out, int64_t us)
{
	char text[STAMP_TEXT];

	if (us <= 0 || us / SECOND > STAMP_MAX) {
		buf_add(out, STR("never"));
		return;
	}
	stamp_print(text, us / SECOND);
	buf_add(out, str_from(text));
}

/* "name":TIME or null */
static void put_json_time(struct buf *out, const char *name, int64_t us)
{
	buf_printf(out, ",\"%s\":", name);
	if (us <= 0 || us / SECOND > STAMP_MAX) {
		buf_add(out, STR("null"));
		return;
	}
	buf_char(out, '"');
	put_time(out, us);
	buf_char(out, '"');
}

/* ---- ours ---------------------------------------------------------------------------------------- */

static void put_own(struct buf *out, struct db *db, struct str me, bool json)
{
	struct query q = db_query(db,
	        "select size, root, made, line is not null from log_checkpoint order by size desc limit 1");
	uint64_t entries = link_log_size_own(db);
	auto_buf struct buf root = {0};

	bool there = query_next(&q) == 1 && query_get_blob(&q, 1).len == TREE_HASH;
	uint64_t size = there ? query_get_u64(&q, 0) : 0;
	int64_t made = there ? query_get_i64(&q, 2) : 0;
	bool line = there && query_get_u64(&q, 3) != 0;
	if (there)
		base64_print(&root, (const uint8_t *)query_get_blob(&q, 1).p, TREE_HASH);
	query_done(&q, NULL);
	if (json) {
		buf_printf(out, "{\"origin\":\"%.*s/weir\",\"entries\":%llu,\"checkpoint\":", STR_ARG(me),
		        (unsigned long long)entries);
		if (there) {
			buf_printf(out, "{\"size\":%llu,\"root\":\"%.*s\",\"signed\":%s",
			        (unsigned long long)size, STR_ARG(buf_str(&root)), line ? "true" : "false");
			put_json_time(out, "made", made);
			buf_char(out, '}');
		} else {
			buf_add(out, STR("null"));
		}
		return;
	}
	plural_printf(out, "log %.*s/weir: %llu entries\n", STR_ARG(me), (unsigned long long)entries);
	if (!there) {
		buf_add(out,
		        STR("no checkpoint yet: one is made within ten seconds of the first entry, while the "
		            "node "
		            "runs and has a key list\n"));
		return;
	}
	plural_printf(out, "checkpoint of %llu entries%s, root %.*s, made ", (unsigned long long)size,
	        line ? "" : ", not signed yet", STR_ARG(buf_str(&root)));
	put_time(out, made);
	buf_char(out, '\n');
}

static void put_witnesses(struct buf *out, struct db *db, bool json)
{
	struct query q =
	        db_query(db, "select party, size, coalesce(at, 0), said from log_witness order by party");
	bool first = true;

	if (json)
		buf_add(out, STR(",\"witnesses\":["));
	for (; query_next(&q) == 1; first = false) {
		struct str party = query_get_text(&q, 0), said = query_get_text(&q, 3);
		unsigned long long size = query_get_u64(&q, 1);
		if (json) {
			buf_printf(out, "%s{\"party\":\"%.*s\",\"size\":%llu", first ? "" : ",",
			        STR_ARG(party), size);
			put_json_time(out, "at", query_get_i64(&q, 2));
			buf_add(out, STR(",\"said\":"));
			buf_json(out, said);
			buf_char(out, '}');
			continue;
		}
		plural_printf(out, "  %.*s has signed it up to %llu entries, last at ", STR_ARG(party), size);
		put_time(out, query_get_i64(&q, 2));
		buf_printf(out, "%s%.*s\n", said.len > 0 ? "; " : "", STR_ARG(said));
	}
	query_done(&q, NULL);
	if (json)
		buf_char(out, ']');
	else if (first)
		buf_add(out, STR("  no other party has signed it yet\n"));
}

/* ---- theirs -------------------------------------------------------------------------------------- */

static void put_peers(struct buf *out, struct db *db, bool json)
{
	struct query q = db_query(db,
	        "select party, size, coalesce(at, 0), mirrored, coalesce(mirror_at, 0), target, said from "
	        "log_peer "
	        "order by party");
	bool first = true;

	if (json)
		buf_add(out, STR(",\"logs\":["));
	for (; query_next(&q) == 1; first = false) {
		struct str party = query_get_text(&q, 0), said = query_get_text(&q, 6);
		unsigned long long size = query_get_u64(&q, 1), mirrored = query_get_u64(&q, 3);
		if (json) {
			buf_printf(out, "%s{\"party\":\"%.*s\",\"signed\":%llu", first ? "" : ",",
			        STR_ARG(party), size);
			put_json_time(out, "signed_at", query_get_i64(&q, 2));
			buf_printf(out, ",\"mirrored\":%llu", mirrored);
			put_json_time(out, "mirrored_at", query_get_i64(&q, 4));
			buf_printf(out,
			        ",\"fetching\":%llu,\"said\":", (unsigned long long)query_get_u64(&q, 5));
			buf_json(out, said);
			buf_char(out, '}');
			continue;
		}
		plural_printf(
		        out, "log %.*s/weir: we have signed %llu entries, last at ", STR_ARG(party), size);
		put_time(out, query_get_i64(&q, 2));
		buf_printf(out, "; %llu are here, last seen at ", mirrored);
		put_time(out, query_get_i64(&q, 4));
		buf_printf(out, "%s%.*s\n", said.len > 0 ? "; " : "", STR_ARG(said));
	}
	query_done(&q, NULL);
	if (json)
		buf_char(out, ']');
}

static void put_alarms(struct buf *out, struct db *db, bool json)
{
	struct query q = db_query(db,
	        "select id, party, kind, at, statement, sentence, older, newer from log_alarm where ended is "
	        "null order "
	        "by id");
	char hex[2 * DIGEST_LEN + 1];
	bool first = true;

	if (json)
		buf_add(out, STR(",\"alarms\":["));
	for (; query_next(&q) == 1; first = false) {
		struct str id = query_get_blob(&q, 4);
		hex[0] = 0;
		if (id.len == DIGEST_LEN)
			str_hex_print(hex, (const uint8_t *)id.p, DIGEST_LEN);
		if (json) {
			buf_printf(out,
			        "%s{\"alarm\":%llu,\"party\":\"%.*s\",\"kind\":\"%.*s\",\"statement\":\"%s\"",
			        first ? "" : ",", (unsigned long long)query_get_u64(&q, 0),
			        STR_ARG(query_get_text(&q, 1)), STR_ARG(query_get_text(&q, 2)), hex);
			put_json_time(out, "at", query_get_i64(&q, 3));
			buf_add(out, STR(",\"sentence\":"));
			buf_json(out, query_get_text(&q, 5));
			buf_add(out, STR(",\"older\":"));
			buf_json(out, query_get_text(&q, 6));
			buf_add(out, STR(",\"newer\":"));
			buf_json(out, query_get_text(&q, 7));
			buf_char(out, '}');
			continue;
		}
		buf_printf(out, "ALARM %llu, %.*s %.*s, ", (unsigned long long)query_get_u64(&q, 0),
		        STR_ARG(query_get_text(&q, 1)), STR_ARG(query_get_text(&q, 2)));
		put_time(out, query_get_i64(&q, 3));
		buf_printf(out, ": %.*s%s%s\n", STR_ARG(query_get_text(&q, 5)), hex[0] != 0 ? ": " : "", hex);
	}
	query_done(&q, NULL);
	if (json)
		buf_char(out, ']');
}

/* ---- commands ------------------------------------------------------------------------------------ */

static int log_show_run(struct cli *c)
{
	auto_arena struct arena a = {0};
	bool json = cli_has(c, "json");
	struct err e = {0};
	struct db *db;

	arena_init(&a, 0);
	if (state_open(node_state(c), DB_READ, &db, &e) != 0) {
		log_error("%s", e.text);
		return CLI_FAIL;
	}
	struct link_self self = {.db = db, .me = party_own(db, &a), .folder = node_state(c), .now = os_now()};
	if (cli_has(c, "checkpoint")) {
		uint64_t size;
		if (!log_note(&self, 0, &c->out, &size))
			err_set(&e, ERR_MISSING, "no checkpoint is signed yet");
	} else {
		put_own(&c->out, db, self.me, json);
		put_witnesses(&c->out, db, json);
		put_peers(&c->out, db, json);
		put_alarms(&c->out, db, json);
		if (json)
			buf_printf(&c->out, ",\"unseen\":%s}\n", log_unseen(db, self.now) ? "true" : "false");
		else if (log_unseen(db, self.now))
			buf_add(&c->out,
			        STR("nobody has witnessed our log for a day: is any peer reached?\n"));
	}
	db_close(db);
	if (e.code != 0)
		log_error("%s", e.text);
	return e.code != 0 ? CLI_FAIL : CLI_OK;
}

const struct command command_log_show = {
        .name = "log show",
        .about = "show how far the log is, and who has witnessed it",
        .text = "Each statement that this node signs stands in its log as a digest, and other parties sign "
                "how long "
                "the log is and "
                "what its root is, so that nothing can be put in or taken out afterwards. Shows size and "
                "root of "
                "ours, up to where which party has signed it; up to where we have signed theirs, and have "
                "their "
                "entries here; and alarms: a statement that is not in its sender's log an hour after it was "
                "reached (unlogged), a log that cannot be read (unreadable), has become shorter (forgets) or "
                "shows another history (forks).\n\n"
                "It is read from the state's files; the node may run or not.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"checkpoint", 0, NULL, "the newest checkpoint alone, with all signatures"},
                {"json", 0, NULL, "JSON for scripts"}, {0}},
        .offline = true,
        .run = log_show_run,
};

static int log_settle_run(struct cli *c)
{
	return node_change(c, "log-settle", c->operands.v[0]);
}

const struct command command_log_settle = {
        .name = "log settle",
        .params = "ALARM",
        .about = "end an alarm of a log that somebody has looked into",
        .text = "ALARM is the number that 'weir log show' prints. Your name and reason stand in the record. "
                "A log that "
                "goes on "
                "contradicting itself raises the next one.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"why", 0, "TEXT", "what was found, kept with person and time"}, {0}},
        .min = 1,
        .max = 1,
        .run = log_settle_run,
};
