import { deflateSync } from 'node:zlib';
import { crc32 } from 'node:zlib';

/** A picture that the phone page offers to attach. */
export interface SamplePicture {
  readonly id: string;
  readonly label: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly data: Buffer;
}

type Painter = (x: number, y: number) => readonly [number, number, number];

const SIZE = 240;

/** Drawn here, so that no picture file of unknown origin lies in the repository. */
export function samplePictures(): SamplePicture[] {
  const png = (id: string, label: string, paint: Painter): SamplePicture => ({
    id,
    label,
    fileName: `${id}.png`,
    contentType: 'image/png',
    data: encodePng(SIZE, SIZE, paint),
  });
  return [png('sunset', 'Sunset over water', sunset), png('parcel', 'Damaged parcel', parcel), png('meter', 'Meter reading', meter)];
}

const mix = (a: number, b: number, part: number): number => Math.round(a + (b - a) * part);

const sunset: Painter = (x, y) => {
  const horizon = SIZE * 0.62;
  if (Math.hypot(x - SIZE / 2, y - horizon + 26) < 44 && y < horizon) return [255, 236, 150];
  if (y < horizon) return [mix(62, 250, y / horizon), mix(60, 140, y / horizon), mix(122, 90, y / horizon)];
  const glitter = Math.abs(x - SIZE / 2) < 34 - (y - horizon) / 5 && (y + Math.round(x / 9)) % 7 < 3;
  return glitter ? [250, 200, 120] : [mix(40, 15, (y - horizon) / (SIZE - horizon)), 52, 92];
};

const parcel: Painter = (x, y) => {
  const inside = x > 36 && x < 204 && y > 66 && y < 200;
  if (!inside) return [228, 230, 235];
  if (Math.abs(x - 120) < 9) return [214, 190, 140];
  const tear = Math.abs(y - 66 - (x - 150) * 1.4) < 7 - Math.abs(x - 178) / 6 && x > 150;
  return tear ? [60, 42, 24] : [176 + ((x + y) % 5), 133, 82];
};

const meter: Painter = (x, y) => {
  const distance = Math.hypot(x - 120, y - 120);
  if (distance > 104) return [205, 210, 216];
  if (distance > 96) return [70, 76, 84];
  const inWindow = Math.abs(x - 120) < 66 && Math.abs(y - 120) < 20;
  if (inWindow)
    return Math.abs(((x - 54) % 22) - 11) > 9 || (Math.abs(y - 120) < 12 && (x - 54) % 22 > 7 && (x - 54) % 22 < 11)
      ? [240, 240, 240]
      : [22, 22, 26];
  return [250, 250, 248];
};

/** A true-colour PNG without filters (https://www.w3.org/TR/png/). */
function encodePng(width: number, height: number, paint: Painter): Buffer {
  const raw = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * (width * 3 + 1) + 1 + x * 3;
      raw.set(paint(x, y), at);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
