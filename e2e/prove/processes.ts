/** The service processes of a proof: both over one PostgreSQL, the first one also answers HTTP. */
import { startService, type ServiceOptions, type ServiceProcess } from '../../sandbox/stack/service.ts';

export interface Slot {
  process: ServiceProcess | undefined;
  frozen: boolean;
}

export interface Processes {
  slots: readonly [Slot, Slot];
  start(index: number, env?: Record<string, string>): Promise<void>;
  kill(index: number): Promise<void>;
  stop(index: number): Promise<void>;
  freeze(index: number): void;
  thaw(): void;
  /** Thaws what is frozen and starts what has ended. */
  mend(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export function createProcesses(options: ServiceOptions & { workerPort: number }): Processes {
  const { ports, dataDir, env, onOutput, workerPort } = options;
  const slots: [Slot, Slot] = [
    { process: undefined, frozen: false },
    { process: undefined, frozen: false },
  ];
  const ended = new WeakSet<ServiceProcess>();
  const own = (index: number): Record<string, string> =>
    index === 0 ? {} : { ROLE: 'worker', PORT: String(workerPort), OPERATOR_PORT: '0', PUBLIC_URL: `http://localhost:${ports.service}` };
  const slot = (index: number): Slot => slots[index] as Slot;
  const isUp = ({ process }: Slot) => process !== undefined && !ended.has(process);

  const all: Processes = {
    slots,
    async start(index, more = {}) {
      const started = startService({ ports, dataDir, onOutput, env: { ...env, ...own(index), ...more } });
      const process = await started.catch((error: unknown) => {
        if (more['FAIL_POINTS']) return undefined; // it died on what was left to do, before it was ready
        throw error;
      });
      slot(index).process = process;
      if (process) void process.exited.then(() => ended.add(process));
    },
    async kill(index) {
      await slot(index).process?.kill();
    },
    async stop(index) {
      if (!slot(index).frozen) await slot(index).process?.stop();
    },
    freeze(index) {
      const { process: running } = slot(index);
      if (!running || !isUp(slot(index))) return;
      process.kill(running.pid, 'SIGSTOP');
      slot(index).frozen = true;
    },
    thaw() {
      for (const each of slots) {
        if (each.frozen && each.process && isUp(each)) process.kill(each.process.pid, 'SIGCONT');
        each.frozen = false;
      }
    },
    async mend() {
      all.thaw();
      await Promise.all(slots.map(async (each, index) => (isUp(each) ? undefined : all.start(index))));
    },
    async restart() {
      all.thaw();
      await Promise.all(slots.map(async (each) => each.process?.stop()));
      await all.mend();
    },
    async close() {
      all.thaw();
      await Promise.all(slots.map(async (each) => each.process?.stop()));
    },
  };
  return all;
}
