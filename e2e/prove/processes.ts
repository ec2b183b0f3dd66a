/** The service processes of a proof: both over one PostgreSQL, the first one also answers HTTP. */
import path from 'node:path';
import { startService, type ServiceOptions, type ServiceProcess } from '../../sandbox/stack/service.ts';
import { clockEnv, faketime, setClock } from './clock.ts';
import { moment } from './moment.ts';

export interface Slot {
  process: ServiceProcess | undefined;
  frozen: boolean;
}

/** A process that died as by `kill -9`, killed by us or, with `point`, by itself at a fail-point. */
export interface Death {
  at: number;
  index: number;
  point?: string;
}

export interface Processes {
  slots: readonly [Slot, Slot];
  /** Names (INSTANCE_NAME) of those that have ended or are frozen: nobody works under the leases that they hold. */
  idleNames(): string[];
  /** Processes that ended although nobody had asked for it, since the last call. */
  takeDeaths(): string[];
  /** Every death as by `kill -9` so far, in order. */
  killed: readonly Death[];
  /** `harmed`: while faults are about it may die before it is ready. */
  start(index: number, env?: Record<string, string>, harmed?: boolean): Promise<void>;
  /** Runs `work` when what was asked before for this process is done. */
  inTurn(index: number, work: () => Promise<void>): Promise<void>;
  kill(index: number): Promise<void>;
  stop(index: number): Promise<void>;
  freeze(index: number): void;
  thaw(): void;
  /** Thaws what is frozen, starts what has ended and sets clocks right. Tells how many it thawed or started. */
  mend(): Promise<number>;
  /** A process that was to die at a fail-point and has not come by starts anew without it. */
  disarm(): Promise<void>;
  /** The process starts anew, and its clock jumps while it runs. Without libfaketime it only starts anew. */
  jump(index: number, offsetSeconds: number): Promise<void>;
  /** The process ends, and the checkout's own version of the service starts in its place. */
  update(index: number): Promise<void>;
  close(): Promise<void>;
}

export function createProcesses(options: ServiceOptions & { workerPort: number }): Processes {
  const { ports, dataDir, env, onOutput, workerPort } = options;
  const mains = [options.main, options.main];
  const clocks = [0, 1].map((index) => path.join(dataDir, `clock-${index}`));
  const slots: [Slot, Slot] = [
    { process: undefined, frozen: false },
    { process: undefined, frozen: false },
  ];
  const ended = new WeakSet<ServiceProcess>();
  const turns = [Promise.resolve(), Promise.resolve()];
  const deaths: string[] = [];
  const killed: Death[] = [];
  const armed = new Map<ServiceProcess, string>();
  const idle = new Set<string>();
  const names: string[] = [];
  let started = 0;
  /** Those whose end somebody asked for, or plans. */
  const asked = new WeakSet<ServiceProcess>();
  const own = (index: number): Record<string, string> =>
    index === 0 ? {} : { ROLE: 'worker', PORT: String(workerPort), OPERATOR_PORT: '0', PUBLIC_URL: `http://localhost:${ports.service}` };
  const slot = (index: number): Slot => slots[index] as Slot;
  const isUp = ({ process }: Slot) => process !== undefined && !ended.has(process);

  const end = async (index: number, how: 'kill' | 'stop') => {
    const { process } = slot(index);
    if (!process) return;
    asked.add(process);
    await process[how]();
  };

  const all: Processes = {
    slots,
    takeDeaths: () => deaths.splice(0),
    killed,
    idleNames: () => [...idle, ...slots.flatMap((each, index) => (each.frozen ? [names[index] as string] : []))],
    async start(index, more = {}, harmed = true) {
      const name = `slot-${index}-${(started += 1)}`;
      const starting = startService({
        ports,
        dataDir,
        onOutput,
        main: mains[index],
        env: { ...env, ...own(index), INSTANCE_NAME: name, ...more },
      });
      let wasKilled = false;
      const process = await starting.catch((error: unknown) => {
        wasKilled = error instanceof Error && error.message.includes('SIGKILL');
        // It died on what was left to do, or its database is away: it is started again when the faults are taken back.
        if (harmed) return undefined;
        throw error;
      });
      slot(index).process = process;
      names[index] = name;
      const point = more['FAIL_POINTS']?.replace('=crash', '');
      if (!process) {
        idle.add(name);
        if (point && wasKilled) killed.push({ at: moment(), index, point });
        return;
      }
      if (point) armed.set(process, point);
      void process.exited.then(({ code, signal }) => {
        ended.add(process);
        idle.add(name);
        const reached = signal === 'SIGKILL' && !asked.has(process) ? armed.get(process) : undefined;
        armed.delete(process);
        if (signal === 'SIGKILL') killed.push({ at: moment(), index, ...(reached && { point: reached }) });
        if (!asked.has(process) && reached === undefined) deaths.push(`process ${index} ended by itself (${code ?? signal})`);
      });
    },
    inTurn(index, work) {
      const turn = (turns[index] as Promise<void>).then(work);
      turns[index] = turn.catch(() => undefined);
      return turn;
    },
    async kill(index) {
      await end(index, 'kill');
    },
    async stop(index) {
      if (!slot(index).frozen) await end(index, 'stop');
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
      const frozen = slots.filter((each) => each.frozen && isUp(each)).length;
      all.thaw();
      for (const file of clocks) setClock(file, 0);
      const gone = [0, 1].filter((index) => !isUp(slot(index)));
      await Promise.all(gone.map((index) => all.start(index, {}, false)));
      return frozen + gone.length;
    },
    async disarm() {
      for (const [index, { process }] of slots.entries()) {
        if (!process || !armed.has(process)) continue;
        await all.stop(index);
        await all.start(index, {}, false);
      }
    },
    async jump(index, offsetSeconds) {
      const file = clocks[index] as string;
      await all.stop(index);
      await all.start(index, faketime ? clockEnv(file) : {});
      setClock(file, offsetSeconds);
    },
    async update(index) {
      await all.stop(index);
      mains[index] = undefined;
      await all.start(index);
    },
    async close() {
      all.thaw();
      await Promise.all([end(0, 'stop'), end(1, 'stop')]);
    },
  };
  return all;
}
