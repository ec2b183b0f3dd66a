-- Phone systems that ask. rules: how each writes numbers (DiallingRules).
create table acd_pbx (
  org_id uuid not null references org (id) on delete cascade,
  id uuid not null,
  pbx_id text not null unique check (pbx_id ~ '^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$'),
  name text not null,
  rules jsonb not null,
  created_at timestamptz not null default now(),
  primary key (org_id, id)
);
create table acd_lookup (
  org_id uuid not null references org (id) on delete cascade,
  id uuid not null,
  name text not null,
  definition jsonb not null,
  is_default boolean not null default false,
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  unique (org_id, name)
);
create unique index acd_lookup_default on acd_lookup (org_id) where is_default;
-- Numbers are masked before they come here.
create table acd_log (
  org_id uuid not null references org (id) on delete cascade,
  id bigint generated always as identity,
  at timestamptz not null,
  pbx text not null,
  lookup text not null,
  caller text not null,
  called text not null,
  source text not null,
  matched boolean not null,
  stale boolean not null,
  records integer not null,
  record_id text,
  extension text,
  took_ms real not null,
  why text not null,
  primary key (org_id, id)
);
create index acd_log_at on acd_log (at);
