-- SPDX-License-Identifier: Apache-2.0
--
-- Letters by OpenPGP.

-- The key of a contact, as the owners file names it: his letters are encrypted to it. What is no fingerprint stands here
-- too: then they are held.
alter table contact add column pgp text not null default '';

-- Since when the letter is with the process that runs gpg, which is also the number of that job; null: it is not. Whatever
-- changes the letter's rows sets it to null, and then the answer comes too late: the letter is written anew.
alter table notice add column signing integer;
-- What was done to the bytes that are sealed: signed, encrypted, both; trouble: held, since a key was not there or not good.
alter table notice add column pgp text not null default '' check (pgp = '' or pgp = 'signed' or pgp = 'encrypted' or pgp = 'both' or pgp = 'trouble');
create trigger notice_item_less after delete on notice_item begin
	update notice set signing = null where id = old.notice and signing is not null;
end;
