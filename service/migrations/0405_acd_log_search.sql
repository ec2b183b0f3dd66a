-- The log is searched and summed up within a span of time.
create index acd_log_org_at on acd_log (org_id, at);
