import { inOrder, moved, working } from 'c/connectionsModel';
import type { Connection } from 'c/connectionsModel';

const user = (id: string, role: 'main' | 'standby', position: number, status: Connection['status'] = 'connected') =>
  ({ id, role, position, status }) as Connection;

describe('c/connectionsModel', () => {
  it('puts the main user first, then the standby users in their order', () => {
    const list = [user('c', 'standby', 2), user('b', 'standby', 1), user('a', 'main', 3)];
    expect(inOrder(list).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(list[0].id).toBe('c');
  });

  it('counts only connected users as working', () => {
    expect(
      working([user('a', 'main', 0), user('b', 'standby', 1, 'requested'), user('c', 'standby', 2, 'disconnected')]).map(({ id }) => id),
    ).toEqual(['a']);
  });

  it('moves one place and never out of the list', () => {
    expect(moved(['a', 'b', 'c'], 'b', 1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b'], 'a', -1)).toEqual(['a', 'b']);
    expect(moved(['a', 'b'], 'x', 1)).toEqual(['a', 'b']);
  });
});
