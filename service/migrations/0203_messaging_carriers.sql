-- A receipt may spell the carrier's id otherwise than the answer to the submission did: all its readings are kept.
alter table receipt add column carrier_keys text[] not null default '{}';
update receipt set carrier_keys = array[carrier_key];
drop index receipt_key;
alter table receipt drop column carrier_key;
create index receipt_keys on receipt using gin (carrier_keys);

-- The queue of a carrier account takes the first text of each conversation only.
create index message_queued on message (org_id, conversation_id, sequence) where status = 'queued';

-- Somebody who texted HELP said nothing about consent; kept where nothing else is known of the number.
alter table opt_out drop constraint opt_out_kind_check;
alter table opt_out add constraint opt_out_kind_check check (kind in ('keyword', 'manual', 'carrier', 'help'));
