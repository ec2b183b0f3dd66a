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
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: (fields) => redact(fields, MAX_DEPTH) as Record<string, unknown> },
      serializers: { err: asItIs, error: asItIs },
      hooks: {
        logMethod(args, method) {
          const [first, ...rest] = args as unknown[];
          // Left to itself the library takes the error's message as the line's, unmasked.
          if (first instanceof Error)
            return method.apply(this, [{ err: first }, ...(rest.length > 0 ? rest : [mask(first.message)])] as never);
          return method.apply(this, args);
        },
      },
    },
    options.destination ?? pino.destination(1),
  );
}

const asItIs = (value: unknown) => value;
const REDACTED = new Set([...SECRET_KEYS, ...PERSONAL_KEYS].map((name) => name.toLowerCase()));
const MAX_DEPTH = 6;

/** Censors by name at any depth; what lies deeper than anybody logs on purpose is left out. Errors are left to their serializer. */
function redact(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (depth === 0) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      if (name === 'err' || name === 'error') return [name, errorForLog(item)];
      if (REDACTED.has(name.toLowerCase().replaceAll(/[-_]/g, ''))) return [name, '[redacted]'];
      return [name, item instanceof Error ? errorForLog(item) : redact(item, depth - 1)];
    }),
  );
}

/** Error messages of peers and drivers may quote what was sent: what looks like a phone number, an e-mail address, a token or a URL's query is masked. */
export function mask(text: string): string {
  return text
    .replace(/(bearer|basic)\s+[\w.!~+/=-]+/gi, '$1 [redacted]')
    .replace(/\b00D\w{12,15}![\w.]+/g, '[redacted]')
    .replace(/\bsb_[a-z]+_[\w-]+/g, '[redacted]')
    .replace(/\?[^\s"']+/g, '?[redacted]')
    .replace(/[\w.+-]+@[\w-]+\.[\w.-]+/g, '[e-mail]')
    .replace(/\+?\d[\d ().-]{6,}\d/g, '[number]');
}

function errorForLog(error: unknown, depth = MAX_DEPTH): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: mask(String(error)) };
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    message: mask(error.message),
    ...(typeof code === 'string' && { code }),
    ...(error.stack && { stack: mask(error.stack) }),
    ...(error.cause !== undefined && depth > 0 && { cause: errorForLog(error.cause, depth - 1) }),
  };
}
