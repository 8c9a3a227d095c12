-- SPDX-License-Identifier: Apache-2.0
--
-- Mails of cases that go out. One is written as 'to send'; the exit clears it, which makes its row in the outbox; then the mail
-- server says what becomes of it.

alter table case_entry add column outbox integer references outbox; -- null: not cleared yet, or refused by the exit
alter table case_entry add column answers text not null default ''; -- Message-IDs of the mails that it answers, the last one last
alter table case_entry add column answer text not null default '';  -- the exit's words, or the server's
alter table case_entry add column ended integer;                    -- when it was sent or refused
alter table case_entry add column tries integer not null default 0;
alter table case_entry add column next_try integer;
alter table case_entry add column held integer not null default 0;  -- 1: it waits until a person lets it go; 2: one has
create index case_entry_outbox on case_entry(outbox) where outbox is not null;

-- What was said of a case, each word once with its time: a node has it, a person has opened it, a person has acknowledged it.
create table case_step(
	id integer primary key,
	case_ integer not null references case_,
	party text not null,
	step text not null,                       -- queued, delivered, read, and the words of case_word
	at integer not null,
	unique (case_, party, step, at)
) strict;

-- The payment of a payment-recall-alert. Of the account all but the last four characters is forgotten when the case has ended.
create table case_payment(
	case_ integer primary key references case_,
	uetr text not null, ref text not null, amount text not null, currency text not null, value_date text not null,
	ordering_bic text not null, beneficiary_bic text not null, account text not null,
	whole integer not null                    -- all of the account leaves, or has come
) strict;
