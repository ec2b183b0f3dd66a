/**
 * Stand-in for the platform's utility bar API. A change is announced on `window` as `shell:utility`
 * (detail `{id, label?, icon?, highlighted?, open?}`); the utility bar of the page shows it. The id of a utility is its component's name.
 */
import { context } from 'shell/context';

interface Change {
  label?: string;
  icon?: string;
  highlighted?: boolean;
}

/** Wire adapter: the id of the utility that the component is; undefined outside the utility bar. */
export class EnclosingUtilityId {
  private readonly emit: (id: string | undefined) => void;
  private readonly id: string | undefined;

  constructor(emit: (id: string | undefined) => void, source?: { tagName?: string }) {
    this.emit = emit;
    const name = (source?.tagName ?? '')
      .toLowerCase()
      .replace(/^c-/, '')
      .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    this.id = context().app.utilities.find((utility) => utility.name === name)?.name;
  }

  connect(): void {
    this.emit(this.id);
  }

  update(): void {}

  disconnect(): void {}
}

export async function updateUtility(id: string, change: Change): Promise<boolean> {
  return announce({ id, ...change });
}

export async function open(id: string): Promise<boolean> {
  return announce({ id, open: true });
}

export async function minimize(id: string): Promise<boolean> {
  return announce({ id, open: false });
}

function announce(detail: object): boolean {
  window.dispatchEvent(new CustomEvent('shell:utility', { detail }));
  return true;
}
