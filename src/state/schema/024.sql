-- SPDX-License-Identifier: Apache-2.0
--
-- Cases: what is worked on with constituents and with other CERTs, a request among them. What parties say of a case is in
-- case_word, one row a writer, so that it does not matter in which order words come.

create table case_(
	id integer primary key,
	number text not null unique,              -- LA-2026-00042; of old tickets: what they were called
	kind text not null check (kind in ('incident', 'request', 'old')),
	ask text not null default '',             -- of a request: takedown-request ...
	title text not null,
	text text not null default '',            -- what it is about; of a request: what is asked
	severity text not null check (severity in ('c1', 'c2', 'c3', 'c4', 'c5', 'c6')),
	label text not null,
	pap text not null default 'AMBER',
	rsit text not null default '',
	state text not null,                      -- follows from case_word and case_member (link/case_state.c)
	direction text not null default '' check (direction in ('', 'ours', 'theirs')), -- who asks; empty: nobody, it is our own
	requester text not null default '',       -- party; empty: it is our own
	peer text not null default '',            -- the other party
	statement blob,                           -- id of the statement that opened it, 32 bytes
	their_ref text not null default '',       -- what the other side calls it
	opened integer not null,
	opened_by text not null,
	arrived integer,                          -- at who is to answer: due times count from here; null: it has not gone
	ack_due integer,
	status_due integer,
	ack_within integer,                       -- seconds that a rule has set instead of those of the severity
	reply_by integer,                         -- as was asked
	acked integer,                            -- when somebody there first took it on
	answered integer,                         -- when the first word came that says more than that
	ended integer,                            -- when it came to its end; null: it has not
	owner integer references owner,
	assigned text not null default '',        -- a person; empty: nobody has it
	held_until integer,
	held_why text not null default '',
	merged integer references case_,          -- goes on as that one
	exercise text not null default '',
	rule text not null default '',            -- that drafted it
	source text not null default ''           -- of an old ticket: the system that it is from
) strict;
create index case_state on case_(state, id);
create index case_due on case_(ack_due) where ended is null;
create index case_owner on case_(owner) where owner is not null;
create index case_peer on case_(peer) where peer <> '';
create index case_assigned on case_(assigned) where assigned <> '';
create index case_statement on case_(statement) where statement is not null;
create index case_drafted on case_(rule, peer) where rule <> '' and state = 'draft';

-- Who answers, and how far the request has come there.
create table case_member(
	case_ integer not null references case_,
	party text not null,
	stage integer not null default 0,         -- 0 draft, 1 queued, 2 delivered, 3 read: rises only
	primary key (case_, party)
) strict, without rowid;
-- The word of a writer that has the highest number; those before it have no effect any more.
create table case_word(
	case_ integer not null references case_,
	party text not null,
	seq integer not null,
	state text not null,
	reason text not null default '',
	redirect_to text not null default '',
	eta integer,
	at integer not null,
	primary key (case_, party)
) strict, without rowid;

-- Named persons: who sees a case that is TLP:RED.
create table case_person(
	case_ integer not null references case_,
	person text not null,
	primary key (case_, person)
) strict, without rowid;

-- All that was said and done, in one line of time.
create table case_entry(
	id integer primary key,
	case_ integer not null references case_,
	at integer not null,                      -- when it was
	made integer not null,                    -- when it was written down
	kind text not null check (kind in ('note', 'telephone', 'mail', 'notice', 'answer', 'statement', 'decision', 'attachment', 'stage')),
	direction text not null default '' check (direction in ('', 'in', 'out')),
	channel text not null default '' check (channel in ('', 'node', 'mail', 'phone', 'chat', 'fax', 'person')),
	person text not null default '',          -- of ours
	party text not null default '',           -- who on the other side
	label text not null,
	text text not null,
	link text not null default '',            -- F12, N3, M5, B7, K9, or the id of a statement
	state text not null default '' check (state in ('', 'to send', 'sent', 'refused')), -- of what goes out
	subject text not null default ''
) strict;
create index case_entry_case on case_entry(case_, at);
create index case_entry_send on case_entry(id) where state = 'to send';
create index case_entry_link on case_entry(link) where link <> '';

create table case_finding(
	case_ integer not null references case_,
	finding integer not null references finding,
	at integer not null,
	person text not null,
	primary key (case_, finding)
) strict, without rowid;
create index case_finding_finding on case_finding(finding);
-- What a request is about beside findings: what a rule saw.
create table case_target(
	case_ integer not null references case_,
	type text not null,                       -- ipv4-addr, ipv6-addr, domain-name, url
	value text not null,
	event text not null default '',           -- E12.5.0
	primary key (case_, type, value)
) strict, without rowid;
create table case_task(
	id integer primary key,
	case_ integer not null references case_,
	what text not null,
	who text not null default '',
	due integer,
	made integer not null,
	made_by text not null,
	done integer,
	done_by text not null default ''
) strict;
create index case_task_case on case_task(case_);
create index case_task_open on case_task(due) where done is null;
-- Which states it touches.
create table case_touches(
	case_ integer not null references case_,
	cc text not null,
	how text not null check (how in ('finding', 'target', 'peer', 'hand')),
	at integer not null,
	primary key (case_, cc)
) strict, without rowid;
create index case_touches_cc on case_touches(cc);
-- An incident that its owner tells of in stages; the times count from the first version.
create table case_stage(
	case_ integer not null references case_,
	stage text not null check (stage in ('first', 'second', 'final')),
	due integer not null,
	told integer,
	entry integer references case_entry,
	primary key (case_, stage)
) strict, without rowid;

-- Bytes that belong to cases, by their digest; they lie in blob/DIGEST of the state.
create table blob(
	id integer primary key,
	sha256 blob not null unique,
	size integer not null,
	at integer not null
) strict;
create table case_blob(
	case_ integer not null references case_,
	blob integer not null references blob,
	name text not null,
	media text not null default '',
	hostile integer not null default 1,
	at integer not null,
	person text not null,
	primary key (case_, blob)
) strict, without rowid;

-- What a rule wants asked of another CERT; the core makes drafts of it. what: target of case_target.
create table case_wish(
	id integer primary key,
	rule text not null,
	ask text not null,
	cc text not null,
	severity text not null,
	label text not null,
	class text not null,
	value text not null,
	victim text not null default '',
	finding integer,
	event text not null,
	ack_by integer not null default 0,        -- seconds; 0: as the severity says
	at integer not null,
	unique (rule, cc, value)
) strict;
-- Those that became part of a draft: the same is not wished again within the time.
alter table case_wish add column case_ integer references case_;
create index case_wish_new on case_wish(id) where case_ is null;

-- Whom to write to abroad: what the user has loaded.
create table abroad(
	id integer primary key,
	cc text not null default '',
	kind text not null check (kind in ('national', 'abuse')),
	prefix text not null default '',
	domain text not null default '',
	name text not null,
	email text not null,
	phone text not null default '',
	language text not null default '',
	source text not null default '',
	at integer not null
) strict;
create index abroad_cc on abroad(cc);

alter table message add column case_ integer references case_;
create index message_case on message(case_) where case_ is not null;
-- Which mails of ours it answers, so that it is found by them.
alter table message add column refs text not null default '';
create index message_ident on message(message_id) where message_id <> '';
alter table case_entry add column message_id text not null default ''; -- of a mail that goes out
create unique index case_entry_ident on case_entry(message_id) where message_id <> '';
