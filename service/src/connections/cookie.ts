import { AFTER_MS, FLOW_MS } from './types.ts';

/** Binds a sign-in to the browser that began it. */
export const CONNECT_COOKIE = 'sb_connect';

export interface ConnectCookie {
  name: string;
  value: string;
  options: { httpOnly: true; sameSite: 'lax'; secure: boolean; path: string; maxAge: number };
}

export function connectCookie(publicUrl: string, value: string): ConnectCookie {
  const secure = publicUrl.startsWith('https:');
  const options = { httpOnly: true, sameSite: 'lax', secure, path: '/connect', maxAge: (FLOW_MS + AFTER_MS) / 1000 } as const;
  return { name: CONNECT_COOKIE, value, options };
}
