-- The bell rang for the conversation since it was last read; one bell until then, however many texts come.
alter table conversation add column alerted boolean not null default false;
update conversation set alerted = unread > 0;
-- Inbound messages of erased people, as a carrier's list names them: it must not bring them back.
create table erased_message (
  org_id uuid not null references org (id) on delete cascade,
  account_id uuid not null,
  carrier_id text not null,
  erased_at timestamptz not null default now(),
  primary key (org_id, account_id, carrier_id)
);
