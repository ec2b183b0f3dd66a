import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

const SECRET_KEYS = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
  'authToken',
  'apiKey',
  'key',
  'code',
];
const PERSONAL_KEYS = ['body', 'text', 'to', 'from', 'number', 'phone', 'email'];

/**
 * The process's logger: JSON lines on standard output. The redaction is the second line of defence; the first is that
 * nothing of ours logs tokens, keys, message texts or phone numbers. An ERROR line means: somebody should act now.
 */
export function createLogger(options: { level: string; destination?: DestinationStream }): Logger {
  const names = [...SECRET_KEYS, ...PERSONAL_KEYS];
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: names.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
      serializers: { err: errorForLog, error: errorForLog },
    },
    options.destination ?? pino.destination(1),
  );
}

/** Error messages of peers and drivers may quote what was sent: digits that look like a phone number, bearer tokens and URL queries are masked. */
export function mask(text: string): string {
  return text
    .replace(/(bearer|basic)\s+[\w.!~+/=-]+/gi, '$1 [redacted]')
    .replace(/\b00D\w{12,15}![\w.]+/g, '[redacted]')
    .replace(/\bsb_[a-z]+_[\w-]+/g, '[redacted]')
    .replace(/\?[^\s"']+/g, '?[redacted]')
    .replace(/\+?\d[\d ().-]{6,}\d/g, '[number]');
}

function errorForLog(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: mask(String(error)) };
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    message: mask(error.message),
    ...(typeof code === 'string' && { code }),
    ...(error.stack && { stack: mask(error.stack) }),
    ...(error.cause !== undefined && { cause: errorForLog(error.cause) }),
  };
}
