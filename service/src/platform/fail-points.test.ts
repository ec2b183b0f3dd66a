import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FailPointError, noFailPoints, parseFailPoints } from './fail-points.ts';

describe('fail-points', () => {
  it('are nothing in production', async () => {
    expect(parseFailPoints(undefined)).toBe(noFailPoints);
    await expect(noFailPoints.hit('any')).resolves.toBeUndefined();
  });

  it('throw once, at the hit that was named', async () => {
    const points = parseFailPoints('a.b=throw@3, c=throw');
    await points.hit('a.b');
    await points.hit('a.b');
    await expect(points.hit('a.b')).rejects.toThrow(FailPointError);
    await points.hit('a.b');
    await expect(points.hit('c')).rejects.toThrow('fail-point c');
    await points.hit('unknown');
  });

  it('wait', async () => {
    let waited = false;
    const waiting = parseFailPoints('a=delay:20')
      .hit('a')
      .then(() => (waited = true));
    expect(waited).toBe(false);
    expect(await waiting).toBe(true);
  });

  it('kill the process the way kill -9 does', () => {
    const script = `
      const { parseFailPoints } = await import(${JSON.stringify(join(import.meta.dirname, 'fail-points.ts'))});
      process.on('exit', () => console.log('a graceful end'));
      const points = parseFailPoints('x=crash@2');
      await points.hit('x'); console.log('first'); await points.hit('x'); console.log('second');`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(child.signal).toBe('SIGKILL');
    expect(child.stdout).toBe('first\n');
  });

  it.each(['a', 'a=explode', 'a=throw@', 'a=delay', 'a b=throw'])('refuse %j', (text) => {
    expect(() => parseFailPoints(text)).toThrow(/FAIL_POINTS: cannot read/);
  });
});
