-- Parts of a long text that were put together stay for some minutes, so that one that the carrier repeats is known.
alter table inbound_part add column joined_at timestamptz;
create index inbound_part_waiting on inbound_part (received_at) where joined_at is null;
