-- Keys of one scope for different uses live side by side: a new one for the second phone system does not end that of the first.
alter table api_key add column used_for text not null default '';
