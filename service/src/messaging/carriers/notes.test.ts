import { describe, expect, it } from 'vitest';
import { createNotes } from './notes.ts';

function rig(answers: ('ok' | 'fault')[] = []) {
  const [written, failed]: [string[], unknown[]] = [[], []];
  const notes = createNotes<string>({
    write: async (note) => {
      await Promise.resolve();
      if (answers.shift() === 'fault') throw new Error('the database is away');
      written.push(note);
    },
    failed: (error) => failed.push(error),
    againMs: 5,
  });
  return { notes, written, failed };
}

describe('the state of a carrier account', () => {
  it('is written again when it could not be, although nothing changes any more', async () => {
    const { notes, written, failed } = rig(['fault', 'fault', 'ok']);
    notes.note('connected');
    await expect.poll(() => written).toEqual(['connected']);
    expect(failed).toHaveLength(2);
    notes.note('failed');
    await expect.poll(() => written).toEqual(['connected', 'failed']);
  });

  it('is the newest one in the end, and older ones that nobody has read yet are passed over', async () => {
    const { notes, written } = rig();
    for (const state of ['connecting', 'failed', 'connecting', 'connected']) notes.note(state);
    await notes.end();
    expect(written).toEqual(['connecting', 'connected']);
  });

  it('is given up at the end when it cannot be written', async () => {
    const { notes, written, failed } = rig(['fault', 'fault']);
    notes.note('off');
    await notes.end();
    expect([written, failed.length]).toEqual([[], 1]);
  });
});
