/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside the core: struct core and how one receipt is read (core_read.c).
 */
#pragma once

#include "base/log.h"
#include "proc/channel.h"
#include "proc/core.h"
#include "proc/intake.h"
#include "proc/tls.h"
#include "see/keep.h"
#include "see/see.h"

struct core {
	struct log log;
	struct node *node;
	int desk;
	int readers;       /* where a reader for each report is asked for */
	int post;          /* -1: no connection is opened */
	bool post_files;   /* letters stay files: no mail server is named, or another system sends */
	uint64_t alerting; /* message of an alert that is on its way; 0: none */
	uint64_t replying; /* mail of a case that is on its way; 0: none */
	struct core_reply *reply;
	struct sign_job *record; /* of a case, at the pgp process; NULL: none */
	int64_t record_at;       /* os_now: when old texts of records are looked for */
	int64_t alert_at;        /* os_now: when causes of alerts are looked for */
	uint32_t mail_trying;    /* the desk's question to try the mail server; 0: none */
	bool post_synced;
	uint32_t post_sync; /* number of the last question */
	/* the server's answer about a letter, which the disk had no room for yet; receipt 0: none */
	struct channel_message answer;
	int signals; /* signalfd: SIGTERM asks to stop */
	bool stopping;
	unsigned bulk;  /* bulk receipts being read: 0 or 1 */
	unsigned depth; /* receipts being read, one inside the other */
	int fetch;      /* -1: nothing is fetched */
	bool fetch_synced, fetching;
	uint32_t fetch_sync;
	int64_t fetch_at; /* os_ticks: when feeds are looked at again */
	uint32_t trying;  /* the desk's question to try a feed; 0: none */
	bool try_sent;
	char try_feed[128];
	int door;         /* -1: others reach nothing */
	struct db *shelf; /* NULL: there is no door */
	int64_t sweep_at; /* os_now: when what is over leaves the shelf */
	int pgp;          /* -1: there is no OpenPGP home */
	int64_t started;  /* os_now: tells this core from others */
	bool pgp_synced;
	uint32_t pgp_sync;
	struct core_opening *openings;
	int64_t work_at;    /* os_now: when letters are to be looked at */
	int64_t case_at;    /* os_now: when cases are looked at again */
	int64_t again_at;   /* os_now: when findings are looked at again */
	int64_t right_at;   /* os_now: when contacts are */
	bool dry_run;       /* no connection is opened */
	int64_t full_until; /* os_ticks: the disk was full, nothing is read before */
	bool full_said;
	uint64_t told;   /* the end of the log of changes, as the desk knows it */
	int64_t tell_at; /* os_ticks: not told again before */
	struct keep *keep;
	int64_t keep_at; /* os_now: when days are looked at again */
	struct core_link *link;
	int64_t drop_at;      /* os_ticks: when in/ is looked at again */
	bool grown;           /* a large report was read since memory was last given back */
	int64_t move_at;      /* os_ticks: when the WAL is moved into the databases again */
	struct buf drop_said; /* the complaints of last time, which are not repeated */
	bool looking;         /* at the first part of a report on its way in (core_look.c) */
};

/* Reads one receipt to its end. 0: done or set aside, 1: no reader was sure of it and that was asked for, CORE_LATER:
 * it stays open, negative: the process must end. budget NULL: it is no part. */
#define CORE_LATER 2
/* The same for one that is to be read again from the bytes that are kept. */
int core_read_again(struct core *c, uint64_t receipt, struct err *e);
/* Gives memory back that a large report needed. */
void core_rest(struct core *c);
/* The bytes of a receipt as a file without a name. A descriptor, or ERR_MISSING, ERR_FORMAT (they are damaged), ERR_LIMIT
 * (there is no room, or the node is stopping), ERR_SYS. wake is called now and then. */
int core_restore(struct core *c, const struct receipt *r, void (*wake)(void *arg), void *arg, struct err *e);
int core_read(struct core *c, uint64_t receipt, struct intake_budget *budget, unsigned depth, struct err *e);
/* Looks at the first part of a report that is still on its way in, and answers the desk. fd stays the caller's. */
void core_look(struct core *c, const struct channel_message *m, int fd);
/* Nothing is read for a while, and why. receipt 0: about none. */
void core_full(struct core *c, uint64_t receipt, const char *sentence);
/* The node, when the core starts; ready: hears of tables that are to be changed. After an error there is none. */
int core_open(struct core *c, const struct serve_options *o, int ready, struct err *e);
/* True once the supervisor has asked it to end. */
bool core_stopping(struct core *c);
/* Letters to the post and its answers. 0 or a code of the disk. */
void core_post_start(struct core *c);
int core_post(struct core *c, struct err *e);
/* The desk asks whether the mail server can be reached: answered once the post has tried. */
void core_mail_try(struct core *c, const struct channel_message *m);
void core_fetch_start(struct core *c);
int core_fetch(struct core *c, struct err *e);
/* The desk asks what would come of fetching a feed: answered once the fetch process has tried. */
void core_fetch_try(struct core *c, const struct channel_message *m);
/* The door's questions, pages that are to be drawn, and the shelf. 0 or a code of the disk. */
int core_door_start(struct core *c, const struct pages_plan *outside, struct err *e);
int core_door(struct core *c, struct err *e);
void core_door_end(struct core *c);
/* The desk has counted the country's figures. */
int core_figures(struct core *c, struct str bytes, struct err *e);
/* Letters to the pgp process and back. 0 or a code of the disk. */
void core_pgp_start(struct core *c);
int core_pgp(struct core *c, struct err *e);
#define CORE_PROVEN 96
/* Opens what is encrypted in a receipt's bytes, into out, and waits for it. 0, ERR_DENIED: there is no key, ERR_VALUE: it
 * is damaged, ERR_SYS: it may work another time. proven: what was proven of who signed it, as message.proven; NULL: nobody
 * asks. */
int core_pgp_open(struct core *c, uint64_t receipt, int in, int out, char proven[CORE_PROVEN], struct err *e);
/* The first bytes of in are a signature over the rest. The same codes; 0 whatever was proven. */
int core_pgp_verify(
        struct core *c, uint64_t receipt, int in, size_t signature, char proven[CORE_PROVEN], struct err *e);
/* core_mail.c. A mail of a person: what is encrypted in it is opened and read as it was (by read, in a jail), and its signature is
 * checked. fd: its bytes. */
struct message;
void core_mail_prove(struct core *c, uint64_t receipt, int fd, struct message *m,
        void (*read)(void *arg, int fd, struct message *ret), void *arg);
/* Bytes of mails that are to be kept whole become files of their cases. 0 or a code of the disk. */
int core_mail_keep(struct core *c, struct err *e);
/* Statements: the keeper, the reader of bodies, the dialler. 0 or a code of the disk. core_link_ms: when it wants to be called
 * again, at most limit. */
void core_link_start(struct core *c, const struct core_pairs *pairs);
int core_link(struct core *c, struct err *e);
int core_link_ms(const struct core *c, int limit);
void core_link_end(struct core *c);
/* Somebody has changed something: the table of parties is read again. */
void core_link_changed(struct core *c);
/* Our clock was set: what peers said of theirs is forgotten, and asked again. */
void core_hello_again(struct core *c);
/* While our clock is doubtful for what peers have said: do those that are still linked, and were heard lately, say so? */
void core_hello_look(struct core *c);
/* A call of a peer at the door. 0 or a code of the disk. */
int core_peer(struct core *c, const struct channel_message *m, int fd, struct err *e);
/* A courier may be wanted. */
void core_courier_soon(struct core *c);
/* Something may wait for peers: those who hold a call open are told. */
void core_peer_news(struct core *c);
/* Descriptors on which something may come: 3 of them. */
void core_link_fds(const struct core *c, int fd[2]);
/* Cases out of mails and of what rules wish, and who is called since nobody has taken one on. 0 or a code of the disk. */
int core_cases(struct core *c, struct err *e);
/* The list of the self-assessment, as rows; or whether the one of that country may be read. */
int core_sim3(struct core *c, struct err *e);
/* 0 if a core that starts now has a configuration that it can read; else a sentence. */
int core_could_start(struct core *c, struct err *e);
/* A reload that somebody has asked for: the core ends if the configuration is good, and the audit says what came of it. */
int core_reload(struct core *c, struct str person, struct buf *said, struct err *e);
int core_sim3_check(struct core *c, struct country *now, struct err *e);
/* What has come due: letters. Between transactions only. */
void core_work(struct core *c);
/* What the desk asks meanwhile, and small reports while a large one is read. */
void core_wake(struct core *c);
/* Who wants the core while a reader is waited for. */
void core_wake_fds(const struct core *c, int fd[INTAKE_WAKES]);
