-- SPDX-License-Identifier: Apache-2.0
--
-- Meetings. Of the card, minutes, answers and assents each row is a function of the statements that are here, in whatever order
-- they came; delegations, who was seen in the room, drafts of follow-ups and what is done stand here alone and cross no border.
-- Who shows any of it begins with the rows of meeting, which are views for who may not see all (state/scope.h). Times that
-- statements have are seconds, those of our own rows microseconds.

create table meeting(
	id integer primary key,
	case_ blob not null unique,           -- id of the statement that opened it
	sender text not null,                 -- who called it
	ours integer not null,                -- 1: we have
	card integer references statement,    -- the one that stands; null: none is here, and then the rest says nothing
	serial integer not null default 0,
	state text not null default '' check (state in ('', 'planned', 'open', 'closed', 'cancelled')),
	title text not null default '',
	start integer not null default 0, until integer not null default 0,
	place text not null default '', link text not null default '',
	facilitator text not null default '',
	label text not null default '', community text not null default '', -- the group of GREEN
	said integer not null default 0,      -- when that card was signed
	minutes integer references statement, -- those that stand; null: there are none
	minutes_sha256 blob
) strict;
create index meeting_start on meeting(start);

-- All cards, since which of them stands is found anew when one comes.
create table meeting_card(
	statement integer primary key references statement,
	meeting integer not null references meeting,
	sender text not null,
	serial integer not null,
	state text not null,
	said integer not null
) strict;
create index meeting_card_state on meeting_card(meeting, sender, state, serial);

-- Of the card that stands.
create table meeting_party(
	meeting integer not null references meeting,
	as_ text not null check (as_ in ('chair', 'participant', 'observer')),
	place integer not null,
	party text not null,                  -- a chair may be an office of no party
	primary key (meeting, as_, place)
) strict, without rowid;
create index meeting_party_party on meeting_party(party, meeting);
create table meeting_item(
	meeting integer not null references meeting,
	place integer not null,
	title text not null,
	start integer not null, until integer not null,
	papers integer not null,              -- bits: places of meeting_paper
	primary key (meeting, place)
) strict, without rowid;
create table meeting_paper(
	meeting integer not null references meeting,
	place integer not null,               -- among the attachments of the card
	symbol text not null,                 -- "WP.1", "OUT.1"
	name text not null,                   -- without it
	media text not null,
	size integer not null,
	sha256 blob not null,
	primary key (meeting, place)
) strict, without rowid;
create table meeting_text(
	meeting integer not null references meeting,
	lang text not null,
	words text not null,
	primary key (meeting, lang)
) strict, without rowid;
-- What it names: openings of rounds that its outcome is, and the meeting that it stands in place of.
create table meeting_see(
	meeting integer not null references meeting,
	id blob not null,
	primary key (meeting, id)
) strict, without rowid;
-- Persons of ours who see one that is TLP:RED.
create table meeting_person(
	meeting integer not null references meeting,
	person text not null,
	primary key (meeting, person)
) strict, without rowid;

-- "We come": acks of its cards. What was withdrawn counts no more.
create table meeting_answer(
	statement integer primary key references statement,
	meeting integer not null references meeting,
	party text not null,
	serial integer not null,              -- of the card that it answers
	said integer not null,
	person text not null,
	words text not null
) strict;
create index meeting_answer_meeting on meeting_answer(meeting, party);

create table meeting_minutes(
	statement integer primary key references statement,
	meeting integer not null references meeting,
	sender text not null,
	sha256 blob not null,
	said integer not null, seq integer not null
) strict;
create index meeting_minutes_meeting on meeting_minutes(meeting, said);
create table meeting_assent(
	statement integer primary key references statement,
	meeting integer not null references meeting,
	party text not null,
	sha256 blob not null,                 -- it counts for these bytes
	reply blob not null,                  -- and named them by these minutes
	said integer not null,
	person text not null,
	words text not null
) strict;
create index meeting_assent_meeting on meeting_assent(meeting, party);
create table meeting_note(
	statement integer primary key references statement,
	meeting integer not null references meeting,
	party text not null,
	said integer not null,
	person text not null,
	words text not null
) strict;
create index meeting_note_meeting on meeting_note(meeting);

-- Of minutes: of those that stand, and those that are being written here (draft).
create table meeting_present(
	id integer primary key,
	meeting integer not null references meeting,
	draft integer not null,
	party text not null,
	office text not null,
	at integer, person text,              -- of a draft
	unique (meeting, draft, party, office)
) strict;
create table meeting_followup(
	id integer primary key autoincrement, -- people name them; a number is never given again
	meeting integer not null references meeting,
	draft integer not null,
	what text not null,
	owner text not null,                  -- party
	due integer not null,
	unique (meeting, draft, owner, what)
) strict;
create index meeting_followup_owner on meeting_followup(owner, due) where draft = 0;
-- What a person here has found done; newer minutes that say the same leave it so.
create table meeting_done(
	meeting integer not null references meeting,
	owner text not null,
	what text not null,
	at integer not null,
	person text not null,
	note text not null,
	primary key (meeting, owner, what)
) strict, without rowid;

-- Who goes for us, and whose credentials others have shown.
create table meeting_delegate(
	id integer primary key,
	meeting integer not null references meeting,
	party text not null,
	person text not null,                 -- '' all whom the party sends
	role text not null check (role in ('head', 'delegate', 'adviser', 'interpreter')),
	sha256 blob, name text not null default '', -- the paper that says so
	note text not null default '',
	at integer not null, by text not null
) strict;
create index meeting_delegate_meeting on meeting_delegate(meeting);
