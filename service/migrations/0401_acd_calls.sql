-- What phone systems report of calls and ask to be done about them: `call` (the task of a call that somebody took or missed), `task` and `event`
-- (a callback). id is made of the phone system's own key where it gives one, so that a repeated request means the same record of the org.
create table acd_call (
  org_id uuid not null references org (id) on delete cascade,
  id uuid not null,
  kind text not null check (kind in ('call', 'task', 'event')),
  -- Of the phone system that told, which may have been removed since.
  pbx uuid,
  -- E.164 where it could be read, else as it was sent.
  caller text not null,
  called text not null,
  lookup text,
  case_number text not null default '',
  state text check (state in ('answered', 'missed', 'ended')),
  state_at timestamptz not null default now(),
  extension text,
  details jsonb not null,
  parameters jsonb not null default '{}',
  fingerprint text not null,
  -- Who it is about and whose it is, once that was found out. Written to the org a single time: agents may change it there.
  found_at timestamptz,
  who_id text,
  what_id text,
  owner_id text,
  -- The user who took the call.
  taker_id text,
  record_id text,
  who text,
  popped_at timestamptz,
  -- It is, or was, in the org: what can be given to a new record only is not sent again.
  made_at timestamptz,
  written_at timestamptz,
  salesforce_id text,
  created_at timestamptz not null default now(),
  primary key (org_id, id)
);
create index acd_call_fingerprint on acd_call (org_id, fingerprint, created_at);
create index acd_call_caller on acd_call (org_id, caller, created_at);
create index acd_call_created on acd_call (created_at);
-- What an IVR asked a caller, until a call record takes it.
create table acd_ivr (
  org_id uuid not null references org (id) on delete cascade,
  pbx uuid not null,
  number text not null,
  parameters jsonb not null,
  -- The record that has them: another call of the same number is another matter.
  taken_by uuid,
  updated_at timestamptz not null default now(),
  primary key (org_id, pbx, number)
);
create index acd_ivr_updated on acd_ivr (updated_at);
-- Users are found by their extension from now on.
update directory_source set place_at = null, place_id = null, loaded_at = null where object = 'User';
