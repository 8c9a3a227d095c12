/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/keeper.h"

#include "base/log.h"
#include "base/os.h"
#include "proc/channel.h"
#include "proc/memory.h"
#include "proc/reach.h"
#include "proc/sandbox.h"
#include "see/country.h"
#include "trust/keeper.h"
#include <unistd.h>

struct keeping {
	struct log log;
	struct keeper *keeper;
	int core;
};

/* One line for each key: "sign BASE64". The core tells people, who give them to the root. */
static void tell_keys(struct keeping *k, uint32_t id)
{
	struct channel_message a = {.verb = CHANNEL_KEPT, .id = id};
	auto_buf struct buf lines = {0};
	char hex[65];

	for (unsigned i = 0; keeper_key(k->keeper, i) != NULL; i++) {
		str_hex_print(hex, keeper_key(k->keeper, i)->public_key, 32);
		buf_printf(&lines, "%s %s\n", key_use_name(keeper_key(k->keeper, i)->use), hex);
	}
	channel_put(a.text, sizeof(a.text), buf_str(&lines));
	(void)channel_send(k->core, &a, true, NULL);
}

/* The signature goes back as hexadecimal digits; what was refused goes back with why. */
static void answer(struct keeping *k, const struct channel_message *m, struct str bytes)
{
	struct channel_message a = {.verb = CHANNEL_KEPT, .id = m->id, .receipt = m->receipt};
	struct keeper_signed s = {0};
	struct err e = {0};

	if (m->verb == CHANNEL_KEEP_LOG) {
		a.code = keeper_sign_log(k->keeper, m->token, bytes, s.signature) ? KEEPER_SIGNED
		                                                                  : KEEPER_REFUSED;
	} else if (m->verb == CHANNEL_KEEP_SHARE) {
		uint8_t shared[32];
		bool good = bytes.len == KEY_ID + 32 &&
		        keeper_share(k->keeper, (const uint8_t *)bytes.p, (const uint8_t *)bytes.p + KEY_ID,
		                shared);
		a.code = good ? KEEPER_SIGNED : KEEPER_REFUSED;
		if (good)
			memcpy(a.sha256, shared, 32);
	} else {
		a.code = keeper_sign(k->keeper, bytes, &s, &e);
		memcpy(a.sha256, s.id, DIGEST_LEN);
		a.size = s.seq;
	}
	if (a.code < 0) {
		log_say(&k->log, LOG_ERR, "%s", e.text);
		_exit(1);
	}
	str_hex_print(a.text, s.signature, STATEMENT_SIGNATURE);
	(void)channel_send(k->core, &a, true, NULL);
}

static void hear(struct keeping *k, const struct channel_message *m, int fd)
{
	auto_buf struct buf bytes = {0};
	struct err e = {0};

	if (m->verb == CHANNEL_KEEP_KEYS)
		tell_keys(k, m->id);
	else if (m->verb != CHANNEL_KEEP && m->verb != CHANNEL_KEEP_LOG && m->verb != CHANNEL_KEEP_SHARE)
		return;
	else if (memory_read(fd, STATEMENT_HEAD_MAX, &bytes, &e) == 0)
		answer(k, m, buf_str(&bytes));
	else
		log_say(&k->log, LOG_ERR, "the core: %s", e.text);
}

/* Its folder, and what libraries look up; the configuration was read before. */
static int close_off(const char *folder, struct err *e)
{
	struct reach *files = reach_new();

	reach_add(files, folder, REACH_READ | REACH_WRITE | REACH_REMOVE);
	int rc = reach_close(files, e);
	reach_free(files);
	return rc < 0 ? rc : sandbox_process(SANDBOX_READERS, e);
}

/* k->keeper stays NULL where no country is set: a node that is nobody signs nothing. */
static int start(struct keeping *k, const struct serve_options *o, struct err *e)
{
	struct country country;
	char folder[4096], party[PARTY_ID + 1];

	snprintf(folder, sizeof(folder), "%s/keys", o->state);
	int rc = country_open(&o->paths, &country, e);
	if (rc != 0)
		return rc;
	snprintf(party, sizeof(party), "%.*s", STR_ARG(country.party));
	country_done(&country);
	rc = os_folder(folder, e);
	if (rc == 0)
		rc = close_off(folder, e);
	if (rc != 0 || party[0] == 0)
		return rc;
	return keeper_open(folder, str_from(party), &k->keeper, e);
}

int keeper_main(const struct serve_options *o, int core)
{
	struct keeping k = {.log = {o->log, "keeper"}, .core = core};
	struct channel_message m;
	struct err e = {0};
	int rc, fd;

	if (start(&k, o, &e) != 0) {
		log_say(&k.log, LOG_ERR, "%s", e.text);
		return 1;
	}
	(void)channel_send(core, &(struct channel_message){.verb = CHANNEL_HELLO}, true, NULL);
	while ((rc = channel_receive_fd(core, &m, &fd, true, &e)) != 0) {
		/* the core knows of a country: the next process does, too */
		if (rc > 0 && k.keeper == NULL)
			return 0;
		if (rc > 0)
			hear(&k, &m, fd);
		else
			log_say(&k.log, LOG_ERR, "the core: %s", e.text);
		os_close_fd(&fd);
	}
	keeper_close(k.keeper);
	return 0;
}
