/**
 * `npm run hostile -- [--requests N] [--pdus N] [--seed S]`: sends generated requests and SMPP PDUs to a service process and tells every answer that
 * should not have been given, what the log should not hold, and whether the process grew. With TEST_DATABASE_URL or DATABASE_URL on PostgreSQL,
 * else on a folder.
 */
import { parseArgs } from 'node:util';
import { BATCH, createHunt, type Finding } from './hunt.ts';
import { faultsOfLog } from './log.ts';
import { growthOf, memoryOf, type Memory } from './memory.ts';
import { addHostileAccount, huntLink, huntSandbox, type SmppFinding } from './smpp.ts';
import { startHostileSmsc } from './smsc.ts';
import { startWorld } from './world.ts';

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { requests: { type: 'string', default: '10000' }, pdus: { type: 'string', default: '2000' }, seed: { type: 'string' } },
  });
  const [count, pdus] = [Number(values.requests), Number(values.pdus)];
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  say(`seed ${seed}, ${count} requests, ${pdus} PDUs`);
  const smsc = await startHostileSmsc();
  const world = await startWorld({
    server: process.env['TEST_DATABASE_URL'] ?? process.env['DATABASE_URL'],
    allow: [`127.0.0.1:${smsc.port}`],
  });
  const hunt = await createHunt(world);
  let ended: string | undefined;
  void world.ended().then(({ code, signal }) => (ended = `the process ended (${code ?? signal ?? 'unknown'})`));
  const memory: Memory[] = [];
  try {
    for (let batch = 0; hunt.sent < count && !ended; batch += 1) {
      const before = hunt.findings.length;
      await hunt.go(seed + batch, Math.min(BATCH, count - hunt.sent));
      for (const finding of hunt.findings.slice(before)) tell(finding);
      if (!ended) memory.push(await memoryOf(world));
      if (batch % 10 === 9) say(`${hunt.sent} sent, ${last(memory)}`);
    }
    const sent = hunt.sent;
    say(
      `${sent} requests: ${[...hunt.statuses]
        .sort()
        .map(([status, times]) => `${status} ${times}`)
        .join(', ')}`,
    );
    say(`memory: ${memory[0]?.text} after ${BATCH}, ${memory[Math.floor(memory.length / 2)]?.text} half-way, ${last(memory)} at the end`);
    const link: SmppFinding[] = [];
    if (pdus > 0 && !ended) {
      await addHostileAccount(world, smsc);
      link.push(...(await huntLink(world, smsc, { seed, count: pdus, breaking: 1 })));
      await huntSandbox(world, { seed, count: pdus, breaking: 1 });
      say(`${pdus} PDUs to each side, ${smsc.binds} binds; ${(await memoryOf(world)).text}`);
      for (const finding of link) say(`✗ --seed ${finding.seed} --pdus ${pdus}: ${finding.what}`);
    }
    const growth = growthOf(memory);
    const faults = [...(ended ? [ended] : []), ...(growth ? [growth] : []), ...faultsOfLog(world.log(), world.secrets)];
    for (const fault of faults) say(`✗ ${fault}`);
    if (!ended)
      for (const finding of hunt.findings.slice(0, 20)) {
        await hunt.shrink(finding);
        say(`✗ ${finding.what}, ${finding.times} times; shortest: ${show(finding)}`);
      }
    const found = hunt.findings.length + link.length + faults.length;
    say(`${found} findings`);
    if (found > 0) process.exitCode = 1;
  } finally {
    hunt.close();
    await world.close();
    await smsc.close();
  }
}

const last = (memory: readonly Memory[]) => memory.at(-1)?.text ?? 'unknown';

function tell(finding: Finding): void {
  say(`  ✗ ${finding.what}: ${show(finding)}`);
}

function show({ seed, request }: Finding): string {
  return `--seed ${seed} --requests ${BATCH} ${JSON.stringify(request, (_key, value: unknown) => (typeof value === 'string' && value.length > 400 ? `${value.slice(0, 400)}… (${value.length})` : value))}`;
}

await main();
