-- SPDX-License-Identifier: Apache-2.0
--
-- Constituents are asked by a letter whether their contact is still right, and answer by one press on its page.

alter table contact_asked add column waits integer; -- microseconds: said something else than yes; a person decides
alter table contact_asked add column notice integer references notice; -- by whose answer it was confirmed; null: a person's word, or new
-- A check cannot be changed, only made anew.
alter table notice add column sort text not null default 'new' check (sort in ('new', 'again', 'back', 'correction', 'campaign', 'right'));
update notice set sort = kind where kind <> 'new';
alter table notice drop column kind;
alter table notice rename column sort to kind;
