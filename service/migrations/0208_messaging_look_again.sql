-- Conversations for which the org refused to look for the person: few, and looked for again when rights are in order.
create index conversation_refused on conversation (org_id, last_message_at) where matched_at is null and match_note is not null;
