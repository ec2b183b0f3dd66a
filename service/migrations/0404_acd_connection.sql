-- Who connected look-ups to the org: one user of each org holds the connection. A row is made with the first connection, and stays.
create table acd_connection (
  org_id uuid primary key references org (id) on delete cascade,
  -- The holder, by its id in the org; empty where ACD was in use before there were holders.
  user_id text not null,
  username text not null,
  -- Connecting put this user among the connected users: disconnecting takes it off again where nothing else needs it.
  added boolean not null default false,
  is_on boolean not null default true,
  since timestamptz not null default now(),
  -- Who switched it off.
  off_by text
);
-- Orgs whose phone systems ask already go on being answered; their next connection names a holder.
insert into acd_connection (org_id, user_id, username) select distinct org_id, '', '' from acd_pbx;
