-- wanted: fields that features want kept of each object, besides those that the directory reads by itself. time_zone: the org's (IANA).
alter table directory_org add column wanted jsonb not null default '{}';
alter table directory_org add column time_zone text;
