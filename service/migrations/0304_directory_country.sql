-- The country that an object's numbers were read with: another one since then means that all of it is to be read anew, whoever wrote last.
alter table directory_source add column country text;
update directory_source s set country = o.country from directory_org o where o.org_id = s.org_id;
