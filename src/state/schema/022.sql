-- SPDX-License-Identifier: Apache-2.0
--
-- Parties, their keys and links, and the statements that they exchange. Times are microseconds since 1970-01-01 UTC but
-- for those that stand in heads and key lists, which are seconds as there. Ids and digests are 32 bytes, key ids 8.

create table party(
	id integer primary key,
	name text not null unique,            -- party id: "kh", "apcert.org"; our own too
	title text not null,                  -- for people
	kind text not null default 'national-cert', -- also ministry, provider, organisation, gate
	country text not null default '',     -- ISO 3166-1, two capitals
	language text not null default 'en',
	note text not null default '',
	role text not null default '' check (role in ('', 'cert', 'organiser', 'gate', 'mail')),
	link text not null default 'none' check (link in ('none', 'unverified', 'typed', 'linked', 'paused', 'ended')),
	why text not null default '',         -- of a pause or an end
	root blob,                            -- public root key of the link
	url text not null default '',         -- where it is reached; '': it dials out only
	list_number integer not null default 0,
	list_until integer not null default 0, -- seconds
	extended integer not null default 0,  -- seconds added to that by our administrator, after a call
	alarm text not null default '',       -- two lists under one number: no new list until people have spoken
	tries integer not null default 0,     -- voice numbers typed wrong; the third drops the link
	called text, found text, typed_by text, typed integer,
	confirmed_by text, confirmed integer,
	commands integer not null default 0,  -- gate: 1 we command it; cert on a gate: 1 it commands us
	per_minute integer not null default 1200, burst integer not null default 5000,
	day_bytes integer not null default 67108864, blob_bytes integer not null default 4294967296,
	aside_bytes integer not null default 16777216,
	email text not null default '', pgp text not null default '', -- role mail
	reached integer, reaches integer,     -- we reached it last, it reached us last
	clock integer,                        -- its clock less ours, seconds, at the last hello
	failed text not null default '', fails integer not null default 0, next integer not null default 0,
	kinds text not null default ''        -- of its last hello; '': not known
) strict;

-- Key lists as they came: of links and our own. The newest is the one that counts, all are kept.
create table key_list(
	id integer primary key,
	party text not null,
	number integer not null,
	note text not null,
	digest blob not null,                 -- SHA-256 of the text without signatures
	taken integer not null,
	unique (party, number)
) strict;
create table party_key(
	id integer primary key,
	party text not null,
	duty text not null check (duty in ('sign', 'log', 'seal', 'tls')),
	key blob not null,                    -- key id
	public blob not null,                 -- tls: the digest of the SPKI
	since integer not null, until integer not null, -- seconds
	revoked integer, word text,           -- seconds, and why
	unique (party, duty, key)
) strict;
create index party_key_tls on party_key(public) where duty = 'tls';

create table stream(
	id integer primary key,
	sender text not null,
	recipients text not null,             -- "kh mm vn"
	top integer not null default 0,       -- highest seq that is here
	forked integer not null default 0,
	unique (sender, recipients)
) strict;

-- Statements in the order in which they came here; ours too. n is the position in a peer's queue.
create table statement(
	n integer primary key autoincrement,
	id blob not null unique,
	stream integer not null references stream,
	seq integer not null,
	prev blob not null,
	sender text not null,
	kind text not null,
	case_id blob,                         -- null: none, or this one opens it
	reply blob,
	exercise text not null default '',
	tlp integer not null, pap integer not null,
	created integer not null, expires integer not null,
	head blob not null,
	signature blob,                       -- null: ours, and the keeper has not signed it yet
	content blob,                         -- null: erased
	verdict text not null,
	why text not null default '',         -- which member, in words
	effect integer not null,              -- 1: it has effect; 0: held, or its stream is forked
	released text,                        -- who gave a held one its effect
	received integer not null,
	carrier text not null default '',     -- the party that brought it; '' ours
	complete integer not null default 1,  -- all attachments are here
	receipt integer                       -- n of our receipt for it
) strict;
create index statement_stream on statement(stream, seq, prev);
create index statement_case on statement(case_id, n) where case_id is not null;
create index statement_reply on statement(reply) where reply is not null;
create index statement_held on statement(n) where effect = 0;
create index statement_unsigned on statement(n) where signature is null;
create index statement_kind on statement(kind, n);
create index statement_own on statement(sender) where kind = 'ack' or kind = 'group'; -- confirmed cards of groups
create index statement_meeting on statement(case_id, n) where kind = 'meeting';
create index statement_meeting_seq on statement(case_id, sender, seq) where kind = 'meeting';

create table attachment(
	id integer primary key,
	statement integer not null references statement,
	sha256 blob not null,
	size integer not null,
	name text not null, media text not null,
	here integer not null default 0,
	unique (statement, sha256)
) strict;
create index attachment_sha256 on attachment(sha256);

-- What goes to whom: a row for each recipient with a node. It waits until his signed receipt is here.
create table delivery(
	id integer primary key,
	statement integer not null references statement,
	party text not null,
	urgent integer not null,
	waits integer not null default 1,     -- 0: receipted, or of a kind that gets no receipt and was taken
	cleared integer,                      -- clearance; null: refused at the exit
	pushed integer, tries integer not null default 0,
	verdict text, complete integer, receipt integer, -- receipt: when the recipient says he had it, seconds
	read integer, acked integer, by text, -- times of his read and ack, and who
	unique (statement, party)
) strict;
create index delivery_waits on delivery(party, urgent desc, statement) where waits = 1;

-- Receipts that are to be made: gathered into statements by label and recipients.
create table receipt_due(
	id integer primary key,
	statement integer not null references statement,
	complete integer not null,
	at integer not null,                  -- seconds
	urgent integer not null,
	unique (statement, complete)
) strict;

-- What was refused, for inspection: 16 MiB a carrier, the oldest go first.
create table refused(
	id integer primary key,
	at integer not null,
	carrier text not null,
	sender text not null default '',
	statement blob,                       -- id, where it could be computed
	verdict text not null,
	size integer not null,
	bytes blob not null
) strict;
create index refused_carrier on refused(carrier, id);

-- A hole in a stream: asked for after 10 seconds, shown after a day.
create table gap(
	id integer primary key,
	stream integer not null references stream,
	since integer not null,
	first integer not null, last integer not null,
	asked integer,
	unique (stream, first)
) strict;

-- The log of this node: one row an entry. The tree over it is kept as tiles in files.
create table log_entry(
	n integer primary key,                -- from 0
	type integer not null,                -- 1 statement, 2 key list
	digest blob not null
) strict;
