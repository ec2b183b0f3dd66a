-- What tokens of phone systems are signed with (sealed). ends_at: replaced, and its tokens end then.
create table acd_token_secret (
  org_id uuid not null,
  id uuid not null unique,
  pbx uuid not null,
  sealed text not null,
  ends_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, pbx) references acd_pbx (org_id, id) on delete cascade
);
create index acd_token_secret_pbx on acd_token_secret (org_id, pbx);
-- An admin lets this phone system send its token in addresses, where it can do no better.
alter table acd_pbx add column token_in_url boolean not null default false;
