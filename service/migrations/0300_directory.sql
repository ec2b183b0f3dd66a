-- Orgs whose people are kept here. country: what stored numbers without a prefix belong to (ISO 3166).
create table directory_org (
  org_id uuid primary key references org (id) on delete cascade,
  country text not null check (country ~ '^[A-Z]{2}$'),
  swept_at timestamptz,
  problem text
);
-- How far each object of the org was read: everything up to place_at (SystemModstamp), and of that moment up to place_id.
create table directory_source (
  org_id uuid not null references directory_org (org_id) on delete cascade,
  object text not null,
  fields text[] not null,
  place_at text,
  place_id text,
  records_read bigint not null default 0,
  loaded_at timestamptz,
  problem text,
  primary key (org_id, object)
);
create table directory_record (
  org_id uuid not null references directory_org (org_id) on delete cascade,
  id text not null check (length(id) = 18),
  object text not null,
  name text not null,
  owner_id text,
  account_id text,
  activity_at timestamptz,
  changed_at timestamptz not null,
  fields jsonb not null default '{}',
  primary key (org_id, id)
);
create table directory_key (
  org_id uuid not null,
  key text not null,
  record_id text not null,
  field text not null,
  primary key (org_id, key, record_id, field),
  foreign key (org_id, record_id) references directory_record (org_id, id) on delete cascade
);
create index directory_key_record on directory_key (org_id, record_id);
-- Keys and records whose answers changed, for what the processes remember. xid: a later commit may carry an earlier number.
create table directory_change (
  xid xid8 not null default pg_current_xact_id(),
  org_id uuid not null,
  what text not null,
  at timestamptz not null default now()
);
create index directory_change_xid on directory_change (xid);
create index directory_change_at on directory_change (at);
