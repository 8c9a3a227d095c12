/* SPDX-License-Identifier: Apache-2.0
 *
 * Who comes in and how: the link of the sample country, the link of an account, password and code, and the same once more
 * before what is dear. The desk looks whether somebody may try at all and has the password hashed beside its loop; what is
 * decided is decided by the core (see/change_enter.c).
 */
#include "base/os.h"
#include "proc/pages_in.h"
#include "trust/login.h"
#include "trust/totp.h"
#include "web/page_enter.h"
#include <arpa/inet.h>
#include <glib.h>
#include <sys/socket.h>

#define NAME_MAX_LEN 64

static struct str field(const struct request *r, const char *name)
{
	struct str value = r->visit->fields != NULL ? http_form_find(r->visit->fields, name, 0) : STR("");

	return value.p != NULL ? value : STR("");
}

static void address_of(struct request *r, char ret[INET6_ADDRSTRLEN])
{
	const struct sockaddr *at =
	        MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
	const void *bytes = at->sa_family == AF_INET6
	        ? (const void *)&((const struct sockaddr_in6 *)(const void *)at)->sin6_addr
	        : (const void *)&((const struct sockaddr_in *)(const void *)at)->sin_addr;

	if (inet_ntop(at->sa_family, bytes, ret, INET6_ADDRSTRLEN) == NULL)
		ret[0] = 0;
}

/* However it was typed, a password is the same: composed (NFC). */
static void composed(struct str password, struct buf *out)
{
	char *text = g_utf8_normalize(password.p, (gssize)password.len, G_NORMALIZE_NFC);

	buf_clear(out);
	buf_add(out, text != NULL ? str_from(text) : password);
	g_free(text);
}

/* ---- who tries ----------------------------------------------------------------------------------- */

struct account_row {
	uint64_t id;
	char hash[PASSWORD_HASH]; /* empty: there is none, or it is not in use */
};

static int find_account(struct request *r, struct str name, struct account_row *ret, struct err *e)
{
	struct query q = db_query(
	        r->desk->state, "select id, password from account where name = ? and state = 'active'");

	*ret = (struct account_row){0};
	query_text(&q, name);
	if (query_next(&q) == 1) {
		ret->id = query_get_u64(&q, 0);
		snprintf(ret->hash, sizeof(ret->hash), "%.*s", STR_ARG(query_get_text(&q, 1)));
	}
	return query_done(&q, e);
}

/* The browser's cookie, if it is one of that account. */
static bool find_device(struct request *r, uint64_t account, char hex[SESSION_TOKEN + 1], uint8_t id[32])
{
	const char *name = r->desk->staff->rules.tls ? HTTP_COOKIE_DEVICE_TLS : HTTP_COOKIE_DEVICE;
	struct str token = {0};

	hex[0] = 0;
	if (http_cookie(r->connection, name, &token) != HTTP_GOOD || token.p == NULL ||
	        !session_id(token, hex))
		return false;
	(void)str_hex(str_from(hex), id, 32);
	struct query q = db_query(r->desk->state, "select 1 from device where id = ? and account = ?");
	query_blob(&q, str_make((const char *)id, 32));
	query_u64(&q, account);
	bool known = query_next(&q) == 1;
	query_done(&q, NULL);
	return known;
}

/* Whether that name may try now; then its password is hashed. 0, or -1 and it is settled. */
static int try_password(struct request *r, struct str name, struct str password)
{
	char address[INET6_ADDRSTRLEN], device[SESSION_TOKEN + 1];
	auto_buf struct buf text = {0};
	struct account_row a;
	struct err e = {0};
	uint8_t id[32];

	if (desk_state(r->desk, &e) != 0 || find_account(r, name, &a, &e) != 0)
		return desk_settle(r, 503, e.text);
	address_of(r, address);
	struct login_try t = {.name = name, .device = find_device(r, a.id, device, id) ? id : NULL};
	login_network(str_from(address), t.network);
	r->visit->retry = login_wait(r->desk->state, &t, os_now());
	if (r->visit->retry > 0)
		return desk_settle(r, 429, "too many logins have failed");
	composed(password, &text);
	return pages_hash(r, buf_str(&text), str_from(a.hash), false);
}

/* What the core must know about where it comes from; fresh: a browser that is not known gets a cookie. */
static void put_place(struct request *r, uint64_t account, bool fresh, struct buf *params)
{
	char address[INET6_ADDRSTRLEN], device[SESSION_TOKEN + 1];
	struct str agent = http_value(r->connection, "User-Agent");
	uint8_t id[32];

	address_of(r, address);
	pages_field(params, "address", str_from(address));
	pages_field(params, "agent", agent.len > 200 ? str_sub(agent, 0, 200) : agent);
	if (account != 0 && find_device(r, account, device, id)) {
		pages_field(params, "device", str_from(device));
	} else if (fresh) {
		session_token(r->visit->device);
		(void)session_id(str_from(r->visit->device), device);
		pages_field(params, "fresh", str_from(device));
	}
}

/* A token that nobody else has seen; the core hears its digest alone. */
static void put_visit(struct request *r, const char *name, struct buf *params)
{
	char id[SESSION_TOKEN + 1];

	session_token(r->visit->token);
	(void)session_id(str_from(r->visit->token), id);
	pages_field(params, name, str_from(id));
}

/* ---- a link of the sample country ---------------------------------------------------------------- */

static int enter_sample(struct request *r, struct str token)
{
	auto_buf struct buf params = {0};
	char link[SESSION_TOKEN + 1];

	r->visit->kind = VISIT_LINK;
	if (!session_id(token, link))
		return desk_settle(r, 403, "this is no link of 'weir people link'");
	pages_field(&params, "link", str_from(link));
	put_visit(r, "session", &params);
	channel_put(r->take.person, sizeof(r->take.person), STR("link"));
	return desk_change(r, "session-open", buf_str(&params));
}

/* ---- password and code --------------------------------------------------------------------------- */

int enter_login(struct request *r)
{
	struct str name = str_trim(field(r, "name")), link = http_form_find(r->visit->fields, "link", 0);

	if (link.p != NULL)
		return enter_sample(r, link);
	r->visit->kind = VISIT_LOGIN;
	if (name.len == 0 || name.len > NAME_MAX_LEN || field(r, "password").len > PASSWORD_MAX)
		return desk_settle(r, 403, "wrong");
	return try_password(r, name, field(r, "password"));
}

static int login_hashed(struct request *r)
{
	struct visit *v = r->visit;
	auto_buf struct buf params = {0};
	struct str name = str_trim(field(r, "name"));
	struct account_row a;
	struct err e = {0};

	if (desk_state(r->desk, &e) != 0 || find_account(r, name, &a, &e) != 0)
		return desk_settle(r, 503, e.text);
	pages_field(&params, "id", name);
	if (v->job.good)
		pages_field(&params, "hash", str_from(v->job.hash));
	pages_field(&params, "code", str_trim(field(r, "code")));
	put_visit(r, "visit", &params);
	put_place(r, a.id, true, &params);
	channel_put(r->take.person, sizeof(r->take.person), a.id != 0 ? name : STR("login"));
	return desk_change(r, "session-enter", buf_str(&params));
}

/* ---- a link of an account ------------------------------------------------------------------------ */

/* Whose it is; ERR_MISSING: nobody's, any more. */
static int find_link(struct request *r, struct str token, struct str *ret, struct err *e)
{
	char hex[SESSION_TOKEN + 1];
	uint8_t id[32];

	*ret = (struct str){0};
	if (desk_state(r->desk, e) != 0)
		return ERR_SYS;
	if (!session_id(token, hex))
		return 0;
	(void)str_hex(str_from(hex), id, sizeof(id));
	struct query q = db_query(r->desk->state,
	        "select a.name from link l join account a on a.id = l.account where l.id = ? and l.used is "
	        "null and l.until > ?");
	query_blob(&q, str_make((const char *)id, sizeof(id)));
	query_i64(&q, os_now());
	if (query_next(&q) == 1)
		*ret = arena_str(&r->visit->arena, query_get_text(&q, 0));
	return query_done(&q, e);
}

static struct page_plain plain(struct request *r, const char *sentence)
{
	return (struct page_plain){.words = pages_words(r),
	        .arena = &r->visit->arena,
	        .sentence = str_from(sentence),
	        .retry = r->visit->retry};
}

static enum MHD_Result enrol_page(
        struct request *r, int status, struct str name, struct str link, const char *sentence)
{
	struct page_plain p = plain(r, sentence);
	struct reply reply = {.status = status};
	uint8_t secret[TOTP_SECRET];

	/* the one that the telephone has already, where something else was wrong */
	if (!base32_read(field(r, "secret"), secret, sizeof(secret)))
		os_random(secret, sizeof(secret));
	page_enrol(&p, &reply, name, link, secret);
	return pages_reply(r, &reply, NULL, NULL);
}

static bool is_sample(struct request *r)
{
	int64_t sample = 0;

	(void)state_meta_number_find(r->desk->state, "now.sample", &sample);
	return sample != 0;
}

static uint64_t accounts(struct request *r)
{
	struct query q = db_query(r->desk->state, "select count(*) from account where password <> ''");
	uint64_t n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;

	query_done(&q, NULL);
	return n;
}

static enum MHD_Result login_page(struct request *r, int status, struct str to, const char *sentence)
{
	struct page_plain p = plain(r, sentence);
	struct reply reply = {.status = status};

	page_login(&p, &reply, str_trim(field(r, "name")), to, is_sample(r));
	return pages_reply(r, &reply, NULL, NULL);
}

enum MHD_Result enter_get(struct request *r, struct str link)
{
	struct reply reply = {0};
	struct err e = {0};
	struct str name;

	if (link.len == 0)
		return r->visit->in ? pages_go(r, "/", NULL) : login_page(r, 200, STR("/"), NULL);
	if (find_link(r, link, &name, &e) != 0)
		return pages_say(r, 503, W_CANNOT_ANSWER, e.text);
	if (name.p != NULL)
		return enrol_page(r, 200, name, link, NULL);
	if (!is_sample(r))
		return pages_say(r, 403, W_NOT_IN,
		        "this link was used, or its 15 minutes are over; who looks after accounts makes "
		        "another");
	page_enter(&reply, pages_words(r), link);
	return pages_reply(r, &reply, NULL, NULL);
}

/* A path of ours that a page may lead back to. */
static struct str way_back(struct str path)
{
	bool good = path.len > 0 && path.len < 60 && path.p[0] == '/' && !str_starts(path, STR("//"));

	for (size_t i = 0; i < path.len && good; i++)
		good = char_alnum(path.p[i]) || path.p[i] == '/' || path.p[i] == '-' || path.p[i] == '.';
	return good && !str_starts(path, STR("/enter")) ? path : STR("/");
}

enum MHD_Result enter_not_in(struct request *r, const char *url)
{
	if (accounts(r) > 0)
		return login_page(r, 403, way_back(str_from(url)), NULL);
	if (is_sample(r))
		return pages_say(r, 403, W_NOT_IN,
		        "you are not in: type 'weir people link' on the node and open the address that it "
		        "prints");
	return pages_say(r, 403, W_NOT_IN,
	        "nobody has an account yet: type 'weir people add NAME --roles admin' on the node and open "
	        "the address that it prints");
}

int enter_enrol(struct request *r)
{
	auto_buf struct buf text = {0};
	struct err e = {0};
	struct str name;

	r->visit->kind = VISIT_ENROL;
	if (find_link(r, field(r, "link"), &name, &e) != 0)
		return desk_settle(r, 503, e.text);
	if (name.p == NULL)
		return desk_settle(r, 403,
		        "this link was used, or its 15 minutes are over; who looks after accounts makes "
		        "another");
	channel_put(r->take.person, sizeof(r->take.person), name);
	composed(field(r, "password"), &text);
	if (password_good(buf_str(&text), name, &e) != 0)
		return desk_settle(r, 400, e.text);
	if (!str_eq(field(r, "password"), field(r, "repeat")))
		return desk_settle(
		        r, 400, "the password was typed in two ways; type it twice in the same way");
	return pages_hash(r, buf_str(&text), STR(""), true);
}

static int enrol_hashed(struct request *r)
{
	struct visit *v = r->visit;
	auto_buf struct buf params = {0};
	char link[SESSION_TOKEN + 1], hex[2 * TOTP_SECRET + 1];
	uint8_t secret[TOTP_SECRET];

	if (!v->job.good)
		return desk_settle(r, 503, "there is no memory to hash a password; try again in a moment");
	if (!session_id(field(r, "link"), link) || !base32_read(field(r, "secret"), secret, sizeof(secret)))
		return desk_settle(r, 400, "the form is not whole; open the link again");
	str_hex_print(hex, secret, sizeof(secret));
	pages_field(&params, "link", str_from(link));
	pages_field(&params, "hash", str_from(v->job.hash));
	pages_field(&params, "secret", str_from(hex));
	pages_field(&params, "code", str_trim(field(r, "code")));
	people_new_codes(r, &params);
	put_visit(r, "visit", &params);
	put_place(r, 0, true, &params);
	return desk_change(r, "session-enrol", buf_str(&params));
}

/* ---- once more ----------------------------------------------------------------------------------- */

enum MHD_Result enter_ask_again(struct request *r, const char *sentence)
{
	struct visit *v = r->visit;
	struct page_plain p = plain(r, sentence);
	struct reply reply = {.status = v->retry > 0 ? 429 : 403};

	page_again(&p, &reply, &v->who, v->form->path, v->fields->fields, v->fields->n);
	return pages_reply(r, &reply, NULL, NULL);
}

/* The form's own fields stand beside "again-password", "again-code" and "again-to", the path that it was for. */
int enter_again(struct request *r)
{
	struct visit *v = r->visit;

	v->kind = VISIT_SURE;
	v->form = pages_form(field(r, "again-to"));
	if (v->form == NULL || !v->who.account)
		return desk_settle(r, 404, "nothing is posted under this path");
	if (field(r, "again-password").len > PASSWORD_MAX)
		return desk_settle(r, 403, "wrong");
	return try_password(r, v->who.person, field(r, "again-password"));
}

static int again_hashed(struct request *r)
{
	struct visit *v = r->visit;
	auto_buf struct buf params = {0};
	struct account_row a;
	struct err e = {0};

	if (desk_state(r->desk, &e) != 0 || find_account(r, v->who.person, &a, &e) != 0)
		return desk_settle(r, 503, e.text);
	pages_field(&params, "session", str_from(v->who.id));
	if (v->job.good)
		pages_field(&params, "hash", str_from(v->job.hash));
	pages_field(&params, "code", str_trim(field(r, "again-code")));
	put_place(r, a.id, false, &params);
	return desk_change(r, "session-sure", buf_str(&params));
}

int enter_hashed(struct request *r)
{
	switch (r->visit->kind) {
	case VISIT_LOGIN:
		return login_hashed(r);
	case VISIT_ENROL:
		return enrol_hashed(r);
	default:
		return again_hashed(r);
	}
}

/* ---- answers ------------------------------------------------------------------------------------- */

/* What the form behind it asked for goes on, as if nothing had been between. */
static enum MHD_Result go_on(struct request *r)
{
	struct visit *v = r->visit;

	v->kind = VISIT_FORM;
	v->who.sure = os_now();
	v->job = (struct hash_job){0};
	r->told = false;
	if (pages_ask(r, v->form) == 0)
		return MHD_YES;
	return pages_fail(r);
}

static enum MHD_Result refused(struct request *r)
{
	struct visit *v = r->visit;
	struct err e = {0};
	struct str name;
	/* the core found out, between two that came at once */
	bool wait = r->status == 429 || (r->told && r->take.code == ERR_LIMIT);

	if (wait && v->retry == 0)
		v->retry = 5;
	if (v->kind == VISIT_LINK)
		return pages_fail(r);
	if (v->kind == VISIT_ENROL) {
		if (r->status != 400 || find_link(r, field(r, "link"), &name, &e) != 0 || name.p == NULL)
			return pages_fail(r);
		return enrol_page(r, 400, name, field(r, "link"), r->sentence);
	}
	if (!wait && r->status != 403)
		return pages_fail(r);
	if (v->kind == VISIT_SURE)
		return v->form != NULL ? enter_ask_again(r, wait ? NULL : "wrong") : pages_fail(r);
	return login_page(r, wait ? 429 : 403, way_back(field(r, "to")), wait ? NULL : "wrong");
}

enum MHD_Result enter_answer(struct request *r)
{
	struct visit *v = r->visit;
	auto_buf struct buf cookie = {0}, back = {0};

	if (r->status != 0)
		return refused(r);
	if (v->kind == VISIT_SURE)
		return go_on(r);
	http_cookie_set(&cookie, str_from(v->token), r->desk->staff->rules.tls);
	buf_char(&cookie, 0);
	if (v->kind == VISIT_ENROL) {
		struct page_plain p = plain(r, NULL);
		struct reply reply = {.status = 200};
		page_codes(&p, &reply, v->once.text);
		return pages_reply(r, &reply, NULL, cookie.p);
	}
	buf_add(&back, v->kind == VISIT_LOGIN ? way_back(field(r, "to")) : STR("/"));
	buf_char(&back, 0);
	return pages_go(r, back.p, cookie.p);
}
