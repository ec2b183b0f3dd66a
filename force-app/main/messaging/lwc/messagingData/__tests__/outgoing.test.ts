import { forgetOutgoing, keepStarted, newKey, outgoingOf, readStored, writeStored } from 'c/messagingData';
import { refusal, settle } from './samples';

/** As a page that was just loaded opens it: whatever other pages have. */
function open(post = jest.fn().mockResolvedValue({ id: 'm-1', conversationId: 'c-1', sequence: 7 })) {
  forgetOutgoing();
  return again(post);
}

/** As another component of the same page opens it. */
function again(post = jest.fn()) {
  const watcher = { changed: jest.fn(), moved: jest.fn() };
  const queue = outgoingOf('c-1', post);
  return { post, ...watcher, queue, close: queue.watch(watcher) };
}

/** What the browser tells all pages but the one that wrote. */
const storageChanged = () => {
  place = localStorage.key(0) ?? place;
  window.dispatchEvent(new StorageEvent('storage', { key: place }));
};
let place = '';

beforeEach(() => localStorage.clear());

describe('sending queue', () => {
  it('shows a message at once and takes over the answer', async () => {
    const { queue, post, changed } = open();
    queue.send('hello', '+14155550199', 'key-1');
    expect(queue.rows).toMatchObject([{ key: 'key-1', body: 'hello', state: 'posting' }]);
    expect(changed).toHaveBeenCalledTimes(1);
    await settle();
    expect(post).toHaveBeenCalledWith({ conversationId: 'c-1', body: 'hello', from: '+14155550199' }, 'key-1');
    expect(queue.rows).toMatchObject([{ key: 'key-1', state: 'accepted', id: 'm-1', sequence: 7 }]);
  });

  it('leaves the number out where none was chosen', async () => {
    const { queue, post } = open();
    queue.send('hello', '', 'key-1');
    await settle();
    expect(post).toHaveBeenCalledWith({ conversationId: 'c-1', body: 'hello' }, 'key-1');
  });

  it('posts one after another, so that the order holds, and goes on after a failure', async () => {
    const answers: ((value: unknown) => void)[] = [];
    const refuse: ((error: unknown) => void)[] = [];
    const post = jest.fn(
      () =>
        new Promise((resolve, reject) => {
          answers.push(resolve);
          refuse.push(reject);
        }),
    );
    const { queue } = open(post as never);
    queue.send('first', '', 'k1');
    queue.send('second', '', 'k2');
    await settle();
    expect(post).toHaveBeenCalledTimes(1);
    refuse[0]!(refusal('service_unreachable', 'Nothing came back.', 503));
    await settle();
    expect(post).toHaveBeenCalledTimes(2);
    answers[1]!({ id: 'm-2', conversationId: 'c-1' });
    await settle();
    expect(queue.rows.map(({ state }) => state)).toEqual(['failed', 'accepted']);
  });

  it('keeps text and key of a failure and retries under the same key', async () => {
    const post = jest
      .fn()
      .mockRejectedValueOnce(refusal('no_number', 'No number.'))
      .mockResolvedValue({ id: 'm-1', conversationId: 'c-1' });
    const { queue } = open(post);
    queue.send('hello', '', 'key-1');
    await settle();
    expect(queue.rows).toMatchObject([{ body: 'hello', state: 'failed', problem: { code: 'no_number', status: 422 } }]);
    queue.retry('key-1');
    expect(queue.rows[0]).toMatchObject({ state: 'posting' });
    expect(queue.rows[0]).not.toHaveProperty('problem');
    await settle();
    expect(post.mock.calls.map(([, key]) => key)).toEqual(['key-1', 'key-1']);
    expect(queue.rows[0]).toMatchObject({ state: 'accepted', id: 'm-1' });
  });

  it('retries and discards failed messages only', async () => {
    const { queue, post } = open();
    queue.send('hello', '', 'key-1');
    queue.discard('key-1');
    queue.retry('key-1');
    await settle();
    expect(queue.rows).toHaveLength(1);
    expect(post).toHaveBeenCalledTimes(1);
  });

  it('forgets a discarded message for good', async () => {
    const { queue } = open(jest.fn().mockRejectedValue(new Error('no')));
    queue.send('hello', '', 'key-1');
    await settle();
    queue.discard('key-1');
    expect(queue.rows).toEqual([]);
    expect(open().queue.rows).toEqual([]);
  });

  it('survives a reload: unanswered messages are not confirmed, accepted ones wait for their row', async () => {
    const { queue } = open(
      jest
        .fn()
        .mockResolvedValueOnce({ id: 'm-1', conversationId: 'c-1' })
        .mockReturnValue(new Promise(() => undefined)),
    );
    queue.send('accepted', '', 'k1');
    queue.send('unanswered', '', 'k2');
    await settle();
    expect(open().queue.rows.map(({ body, state }) => [body, state])).toEqual([
      ['accepted', 'accepted'],
      ['unanswered', 'failed'],
    ]);
  });

  it('keeps nothing in the browser once the org has the message, but still lends the key', async () => {
    const { queue } = open();
    queue.send('hello', '', 'key-1');
    await settle();
    queue.arrived(new Set(['m-1']));
    expect(readStored('pending', 'c-1')).toBe('');
    expect(queue.rows).toMatchObject([{ key: 'key-1', id: 'm-1' }]);
  });

  it('tells when the service filed the message under another conversation', async () => {
    const { queue, moved } = open(jest.fn().mockResolvedValue({ id: 'm-1', conversationId: 'c-2' }));
    queue.send('hello', '', 'key-1');
    await settle();
    expect(moved).toHaveBeenCalledWith('c-2');
    expect(queue.rows).toEqual([]);
  });

  it('is one for all components of a page: who comes back hears the answer that was on the way', async () => {
    let answer: (value: unknown) => void = () => undefined;
    const first = open(jest.fn(() => new Promise((resolve) => (answer = resolve))) as never);
    first.queue.send('hello', '', 'key-1');
    await settle();
    first.close();
    const second = again();
    expect(second.queue.rows).toMatchObject([{ state: 'posting' }]);
    answer({ id: 'm-1', conversationId: 'c-1' });
    await settle();
    expect(second.queue.rows).toMatchObject([{ key: 'key-1', state: 'accepted', id: 'm-1' }]);
    expect(second.changed).toHaveBeenCalled();
    second.queue.arrived(new Set(['m-1']));
    expect(readStored('pending', 'c-1')).toBe('');
  });

  it('moves nobody who looks at another conversation by now', async () => {
    let answer: (value: unknown) => void = () => undefined;
    const { queue, moved, close } = open(jest.fn(() => new Promise((resolve) => (answer = resolve))) as never);
    queue.send('hello', '', 'key-1');
    await settle();
    close();
    answer({ id: 'm-1', conversationId: 'c-2' });
    await settle();
    expect(moved).not.toHaveBeenCalled();
    expect(readStored('pending', 'c-1')).toBe('');
  });

  it('stays one when components leave and come back in any order', async () => {
    const { queue, close } = open(jest.fn().mockRejectedValue(refusal('no_number', 'No number.')));
    close();
    const second = again(jest.fn());
    const back = again(jest.fn());
    expect(second.queue).toBe(queue);
    second.queue.send('hello', '', 'key-1');
    await settle();
    expect(back.queue.rows).toMatchObject([{ key: 'key-1', state: 'failed' }]);
    back.close();
    second.close();
    writeStored('pending', 'c-1', ''); // another page discarded it while nobody here looked
    expect(again(jest.fn()).queue.rows).toEqual([]);
  });

  it('does not wait for a page that has gone in the middle', () => {
    const { queue } = open();
    writeStored('pending', 'c-1', JSON.stringify([{ key: 'k', body: 'b', from: '', createdAt: Date.now(), state: 'posting' }]));
    storageChanged();
    expect(queue.rows).toMatchObject([{ state: 'posting' }]);
    jest.useFakeTimers({ now: Date.now() + 31_000 });
    expect(queue.rows).toMatchObject([{ state: 'failed' }]);
    queue.retry('k');
    expect(queue.rows).toMatchObject([{ state: 'posting' }]);
    jest.useRealTimers();
  });

  it('leaves alone what another page of the browser keeps', async () => {
    const here = open(jest.fn().mockResolvedValue({ id: 'm-9', conversationId: 'c-1' }));
    const there = open(jest.fn().mockRejectedValue(refusal('no_number', 'No number.')));
    there.queue.send('not sent', '', 'key-1');
    await settle();
    here.queue.arrived(new Set(['m-1']));
    here.queue.send('from here', '', 'key-2');
    await settle();
    here.queue.arrived(new Set(['m-9']));
    expect(open().queue.rows.map(({ key, state }) => [key, state])).toEqual([['key-1', 'failed']]);
  });

  it('follows what another page does with its messages', async () => {
    const there = open(jest.fn().mockRejectedValue(refusal('no_number', 'No number.')));
    const here = open();
    there.queue.send('hello', '', 'key-1');
    storageChanged();
    expect(here.queue.rows).toMatchObject([{ key: 'key-1', state: 'posting' }]);
    await settle();
    storageChanged();
    expect(here.queue.rows).toMatchObject([{ key: 'key-1', state: 'failed' }]);
    expect(here.changed).toHaveBeenCalled();
    there.queue.discard('key-1');
    storageChanged();
    expect(here.queue.rows).toEqual([]);
    here.close();
    there.queue.send('again', '', 'key-2');
    storageChanged();
    expect(here.queue.rows).toEqual([]);
  });

  it('takes a message that was started elsewhere on the page', () => {
    const { queue } = open();
    keepStarted('c-1', { key: 'new', id: 'm-5', body: 'new', from: '', createdAt: Date.now(), state: 'accepted' });
    expect(queue.rows).toMatchObject([{ key: 'new' }]);
    expect(open().queue.rows).toMatchObject([{ key: 'new' }]);
  });

  it('starts a conversation beside messages that wait in it already', () => {
    forgetOutgoing();
    writeStored('pending', 'c-1', JSON.stringify([{ key: 'old', body: 'old', from: '', createdAt: Date.now(), state: 'failed' }]));
    keepStarted('c-1', { key: 'new', id: 'm-5', body: 'new', from: '', createdAt: Date.now(), state: 'accepted' });
    expect(open().queue.rows.map(({ key }) => key)).toEqual(['old', 'new']);
  });

  it('ignores what it cannot read and works without storage', async () => {
    forgetOutgoing();
    writeStored('pending', 'c-1', '{broken');
    expect(open().queue.rows).toEqual([]);
    const refuse = () => {
      throw new Error('forbidden');
    };
    jest.spyOn(Storage.prototype, 'setItem').mockImplementation(refuse);
    jest.spyOn(Storage.prototype, 'getItem').mockImplementation(refuse);
    const { queue } = open();
    queue.send('hello', '', 'key-1');
    await settle();
    expect(queue.rows).toMatchObject([{ state: 'accepted' }]);
    jest.restoreAllMocks();
  });

  it('makes keys that are UUIDs, also without randomUUID', () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    const { randomUUID } = crypto;
    Object.defineProperty(crypto, 'randomUUID', { configurable: true, value: undefined });
    const keys = Array.from({ length: 20 }, newKey);
    Object.defineProperty(crypto, 'randomUUID', { configurable: true, value: randomUUID });
    expect(keys.every((key) => uuid.test(key))).toBe(true);
    expect(new Set(keys).size).toBe(20);
  });
});
