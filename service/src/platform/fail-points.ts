/**
 * Named places around an outside effect or a commit at which a test makes the process crash, fail or wait.
 * In production the set is empty and `hit` costs a map look-up.
 */
export interface FailPoints {
  hit(name: string): Promise<void>;
}

export const noFailPoints: FailPoints = { hit: () => Promise.resolve() };

type Action = 'crash' | 'throw' | `delay:${number}`;
interface Plan {
  action: Action;
  skip: number;
}

/**
 * Reads `FAIL_POINTS`, for example `lane.before-settle=crash,broker.after-refresh=throw@2,carrier.before-submit=delay:500`:
 * `@n` skips the first n-1 hits; each point fires once. `crash` kills the process the way `kill -9` does.
 */
export function parseFailPoints(text: string | undefined): FailPoints {
  if (!text) return noFailPoints;
  const plans = new Map<string, Plan>();
  for (const part of text.split(',')) {
    const match = /^([\w.-]+)=(crash|throw|delay:\d+)(?:@(\d+))?$/.exec(part.trim());
    if (!match) throw new Error(`FAIL_POINTS: cannot read "${part.trim()}"`);
    plans.set(match[1] as string, { action: match[2] as Action, skip: Number(match[3] ?? 1) - 1 });
  }
  return {
    async hit(name) {
      const plan = plans.get(name);
      if (!plan) return;
      if (plan.skip > 0) {
        plan.skip -= 1;
        return;
      }
      plans.delete(name);
      if (plan.action === 'crash') process.kill(process.pid, 'SIGKILL');
      if (plan.action === 'throw') throw new FailPointError(name);
      if (plan.action.startsWith('delay:')) await new Promise((resolve) => setTimeout(resolve, Number(plan.action.slice(6))));
    },
  };
}

export class FailPointError extends Error {
  constructor(name: string) {
    super(`fail-point ${name}`);
    this.name = 'FailPointError';
  }
}
