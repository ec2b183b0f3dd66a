/** Questions of the page's own components to its server. */

/** JSON of a GET; what went wrong becomes an Error whose message may be shown. */
export async function get<T>(path: string): Promise<T> {
  const response = await fetch(path);
  const body = (await response.json().catch(() => ({}))) as T & { error?: string };
  if (!response.ok) throw new Error(body.error ?? `HTTP ${response.status}`);
  return body;
}

export interface FieldData {
  name: string;
  label: string;
  type: string;
  value: string | number | boolean | null;
  display?: string;
}

export interface RecordData {
  id: string;
  object: string;
  label: string;
  name: string;
  highlights: FieldData[];
  sections: { label: string; fields: FieldData[] }[];
  related: { label: string; object: string; rows: { id: string; name: string }[] }[];
}

export interface ListData {
  columns: { name: string; label: string; type: string }[];
  rows: { id: string; cells: FieldData[] }[];
}
