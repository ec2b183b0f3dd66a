-- 0205 was changed after the first databases had run it. Those get here what it has more now; on all others this changes nothing.
alter table carrier_account add column if not exists polled_numbers text[] not null default '{}';
do $$ begin if exists (select 1 from pg_indexes where schemaname = current_schema() and indexname = 'message_part_to_ask' and indexdef like '%status%') then drop index message_part_to_ask; end if; end $$;
create index if not exists message_part_to_ask on message_part (org_id, account_id, ask_at) where ask_at is not null;
update message_part set ask_at = null from carrier_account a
  where a.org_id = message_part.org_id and a.id = message_part.account_id and a.kind <> 'twilio' and message_part.ask_at is not null;
