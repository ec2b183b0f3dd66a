-- Sign-ins that other features begin and finish (tenancy and acd): who signs in is proved the same way.
alter table connect_flow drop constraint connect_flow_kind_check;
alter table connect_flow add constraint connect_flow_kind_check check (kind in ('register', 'invite', 'portal', 'acd'));
