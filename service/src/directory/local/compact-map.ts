/** Bytes of a piece of memory that is written from its beginning to its end. */
const SEGMENT_BYTES = 1024 * 1024;
/** Before each entry: hash (4 bytes), length of the key (2) and of the value (3), 1 byte that is free; entries begin at multiples of 4. */
const HEADER_BYTES = 10;
const UNIT = 4;
const SEGMENT_UNITS = SEGMENT_BYTES / UNIT;
/** Slots for an entry of the size that entries mostly have: open addressing is quick while a good part of it is free. */
const BYTES_PER_SLOT = 64;
const MOST_FULL = 0.7;
/** A segment that is reused keeps what lives in it where that is less than this; else all of it goes. */
const WORTH_KEEPING = 0.75;
const LONGEST_KEY = 60_000;

export interface CompactMap {
  get(key: string): string | undefined;
  /** False: it is too large to be kept; nothing is known under this key then. */
  set(key: string, value: string): boolean;
  delete(key: string): void;
  clear(): void;
  readonly size: number;
  /** Of memory that is in use. */
  readonly bytes: number;
}

export interface CompactMapOptions {
  maxBytes: number;
  /** Whether anybody asks for this key any more. */
  isLive?: (key: string) => boolean;
  /** Something that lives had to go. */
  evicted?: () => void;
}

/**
 * A map from text to text that lives outside of the JavaScript heap: a million entries cost their bytes and no work of the garbage collector.
 * Written round and round: when `maxBytes` are used up, what was deleted or overwritten makes room, and where that is not enough the oldest go.
 */
export function createCompactMap({ maxBytes, isLive = () => true, evicted = () => undefined }: CompactMapOptions): CompactMap {
  const mostSegments = Math.max(2, Math.floor(maxBytes / SEGMENT_BYTES));
  const mask = 2 ** Math.ceil(Math.log2(Math.max(1_024, maxBytes / BYTES_PER_SLOT))) - 1;
  /** Where an entry begins, in units from the first segment's beginning, and one more; 0 is free. */
  let table = new Uint32Array(mask + 1);
  const segments: Buffer[] = [];
  /** Where each segment was written to. */
  const ends: number[] = [];
  let [current, size] = [0, 0];

  const segmentOf = (place: number) => segments[Math.floor(place / SEGMENT_UNITS)] as Buffer;
  const offsetOf = (place: number) => (place % SEGMENT_UNITS) * UNIT;
  const hashAt = (place: number) => segmentOf(place).readUInt32LE(offsetOf(place));

  /** The slot of a key, or the free one where it would be. */
  function slotOf(key: string, hash: number, keyBytes: number): number {
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = table[slot] as number;
      if (place === 0 || isAt(place - 1, key, hash, keyBytes)) return slot;
    }
  }

  function isAt(place: number, key: string, hash: number, keyBytes: number): boolean {
    const [segment, offset] = [segmentOf(place), offsetOf(place)];
    if (segment.readUInt32LE(offset) !== hash || segment.readUInt16LE(offset + 4) !== keyBytes) return false;
    const from = offset + HEADER_BYTES;
    return segment.toString('utf8', from, from + keyBytes) === key;
  }

  function valueAt(place: number): string {
    const [segment, offset] = [segmentOf(place), offsetOf(place)];
    const from = offset + HEADER_BYTES + segment.readUInt16LE(offset + 4);
    return segment.toString('utf8', from, from + segment.readUIntLE(offset + 6, 3));
  }

  /** Takes an entry out of the table and closes the gap, so that those behind it are found. */
  function free(slot: number): void {
    size -= 1;
    let gap = slot;
    for (let next = (gap + 1) & mask; table[next] !== 0; next = (next + 1) & mask) {
      const wanted = hashAt((table[next] as number) - 1) & mask;
      // Stays where it is when its wanted slot lies behind the gap.
      if (((next - wanted) & mask) < ((next - gap) & mask)) continue;
      table[gap] = table[next] as number;
      gap = next;
    }
    table[gap] = 0;
  }

  /** The entries of a segment that are in the table, in their order. */
  function* entriesOf(index: number): Generator<{ slot: number; offset: number; bytes: number; key: string }> {
    const segment = segments[index] as Buffer;
    for (let offset = 0; offset < (ends[index] ?? 0);) {
      const [hash, keyBytes] = [segment.readUInt32LE(offset), segment.readUInt16LE(offset + 4)];
      const bytes = aligned(HEADER_BYTES + keyBytes + segment.readUIntLE(offset + 6, 3));
      const place = index * SEGMENT_UNITS + offset / UNIT + 1;
      for (let slot = hash & mask; table[slot] !== 0; slot = (slot + 1) & mask) {
        if (table[slot] !== place) continue;
        yield { slot, offset, bytes, key: segment.toString('utf8', offset + HEADER_BYTES, offset + HEADER_BYTES + keyBytes) };
        break;
      }
      offset += bytes;
    }
  }

  function empty(index: number): void {
    let isLoss = false;
    for (const { slot, key } of entriesOf(index)) {
      isLoss ||= isLive(key);
      free(slot);
    }
    ends[index] = 0;
    if (isLoss) evicted();
  }

  /** Moves what lives in a segment to its front. */
  function compact(index: number): void {
    const segment = segments[index] as Buffer;
    let to = 0;
    for (const { slot, offset, bytes, key } of entriesOf(index)) {
      if (!isLive(key)) {
        free(slot);
        continue;
      }
      segment.copyWithin(to, offset, offset + bytes);
      table[slot] = index * SEGMENT_UNITS + to / UNIT + 1;
      to += bytes;
    }
    ends[index] = to;
  }

  /** Goes on to the next segment: a new one, or the oldest, whose garbage makes room. */
  function nextSegment(): void {
    current = segments.length === 0 ? 0 : (current + 1) % mostSegments;
    if (current === segments.length) {
      segments.push(Buffer.allocUnsafeSlow(SEGMENT_BYTES));
      ends[current] = 0;
      return;
    }
    compact(current);
    if ((ends[current] as number) > SEGMENT_BYTES * WORTH_KEEPING) empty(current);
  }

  /** Room for so many bytes and one more entry in the table. */
  function makeRoom(bytes: number): void {
    while (size >= mask * MOST_FULL) {
      nextSegment();
      empty(current);
    }
    if (segments.length > 0 && (ends[current] as number) + bytes <= SEGMENT_BYTES) return;
    nextSegment();
    if ((ends[current] as number) + bytes > SEGMENT_BYTES) empty(current);
  }

  return {
    get(key) {
      const place = table[slotOf(key, hashOf(key), Buffer.byteLength(key))] as number;
      return place === 0 ? undefined : valueAt(place - 1);
    },
    set(key, value) {
      const [hash, keyBytes, valueBytes] = [hashOf(key), Buffer.byteLength(key), Buffer.byteLength(value)];
      const bytes = aligned(HEADER_BYTES + keyBytes + valueBytes);
      const before = slotOf(key, hash, keyBytes);
      if (table[before] !== 0) free(before);
      if (bytes > SEGMENT_BYTES || keyBytes > LONGEST_KEY) return false;
      makeRoom(bytes);
      const [segment, end] = [segments[current] as Buffer, ends[current] as number];
      segment.writeUInt32LE(hash, end);
      segment.writeUInt16LE(keyBytes, end + 4);
      segment.writeUIntLE(valueBytes, end + 6, 3);
      segment.write(key, end + HEADER_BYTES);
      segment.write(value, end + HEADER_BYTES + keyBytes);
      table[slotOf(key, hash, keyBytes)] = current * SEGMENT_UNITS + end / UNIT + 1;
      ends[current] = end + bytes;
      size += 1;
      return true;
    },
    delete(key) {
      const slot = slotOf(key, hashOf(key), Buffer.byteLength(key));
      if (table[slot] !== 0) free(slot);
    },
    clear() {
      table = new Uint32Array(mask + 1);
      segments.length = 0;
      ends.length = 0;
      [current, size] = [0, 0];
    },
    get size() {
      return size;
    },
    get bytes() {
      return segments.length * SEGMENT_BYTES + table.byteLength;
    },
  };
}

const aligned = (bytes: number): number => Math.ceil(bytes / UNIT) * UNIT;

/** FNV-1a over the code units, its bits mixed once more: keys of numbers differ in their last digits only. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
