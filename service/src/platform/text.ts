/**
 * A text from outside in a form that PostgreSQL can store: it takes neither NUL nor half of a surrogate pair, and both become U+FFFD. For what
 * must come in whatever it holds, since its sender would hand it over for ever; a person’s input is refused instead (`text` of platform/http/schemas.ts).
 */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}

/** `JSON.parse` with every text in its value storable. Throws SyntaxError. */
export function parseStorable(json: string): unknown {
  return JSON.parse(json, (_name, value: unknown) => (typeof value === 'string' ? storable(value) : value));
}
