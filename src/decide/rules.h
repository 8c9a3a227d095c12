/* SPDX-License-Identifier: Apache-2.0
 *
 * Compiled rules, between the files of this room: cond.c and compile.c make them, match.c asks them.
 *
 * A condition is one test of one thing of the record. A rule matches if all of its conditions hold and none
 * of its groups (entries of "not") holds as a whole; within a condition the values are alternatives. A thing
 * that the record does not have fulfils no condition.
 *
 * Before any condition is tried, five things that every record has (type, severity, label, way of finding,
 * criticality) each choose the set of rules that can match it at all; only what is in all five sets is tried,
 * so a rule costs nothing for the records that it does not mean.
 */
#pragma once

#include "decide/decide.h"

/* What a condition asks: a field by its number, then the answers of the look-up, then names of the sender's
 * own, which are numbered per set of rules. */
enum what {
	WHAT_ATTR = FIELD_END,
#define ATTR(symbol, name, kind, about) WHAT_##symbol,
#include "decide/attrs.tbl"
#undef ATTR
	WHAT_EXTRA, /* + number */
};
#define RULES_EXTRAS 64
#define WHAT_END (WHAT_EXTRA + RULES_EXTRAS)

/* In order of what they cost. */
enum cond_kind {
	COND_MASK,    /* a small number of the row is in a set of 64 */
	COND_NUMBER,  /* lies in one of some ranges */
	COND_COUNTRY, /* two letters are among some */
	COND_ADDRESS, /* lies in one of some prefixes */
	COND_NAME,    /* is one of some names or below it */
	COND_TEXT,    /* is one of some texts, ignoring case */
	COND_NETWORK, /* a prefix lies in one of some prefixes */
	COND_LIST,    /* one of the pieces between commas is one of some texts */
};

struct range {
	double low, high; /* both belong to it */
};

/* A prefix as it is compared: two words and which bits count. */
struct net {
	uint64_t bits[2], mask[2];
	uint8_t len;
};

struct cond {
	uint16_t what;
	uint8_t kind;   /* enum cond_kind */
	uint8_t sieved; /* told by the sets of rules already */
	uint8_t slot;   /* the value is what stands in this slot and nothing else; 0: see match.c */
	uint32_t n;
	union {
		uint64_t mask;
		const struct range *ranges;
		const struct net *nets;
		const struct str *texts; /* lower case */
		const uint16_t *countries;
	};
	/* for people */
	struct str name, wanted; /* as written; wanted: the first value, cut */
	unsigned line, column;
};

struct group {
	struct cond *conds;
	uint32_t n;
};

/* Things with fewer than 64 values by which rules are chosen. */
enum sieve { SIEVE_TYPE, SIEVE_SEVERITY, SIEVE_TLP, SIEVE_HOW, SIEVE_CRITICALITY, SIEVES };
#define SIEVE_VALUES 64

enum notify { NOTIFY_UNSET, NOTIFY_OWNER, NOTIFY_NOBODY };

#define RULE_REPEAT 8

struct rule {
	uint64_t needs;     /* bit i: slot i must be filled, or no condition on it holds (slots below 64) */
	struct cond *conds; /* cheapest first; the sieved at the end, ntried without them */
	uint32_t nconds, ntried;
	struct group *nots;
	uint32_t nnots;
	uint32_t within, call;  /* seconds; 0: not said */
	uint64_t can[SIEVES];   /* bit i: can match value i */
	uint8_t notify;         /* enum notify */
	uint8_t person;         /* needs: person */
	uint8_t severity, rank; /* 0: not said */
	uint8_t label;
	uint8_t digest_day;
	uint8_t everything; /* if: {} */
	uint16_t digest_minute;
	uint8_t nrepeat;
	enum field repeat[RULE_REPEAT];
	uint32_t after; /* seconds, 0: not again */
	uint8_t escalate;
	uint32_t ack_by;    /* seconds; 0: not said */
	struct str request; /* what is asked of the team of the source's country; empty: nothing */
	struct str name, file;
	unsigned line, column;
};

/* Which rules a value can still satisfy, by the bucket that it falls into (hints.c). */
#define HINTS 8
#define HINT_BUCKETS 256
struct hint {
	uint16_t what;
	uint8_t kind, slot;
	uint64_t *asks; /* [words]: rules with a condition on it */
	uint64_t *can;  /* [bucket * words], two more than HINT_BUCKETS */
};

struct rules {
	struct arena arena;
	struct rule *rules;
	uint32_t n;
	bool requests;           /* one of them asks something of another CERT */
	uint32_t words;          /* of a set of rules */
	uint64_t *sieve[SIEVES]; /* [value * words]: the rules that can match this value */
	unsigned nhints;
	struct hint hints[HINTS];
	uint8_t slot[FIELD_END]; /* of a field in the row's var part that decisions ask; 0: none */
	uint64_t *exploited;     /* year << 32 | number of a CVE, ascending */
	uint32_t nexploited;
	unsigned nslots; /* slot 0 stays empty; extras behind the fields */
	struct str extras[RULES_EXTRAS];
	unsigned nextras;
	uint8_t extra_slot[RULES_EXTRAS];
};

#define RULES_MAX 4096    /* in all files */
#define RULES_VALUES 4096 /* of one condition */
#define RULES_FILES 1024
#define RULES_SLOTS (FIELD_END + RULES_EXTRAS + 1)

/* ---- cond.c --------------------------------------------------------------------------------------- */

struct conf;
struct compile {
	struct rules *rules;
	struct buf *faults; /* one line each */
	unsigned nfaults;
};
/* Notes what e says as a line of the faults. */
void compile_fault(struct compile *c, const struct err *e);
struct rule_list {
	struct rule *v;
	size_t n, cap;
};
/* One entry of "if" (not "not"). False with a fault noted if it is not good. */
bool cond_compile(struct compile *c, const struct conf *entry, struct cond *ret);

/* ---- hints.c -------------------------------------------------------------------------------------- */

/* After slots are given. */
void hints_give(struct rules *r);

/* ---- rule.c --------------------------------------------------------------------------------------- */

/* One entry of a file. It is added even if faults were noted, so that they are all found. */
void rule_make(struct compile *c, const struct conf *at, struct str file, struct rule_list *list);

/* ---- match.c -------------------------------------------------------------------------------------- */

/* What holds for all rows of a batch. */
struct facts {
	const struct decide_args *args;
	const struct rules *rules; /* never NULL */
	const struct batch *b;
	struct decide_feed feed;
	uint32_t last_id;             /* of the values that somebody asks, the highest */
	uint8_t key_slot[BATCH_KEYS]; /* slot of a name of the sender's own, 0: nobody asks */
};
/* One row, and what is found out about it on the way. */
struct look {
	const struct facts *f;
	const struct batch_row *row;
	const struct know_leaf *leaf;     /* of the source's address, NULL: none */
	const struct know_leaf *dst_leaf; /* looked up when first asked */
	bool dst_asked;
	struct know_leaf merged; /* what the parts of source.network have in common */
	struct know_answer whose;
	const struct know_owner *owner; /* NULL: none */
	const struct know_asset *asset;
	enum tlp tlp;
	bool unlabelled; /* neither the record nor the feed says */
	enum severity severity;
	uint64_t filled;              /* bit i: slot i has a value (slots below 64) */
	struct str slot[RULES_SLOTS]; /* values of the var part; only the first nslots are set */
};
/* True if the record names a vulnerability that is known to be exploited. */
bool look_exploited(const struct look *l);
/* Fills slot from the row's var part. */
void look_values(struct look *l);
/* The value of a field with a slot. */
static inline struct str look_slot(const struct look *l, enum field id)
{
	return l->slot[l->f->rules->slot[id]];
}
/* Of a set of rules (64 of them, the number of the word given) those that the row's values do not rule out.
 */
uint64_t hints_apply(const struct look *l, uint64_t set, uint32_t word);
/* Number of the rule that decides, from 1; 0: none. */
uint32_t match_first(struct look *l);
bool match_cond(struct look *l, const struct cond *c);
/* What the record has there, as text; p is NULL if it is not there. buf has 64 bytes. */
struct str look_text(struct look *l, unsigned what, char *buf);

/* ---- key.c ---------------------------------------------------------------------------------------- */

/* How two findings of a type are told apart (classes.tbl). */
enum key_form { KEY_SERVICE, KEY_SYSTEM, KEY_PAGE, KEY_ACCOUNT, KEY_END };
struct class_row {
	enum severity severity;
	enum key_form key;
};
extern const struct class_row class_table[TYPE_END];
extern const char *const key_form_about[KEY_END];
void decide_key(const struct look *l, const struct rule *rule, uint8_t ret[16]);
/* Fields that keys are made of have slots in every set of rules. */
extern const enum field key_fields[];
extern const unsigned nkey_fields;

/* ---- decide.c ------------------------------------------------------------------------------------- */

/* Sets up what holds for the batch; row by row then: owner, label, severity. */
void look_batch(struct facts *f, const struct decide_args *args, const struct batch *b);
void look_row(
        struct look *l, const struct facts *f, const struct batch_row *row, const struct know_leaf *leaf);
