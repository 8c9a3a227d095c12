/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports on their way in, for who sends them: how far they are, and what a first look at their first part shows. Bytes of
 * a report are read in a jail only, so the core is asked, which has readers; here they are cut behind a line end and no
 * more. A look is taken when the sender asks: a script that does not costs nobody anything.
 */
#include "base/os.h"
#include "proc/memory.h"
#include "proc/pages_in.h"

/* The first part at most. */
#define PART ((size_t)1 << 20)
#define WAIT_US ((int64_t)1000000) /* until what has come by then must do */
#define MORE 8   /* a look at less than PART is taken again when so many times as much is here */
#define TRIES 10 /* questions about one report; one that came to nothing counts as FAILED */
#define FAILED 4

struct upload {
	struct upload *next;
	struct request *r;
	int64_t next_at; /* os_ticks: not asked for before */
	uint32_t asked;  /* number of the question; 0: none is open */
	int tries;
	uint64_t looked; /* bytes that the last look saw */
	char *look;      /* what it showed, JSON; NULL: nothing yet */
};

/* ---- which there are ------------------------------------------------------------------------------ */

/* Whoever sends the same delivery anew has given up on the try before, which may not know that it is cut off. Its file goes
 * with it: the name is the new one's from here on. */
static void end_other(const struct request *r)
{
	for (struct upload *u = r->desk->uploads; u != NULL; u = u->next) {
		if (memcmp(u->r->take.token, r->take.token, sizeof(r->take.token)) != 0)
			continue;
		os_close_fd(&u->r->fd);
		desk_settle(u->r, 409, "the same delivery was begun anew");
	}
}

void desk_upload_begin(struct request *r)
{
	end_other(r);
	struct upload *u = mem_zero(1, sizeof(*u));
	*u = (struct upload){.next = r->desk->uploads, .r = r, .next_at = os_ticks() + WAIT_US};
	r->upload = r->desk->uploads = u;
}

void desk_upload_end(struct request *r)
{
	struct upload **at = &r->desk->uploads;

	if (r->upload == NULL)
		return;
	while (*at != r->upload)
		at = &(*at)->next;
	*at = r->upload->next;
	free(r->upload->look);
	free(r->upload);
	r->upload = NULL;
}

/* ---- the first part ------------------------------------------------------------------------------- */

/* Behind the last line end. UTF-16 has line feeds of two bytes; a report without any is left as it is. */
static struct str cut_line(struct str s)
{
	bool little = str_starts(s, STR("\xff\xfe")), big = str_starts(s, STR("\xfe\xff"));

	for (size_t i = s.len; i > 0; i--) {
		if (s.p[i - 1] != '\n')
			continue;
		if (little && i % 2 == 1 && i < s.len && s.p[i] == 0)
			return str_sub(s, 0, i + 1);
		if (big && i % 2 == 0 && s.p[i - 2] == 0)
			return str_sub(s, 0, i);
		if (!little && !big)
			return str_sub(s, 0, i);
	}
	return s;
}

/* The first part as a file without a name, *ret_len bytes; -1: there is none. */
static int part_of(const struct request *r, uint64_t *ret_len)
{
	auto_buf struct buf b = {0};
	struct err e;
	auto_fd int fd = os_open(r->part, &e);

	if (fd < 0)
		return -1;
	ssize_t n = os_read_at(fd, buf_room(&b, PART), PART, 0);
	if (n <= 0)
		return -1;
	struct str part = cut_line(str_make(b.p, (size_t)n));
	*ret_len = part.len;
	return memory_of(part, &e);
}

/* ---- asking --------------------------------------------------------------------------------------- */

/* At the first part once it is here, or at what a slow line has brought after a second; then again when much more is here. */
static bool is_time(const struct upload *u)
{
	uint64_t size = u->r->take.size;

	if (u->asked != 0 || u->tries >= TRIES || size == 0 || u->looked >= PART / 2)
		return false;
	if (u->look == NULL && u->tries == 0 && size >= PART)
		return true;
	return os_ticks() >= u->next_at && (u->look == NULL || size >= PART || size >= u->looked * MORE);
}

static void ask(struct upload *u)
{
	struct request *r = u->r;
	struct channel_message m = {
	        .verb = CHANNEL_LOOK, .id = ++r->desk->next_id, .code = r->visit->who.narrow};

	auto_fd int fd = part_of(r, &u->looked);
	memcpy(m.name, r->take.name, sizeof(m.name));
	memcpy(m.feed, r->take.feed, sizeof(m.feed));
	if (fd < 0 || channel_send_fd(r->desk->core, &m, fd, false, NULL) != 0) {
		u->looked = 0;
		u->next_at = os_ticks() + WAIT_US;
		return;
	}
	u->asked = m.id;
	u->tries++;
}

/* It may be asked for again, but not for ever: perhaps it is this report that its readers, or the core, die of. */
static void came_to_nothing(struct upload *u)
{
	u->asked = 0;
	u->tries += FAILED - 1;
	u->looked = 0;
	u->next_at = os_ticks() + WAIT_US;
}

void desk_looked(struct desk *d, const struct channel_message *m)
{
	struct upload *u = d->uploads;

	while (u != NULL && u->asked != m->id)
		u = u->next;
	if (u == NULL)
		return;
	if (m->code != 0) {
		came_to_nothing(u);
		u->tries -= m->code == ERR_LIMIT ? FAILED : 0;
		return;
	}
	u->asked = 0;
	free(u->look);
	u->look = mem_zero(1, sizeof(m->text));
	memcpy(u->look, m->text, sizeof(m->text));
}

void desk_look_again(struct desk *d)
{
	for (struct upload *u = d->uploads; u != NULL; u = u->next)
		if (u->asked != 0)
			came_to_nothing(u);
}

/* ---- saying --------------------------------------------------------------------------------------- */

/* True if one session, or one token of the API, has sent both. */
static bool is_same(const struct request *a, const struct request *b)
{
	return a->visit != NULL && b->visit != NULL && a->visit->in && b->visit->in &&
	        a->visit->who.token == b->visit->who.token &&
	        strcmp(a->visit->who.id, b->visit->who.id) == 0 &&
	        str_eq(a->visit->who.person, b->visit->who.person);
}

void desk_upload_say(struct request *r, const uint8_t token[16], struct buf *json)
{
	struct upload *u = r->desk->uploads;

	while (u != NULL &&
	        !(memcmp(u->r->take.token, token, 16) == 0 && u->r->status == 0 && is_same(u->r, r)))
		u = u->next;
	if (u == NULL) {
		buf_add(json, STR("{\"version\": 1, \"name\": null, \"received\": null, \"look\": null}\n"));
		return;
	}
	if (is_time(u))
		ask(u);
	buf_add(json, STR("{\"version\": 1, \"name\": "));
	buf_json(json, str_from(u->r->take.name));
	buf_printf(json, ", \"received\": %llu, \"look\": %s}\n", (unsigned long long)u->r->take.size,
	        u->look != NULL ? u->look : "null");
}
