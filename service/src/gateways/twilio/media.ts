import type { Http } from './http.ts';
import { problemOf } from './problems.ts';
import type { MediaFile, Result, TwilioProblem } from './types.ts';
import { mediaType } from './webhooks.ts';

/** Kinds that a phone sends and a page can show or offer as a file. Markup and scripts (HTML, SVG) are left out on purpose. */
const ALLOWED: ReadonlySet<string> = new Set([
  ...['jpeg', 'jpg', 'png', 'gif', 'webp', 'heic', 'heif', 'bmp', 'tiff'].map((type) => `image/${type}`),
  ...['mpeg', 'mp4', 'ogg', 'amr', '3gpp', '3gpp2', 'aac', 'wav', 'x-wav', 'webm', 'vnd.wave'].map((type) => `audio/${type}`),
  ...['mp4', 'mpeg', '3gpp', '3gpp2', 'quicktime', 'webm', 'h264'].map((type) => `video/${type}`),
  ...['text/plain', 'text/vcard', 'text/x-vcard', 'text/calendar', 'text/csv', 'application/pdf', 'application/vcard'],
]);

const MAX_REDIRECTS = 3;

export interface MediaDownload {
  readonly base: string;
  readonly account: string;
  readonly url: string;
  readonly maxBytes: number;
}

/**
 * Loads a media file. The first address must lie under this account at the configured host; the carrier then redirects to its file store,
 * which gets no credentials and must use https. Whether a host may be reached at all is decided by the dispatcher.
 */
export async function downloadMedia(http: Http, { base, account, url, maxBytes }: MediaDownload): Promise<Result<MediaFile>> {
  const home = new URL(base);
  let target = URL.canParse(url) ? new URL(url) : null;
  if (!target || target.origin !== home.origin || !target.pathname.startsWith(`${home.pathname.replace(/\/$/, '')}${account}/`)) {
    return failed('foreign-address', 'The address of the picture does not belong to this carrier account.');
  }
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const sameHost = target.origin === home.origin;
    if (!sameHost && target.protocol !== 'https:') return failed('foreign-address', 'The carrier pointed to an address without https.');
    const exchange = await http.exchange('GET', target.href, { credentials: sameHost, maxBytes });
    if (exchange.kind === 'too-large') return failed('too-large', `The file is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB.`);
    if (exchange.kind === 'failed') return { ok: false, problem: problemOf(exchange) };
    const location = [exchange.headers['location']].flat()[0];
    if (exchange.status >= 300 && exchange.status < 400 && location) {
      if (!URL.canParse(location, target.href)) return failed('foreign-address', 'The carrier pointed to an address that cannot be read.');
      target = new URL(location, target.href);
      continue;
    }
    if (exchange.status !== 200) return { ok: false, problem: problemOf(exchange) };
    const contentType = mediaType([exchange.headers['content-type']].flat()[0]);
    if (!ALLOWED.has(contentType)) return failed('wrong-type', `Files of the kind ${contentType} are not kept.`);
    return { ok: true, value: { contentType, data: exchange.body } };
  }
  return failed('refused', 'The carrier redirected too often.');
}

function failed(kind: TwilioProblem['kind'], text: string): Result<MediaFile> {
  return { ok: false, problem: { kind, text, retryable: false } };
}
