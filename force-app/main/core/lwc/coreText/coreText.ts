/**
 * Fills the numbered places of a label: `fill('{0} of {1}', 3, 10)` is "3 of 10".
 * A place without a value stays as it is, so that a wrong label shows up instead of hiding.
 */
export function fill(label: string, ...values: (string | number)[]): string {
  return label.replace(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place));
}
