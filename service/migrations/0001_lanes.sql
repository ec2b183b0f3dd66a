-- Lanes: an outbox row says "this record changed and must reach that place". See docs/decisions/0002-lanes.md.
create table lane (
  org_id uuid not null,
  purpose text not null,
  key text not null,
  generation bigint not null default 0,
  owner text,
  lease_until timestamptz,
  held_until timestamptz,
  hold_code text,
  hold_reason text,
  primary key (org_id, purpose, key)
);
create table outbox (
  id bigint generated always as identity primary key,
  org_id uuid not null,
  purpose text not null,
  lane_key text not null,
  subject_kind text not null,
  subject_id uuid not null,
  version integer not null default 1,
  state text not null default 'waiting' check (state in ('waiting', 'parked')),
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  code text,
  reason text,
  created_at timestamptz not null default now(),
  parked_at timestamptz,
  unique (org_id, purpose, subject_kind, subject_id)
);
create index outbox_waiting on outbox (org_id, purpose, lane_key, id) where state = 'waiting';
create index outbox_parked on outbox (org_id, parked_at) where state = 'parked';
