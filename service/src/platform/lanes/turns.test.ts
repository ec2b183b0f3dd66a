import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

function rig(options: { most?: number; mostOfPeer?: number } = {}) {
  let time = 0;
  const turns = createTurns<string>({ most: 4, mostOfPeer: 2, slowMs: 100, now: () => time, ...options });
  return {
    turns,
    pass: (ms: number) => void (time += ms),
    ask: (peer: string, ...keys: string[]) => keys.forEach((key) => turns.ask(`${peer}${key}`, peer, `${peer}${key}`)),
    /** Everybody who may begin now, in order. */
    begin: () => {
      const ids: string[] = [];
      for (let turn = turns.next(); turn; turn = turns.next()) ids.push(turn.id);
      return ids;
    },
    finish: (...ids: string[]) =>
      ids.forEach((id) => {
        turns.progress(id);
        turns.end(id);
      }),
  };
}

describe('turns', () => {
  it('go round the peers, however many lanes one of them has', () => {
    const { ask, begin } = rig({ most: 5, mostOfPeer: 3 });
    ask('a', '1', '2', '3', '4');
    ask('b', '1', '2');
    ask('c', '1');
    expect(begin()).toEqual(['a1', 'b1', 'c1', 'a2', 'b2']);
  });

  it('leave the places that one peer may not have to the others, and give a lane one place in line', () => {
    const { ask, begin, finish } = rig();
    ask('a', '1', '2', '3');
    ask('a', '3');
    expect(begin()).toEqual(['a1', 'a2']);
    ask('b', '1');
    expect(begin()).toEqual(['b1']);
    finish('a1');
    expect(begin()).toEqual(['a3']);
    finish('a2', 'a3');
    expect(begin()).toEqual([]);
  });

  it('find a place for a quick peer although more slow ones than places are at work', () => {
    const { ask, begin, pass } = rig();
    const slow = ['s', 't', 'u', 'v', 'w', 'x'];
    for (const peer of slow) ask(peer, '1', '2');
    expect(begin()).toHaveLength(4);
    ask('quick', '1', '2');
    expect(begin()).toEqual([]);
    pass(101);
    // Two that nobody knows to be slow yet are before it.
    expect(begin()).toEqual(['w1', 'x1', 'quick1']);
  });

  it('never make more than twice as many places', () => {
    const { ask, begin, pass } = rig();
    for (let peer = 0; peer < 40; peer += 1) ask(`p${peer}-`, '1');
    let running = 0;
    for (let round = 0; round < 20; round += 1) {
      running += begin().length;
      pass(101);
    }
    expect(running).toBe(8);
  });

  it('give slow peers a quarter of the places and no more, each in turn, while quick ones use the others', () => {
    const { ask, begin, pass, finish, turns } = rig({ most: 8 });
    const known = ['s', 't', 'u'];
    for (const peer of known) {
      ask(peer, '1');
      const ids = begin();
      pass(101);
      finish(...ids);
    }
    for (const peer of known) ask(peer, '1', '2');
    expect(begin()).toEqual(['s1', 't1']);
    pass(101);
    ask('quick', '1', '2');
    expect(begin()).toEqual(['quick1', 'quick2']);
    expect(turns.progress('s1')).toBe(true);
    turns.end('s1');
    expect(begin()).toEqual(['u1']);
  });

  it('ask nobody to make room as long as there is some, or only for lanes of the same peer', () => {
    const { ask, begin, turns } = rig({ most: 2 });
    ask('a', '1', '2', '3');
    begin();
    expect(turns.progress('a1')).toBe(false);
    ask('b', '1');
    expect(turns.progress('a1')).toBe(true);
    turns.end('a1');
    expect(begin()).toEqual(['b1']);
  });

  it('take a peer for slow that let a held batch wait, and not for quick because a held one was short', () => {
    const { ask, begin, pass, turns } = rig({ most: 4 });
    ask('s', '1');
    begin();
    pass(101);
    turns.progress('s1', 0, true);
    turns.end('s1');
    ask('s', '1');
    begin();
    turns.progress('s1', 0, true);
    turns.end('s1');
    ask('s', '1', '2');
    expect(begin()).toEqual(['s1']);
  });

  it('count a lane that waits long against nobody, and its peer as quick until it is known to be slow', () => {
    const { ask, begin, pass } = rig({ most: 2 });
    ask('a', '1');
    ask('b', '1');
    begin();
    pass(101);
    ask('a', '2');
    expect(begin()).toEqual(['a2']);
  });

  it('do not take a peer for slow because of what was not its own slowness', () => {
    const { ask, begin, pass, turns } = rig({ most: 2 });
    ask('a', '1', '2');
    begin();
    pass(500);
    turns.progress('a1', 450);
    turns.end('a1');
    turns.progress('a2', 450);
    turns.end('a2');
    ask('a', '1', '2');
    expect(begin()).toEqual(['a1', 'a2']);
  });

  it('give a slow peer a place although quick ones have all of them and go on without end', () => {
    const { ask, begin, pass, finish, turns } = rig({ most: 2 });
    ask('s', '1');
    begin();
    pass(101);
    finish('s1');
    ask('a', '1');
    ask('b', '1');
    expect(begin()).toEqual(['a1', 'b1']);
    ask('s', '1', '2');
    expect(begin()).toEqual([]);
    expect(turns.progress('a1')).toBe(true);
    turns.end('a1');
    expect(begin()).toEqual(['s1']);
    expect(turns.progress('b1')).toBe(false); // one is enough
  });

  it('take a peer for quick again after one quick batch', () => {
    const { ask, begin, pass, finish } = rig({ most: 2 });
    ask('s', '1', '2');
    begin();
    pass(101);
    finish('s1', 's2');
    ask('s', '1', '2');
    expect(begin()).toEqual(['s1']);
    finish('s1');
    ask('s', '1');
    expect(begin()).toEqual(['s2', 's1']);
  });
});
