import { startPoll } from 'c/corePoll';
import type { Poll } from 'c/corePoll';
import type { Outgoing } from 'c/messagingData';

const ASK_MS = 4_000;
/** A row that has not come by then waits for the wake-up like everything else. */
const AT_MOST_MS = 600_000;
/** A row takes a second or two; after this long the reader is told that something is in the way. */
const LATE_MS = 15_000;

/** While a sent message waits for its row in the org, the page asks by itself too: the wake-up may be lost. */
export class RowWait {
  private readonly ask: (late: boolean) => void;
  private waiting: readonly Outgoing[] = [];
  private poll: Poll | undefined;

  /** `ask` is told whether a row is late. */
  constructor(ask: (late: boolean) => void) {
    this.ask = ask;
  }

  /** Takes what is written and not seen in the org; false where nothing of it is worth asking for. */
  follow(waiting: readonly Outgoing[]): boolean {
    this.waiting = waiting;
    if (!this.hasAccepted((createdAt) => createdAt > Date.now() - AT_MOST_MS)) {
      this.stop();
      return false;
    }
    this.poll ??= startPoll(() => this.ask(this.hasAccepted((createdAt) => createdAt < Date.now() - LATE_MS)), ASK_MS);
    return true;
  }

  stop(): void {
    this.poll?.stop();
    this.poll = undefined;
  }

  private hasAccepted(when: (createdAt: number) => boolean): boolean {
    return this.waiting.some(({ state, createdAt }) => state === 'accepted' && when(createdAt));
  }
}
