/** Days and times as the Mirage API takes them: its guide shows both `2021-03-22` and `16-04-2021`. */

/** A day as `2021-03-22`; undefined where it is none. Month and day are never guessed: with the year last the day comes first. */
export function readDay(text: string): string | undefined {
  const [, y, m, d] = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text.trim()) ?? [];
  const [, d2, m2, y2] = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(text.trim()) ?? [];
  const [year, month, day] = y ? [y, m, d] : [y2, m2, d2];
  if (!year || !month || !day) return undefined;
  const written = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${written}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(written) ? written : undefined;
}

/** A time of day as `09:30:00`: `9:30`, `09:30`, `09:30:00`, `9:30 AM`. Undefined where it is none. */
export function readTime(text: string): string | undefined {
  const [, hours, minutes, seconds = '00', half] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]m)?$/i.exec(text.trim()) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  const isAfternoon = half?.toLowerCase() === 'pm';
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (isAfternoon ? 12 : 0);
  const isHour = half === undefined ? hour < 24 : Number(hours) >= 1 && Number(hours) <= 12;
  if (!isHour || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  return `${String(hour).padStart(2, '0')}:${minutes}:${seconds}`;
}

/**
 * The instant at which clocks in a zone (IANA) show this day and time. A time that the clocks skip is taken as an hour later, of one that comes
 * twice the first.
 */
export function instantOf(day: string, time: string, timeZone: string): string {
  const wall = Date.parse(`${day}T${time}Z`);
  const offsets = [wall - 24 * 3600_000, wall + 24 * 3600_000].map((at) => offsetAt(at, timeZone));
  const candidates = offsets.map((offset) => wall - offset).filter((at, index) => offsetAt(at, timeZone) === offsets[index]);
  return new Date(candidates.length > 0 ? Math.min(...candidates) : wall - (offsets[0] as number)).toISOString();
}

/** Milliseconds by which clocks in a zone are ahead of UTC. */
function offsetAt(at: number, timeZone: string): number {
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...fields }).formatToParts(at);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - Math.floor(at / 1000) * 1000
  );
}
