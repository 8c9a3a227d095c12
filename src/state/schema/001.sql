-- SPDX-License-Identifier: Apache-2.0
--
-- state.db of a node. Times are microseconds since 1970-01-01 UTC. Words (class, severity, label, state) are
-- those of the tables in src/event and below. What has a number of its own is never numbered again: ids rise.

create table meta(
	key text primary key,
	value any
) strict, without rowid;

-- What deciding was done with: a generation of owners and networks, and a set of rules. Events carry both
-- numbers, so that "why" can say what was known then.
create table generation(
	id integer primary key,
	sha256 blob not null,      -- of the inputs: names, sizes and times
	built integer not null,
	prefixes integer not null default 0,
	owners integer not null default 0
) strict;
create table ruleset(
	id integer primary key,
	sha256 blob not null unique,
	loaded integer not null
) strict;
create table rule(
	ruleset integer not null references ruleset,
	number integer not null,   -- as in a verdict, from 1
	name text not null,
	file text not null,
	line integer not null,
	primary key (ruleset, number)
) strict, without rowid;

create table owner(
	id integer primary key,
	ref text not null unique,  -- the owner's id in the register: "bank-of-x"
	name text not null,
	sector text not null default ''
) strict;

-- Whom to write to, one row per owner and address. Letters that come back mark it as broken.
create table contact(
	id integer primary key,
	owner integer not null references owner,
	email text not null,
	language text not null,    -- BCP 47
	broken integer,            -- since then
	unique (owner, email)
) strict;

-- A delivery: source S delivered bytes B at time T. A part of an archive or a mail is a receipt of its own.
create table receipt(
	id integer primary key,
	token blob not null unique,          -- 16 bytes that the deliverer chose: asked twice, taken once
	parent integer references receipt,
	part integer,                        -- its number in the parent, from 1
	root integer not null,               -- the delivery it came with; its own id if it has no parent
	day integer not null,                -- day/ file with its bytes and events: 20260105
	received integer not null,
	done integer,
	feed text not null default '',       -- conf/feeds/NAME.yaml
	name text not null,                  -- as the sender named it
	path text not null,                  -- with the names of what it came in
	person text not null default '',     -- who delivered it
	via text not null,                   -- take, spool, part, fetch, mail
	sha256 blob not null,
	size integer not null,
	lane text not null check (lane in ('interactive', 'bulk')),
	state text not null default 'accepted' check (state = 'accepted' or state = 'reading' or state = 'done' or state = 'aside'),
	sure integer not null default 0,     -- only read if a reader is sure of it (attachments of a mail)
	reader text not null default '',
	edition integer not null default 0,  -- of its events; rises when it is read again
	raw integer not null default 0,      -- pieces of its bytes in the day's file
	chunks integer not null default 0,   -- committed
	settled integer not null default 0,  -- findings whose last-seen has been moved, in the order of their ids
	attempts integer not null default 0, -- readings that were cut off since the last progress
	records integer not null default 0,  -- = with_events + asides + none
	with_events integer not null default 0,
	asides integer not null default 0,
	none integer not null default 0,
	events integer not null default 0,
	new_findings integer not null default 0,
	sentence text not null default '',   -- why it was set aside
	unique (parent, part)
) strict;
create index receipt_open on receipt(lane, id) where state in ('accepted', 'reading');
create index receipt_same on receipt(sha256);

-- A problem at an owner: one row per owner, class, what and where. The key (decide_key) is found in memory,
-- where all of them are; an index over random keys would cost ten times as much as the row.
create table finding(
	id integer primary key,
	key blob not null,
	owner integer not null references owner,
	class text not null,                 -- classification.type
	ident text not null default '',      -- classification.identifier
	malware text not null default '',
	place text not null default '',      -- address, name, URL or account
	port integer not null default 0,
	first integer not null,              -- seen
	last integer not null,
	events integer not null default 0,
	receipts integer not null default 0,
	last_root integer not null default 0, -- the delivery that showed it last
	receipt integer not null,            -- the first that showed it
	event integer not null,              -- the first that showed it
	severity text not null,
	criticality integer not null default 0,
	label text not null,
	decision text not null,
	ruleset integer not null,
	rule integer not null,               -- number in the ruleset, 0: none
	contacts integer not null default 0, -- bits, as in a verdict
	due integer,                         -- by when somebody must be told
	told integer,                        -- when a mail server last took a letter about it
	state text not null default 'open' check (state = 'open' or state = 'told' or state = 'told-again' or state = 'quiet' or state = 'closed'),
	closed integer,
	why text check (why = 'gone' or why = 'fixed' or why = 'false-positive' or why = 'accepted-risk'),
	person text not null default ''
) strict;
create index finding_owner on finding(owner, state);

-- The feeds of the folder, written at each start, and how fetching goes.
create table feed(
	name text primary key,               -- conf/feeds/NAME.yaml
	title text not null,
	kind text not null,                  -- log, snapshot, delta
	enabled integer not null,
	fetched integer not null,            -- it has a URL that the node fetches
	cadence integer not null,            -- seconds; 0: not said
	next integer not null default 0,     -- when it is fetched again
	tried integer,
	good integer,                        -- when the server last gave it, or said that it is the same
	receipt integer references receipt,  -- what came last
	etag text not null default '',       -- for the question whether it is new
	modified text not null default '',
	failures integer not null default 0, -- since it was good
	sentence text not null default ''    -- what went wrong last
) strict, without rowid;

-- What the newest report of a feed that lists all there is (snapshot) has shown: what the next one lacks is gone.
create table snapshot(
	feed text not null,
	finding integer not null references finding,
	root integer not null,     -- the delivery
	primary key (feed, finding)
) strict, without rowid;

-- A letter to a contact about findings of one class. It is opened when the first of them is decided, with the
-- number and the Message-ID that it keeps; more are added until it is sealed; then its bytes never change.
create table notice(
	id integer primary key,
	ticket text not null unique,
	message_id text not null unique,
	contact integer not null references contact,
	class text not null,
	digest integer not null default 0,   -- 0: at once; else 1 + minute of the week (or of the day, from 10081 on)
	label text not null default '',      -- the strictest of its findings, once it is sealed
	state text not null default 'due' check (state = 'due' or state = 'held' or state = 'ready' or state = 'sent' or state = 'refused' or state = 'withdrawn'),
	opened integer not null,
	send_at integer not null,            -- not sealed before
	act_by integer,                      -- the earliest deadline of its findings
	last_receipt integer not null,       -- while it is being read, the letter waits
	findings integer not null default 0,
	sealed integer,
	sent integer,
	sha256 blob,                         -- of letters/TICKET.eml
	clearance integer references clearance,
	tries integer not null default 0,
	next_try integer,
	answer text not null default ''      -- the mail server's last words
) strict;
create index notice_open on notice(contact, class, digest) where state = 'due';
create index notice_work on notice(send_at) where state in ('due', 'ready');
create table notice_item(
	notice integer not null references notice,
	finding integer not null references finding,
	receipt integer not null,            -- the event that the letter shows
	event integer not null,
	primary key (notice, finding)
) strict, without rowid;
create index notice_item_finding on notice_item(finding);

-- What may leave, to whom, by which rule; and what was refused.
create table clearance(
	id integer primary key,
	at integer not null,
	object text not null,
	recipient text not null,
	label text not null,
	rule text not null,
	sha256 blob not null,
	until integer not null
) strict;
create table refusal(
	id integer primary key,
	at integer not null,
	object text not null,
	recipient text not null,
	label text not null,
	rule text not null
) strict;

-- Who did what; each row carries the digest of the one before.
create table audit(
	seq integer primary key,
	at integer not null,
	person text not null,
	verb text not null,
	object text not null,
	detail text not null,
	prev blob not null
) strict;
