/**
 * Stand-in for the platform's utility bar API. A utility's label and highlight are announced on `window` as `shell:utility`
 * (detail `{id, label?, highlighted?}`); the utility bar of the page shows them. The id of a utility is its component's name.
 */
interface Change {
  label?: string;
  highlighted?: boolean;
}

/** Wire adapter: the id of the utility the component stands in. */
export class EnclosingUtilityId {
  private readonly emit: (id: string | undefined) => void;

  constructor(emit: (id: string | undefined) => void) {
    this.emit = emit;
  }

  connect(): void {
    this.emit('messagingUtility');
  }

  update(): void {}

  disconnect(): void {}
}

export async function updateUtility(id: string, change: Change): Promise<boolean> {
  window.dispatchEvent(new CustomEvent('shell:utility', { detail: { id, ...change } }));
  return true;
}

export async function open(id: string): Promise<boolean> {
  window.dispatchEvent(new CustomEvent('shell:utility', { detail: { id, open: true } }));
  return true;
}

export async function minimize(id: string): Promise<boolean> {
  window.dispatchEvent(new CustomEvent('shell:utility', { detail: { id, open: false } }));
  return true;
}
