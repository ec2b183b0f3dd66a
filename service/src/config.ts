import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parseMasterKeys } from './platform/crypto.ts';
import { parseFailPoints } from './platform/fail-points.ts';

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);
const flag = z.enum(['true', 'false', '1', '0', '']).transform((text) => text === 'true' || text === '1');

const environment = z.object({
  NODE_ENV: z.string().optional(),
  /** The sandbox's own relaxations: http on localhost, peers on this machine, fail-points. `npm start` sets it; refused in production. */
  SANDBOX_MODE: flag.default(false),
  ROLE: z.enum(['all', 'web', 'worker']).default('all'),
  /** Of this process, beside a random part, in the `owner` of the lanes that it works. */
  INSTANCE_NAME: z.string().max(100).default(hostname),
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  OPERATOR_HOST: z.string().default('127.0.0.1'),
  OPERATOR_PORT: z.coerce.number().int().min(0).max(65535).default(9464),
  /** How carriers, browsers and Salesforce reach this service. */
  PUBLIC_URL: z.url(),
  TRUST_PROXY: flag.default(false),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional(),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(16),
  DATA_DIR: z.string().default('.data'),
  /** `id:base64 of 32 bytes`, newest first; see docs/operate.md for rotation. */
  ENCRYPTION_KEYS: z.string(),
  SALESFORCE_CLIENT_ID: z.string().min(1),
  SALESFORCE_CLIENT_SECRET: z.string().optional(),
  SALESFORCE_PRODUCTION_LOGIN: z.url().default('https://login.salesforce.com'),
  SALESFORCE_SANDBOX_LOGIN: z.url().default('https://test.salesforce.com'),
  /** Address of Salesforce's Pub/Sub API for change events. Empty in the sandbox unless it is set: its tokens are for nobody else. */
  SALESFORCE_PUBSUB: z.url({ protocol: /^https?$/, error: 'must begin with https://' }).optional(),
  /** Hosts (`host` or `host:port`) that may be reached although they are private or not Salesforce's; for the sandbox and for tests. */
  ALLOWED_HOSTS: list.default([]),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must begin with smtp:// or smtps://' }).optional(),
  MAIL_FROM: z.string().default('Switchboard <switchboard@localhost>'),
  RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  CARRIER_POLL_SECONDS: z.coerce.number().int().min(1).max(3600).default(300),
  REQUESTS_PER_MINUTE: z.coerce.number().int().min(0).default(6000),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  FAIL_POINTS: z.string().optional(),
});

export type Config = ReturnType<typeof readConfig>;

export class ConfigError extends Error {
  constructor(problems: string[]) {
    super(
      `The environment is not complete:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nSee docs/operate.md for every setting.`,
    );
    this.name = 'ConfigError';
  }
}

/** Reads and checks the environment. Throws `ConfigError` that names every wrong setting at once, never a value. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(present);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const values = parsed.data;
  const problems = [...checkSandboxMode(values, env['NODE_ENV']), ...checkPublicUrl(values)];
  if (values.SALESFORCE_PUBSUB?.startsWith('http:') && !values.SANDBOX_MODE) problems.push('SALESFORCE_PUBSUB: must begin with https://');
  let masterKeys: ReturnType<typeof parseMasterKeys> = [];
  try {
    masterKeys = parseMasterKeys(values.ENCRYPTION_KEYS);
    if (masterKeys.some((key) => key.bytes.length !== 32)) problems.push('ENCRYPTION_KEYS: each key must be 32 bytes in base64');
  } catch (error) {
    problems.push(`ENCRYPTION_KEYS: ${(error as Error).message}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    role: values.ROLE,
    instanceName: values.INSTANCE_NAME,
    sandbox: values.SANDBOX_MODE,
    http: { host: values.HOST, port: values.PORT, trustProxy: values.TRUST_PROXY, requestsPerMinute: values.REQUESTS_PER_MINUTE },
    operator: { host: values.OPERATOR_HOST, port: values.OPERATOR_PORT },
    publicUrl: values.PUBLIC_URL.replace(/\/+$/, ''),
    database: { url: values.DATABASE_URL, folder: join(values.DATA_DIR, 'database'), poolSize: values.DATABASE_POOL },
    masterKeys,
    salesforce: {
      clientId: values.SALESFORCE_CLIENT_ID,
      clientSecret: values.SALESFORCE_CLIENT_SECRET,
      pubsub: values.SALESFORCE_PUBSUB ?? (values.SANDBOX_MODE ? undefined : 'https://api.pubsub.salesforce.com:7443'),
      logins: { production: values.SALESFORCE_PRODUCTION_LOGIN, sandbox: values.SALESFORCE_SANDBOX_LOGIN },
    },
    allowedHosts: values.ALLOWED_HOSTS,
    mail: { url: values.SMTP_URL, from: values.MAIL_FROM },
    retentionDays: values.RETENTION_DAYS,
    carrierPollSeconds: values.CARRIER_POLL_SECONDS,
    logLevel: values.LOG_LEVEL,
    tracingEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    failPoints: values.SANDBOX_MODE ? values.FAIL_POINTS : undefined,
  };
}

function* checkPublicUrl(values: z.infer<typeof environment>): Generator<string> {
  const { protocol, pathname, search, hash, username } = new URL(values.PUBLIC_URL);
  if (protocol !== 'https:' && !(values.SANDBOX_MODE && protocol === 'http:')) yield 'PUBLIC_URL: must begin with https://';
  // Carriers sign the address that they call; it is this one with a path added. Pages, their forms and cookies know no path before their own.
  if (/[^/]/.test(pathname) || search || hash || username)
    yield 'PUBLIC_URL: must end with the host or its port: give the service a host of its own';
}

function* checkSandboxMode(values: z.infer<typeof environment>, nodeEnv: string | undefined): Generator<string> {
  if (!values.SANDBOX_MODE) {
    if (values.FAIL_POINTS) yield 'FAIL_POINTS: only together with SANDBOX_MODE';
    return;
  }
  if (nodeEnv === 'production') yield 'SANDBOX_MODE: refused where NODE_ENV is production';
  if (!['localhost', '127.0.0.1'].includes(new URL(values.PUBLIC_URL).hostname)) yield 'SANDBOX_MODE: PUBLIC_URL must be on localhost';
  if (values.HOST !== '127.0.0.1') yield 'SANDBOX_MODE: HOST must be 127.0.0.1';
  try {
    parseFailPoints(values.FAIL_POINTS);
  } catch (error) {
    yield (error as Error).message;
  }
}
