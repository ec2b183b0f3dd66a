export interface TurnsOptions {
  /** Places for lanes. */
  most: number;
  /** Lanes of one peer at once. */
  mostOfPeer: number;
  /** A peer is slow when its last batch took longer than this, milliseconds. A lane at work for longer does not count against the quick ones. */
  slowMs: number;
  /** Milliseconds from some beginning on; time in which the process stood still should not count. */
  now: () => number;
}

export interface Turns<Lane> {
  /** Puts a lane in line; one that stands there already keeps its place. `peer`: whom it waits for when it works. */
  ask(id: string, peer: string, lane: Lane): void;
  /** Whose turn it is; it has a place from now on, until `end`. Undefined: nobody may begin now. */
  next(): { id: string; lane: Lane } | undefined;
  /**
   * The lane has finished a batch. Of its time `oursMs` were not the peer's. `held`: it was not carried out, so a short time says nothing.
   * True: its place is wanted by somebody who would wait for it otherwise.
   */
  progress(id: string, oursMs?: number, held?: boolean): boolean;
  end(id: string): void;
}

/**
 * Who may work, when there are more lanes than places. The peers (orgs) take turns, and who has fewest lanes at work comes first. Those that
 * let their lanes wait get at most a quarter of the places: however many they are, the others find one, and what their lanes cost the process
 * stays small. A peer that has just become slow keeps the places it has; they do not count against the quick ones, so for a while there may be
 * more than `most` lanes, but never twice as many.
 */
export function createTurns<Lane>({ most, mostOfPeer, slowMs, now }: TurnsOptions): Turns<Lane> {
  /** In the order in which the peers come next. */
  const line = new Map<string, Map<string, Lane>>();
  const running = new Map<string, { peer: string; since: number }>();
  const slow = new Set<string>();
  const mostSlow = Math.max(1, Math.floor(most / 4));

  function count(): { ofPeer: Map<string, number>; slowOnes: number; quickMay: boolean; slowMay: boolean } {
    const at = now();
    const ofPeer = new Map<string, number>();
    let slowOnes = 0;
    for (const { peer, since } of running.values()) {
      ofPeer.set(peer, (ofPeer.get(peer) ?? 0) + 1);
      if (slow.has(peer) || at - since > slowMs) slowOnes += 1;
    }
    return {
      ofPeer,
      slowOnes,
      quickMay: running.size < 2 * most && (running.size < most || running.size - slowOnes < most - mostSlow),
      slowMay: running.size < most && slowOnes < mostSlow,
    };
  }

  return {
    ask(id, peer, lane) {
      const lanes = line.get(peer) ?? new Map<string, Lane>();
      line.set(peer, lanes);
      if (!lanes.has(id)) lanes.set(id, lane);
    },
    next() {
      if (line.size === 0) return undefined;
      const { ofPeer, quickMay, slowMay } = count();
      let chosen: { peer: string; has: number } | undefined;
      for (const peer of line.keys()) {
        const has = ofPeer.get(peer) ?? 0;
        if ((slow.has(peer) ? slowMay : quickMay) && has < (chosen?.has ?? mostOfPeer)) chosen = { peer, has };
      }
      if (!chosen) return undefined;
      const lanes = line.get(chosen.peer) as Map<string, Lane>;
      const [id, lane] = [...lanes][0] as [string, Lane];
      lanes.delete(id);
      line.delete(chosen.peer);
      if (lanes.size > 0) line.set(chosen.peer, lanes);
      running.set(id, { peer: chosen.peer, since: now() });
      return { id, lane };
    },
    progress(id, oursMs = 0, held = false) {
      const turn = running.get(id);
      if (!turn) return false;
      const at = now();
      if (at - turn.since - oursMs > slowMs) slow.add(turn.peer);
      else if (!held) slow.delete(turn.peer);
      turn.since = at;
      if (line.size === 0) return false;
      const { slowOnes, quickMay, slowMay } = count();
      const isSlow = slow.has(turn.peer);
      const others = [...line.keys()].filter((peer) => peer !== turn.peer);
      // Quick ones may have all places while no slow one wants any; the first that does gets one.
      if (!isSlow && slowOnes === 0 && !slowMay && others.some((peer) => slow.has(peer))) return true;
      if (isSlow ? slowMay : quickMay) return false;
      return others.some((peer) => slow.has(peer) === isSlow);
    },
    end: (id) => void running.delete(id),
  };
}
