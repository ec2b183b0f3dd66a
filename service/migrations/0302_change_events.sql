-- Up to where the change events of an org were taken over, and why they do not come where they do not. replay_id: Salesforce's, opaque.
create table change_feed (
  org_id uuid primary key references org (id) on delete cascade,
  replay_id text,
  replay_at timestamptz,
  mode text not null default 'sweeps' check (mode in ('events', 'sweeps')),
  reason text
);
-- The keys of a record as they were stored: stamps are to the second, so two states of a record may carry the same one.
alter table directory_record add column keys jsonb not null default '[]';
-- When a record was last read, and since when an org is read anew after a long silence: what is older then is not there any more.
alter table directory_record add column read_at timestamptz not null default now();
alter table directory_org add column reload_at timestamptz;
