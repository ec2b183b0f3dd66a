-- Counts how often a user's rights were looked at: what any process knows through this user's eyes belongs to one number.
alter table connected_user add column rights_version integer not null default 0;
