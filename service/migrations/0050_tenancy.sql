create table org (
  id uuid primary key,
  salesforce_id text not null unique check (length(salesforce_id) = 18),
  name text not null,
  namespace text not null default '',
  instance_url text not null,
  login_url text not null,
  connection_mode boolean not null default true,
  notify_emails text[] not null default '{}',
  registered_at timestamptz not null default now()
);
create table api_key (
  org_id uuid not null references org (id) on delete cascade,
  id uuid not null,
  scope text not null check (scope in ('agent', 'admin', 'acd')),
  hash text not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  primary key (org_id, id)
);
