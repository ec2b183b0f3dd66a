-- When a carrier was seen to have read our reply: what it handed over before that may repeat the text although the reply was read meanwhile.
alter table message add column reply_confirmed_at timestamptz;
-- Repetitions are looked for among the newest texts of their conversation.
drop index message_unconfirmed;
