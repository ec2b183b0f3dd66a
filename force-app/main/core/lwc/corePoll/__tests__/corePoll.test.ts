import { startPoll } from 'c/corePoll';

let hidden = false;

beforeAll(() => Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden }));
beforeEach(() => {
  hidden = false;
  jest.useFakeTimers();
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('c/corePoll', () => {
  it('repeats after each round has ended, never two at once', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    let finish: () => void = () => undefined;
    const work = jest.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const poll = startPoll(work, 1000);
    await jest.advanceTimersByTimeAsync(5000);
    expect(work).toHaveBeenCalledTimes(1);
    finish();
    await jest.advanceTimersByTimeAsync(1000);
    expect(work).toHaveBeenCalledTimes(2);
    poll.stop();
  });

  it('spreads the pauses by the share asked for', async () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(1);
    const work = jest.fn();
    const poll = startPoll(work, 1000, 0.2);
    await jest.advanceTimersByTimeAsync(1199);
    expect(work).not.toHaveBeenCalled();
    random.mockReturnValue(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(work).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(800);
    expect(work).toHaveBeenCalledTimes(2);
    poll.stop();
  });

  it('survives an error of the work', async () => {
    const work = jest.fn().mockRejectedValue(new Error('no'));
    const poll = startPoll(work, 1000, 0);
    await jest.advanceTimersByTimeAsync(2000);
    expect(work).toHaveBeenCalledTimes(2);
    poll.stop();
  });

  it('rests while the page is hidden and catches up when it is seen again', async () => {
    const work = jest.fn();
    const poll = startPoll(work, 1000, 0);
    hidden = true;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(work).not.toHaveBeenCalled();
    hidden = false;
    document.dispatchEvent(new Event('visibilitychange'));
    expect(work).toHaveBeenCalledTimes(1);
    poll.stop();
  });

  it('does nothing after it was stopped', async () => {
    const work = jest.fn();
    startPoll(work, 1000, 0).stop();
    await jest.advanceTimersByTimeAsync(5000);
    expect(work).not.toHaveBeenCalled();
  });
});
