import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const KEY = `k1:${randomBytes(32).toString('base64')}`;
const production = { PUBLIC_URL: 'https://switchboard.example.com', ENCRYPTION_KEYS: KEY, SALESFORCE_CLIENT_ID: 'id' };
const sandbox = { ...production, SANDBOX_MODE: 'true', PUBLIC_URL: 'http://localhost:8080', HOST: '127.0.0.1' };

function problemsOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  return '';
}

describe('the configuration', () => {
  it('needs three settings in production and binds what a server binds', () => {
    const config = readConfig({ ...production, PUBLIC_URL: 'https://switchboard.example.com//' });
    expect(config).toMatchObject({
      role: 'all',
      sandbox: false,
      publicUrl: 'https://switchboard.example.com',
      http: { host: '0.0.0.0', port: 8080 },
      operator: { host: '127.0.0.1', port: 9464 },
      retentionDays: 30,
      carrierPollSeconds: 300,
      allowedHosts: [],
    });
  });

  it('treats an empty setting as one that is left out', () => {
    expect(readConfig({ ...production, ROLE: '', DATABASE_URL: '' })).toMatchObject({ role: 'all', database: { url: undefined } });
  });

  it('names everything that is missing at once', () => {
    const message = problemsOf({});
    for (const name of ['PUBLIC_URL', 'ENCRYPTION_KEYS', 'SALESFORCE_CLIENT_ID']) expect(message).toContain(name);
  });

  it.each([
    ['ROLE', 'boss'],
    ['PORT', 'eighty'],
    ['PORT', '70000'],
    ['OPERATOR_PORT', '-1'],
    ['PUBLIC_URL', 'switchboard'],
    ['PUBLIC_URL', 'http://switchboard.example.com'],
    ['PUBLIC_URL', 'https://switchboard.example.com/?a=1'],
    ['PUBLIC_URL', 'https://example.com/switchboard'],
    ['PUBLIC_URL', 'https://user:secret@switchboard.example.com'],
    ['TRUST_PROXY', 'maybe'],
    ['DATABASE_URL', 'mysql://db/switchboard'],
    ['DATABASE_POOL', '1'],
    ['ENCRYPTION_KEYS', 'k1:c2hvcnQ='],
    ['ENCRYPTION_KEYS', 'no-key'],
    ['SALESFORCE_PRODUCTION_LOGIN', 'login'],
    ['SMTP_URL', 'http://mail'],
    ['RETENTION_DAYS', '0'],
    ['REQUESTS_PER_MINUTE', '-5'],
    ['LOG_LEVEL', 'loud'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector'],
    ['SANDBOX_MODE', 'yes'],
    ['FAIL_POINTS', 'a=crash'],
  ])('refuses %s=%s and does not repeat it', (name, value) => {
    const message = problemsOf({ ...production, [name]: value });
    expect(message).toContain(`- ${name}`);
    expect(message).not.toContain(`"${value}"`);
    if (value.includes('secret')) expect(message).not.toContain('secret');
  });

  it('relaxes https and takes fail-points in the sandbox only', () => {
    expect(readConfig({ ...sandbox, FAIL_POINTS: 'a.b=crash' })).toMatchObject({ sandbox: true, failPoints: 'a.b=crash' });
    expect(problemsOf({ ...sandbox, FAIL_POINTS: 'a.b=explode' })).toContain('FAIL_POINTS');
  });

  it.each([
    [{ NODE_ENV: 'production' }, 'refused where NODE_ENV is production'],
    [{ PUBLIC_URL: 'http://switchboard.example.com' }, 'PUBLIC_URL must be on localhost'],
    [{ HOST: '0.0.0.0' }, 'HOST must be 127.0.0.1'],
  ])('keeps the sandbox on this machine: %o', (change, words) => {
    expect(problemsOf({ ...sandbox, ...change })).toContain(words);
  });
});
