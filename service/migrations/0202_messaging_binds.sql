-- The SMPP bind that an inbound message came on: a repetition after a lost reply comes on another one.
alter table message add column bind_id text;
