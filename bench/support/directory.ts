import pg from 'pg';

/** The number of the person with this index, E.164; valid in the North American plan. */
export const numberOf = (index: number): string => {
  const [area, exchange] = [201 + Math.floor(index / 8_000_000), 2_000_000 + (index % 8_000_000)];
  return `+1${area}${exchange}`;
};

/** As people type it. */
export const freeForm = (number: string): string => `(${number.slice(2, 5)}) ${number.slice(5, 8)}-${number.slice(8)}`;

/** Puts people into the service's directory of an org as a first reading would, all of the user `ownerId`. */
export async function fillDirectory(databaseUrl: string, orgSalesforceId: string, people: number, ownerId: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query<{ id: string }>('select id from org where salesforce_id = $1', [orgSalesforceId]);
    const orgId = rows[0]?.id;
    await client.query(
      `insert into directory_record (org_id, id, object, name, owner_id, account_id, activity_at, changed_at, fields, keys, read_at)
       select $1::uuid, '003B' || lpad(n::text, 11, '0') || 'AAA', 'Contact', 'Caller ' || n, $3::text, null, null, now(), '{"DoNotCall": false}'::jsonb,
         jsonb_build_array(jsonb_build_object('key', '+1' || (201 + n / 8000000) || (2000000 + n % 8000000), 'field', 'Phone')), now()
       from generate_series(0, $2::integer - 1) as n`,
      [orgId, people, ownerId],
    );
    await client.query(
      `insert into directory_key (org_id, key, record_id, field)
       select org_id, keys -> 0 ->> 'key', id, 'Phone' from directory_record where org_id = $1::uuid and id like '003B%'`,
      [orgId],
    );
    await client.query(`insert into directory_change (org_id, what) values ($1::uuid, '*')`, [orgId]);
    await client.query('commit');
    // As a database that has been up for a while: its own clean-up after a million new rows would run beside the first minutes.
    await client.query('vacuum analyze directory_record, directory_key');
  } finally {
    await client.end();
  }
}
