import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { createEntrance } from './webhook-places.ts';

function rig(most: { requests: number; bytes: number }) {
  const entrance = createEntrance(most);
  const cut: string[] = [];
  return {
    cut,
    enter: (name: string, bytes: number) => entrance.enter({ destroy: () => void cut.push(name) } as unknown as IncomingMessage, bytes),
  };
}

it('who has been arriving for the longest is cut off, and no more than needed', () => {
  const { cut, enter } = rig({ requests: 3, bytes: 100 });
  for (const name of ['a', 'b', 'c']) enter(name, 30);
  expect(enter('d', 30)).toBeDefined();
  expect(cut).toEqual(['a']);
});

it('nobody is cut off where that would not make room enough', () => {
  const { cut, enter } = rig({ requests: 10, bytes: 100 });
  enter('whole', 80)?.hasArrived();
  enter('arriving', 10);
  expect(enter('large', 30)).toBeUndefined();
  expect(cut).toEqual([]);
  expect(enter('small', 20)).toBeDefined();
  expect(cut).toEqual(['arriving']);
});
