/** Reading parsed metadata: every value is text, a repeated element a list. */

export type Xml = Record<string, unknown>;

/** Text of a child element. */
export function text(xml: Xml, name: string, fallback = ''): string {
  const value = xml[name];
  return typeof value === 'string' ? value : fallback;
}

/** True when a child element reads `true`. */
export function flag(xml: Xml, name: string, fallback = false): boolean {
  const value = xml[name];
  return typeof value === 'string' ? value === 'true' : fallback;
}

/** Child elements of one name, however many there are. */
export function list(xml: Xml, name: string): Xml[] {
  const value = xml[name];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).filter((entry): entry is Xml => typeof entry === 'object' && entry !== null);
}
