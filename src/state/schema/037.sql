-- SPDX-License-Identifier: Apache-2.0
--
-- Partners without a node: a statement that goes to one as a mail, what became of that mail, and mails of theirs that are kept whole.

alter table case_entry add column statement integer references statement; -- of a mail that goes out: what it carries
alter table case_entry add column bounced integer;  -- when a mail server said that it could not be delivered
alter table case_entry add column answered integer; -- when the first mail of a person came that answers it
create index case_entry_statement on case_entry(statement) where statement is not null;

alter table message add column machine integer not null default 0; -- it says that no person wrote it (RFC 3834)
alter table message add column original text not null default '';  -- of a bounce: the Message-ID of what could not be delivered
alter table message add column failed integer not null default 0;  -- of a bounce: it will not be tried again
-- What was proven of who wrote it: '' nothing, 'openpgp FINGERPRINT' a good signature of that key, 'openpgp-bad' one that is not
-- good, 'openpgp-unknown' one of a key that is not here, 'openpgp-not-tried' one that was not looked at.
alter table message add column proven text not null default '';
alter table message add column sealed integer not null default 0;  -- its words were encrypted, and were opened here
-- Its bytes as they came. whole: 0 nobody wants them kept, 1 they are to be, 2 they are (or, without a blob, could not be).
alter table message add column whole integer not null default 0;
alter table message add column blob integer references blob;
create index message_whole on message(id) where whole = 1;
