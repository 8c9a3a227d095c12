/* SPDX-License-Identifier: Apache-2.0
 *
 * What the core says to desk, post, fetch and pgp, and they to it: messages of one size over a SOCK_SEQPACKET pair. The supervisor holds
 * both ends, so that either may be restarted and what was said waits. Each question carries a number that its
 * answer repeats; the desk asks again after HELLO, and a token makes sure that nothing is done twice.
 */
#pragma once

#include "base/err.h"

enum channel_verb {
	CHANNEL_NONE,
	/* from the core */
	CHANNEL_HELLO,   /* it has started */
	CHANNEL_ANSWER,  /* id, code, receipt, same; text: a sentence, or all of it in a descriptor */
	CHANNEL_DONE,    /* receipt: it has ended, with all its parts */
	CHANNEL_CHANGED, /* size: the log of changes (state/changes.h) stands there; several are said as one */
	/* from the desk */
	CHANNEL_TAKE,   /* a delivery lies in the spool */
	CHANNEL_CHANGE, /* name: of the change; text: its parameters; size not 0: they lie in the spool */
	CHANNEL_LOOK,   /* id; name, feed: of a report on its way in; a descriptor: its first
	                   part; code 1: whose the places are is not said. Answered by LOOKED: code: 0 and text: JSON, ERR_LIMIT: not now, ERR_VALUE: it came to nothing */
	CHANNEL_LOOKED,
	CHANNEL_OWNERS, /* a register of owners lies in the spool; name: of its file; text: its parameters */
	/* core and post */
	CHANNEL_SYNC, /* id: what comes back once all before it has been done */
	CHANNEL_SEND, /* receipt: the letter; sha256; name: recipient; its bytes are a descriptor */
	CHANNEL_SENT, /* receipt: the letter; code of SMTP, 0: the server was not reached; text: its words */
	/* core and fetch */
	CHANNEL_FETCH, /* feed; text: "ETAG\nLAST-MODIFIED" of what is there; size: when it was good last */
	CHANNEL_FETCHED, /* feed; code: 200, 304, or 0 and text: a sentence; token, size, sha256: bytes in the spool;
	                    name: of the file; text: "ETAG\nLAST-MODIFIED". 207: of a source with many reports,
	                    text: what went wrong with some of them */
	/* One report of many. The core answers each with ANSWER, or with SYNC if it is another one by then. */
	CHANNEL_OFFER, /* feed, token; text: what its source calls it. code: 0 is wanted, 1 was accepted before */
	CHANNEL_ITEM,  /* the same, with name, size, sha256 of its bytes in the spool. code: 0 is accepted */
	CHANNEL_TRY,   /* feed */
	CHANNEL_TRIED, /* feed; code: 0 or an err_code; text: sentences, one a line */
	/* core and pgp; SYNC has in size when the core started */
	CHANNEL_PGP_PROTECT, /* receipt: the letter; size: of the job; name: whose key it is encrypted to, or empty; two
	                        descriptors: what is to be protected, and where the result goes */
	CHANNEL_PGP_OPEN,   /* receipt: of the encrypted bytes; size: of the job; the same two descriptors */
	CHANNEL_PGP_VERIFY, /* the same; the first holds a signature, code bytes long, and what it is over */
	CHANNEL_PGP_RECORD, /* receipt: the record of a case; size: of the job; the same two descriptors: a text, and where it
	                       goes, signed in the clear */
	CHANNEL_PGP_DONE, /* receipt, size: of the job; code: 0, ERR_DENIED: a key is missing or no longer good, ERR_VALUE:
	                     the bytes are at fault, ERR_SYS: it may work another time; text: a sentence; name: of the
	                     digest that a signature is over ("pgp-sha256"); of OPEN and VERIFY what was proven of who wrote it, a
	                     word of message.proven */
	/* core and keeper; bytes in a descriptor, at most 8 KiB */
	CHANNEL_KEEP,       /* id, receipt: a head to sign */
	CHANNEL_KEEP_LOG,   /* id: a text; token: id of the log key */
	CHANNEL_KEEP_SHARE, /* id: key id and share, for opening a courier file */
	CHANNEL_KEEP_KEYS,  /* id: which keys there are */
	CHANNEL_KEPT, /* id, receipt; code: enum keeper_answer; sha256, size: id and seq of what was signed, or the shared
	                 secret; text: the signature as hexadecimal digits, or lines "sign HEX" */
	/* core and bodies; size, text: JSON or items; what is longer comes and goes in two descriptors */
	CHANNEL_BODY,      /* id */
	CHANNEL_BODY_READ, /* id; code: 1 items, 0 no good JSON and name: why, -1 there was no room */
	/* core and dialler */
	CHANNEL_DIAL, /* id; feed: method; name: address; text: pins, then lines of headers; code: seconds that the peer
	                 may take longer; a descriptor: body */
	CHANNEL_DIALLED, /* id; code: HTTP status, 0: not reached, and name: a sentence; text: lines of headers "Weir-...",
	                    "Retry-After"; a descriptor: body */
	/* door and core */
	CHANNEL_PEER, /* id; sha256: key of the certificate; feed: method; name: path; text: query; person: header Range, or
	                 Content-Range of PUT; a descriptor: body. Answered by ANSWER: code: HTTP status; text: lines of
	                 headers; size 1: a queue is empty; a descriptor; via "file": it is one, and receipt and size say
	                 which bytes of it */
	CHANNEL_PEER_NEWS, /* sha256: something has come for who holds that key */
	CHANNEL_FIGURES,   /* text: the country's figures for everyone, as JSON */
	/* door to core, answered by ANSWER */
	CHANNEL_ANSWERED, /* name: what stands in the link behind /answer/; token; text: lines "12=fixed", "all=...", "words=..." */
	CHANNEL_VERBS
};

/* Of a person whom the desk knows by his number on this machine alone: "uid 1000". */
#define CHANNEL_UID "uid "

struct channel_message {
	uint32_t verb, id;
	int32_t code; /* ANSWER: 0, enum see_accept, or an err_code */
	uint32_t zero;
	uint64_t receipt, size;
	uint8_t token[16], sha256[32];
	char feed[128], name[1024], person[64], via[16]; /* NUL-terminated */
	char text[6144];
};

/* 0 or ERR_SYS; wait false: what the other side has no room for is ERR_LIMIT. */
int channel_send(int sock, const struct channel_message *m, bool wait, struct err *e);
/* The same with a descriptor; fd -1: none. */
int channel_send_fd(int sock, const struct channel_message *m, int fd, bool wait, struct err *e);
/* The same with two. */
int channel_send_two(int sock, const struct channel_message *m, const int fd[2], bool wait, struct err *e);
/* 1, 0 if there is nothing (wait false) or the other side is gone, negative: a message of another form. All
 * texts of *ret end in NUL. */
int channel_receive(int sock, struct channel_message *ret, bool wait, struct err *e);
/* The same; *ret_fd: a descriptor that came with it, the caller's, or -1. */
int channel_receive_fd(int sock, struct channel_message *ret, int *ret_fd, bool wait, struct err *e);
/* The same; fd: two descriptors, the caller's, each -1 if it did not come. */
int channel_receive_two(int sock, struct channel_message *ret, int fd[2], bool wait, struct err *e);
/* As channel_receive does not wait, but the message stays for the next one who looks; channel_drop takes it away, of any form. So one whose
 * work is written down in between is not lost with the process: whoever starts next finds it again. */
int channel_peek(int sock, struct channel_message *ret, struct err *e);
void channel_drop(int sock);
/* Copies as much as there is room for, with a NUL. */
void channel_put(char *to, size_t size, struct str from);
/* Whom the desk knows by his number (CHANNEL_UID) gets the name that he has on this machine now, if he has one. */
void channel_name(struct channel_message *m);
