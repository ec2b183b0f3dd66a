-- Requests made to an org, by what for and by day (UTC): what is spent is shown. Counted in processes and added every few seconds.
create table org_requests (
  org_id uuid not null references org (id) on delete cascade,
  lane text not null,
  day date not null,
  requests bigint not null,
  primary key (org_id, lane, day)
);
