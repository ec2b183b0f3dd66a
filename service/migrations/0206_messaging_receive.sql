-- Stores texts of one org that carriers know by ids, all in one call: see insertInbound in service/src/messaging/store/inbound.ts. It is a function
-- because the plan of its large statement is then made once for each connection: making it for each call took longer than carrying it out. A plan
-- that is kept must suit tables that have grown since. So the large statement looks up nothing but what has one index only, what looks up the rest is
-- planned anew (execute), each number by index (offset 0), and the checks of foreign keys, which keep plans as well, scan no table.
create function store_inbound(for_org uuid, lane text, lanes integer, customers text[], ours text[], list json)
  returns table (id uuid, conversation_id uuid, sequence bigint)
  language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare in_order text[]; opted_out_numbers text[]; /* no line may end in a semicolon: it would end the statement of this file */
begin
  -- Conversations that exist are locked by id, as everywhere.
  execute '
    select array_agg(pair.customer || '' '' || pair.ours order by known.id) filter (where known.id is not null),
      coalesce(array_agg(pair.customer) filter (where stopped.number is not null), ''{}'')
    from unnest($2, $3) as pair (customer, ours)
    left join lateral (select id from conversation where org_id = $1 and customer_number = pair.customer and our_number = pair.ours offset 0) known on true
    left join lateral (select number from opt_out where org_id = $1 and number = pair.customer and state = ''opted_out'' offset 0) stopped on true'
    into in_order, opted_out_numbers using for_org, customers, ours; /* */
  return query
  with fresh as (
    select text.* from json_to_recordset(list) as text(position integer, id uuid, "newConversationId" uuid, "accountId" uuid, "carrierId" text,
      "ourNumber" text, "customerNumber" text, body text, preview text, segments integer, "occurredAt" timestamptz)
    left join lateral (select true as known from erased_message where org_id = for_org and account_id = "accountId"
      and carrier_id = "carrierId" offset 0) erased on true
    where erased.known is null
  ), told as (
    select "ourNumber", "customerNumber", count(*) as texts, max("occurredAt") as at,
      (array_agg("newConversationId" order by position))[1] as id,
      (array_agg(preview order by "occurredAt" desc, position desc))[1] as preview
    from fresh group by "customerNumber", "ourNumber"
  ), c as (
    insert into conversation (org_id, id, our_number, customer_number, last_message_at, last_text, last_direction, unread, last_sequence, opted_out)
    select for_org, id, "ourNumber", "customerNumber", at, preview, 'inbound', texts, texts, "customerNumber" = any (opted_out_numbers)
    from told order by array_position(in_order, "customerNumber" || ' ' || "ourNumber") nulls last, "customerNumber", "ourNumber"
    on conflict (org_id, customer_number, our_number) do update
      set last_sequence = conversation.last_sequence + excluded.last_sequence, unread = conversation.unread + excluded.unread,
        last_message_at = greatest(conversation.last_message_at, excluded.last_message_at),
        -- what a list brings late is not the newest
        last_text = case when excluded.last_message_at >= conversation.last_message_at then excluded.last_text else conversation.last_text end,
        last_direction = case when excluded.last_message_at >= conversation.last_message_at then excluded.last_direction else conversation.last_direction end
    returning id, our_number, customer_number, last_sequence
  ), m as (
    insert into message (org_id, id, conversation_id, sequence, direction, status, body, segments, account_id, carrier_id, occurred_at)
    select for_org, fresh.id, c.id, c.last_sequence + 1 - row_number() over (partition by c.id order by position desc),
      'inbound', 'received', body, segments, "accountId", "carrierId", "occurredAt"
    from fresh join c on c.customer_number = "customerNumber" and c.our_number = "ourNumber"
    returning id, conversation_id, sequence
  ), o as (
    insert into outbox (org_id, purpose, lane_key, subject_kind, subject_id)
    -- the lane of shardOf
    select for_org, lane, (('x' || right(conversation::text, 2))::bit(8)::integer % lanes)::text, kind, subject
    from (
      select 'conversation' as kind, id as subject, id as conversation, 0 as position from c
      union all
      select 'message', m.id, m.conversation_id, fresh.position + 1 from m join fresh on fresh.id = m.id
    ) changed order by position
    on conflict (org_id, purpose, subject_kind, subject_id) do update
      set version = outbox.version + 1, state = 'waiting', due_at = now(), attempts = 0, code = null, reason = null, parked_at = null
  )
  select id, conversation_id, sequence from m; /* */
end $$;
