import type { LaneName, LinkRow } from './types.ts';

/** Calls at once, and the share of the org's daily API calls up to which a lane goes on. A caller waits on the phone; a sync can wait a day. */
export const LANE_LIMITS: Readonly<Record<LaneName, { concurrent: number; share: number }>> = {
  acd: { concurrent: 6, share: 1 },
  messaging: { concurrent: 4, share: 0.95 },
  sync: { concurrent: 2, share: 0.7 },
};

/** Usage older than this says nothing any more: the window is rolling. */
const USAGE_FRESH_MS = 3600_000;

/** True when the org's calls are so far used up that this lane must leave the rest to the others. */
export function overBudget(lane: LaneName, link: Pick<LinkRow, 'apiUsed' | 'apiMax' | 'apiAt'>, now: Date): boolean {
  if (!link.apiMax || link.apiUsed === null || !link.apiAt || now.getTime() - link.apiAt.getTime() > USAGE_FRESH_MS) return false;
  return link.apiUsed / link.apiMax > LANE_LIMITS[lane].share;
}

/** Lets a fixed number of calls of each key run at once; the others wait in order. In this process only: it spares, it does not guard. */
export function createGates() {
  const gates = new Map<string, { free: number; waiting: (() => void)[] }>();
  return {
    async run<T>(key: string, concurrent: number, work: () => Promise<T>): Promise<T> {
      const gate = gates.get(key) ?? { free: concurrent, waiting: [] };
      gates.set(key, gate);
      if (gate.free > 0) gate.free -= 1;
      else await new Promise<void>((resolve) => gate.waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = gate.waiting.shift();
        if (next) next();
        else gate.free += 1;
        if (gate.free === concurrent && gate.waiting.length === 0) gates.delete(key);
      }
    },
  };
}
