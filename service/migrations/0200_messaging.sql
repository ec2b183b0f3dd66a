create table carrier_account (
  org_id uuid not null references org (id) on delete cascade,
  id uuid not null,
  kind text not null check (kind in ('twilio', 'smpp')),
  label text not null,
  settings jsonb not null,
  secret text not null,
  rate_per_second real not null default 10,
  window_size integer not null default 10,
  state text not null default 'connecting' check (state in ('connected', 'connecting', 'failed', 'off')),
  state_text text not null default '',
  state_since timestamptz not null default now(),
  polled_until timestamptz,
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  primary key (org_id, id)
);
create unique index carrier_account_id on carrier_account (id);

create table number (
  org_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  number text not null,
  kind text not null check (kind in ('phone', 'short_code', 'sender_name')),
  label text not null,
  country text not null,
  is_default boolean not null default false,
  users text[] not null default '{}',
  removed_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, account_id) references carrier_account (org_id, id)
);
create unique index number_in_use on number (org_id, number) where removed_at is null;

create table conversation (
  org_id uuid not null references org (id) on delete cascade,
  id uuid not null,
  our_number text not null,
  customer_number text not null,
  record_object text,
  record_id text,
  account_record_id text,
  record_name text,
  owner_id text,
  match_note text,
  matched_at timestamptz,
  owner_written boolean not null default false,
  last_message_at timestamptz not null,
  last_text text not null,
  last_direction text not null check (last_direction in ('inbound', 'outbound')),
  unread integer not null default 0,
  last_sequence bigint not null default 1,
  opted_out boolean not null default false,
  salesforce_id text,
  created_at timestamptz not null default now(),
  primary key (org_id, id),
  unique (org_id, customer_number, our_number)
);

create table message (
  org_id uuid not null,
  id uuid not null,
  conversation_id uuid not null,
  sequence bigint not null,
  direction text not null check (direction in ('inbound', 'outbound')),
  status text not null check (status in ('received', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'unknown')),
  body text not null,
  segments integer not null,
  account_id uuid not null,
  carrier_id text,
  accepted boolean not null default false,
  error_code text,
  error_text text,
  idempotency_key text,
  request_hash text,
  sender_user_id text,
  occurred_at timestamptz not null,
  submitted_at timestamptz,
  reply_confirmed boolean not null default true,
  erased_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, conversation_id) references conversation (org_id, id) on delete cascade,
  foreign key (org_id, account_id) references carrier_account (org_id, id)
);
create unique index message_inbound_once on message (org_id, account_id, carrier_id) where direction = 'inbound' and carrier_id is not null;
create unique index message_asked_once on message (org_id, idempotency_key) where idempotency_key is not null;
create index message_thread on message (org_id, conversation_id, sequence);
create index message_in_doubt on message (org_id, account_id, status) where status in ('sending', 'unknown');
create index message_unconfirmed on message (org_id, account_id, occurred_at) where not reply_confirmed;
create index message_to_erase on message (occurred_at) where erased_at is null;

-- What the carrier calls each part of an outbound message; `carrier_key` is its tolerant form (case, leading zeros).
create table message_part (
  org_id uuid not null,
  message_id uuid not null,
  part integer not null,
  account_id uuid not null,
  carrier_id text not null,
  carrier_key text not null,
  status text not null default 'sent' check (status in ('sent', 'delivered', 'undelivered', 'failed')),
  error_code text,
  primary key (org_id, message_id, part),
  foreign key (org_id, message_id) references message (org_id, id) on delete cascade
);
create index message_part_carrier on message_part (org_id, account_id, carrier_key);

-- Receipts that came before their message was known to be submitted, or for one that is in doubt.
create table receipt (
  org_id uuid not null,
  id bigint generated always as identity primary key,
  account_id uuid not null,
  carrier_id text not null,
  carrier_key text not null,
  status text not null,
  error_code text,
  our_number text,
  customer_number text,
  received_at timestamptz not null default now(),
  unique (org_id, account_id, carrier_id, status)
);
create index receipt_key on receipt (org_id, account_id, carrier_key);

-- Parts of a long inbound message that waits for the rest.
create table inbound_part (
  org_id uuid not null,
  account_id uuid not null,
  customer_number text not null,
  our_number text not null,
  reference integer not null,
  total integer not null,
  part integer not null,
  payload bytea not null,
  data_coding integer not null,
  received_at timestamptz not null default now(),
  primary key (org_id, account_id, customer_number, our_number, reference, total, part)
);

create table media (
  org_id uuid not null,
  id uuid not null,
  message_id uuid not null,
  position integer not null,
  source_url text not null,
  content_type text not null,
  file_name text not null,
  content bytea,
  size integer,
  state text not null default 'waiting' check (state in ('waiting', 'stored', 'failed')),
  primary key (org_id, id),
  unique (org_id, message_id, position),
  foreign key (org_id, message_id) references message (org_id, id) on delete cascade
);

-- Consent is held per phone number, whatever record or sender it belongs to.
create table opt_out (
  org_id uuid not null references org (id) on delete cascade,
  id uuid not null,
  number text not null,
  state text not null check (state in ('opted_out', 'opted_in')),
  kind text not null check (kind in ('keyword', 'manual', 'carrier')),
  keyword text,
  reason text not null,
  changed_at timestamptz not null,
  changed_by text,
  primary key (org_id, id),
  unique (org_id, number)
);

create table phone_field (
  org_id uuid not null references org (id) on delete cascade,
  object text not null,
  fields text[] not null,
  primary key (org_id, object)
);
