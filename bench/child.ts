/** One bench in its own process: started by run.ts, which reads the file that it writes. */
import { writeFileSync } from 'node:fs';
import { BENCHES } from './benches.ts';

const [name, file] = process.argv.slice(2);
const bench = BENCHES.find((each) => each.name === name);
if (!bench || !file) throw new Error('this file is started by run.ts');

const { run } = await bench.load();
const outcome = await run().catch((error: unknown) => ({
  failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
}));
writeFileSync(file, JSON.stringify(outcome));
process.exit(0);
