-- SPDX-License-Identifier: Apache-2.0
--
-- Mails that people wrote to the team, and what mail servers say of letters.

create table message(
	id integer primary key,
	receipt integer not null unique references receipt,
	received integer not null,
	-- answer: to a letter of ours; incoming: anything else; bounce: a letter could not be delivered; auto: a machine's
	kind text not null check (kind = 'answer' or kind = 'incoming' or kind = 'bounce' or kind = 'auto'),
	notice integer references notice, -- the letter that it is about
	sender text not null default '',
	name text not null default '',
	recipient text not null default '',
	subject text not null default '',
	sent integer,                     -- as the mail says
	message_id text not null default '',
	words text not null default '',   -- what is new in it, without the quoted letter
	attached text not null default '', -- JSON: {"name", "type", "size", "sha256"}, ...
	sentence text not null default '', -- what the mail server said, or why the mail could not be taken apart
	-- what its words say, for a person to confirm
	proposal text not null default '' check (proposal = '' or proposal = 'fixed' or proposal = 'not-ours' or proposal = 'false-positive'),
	state text not null default 'new' check (state in ('new', 'done')),
	outcome text not null default '', -- fixed, not-ours, false-positive, finding, read, junk
	person text not null default '',
	done integer
) strict;
create index message_new on message(kind, id) where state = 'new';
create index message_notice on message(notice) where notice is not null;
