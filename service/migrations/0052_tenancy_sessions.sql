-- Sessions of pages outside Salesforce. The cookie is kept as a hash.
create table page_session (
  hash text primary key,
  org_id uuid not null references org (id) on delete cascade,
  user_id text not null,
  username text not null,
  expires_at timestamptz not null
);
create index page_session_expires on page_session (expires_at);
