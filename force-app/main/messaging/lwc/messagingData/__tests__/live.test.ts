import { deliver, fail, openSubscriptions, subscribe, unsubscribe } from 'lightning/empApi';
import { calmly, changeChannel, seenBefore, watchConversations } from 'c/messagingData';

const flush = () => jest.advanceTimersByTimeAsync(0);

beforeEach(() => jest.useFakeTimers());
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('wake-ups', () => {
  it('tells which conversations changed', async () => {
    const listener = jest.fn();
    const stop = watchConversations(listener);
    await flush();
    listener.mockClear();
    deliver(changeChannel, { ConversationIds__c: 'c-1,c-2' });
    expect(listener).toHaveBeenCalledWith(new Set(['c-1', 'c-2']));
    stop();
  });

  it('reads everything once after subscribing and for an event without ids', async () => {
    const listener = jest.fn();
    const stop = watchConversations(listener);
    await flush();
    deliver(changeChannel, { ConversationIds__c: null });
    expect(listener.mock.calls).toEqual([[undefined], [undefined]]);
    stop();
  });

  it('shares one subscription and ends it with the last listener', async () => {
    const stops = [watchConversations(jest.fn()), watchConversations(jest.fn())];
    await flush();
    expect(openSubscriptions()).toBe(1);
    stops[0]!();
    stops[0]!();
    expect(openSubscriptions()).toBe(1);
    stops[1]!();
    expect(openSubscriptions()).toBe(0);
  });

  it('ends a subscription that is granted after everybody left', async () => {
    watchConversations(jest.fn())();
    await flush();
    expect(openSubscriptions()).toBe(0);
  });

  it('polls where events are refused, tries again, and calms down when they flow', async () => {
    (subscribe as jest.Mock).mockRejectedValueOnce({ error: '403' });
    const listener = jest.fn();
    const stop = watchConversations(listener);
    await flush();
    expect(listener).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(12_100);
    expect(listener).toHaveBeenCalledWith(undefined);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(openSubscriptions()).toBe(1);
    listener.mockClear();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(listener).not.toHaveBeenCalled();
    stop();
  });

  it('polls after the stream broke until the next event', async () => {
    const listener = jest.fn();
    const stop = watchConversations(listener);
    await flush();
    listener.mockClear();
    fail({ error: 'disconnected' });
    await jest.advanceTimersByTimeAsync(12_100);
    expect(listener).toHaveBeenCalledTimes(1);
    deliver(changeChannel, { ConversationIds__c: 'c-1' });
    listener.mockClear();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(listener).not.toHaveBeenCalled();
    stop();
  });

  it('subscribes again although the broken subscription cannot be ended', async () => {
    const stop = watchConversations(jest.fn());
    await flush();
    (subscribe as jest.Mock).mockClear();
    (unsubscribe as jest.Mock).mockRejectedValueOnce({ error: 'unknown client' });
    fail({ error: 'disconnected' });
    await jest.advanceTimersByTimeAsync(90_000);
    expect(subscribe).toHaveBeenCalledTimes(1);
    stop();
  });

  it('has one subscription when the last listener left and another came while it was being renewed', async () => {
    const stop = watchConversations(jest.fn());
    await flush();
    let ended: (answer: object) => void = () => undefined;
    (unsubscribe as jest.Mock).mockReturnValueOnce(new Promise((resolve) => (ended = resolve)));
    (subscribe as jest.Mock).mockClear();
    fail({ error: 'disconnected' });
    await jest.advanceTimersByTimeAsync(90_000);
    stop();
    const stopAgain = watchConversations(jest.fn());
    await flush();
    ended({});
    await flush();
    expect(subscribe).toHaveBeenCalledTimes(1);
    stopAgain();
  });

  it('looks now and then even if every event is lost', async () => {
    const listener = jest.fn();
    const stop = watchConversations(listener);
    await flush();
    listener.mockClear();
    await jest.advanceTimersByTimeAsync(220_000);
    expect(listener).toHaveBeenCalledTimes(1);
    stop();
  });
});

describe('calmly', () => {
  it('runs at once, then once for a whole burst, never two at a time', async () => {
    let finish: () => void = () => undefined;
    const work = jest.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const calm = calmly(work, 100);
    calm();
    calm();
    calm();
    await jest.advanceTimersByTimeAsync(1000);
    expect(work).toHaveBeenCalledTimes(1);
    finish();
    await jest.advanceTimersByTimeAsync(100);
    expect(work).toHaveBeenCalledTimes(2);
    finish();
    await jest.advanceTimersByTimeAsync(1000);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('goes on after an error, forgets what waits when cancelled, and works again afterwards', async () => {
    const work = jest.fn().mockRejectedValue(new Error('no'));
    const calm = calmly(work, 100);
    calm();
    await jest.advanceTimersByTimeAsync(100);
    calm();
    expect(work).toHaveBeenCalledTimes(2);
    calm();
    calm.cancel();
    await jest.advanceTimersByTimeAsync(1000);
    expect(work).toHaveBeenCalledTimes(2);
    calm();
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('knows what was looked at before', () => {
    expect([seenBefore('a'), seenBefore('b'), seenBefore('a')]).toEqual([false, false, true]);
  });
});
