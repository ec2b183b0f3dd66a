-- When the carrier (Twilio; others cannot be asked) is asked for what became of a part whose receipt did not come; null: never (again).
alter table message_part add column ask_at timestamptz;
update message_part set ask_at = now() from message m, carrier_account a
  where m.org_id = message_part.org_id and m.id = message_part.message_id and message_part.status = 'sent'
    and m.status = 'sent' and m.submitted_at > now() - interval '2 days'
    and a.org_id = message_part.org_id and a.id = message_part.account_id and a.kind = 'twilio';
create index message_part_to_ask on message_part (org_id, account_id, ask_at) where ask_at is not null;

-- The numbers whose texts were taken from the carrier's list up to polled_until; for a new one the list is read from further back.
alter table carrier_account add column polled_numbers text[] not null default '{}';

-- The carrier's words for a failure, where its receipt comes before the message is known or is complete.
alter table message_part add column error_text text;
alter table receipt add column error_text text;

-- Somebody is about to ring the conversation's bell; a claim that is not confirmed runs out.
alter table conversation add column alert_claimed_at timestamptz;

-- One default number for each org.
update number set is_default = false
  where is_default and (removed_at is not null or exists (
    select 1 from number other where other.org_id = number.org_id and other.is_default and other.removed_at is null and other.id < number.id));
create unique index number_default on number (org_id) where is_default;
