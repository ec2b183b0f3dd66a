-- A first reading by a bulk query of the org. connection_id: who made the job; nobody else can read it. locator: up to which the results are
-- stored, null before the first page. place: what the reading of changes begins with afterwards, from before the job was made.
create table directory_load (
  org_id uuid not null references directory_org (org_id) on delete cascade,
  object text not null,
  place_at text,
  place_id text,
  connection_id uuid,
  job_id text,
  locator text,
  attempts int not null default 0,
  primary key (org_id, object)
);
-- How many there were when the first reading began; null where nobody counted them.
alter table directory_source add column records_total bigint;
