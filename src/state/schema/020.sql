-- SPDX-License-Identifier: Apache-2.0
--
-- What the pages of letters, owners and of what is nobody's ask.

-- An entry a letter each, and one a row of the audit.
create index notice_state on notice(state, id);
create index notice_contact on notice(contact, sent);
create index audit_object on audit(object);
create index finding_baseline on finding(id) where quiet = 0; -- of the first day alone

-- An owner's findings are counted, and their weeks and times to the fix, without a look at their rows: instead of the one by
-- owner and state, some forty bytes longer.
drop index finding_owner;
create index finding_owner on finding(owner, state, severity, first, told, closed, why);

-- What belongs to nobody, counted while it is read: a row for each network and class of a report, written with the chunks that
-- it counts. Events of nobody make no findings.
create table nobodys(
	receipt integer not null references receipt,
	network text not null,               -- as it is routed or delegated; empty: not known
	asn integer not null,                -- that originates it; 0: not known
	class text not null,
	severity integer not null,           -- the worst, by its place in event/values: 0 is none
	events integer not null,
	last integer not null,               -- seen
	primary key (receipt, network, asn, class)
) strict, without rowid;

-- A special letter to many at once: one person proposes it, another lets it go.
create table campaign(
	id integer primary key,
	name text not null,
	label text not null,
	class text not null default '',      -- contacts that do not want it get nothing
	sought text not null default '',     -- what was looked for in open findings: an identifier or a malware
	state text not null default 'proposed' check (state in ('proposed', 'released', 'dropped')),
	proposer text not null,
	proposed integer not null,
	decider text not null default '',    -- who released or dropped it
	decided integer
) strict;
create table campaign_text(
	campaign integer not null references campaign,
	language text not null,
	subject text not null,
	text text not null,
	primary key (campaign, language)
) strict, without rowid;
-- What it is about, and whose that is; owner 0: nobody's, or no value at all.
create table campaign_place(
	campaign integer not null references campaign,
	place text not null,
	owner integer not null,
	why text not null default '',        -- not told, since: no-owner, no-value, label, quiet
	primary key (campaign, place, owner)
) strict, without rowid;
-- Who gets it, once; why: not, since: broken, class, quiet, gone. notice: once it is released.
create table campaign_to(
	campaign integer not null references campaign,
	contact integer not null references contact,
	why text not null default '',
	notice integer references notice,
	primary key (campaign, contact)
) strict, without rowid;
create unique index campaign_notice on campaign_to(notice) where notice is not null;

-- A check cannot be changed, only made anew: a letter may be of a campaign.
alter table notice add column sort text not null default 'new' check (sort in ('new', 'again', 'back', 'correction', 'campaign'));
update notice set sort = kind where kind <> 'new';
alter table notice drop column kind;
alter table notice rename column sort to kind;
