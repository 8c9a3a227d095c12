/* SPDX-License-Identifier: Apache-2.0 */
#include "see/country.h"
#include "base/os.h"
#include "event/value.h"
#include "know/build.h"
#include "know/input.h"
#include "read/feed.h"
#include "trust/stamp.h"
#include <dirent.h>
#include <sys/stat.h>

static bool is_there(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

const char *country_sample(const struct country_paths *p, struct arena *a, const char *path)
{
	return arena_printf(a, "%s/%s", p->sample != NULL ? p->sample : WEIR_DATA "/examples", path).p;
}

static const char *in_folder(struct country *c, const char *name)
{
	return arena_printf(&c->arena, "%.*s/%s", STR_ARG(c->folder), name).p;
}

static int mail_words(const struct conf *m, struct country_mail *mail, struct err *e)
{
	static const char *const modes[] = {
	        [MAIL_LIVE] = "live", [MAIL_HOLD] = "hold", [MAIL_SHADOW] = "shadow"};
	static const char *const tls[] = {
	        [MAIL_STARTTLS] = "starttls", [MAIL_TLS] = "tls", [MAIL_PLAIN] = "none"};
	struct str mode = STR("live"), word = STR("starttls");
	unsigned i = 0, k = 0;

	if (conf_str(m, "mode", &mode, e) != 0 || conf_str(m, "tls", &word, e) != 0)
		return ERR_VALUE;
	while (i < 3 && !str_eq(mode, str_from(modes[i])))
		i++;
	if (i == 3)
		return conf_err(conf_find(m, "mode"), e, "a mode is live, hold or shadow");
	while (k < 3 && !str_eq(word, str_from(tls[k])))
		k++;
	if (k == 3)
		return conf_err(conf_find(m, "tls"), e, "tls is starttls, tls or none");
	mail->mode = i;
	mail->tls = k;
	return 0;
}

static int mail_options(const struct conf *m, struct country_mail *mail, struct err *e)
{
	static const char *const keys[] = {"from", "reply-to", "host", "port", "tls", "user", "password-file",
	        "ca-file", "mode", "delay", "a-minute", NULL};
	uint64_t port = 0;

	*mail = (struct country_mail){.delay = 300, .a_minute = 120};
	if (m == NULL)
		return 0;
	if (m->kind != CONF_MAP)
		return conf_err(m, e, "mail is a map with from, host, ...");
	if (conf_only(m, keys, e) != 0 || conf_str(m, "from", &mail->from, e) != 0 ||
	        conf_str(m, "reply-to", &mail->reply_to, e) != 0 ||
	        conf_str(m, "host", &mail->host, e) != 0 || conf_u64(m, "port", 1, 65535, &port, e) != 0 ||
	        conf_str(m, "user", &mail->user, e) != 0 ||
	        conf_str(m, "password-file", &mail->password_file, e) != 0 ||
	        conf_str(m, "ca-file", &mail->ca_file, e) != 0 ||
	        conf_seconds(m, "delay", &mail->delay, e) != 0 ||
	        conf_u64(m, "a-minute", 1, 100000, &mail->a_minute, e) != 0 || mail_words(m, mail, e) != 0)
		return ERR_VALUE;
	if (mail->user.len != 0 && mail->tls == MAIL_PLAIN)
		return conf_err(conf_find(m, "user"), e,
		        "a password is not sent without TLS; set 'tls: starttls' or 'tls: tls'");
	if (str_find(mail->from, 0, '@') == SIZE_MAX && mail->from.len != 0)
		return conf_err(conf_find(m, "from"), e,
		        "'from' is an address, such as \"Example CERT <cert@cert.example>\"");
	mail->port = (uint16_t)(port != 0 ? port : mail->tls == MAIL_TLS ? 465 : 587);
	return 0;
}

static bool is_fingerprint(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (char_hex(s.p[i]) < 0)
			return false;
	return s.len == 40 || s.len == 64;
}

static int pgp_options(const struct conf *m, struct country_pgp *pgp, struct err *e)
{
	static const char *const keys[] = {"home", "key", "passphrase-file", NULL};

	if (m == NULL)
		return 0;
	if (m->kind != CONF_MAP)
		return conf_err(m, e, "pgp is a map with home, key, ...");
	if (conf_only(m, keys, e) != 0 || conf_str(m, "home", &pgp->home, e) != 0 ||
	        conf_str(m, "key", &pgp->key, e) != 0 ||
	        conf_str(m, "passphrase-file", &pgp->passphrase_file, e) != 0)
		return ERR_VALUE;
	if (pgp->home.len == 0 || pgp->home.p[0] != '/' || pgp->home.len > COUNTRY_PGP_HOME)
		return conf_err(pgp->home.len != 0 ? conf_find(m, "home") : m, e,
		        "'home' is the folder of GnuPG's keys, with its whole path, of %d bytes at most",
		        COUNTRY_PGP_HOME);
	if (pgp->key.len != 0 && !is_fingerprint(pgp->key))
		return conf_err(conf_find(m, "key"), e,
		        "'key' is a whole fingerprint of 40 hexadecimal digits without blanks; 'gpg "
		        "--homedir "
		        "%.*s --list-secret-keys' shows them",
		        STR_ARG(pgp->home));
	return 0;
}

static int pages_names(struct country *c, const struct conf *list, struct str *ret, struct err *e)
{
	struct str all = {0};
	unsigned n = 0;

	if (list == NULL)
		return 0;
	if (list->kind != CONF_LIST)
		return conf_err(list, e, "'names' is a list such as [node.cert.example]");
	for (const struct conf *one = list->first; one != NULL; one = one->next) {
		bool good = one->kind == CONF_SCALAR && one->text.len > 0 && one->text.len < 254 && ++n <= 8;
		for (size_t i = 0; i < one->text.len && good; i++)
			good = char_alnum(one->text.p[i]) || one->text.p[i] == '-' || one->text.p[i] == '.';
		if (!good)
			return conf_err(one, e,
			        "a name is that of a machine, without a port, such as node.cert.example; "
			        "there are 8 at most");
		all = all.len == 0 ? one->text
		                   : arena_printf(&c->arena, "%.*s %.*s", STR_ARG(all), STR_ARG(one->text));
	}
	*ret = all;
	return 0;
}

/* What pages and door have alike. */
static int listen_options(struct country *c, const struct conf *m, struct country_pages *p, struct err *e)
{
	if (conf_str(m, "listen", &p->listen, e) != 0 ||
	        conf_str(m, "certificate", &p->certificate, e) != 0 || conf_str(m, "key", &p->key, e) != 0 ||
	        pages_names(c, conf_find(m, "names"), &p->names, e) != 0)
		return ERR_VALUE;
	if ((p->certificate.len != 0) != (p->key.len != 0))
		return conf_err(m, e,
		        "'certificate' and 'key' are two files that belong together; without both the node "
		        "makes its own");
	if (p->listen.len == 0)
		return conf_err(m, e,
		        "'listen' is an address of this machine with a port, such as \"192.0.2.10:8470\"");
	return 0;
}

static int pages_options(struct country *c, const struct conf *m, struct err *e)
{
	static const char *const keys[] = {"listen", "names", "certificate", "key", "tls", "language", NULL};

	if (m == NULL)
		return 0;
	if (m->kind != CONF_MAP)
		return conf_err(m, e, "pages is a map with listen, names, ...");
	if (conf_only(m, keys, e) != 0 || conf_bool(m, "tls", &c->pages.tls, e) != 0 ||
	        conf_str(m, "language", &c->language, e) != 0)
		return ERR_VALUE;
	return listen_options(c, m, &c->pages, e);
}

static bool is_door_url(struct str url)
{
	struct str host = str_skip(url, 8);

	if (!str_starts(url, STR("https://")) || host.len == 0 || url.len > COUNTRY_DOOR_URL)
		return false;
	for (size_t i = 0; i < host.len; i++)
		if (!char_alnum(host.p[i]) && host.p[i] != '-' && host.p[i] != '.' && host.p[i] != ':' &&
		        host.p[i] != '[' && host.p[i] != ']')
			return false;
	return true;
}

static int door_options(struct country *c, const struct conf *m, struct err *e)
{
	static const char *const keys[] = {
	        "listen", "url", "names", "certificate", "key", "answers", "figures", NULL};
	struct country_door *d = &c->door;

	if (m == NULL)
		return 0;
	if (m->kind != CONF_MAP)
		return conf_err(m, e, "door is a map with listen, url, names, ...");
	d->answers = 30 * (uint64_t)86400;
	if (conf_only(m, keys, e) != 0 || conf_str(m, "url", &d->url, e) != 0 ||
	        conf_seconds(m, "answers", &d->answers, e) != 0 ||
	        conf_bool(m, "figures", &d->figures, e) != 0)
		return ERR_VALUE;
	d->at.tls = true;
	if (str_ends(d->url, STR("/")))
		d->url.len--;
	if (d->url.len != 0 && !is_door_url(d->url))
		return conf_err(conf_find(m, "url"), e,
		        "'url' is how the door is reached from outside, such as "
		        "\"https://cert.example:8443\"");
	if (d->answers > COUNTRY_ANSWERS)
		return conf_err(conf_find(m, "answers"), e, "a link in a letter holds for 90 days at most");
	return listen_options(c, m, &d->at, e);
}

/* After the door: who is asked answers there. */
static int contacts_options(struct country *c, const struct conf *m, struct err *e)
{
	static const char *const keys[] = {"ask", "per-day", NULL};

	c->contacts.per_day = 50;
	if (m == NULL)
		return 0;
	if (m->kind != CONF_MAP)
		return conf_err(m, e, "contacts is a map with ask and per-day");
	if (conf_only(m, keys, e) != 0 || conf_bool(m, "ask", &c->contacts.ask, e) != 0 ||
	        conf_u64(m, "per-day", 1, COUNTRY_ASK_A_DAY, &c->contacts.per_day, e) != 0)
		return ERR_VALUE;
	if (c->contacts.ask && (c->door.at.listen.len == 0 || c->door.answers == 0))
		return conf_err(conf_find(m, "ask"), e,
		        "whoever is asked answers on a page of the door: it needs 'door: listen', and "
		        "'answers' that is not 0");
	return 0;
}

static int country_options(struct country *c, struct err *e)
{
	static const char *const keys[] = {"country", "name", "sample", "timezone", "mail", "pgp", "proxy",
	        "log", "retention", "alerts", "red", "pages", "party", "door", "contacts", NULL};
	const char *path = in_folder(c, "weir.yaml");
	struct conf *conf = NULL;
	struct str log = STR("lines");

	c->retention = retention_default();
	if (!is_there(path))
		return mail_options(NULL, &c->mail, e);
	if (conf_read(&c->arena, path, &conf, e) != 0)
		return ERR_VALUE;
	/* a file of nothing but comments */
	if (conf->kind == CONF_SCALAR && conf->text.len == 0)
		return mail_options(NULL, &c->mail, e);
	if (conf->kind != CONF_MAP)
		return conf_err(conf, e, "options are entries 'NAME: VALUE'");
	if (conf_only(conf, keys, e) != 0 || conf_str(conf, "country", &c->cc, e) != 0 ||
	        conf_str(conf, "name", &c->name, e) != 0 || conf_str(conf, "party", &c->party, e) != 0 ||
	        conf_bool(conf, "sample", &c->sample, e) != 0 ||
	        conf_str(conf, "timezone", &c->timezone, e) != 0 ||
	        conf_str(conf, "proxy", &c->proxy, e) != 0 || conf_str(conf, "log", &log, e) != 0 ||
	        mail_options(conf_find(conf, "mail"), &c->mail, e) != 0 ||
	        retention_options(conf_find(conf, "retention"), &c->retention, e) != 0 ||
	        roster_options(conf_find(conf, "alerts"), &c->roster, e) != 0 ||
	        feed_red(&c->arena, conf, &c->red, e) != 0 ||
	        pages_options(c, conf_find(conf, "pages"), e) != 0 ||
	        door_options(c, conf_find(conf, "door"), e) != 0 ||
	        contacts_options(c, conf_find(conf, "contacts"), e) != 0 ||
	        pgp_options(conf_find(conf, "pgp"), &c->pgp, e) != 0)
		return ERR_VALUE;
	if (!log_form_find(log, &c->log))
		return conf_err(conf_find(conf, "log"), e, "a log is lines or json");
	if (c->cc.len != 0 && c->cc.len != 2)
		return conf_err(conf_find(conf, "country"), e, "a country is two letters, such as LA");
	if (c->party.len != 0 && !party_id_good(c->party))
		return conf_err(conf_find(conf, "party"), e,
		        "a party is the two small letters of a country, such as la, or a DNS name that you "
		        "hold");
	if (c->timezone.len != 0 && zone_open(&c->arena, c->timezone, &c->zone, e) != 0)
		return conf_err(
		        conf_find(conf, "timezone"), e, "there is no time zone '%.*s'", STR_ARG(c->timezone));
	return 0;
}

const char *country_file(
        const struct country_paths *p, const struct country *c, struct arena *a, const char *name)
{
	const char *own = arena_printf(a, "%.*s/%s", STR_ARG(c->folder), name).p;

	return is_there(own) ? own : country_sample(p, a, arena_printf(a, "../conf/%s", name).p);
}

/* ---- the generation ------------------------------------------------------------------------------ */

static int add_input(struct country *c, struct know_build *b, const char *path, struct err *e)
{
	struct know_input_report report;

	(void)c;
	return know_build_file(b, path, &report, e);
}

static int not_hidden(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int add_folder(struct country *c, struct know_build *b, const char *path, struct err *e)
{
	struct dirent **names = NULL;
	int n = scandir(path, &names, not_hidden, alphasort), rc = 0;

	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = add_input(c, b, arena_printf(&c->arena, "%s/%s", path, names[i]->d_name).p, e);
		free(names[i]);
	}
	free(names);
	return rc;
}

const char *country_owners(const struct country_paths *p, struct country *c)
{
	const char *csv = in_folder(c, "owners.csv"), *yaml = in_folder(c, "owners.yaml");

	if (p->owners != NULL)
		return p->owners;
	return is_there(csv) ? csv : is_there(yaml) ? yaml : NULL;
}

int country_networks(struct country *c, struct know_build *b, struct err *e)
{
	return add_folder(c, b, in_folder(c, "know"), e);
}

static void keep_notes(struct country *c, const struct know_build *b)
{
	for (size_t i = 0; i < b->notes.list.n; i++)
		buf_printf(&c->notes, "%.*s\n", STR_ARG(b->notes.list.v[i]));
}

int country_check_networks(struct country *c, struct err *e)
{
	struct know_build b;

	know_build_init(&b);
	int rc = country_networks(c, &b, e);
	keep_notes(c, &b);
	know_build_done(&b);
	return rc;
}

int country_inputs(const struct country_paths *p, struct country *c, struct know_build *b, struct err *e)
{
	const char *owners = country_owners(p, c);
	int rc = 0;

	if (owners == NULL)
		rc = err_set(e, ERR_MISSING,
		        "there is no owners.csv and no owners.yaml in '%.*s'; 'weir init DIR' makes one",
		        STR_ARG(c->folder));
	if (rc == 0)
		rc = add_input(c, b, owners, e);
	return rc == 0 ? country_networks(c, b, e) : rc;
}

static int build_generation(const struct country_paths *p, struct country *c, struct err *e)
{
	struct know_build b;

	know_build_init(&b);
	int rc = country_inputs(p, c, &b, e);
	keep_notes(c, &b);
	if (rc == 0) {
		know_build_finish(&b, 1, &c->generation);
		rc = know_open_bytes(c->generation.p, c->generation.len, &c->know, e);
	}
	know_build_done(&b);
	return rc;
}

int country_know(const struct country_paths *p, struct country *c, struct err *e)
{
	if (p->know == NULL)
		return build_generation(p, c, e);
	if (p->owners != NULL)
		return err_set(e, ERR_USAGE,
		        "a generation holds its owners already: give --know or --owners, not both");
	return know_open(p->know, &c->know, e);
}

/* The country's own list, else the shipped one, under the names that a catalogue comes with. */
static int add_exploited(const struct country_paths *p, struct country *c, struct err *e)
{
	static const char *const names[] = {"exploited.csv", "exploited.json", "exploited.txt"};
	const char *path = NULL;

	for (unsigned i = 0; path == NULL && i < sizeof(names) / sizeof(names[0]); i++)
		if (is_there(in_folder(c, names[i])))
			path = in_folder(c, names[i]);
	if (path == NULL)
		path = country_file(p, c, &c->arena, "exploited.txt");
	return is_there(path) ? rules_exploited_read(c->rules, path, e) : 0;
}

int country_rules(const struct country_paths *p, struct country *c, struct err *e)
{
	const char *folder = in_folder(c, "rules");
	struct err inner = {0};

	if (!is_there(folder))
		folder = country_sample(p, &c->arena, "../conf/rules");
	if (!is_there(folder))
		return err_set(e, ERR_MISSING, "there is no folder 'rules' in '%.*s'", STR_ARG(c->folder));
	c->rules_folder = str_from(folder);
	if (rules_load(folder, &c->rules, &c->notes, &inner) == 0)
		return add_exploited(p, c, e);
	if (inner.code != 0)
		*e = inner;
	else
		err_set(e, ERR_VALUE, "the rules in '%s' are not right", folder);
	return ERR_VALUE;
}

/* Of the country, in its folder or among the defaults; without a file no day is one. */
static int open_holidays(const struct country_paths *p, struct country *c, struct err *e)
{
	char name[] = "holidays/xx.yaml";

	if (c->cc.len != 2 || !char_alnum(c->cc.p[0]) || !char_alnum(c->cc.p[1]))
		return 0;
	name[9] = char_lower(c->cc.p[0]);
	name[10] = char_lower(c->cc.p[1]);
	const char *path = country_file(p, c, &c->arena, name);
	return holidays_read(&c->arena, is_there(path) ? path : NULL, &c->holidays, e);
}

/* "la.yaml" */
static int is_holidays(const struct dirent *d)
{
	return strlen(d->d_name) == 7 && str_ends(str_from(d->d_name), STR(".yaml")) &&
	        char_alnum(d->d_name[0]) && char_alnum(d->d_name[1]);
}

/* Those of other countries: what is wrong with one is said, and it has no holidays. */
static void add_calendars(const struct country_paths *p, struct country *c, const char *folder)
{
	struct dirent **names = NULL;
	int n = scandir(folder, &names, is_holidays, alphasort);
	struct err e;

	for (int i = 0; i < n; i++) {
		const char *path = country_file(
		        p, c, &c->arena, arena_printf(&c->arena, "holidays/%s", names[i]->d_name).p);
		if (calendars_add(
		            &c->arena, &c->calendars, str_make(names[i]->d_name, 2), STR(""), path, &e) != 0)
			buf_printf(&c->notes, "%s\n", e.text);
		free(names[i]);
	}
	free(names);
}

static int open_calendars(const struct country_paths *p, struct country *c, struct err *e)
{
	add_calendars(p, c, country_sample(p, &c->arena, "../conf/holidays"));
	add_calendars(p, c, in_folder(c, "holidays"));
	if (c->cc.len != 2)
		return 0;
	/* the country's own clock is the one that it says */
	return calendars_add(&c->arena, &c->calendars, c->cc, c->timezone,
	        c->holidays.file.len != 0 ? c->holidays.file.p : NULL, e);
}

/* The national CERT's id is that of its country. */
static void own_party(struct country *c)
{
	if (c->party.len == 0 && c->cc.len == 2)
		c->party = arena_printf(&c->arena, "%c%c", char_lower(c->cc.p[0]), char_lower(c->cc.p[1]));
}

int country_open(const struct country_paths *p, struct country *ret, struct err *e)
{
	*ret = (struct country){0};
	arena_init(&ret->arena, 0);
	ret->folder = str_from(p->conf != NULL ? p->conf : country_sample(p, &ret->arena, "country"));
	if (!is_there(ret->folder.p))
		return err_set(e, ERR_MISSING, "there is no folder '%.*s'%s", STR_ARG(ret->folder),
		        p->conf == NULL
		                ? "; name one with --conf DIR ('weir init DIR' makes one), or the folder "
		                  "'examples' of Weir's tree with --sample DIR"
		                : "");
	if (country_options(ret, e) != 0 || open_holidays(p, ret, e) != 0 || open_calendars(p, ret, e) != 0)
		return ERR_VALUE;
	own_party(ret);
	/* own owners are not the sample's */
	ret->sample &= p->owners == NULL && p->know == NULL;
	return 0;
}

int country_load(const struct country_paths *p, struct country *ret, struct err *e)
{
	int rc = country_open(p, ret, e);

	if (rc == 0)
		rc = country_know(p, ret, e);
	return rc == 0 ? country_rules(p, ret, e) : rc;
}

void country_done(struct country *c)
{
	know_close(c->know);
	rules_free(c->rules);
	holidays_done(&c->holidays);
	calendars_done(&c->calendars);
	buf_done(&c->generation);
	buf_done(&c->notes);
	arena_done(&c->arena);
}
