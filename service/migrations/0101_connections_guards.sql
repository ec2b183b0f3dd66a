-- When the rights of an org's users were last compared after a refusal, and which missing rights the timeline told of last.
alter table org_link add column rights_probed_at timestamptz;
alter table org_link add column rights_told text;
