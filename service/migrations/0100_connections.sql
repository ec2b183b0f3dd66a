-- Connected users of an org: whom the service signs in as. See docs/decisions/0101-connections.md.
create table connected_user (
  org_id uuid not null references org (id) on delete cascade,
  id uuid not null,
  user_id text not null check (length(user_id) = 18),
  username text not null,
  name text not null,
  email text not null default '',
  status text not null check (status in ('requested', 'connected', 'disconnected')),
  position integer not null,
  cause text,
  cause_text text,
  next_step text,
  since timestamptz not null default now(),
  last_ok_at timestamptz,
  invited_at timestamptz,
  invite_hash text unique,
  invite_expires_at timestamptz,
  permission_set_assigned boolean,
  missing text[] not null default '{}',
  -- The grant: tokens are sealed. A refresh first commits its intent (the generation it starts from) and a claim with an end.
  login_url text not null default '',
  access_token text,
  refresh_token text,
  token_generation bigint not null default 0,
  refreshed_at timestamptz,
  refresh_intent bigint,
  refresh_claim uuid,
  refresh_until timestamptz,
  in_doubt boolean not null default false,
  doubt_tried boolean not null default false,
  token_dead boolean not null default false,
  cool_until timestamptz,
  probe_at timestamptz not null default now(),
  probe_failures integer not null default 0,
  primary key (org_id, id),
  unique (org_id, user_id)
);
create index connected_user_probe on connected_user (probe_at) where refresh_token is not null;

-- Which of them is the main user, and why the org is not written to at the moment. A switch is guarded by main_epoch.
create table org_link (
  org_id uuid primary key references org (id) on delete cascade,
  main_id uuid,
  main_epoch bigint not null default 0,
  main_since timestamptz,
  hold_code text,
  hold_text text,
  hold_detail text,
  hold_since timestamptz,
  hold_until timestamptz,
  hold_attempts integer not null default 0,
  api_used integer,
  api_max integer,
  api_at timestamptz,
  event_used integer,
  event_max integer,
  event_at timestamptz,
  foreign key (org_id, main_id) references connected_user (org_id, id)
);

create table connection_event (
  org_id uuid not null references org (id) on delete cascade,
  id bigint generated always as identity,
  at timestamptz not null,
  kind text not null,
  text text not null,
  cause text,
  cause_text text,
  from_user text,
  to_user text,
  waiting integer,
  next_step text,
  primary key (org_id, id)
);

-- One sign-in under way in a browser. State and cookie are kept as hashes; a flow is used once.
create table connect_flow (
  id uuid primary key,
  kind text not null check (kind in ('register', 'invite')),
  state_hash text not null unique,
  cookie_hash text not null,
  verifier text not null,
  login text not null,
  return_url text,
  org_id uuid references org (id) on delete cascade,
  connection_id uuid,
  -- Of the invitation the flow began with: only that one can be used up by it.
  invite_hash text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  foreign key (org_id, connection_id) references connected_user (org_id, id) on delete cascade
);

-- A notice to administrators, once per key and channel. The body is sealed and forgotten when it is sent.
create table connection_notice (
  org_id uuid not null references org (id) on delete cascade,
  id uuid not null,
  key text not null,
  channel text not null check (channel in ('mail', 'salesforce')),
  recipients text[] not null,
  subject text not null,
  body text,
  state text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'failed')),
  created_at timestamptz not null default now(),
  primary key (org_id, id),
  unique (org_id, key, channel)
);
