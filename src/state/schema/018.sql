-- SPDX-License-Identifier: Apache-2.0
--
-- Accounts. Nothing here lets anybody in by itself, but for the secrets of second factors: passwords are hashed (Argon2id),
-- codes, devices, sessions, links and tokens are SHA-256 of random bytes.

create table account(
	id integer primary key,
	name text not null unique,            -- what is typed at the login; the person in the audit
	title text not null,                  -- the person's name, or what the account is for
	state text not null check (state = 'active' or state = 'disabled'),
	language text not null default '',    -- of the pages; empty: what the browser asks for
	password text not null default '',    -- as libsodium prints it; empty: the link was not used yet
	totp blob,                            -- secret of the second factor
	step integer not null default 0,      -- the last step of it that was used, which is not used again
	made integer not null,
	made_by text not null,
	reset integer,                        -- when somebody made a new link for it
	reset_by text,
	entered integer                       -- last login
) strict;

create table account_role(
	account integer not null references account(id),
	role text not null,
	at integer not null,
	by text not null,
	primary key (account, role)
) strict, without rowid;

-- Each is used once.
create table recovery(
	account integer not null references account(id),
	code blob not null,
	used integer,
	primary key (account, code)
) strict, without rowid;

-- Browsers in which somebody has logged in before: what strangers try does not slow these down.
create table device(
	id blob primary key,
	account integer not null references account(id),
	made integer not null,
	last integer not null
) strict, without rowid;
create index device_account on device(account, last);

-- Logins that failed, by what they have in common; the digest keeps rows of one size, whatever is typed as a name.
create table login_failure(
	kind text not null,      -- person (at a network), network, device, code (of an account whose password was right)
	who blob not null,       -- SHA-256
	failures integer not null,
	last integer not null,
	primary key (kind, who)
) strict, without rowid;
create index login_failure_last on login_failure(last);

create table api_token(
	id integer primary key,
	digest blob not null unique,
	account integer not null references account(id),
	name text not null,      -- what it is for
	scope text not null,     -- routes, with blanks between them
	made integer not null,
	made_by text not null,
	until integer not null,
	used integer,
	ended integer
) strict;
create index api_token_account on api_token(account);

-- of an account: the link lets its person choose a password
alter table link add column account integer references account(id);

-- null: of the sample country, which has no accounts
alter table session add column account integer references account(id);
alter table session add column used integer not null default 0;     -- last seen, to the minute
alter table session add column sure integer not null default 0;     -- when password and code were given last
alter table session add column address text not null default '';    -- what the person is shown of it
alter table session add column agent text not null default '';
alter table session add column device blob;
create index session_account on session(account);
