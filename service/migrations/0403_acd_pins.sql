-- Wrong PINs. subject: the record whose PIN was asked for, or a hash of what the caller said to be.
create table acd_pin_try (
  org_id uuid not null references org (id) on delete cascade,
  subject text not null,
  tries integer not null,
  until_at timestamptz not null,
  primary key (org_id, subject)
);
create index acd_pin_try_until on acd_pin_try (until_at);
