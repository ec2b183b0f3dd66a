import { describe, expect, it } from 'vitest';
import { createLogger, mask } from './log.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger({ level: 'trace', destination: { write: (line) => void lines.push(line) } }));
  return lines.join('');
}

const SECRETS = {
  token: '00Dxx0000001gPL!AQEAQHXyz.secret',
  key: 'sb_admin_q83Jd-secret_key',
  bearer: 'eyJhbGciOi.secret.part',
  number: '+14155550123',
  text: 'see you at nine',
  email: 'maya.rivera@example.com',
};

describe('the log', () => {
  it('censors secrets and personal data by their names, however deep and however spelled', () => {
    const output = logged((logger) => {
      logger.info({ authorization: SECRETS.bearer, accessToken: SECRETS.token, apiKey: SECRETS.key, body: SECRETS.text }, 'flat');
      logger.info({ request: { headers: { Authorization: SECRETS.bearer, 'api-key': SECRETS.key } } }, 'headers');
      logger.info({ a: { b: { c: { d: { to: SECRETS.number, refresh_token: SECRETS.token } } } } }, 'deep');
      logger.info({ list: [{ from: SECRETS.number, text: SECRETS.text }, { email: SECRETS.email }] }, 'lists');
    });
    for (const value of Object.values(SECRETS)) expect(output).not.toContain(value);
    expect(output.match(/\[redacted\]/g)).toHaveLength(11 - 0);
  });

  it('keeps what an operator needs', () => {
    const output = logged((logger) => logger.warn({ org: 'f3b0c442-98fc', purpose: 'org', waiting: 12 }, 'a lane waits'));
    expect(JSON.parse(output)).toMatchObject({ org: 'f3b0c442-98fc', purpose: 'org', waiting: 12, msg: 'a lane waits' });
  });

  it('masks what errors quote, in message, stack and cause, and keeps their code', () => {
    const cause = new Error(`Bearer ${SECRETS.bearer} was refused for ${SECRETS.email}`);
    const error = Object.assign(
      new Error(`key ${SECRETS.key} (415) 555-0123 ${SECRETS.number} at https://x.test/a?token=${SECRETS.token}`, { cause }),
      {
        code: '23505',
        detail: `Key (customer_number)=(${SECRETS.number})`,
        params: [SECRETS.text],
      },
    );
    const output = logged((logger) => {
      logger.error({ err: error }, 'failed');
      logger.error(error);
      logger.error({ nested: { deeper: error } }, 'nested');
      logger.error({ err: `thrown text ${SECRETS.number}` }, 'a string');
    });
    for (const value of [...Object.values(SECRETS), '555-0123']) expect(output).not.toContain(value);
    const first = JSON.parse(output.split('\n')[0] ?? '') as {
      err: { code: string; name: string; stack: string; cause: { message: string } };
    };
    expect(first.err).toMatchObject({ name: 'Error', code: '23505', cause: { message: expect.stringContaining('[redacted]') as string } });
    expect(first.err.stack).toContain('log.test.ts');
  });

  it('ends with errors that are their own cause and with rings of objects', () => {
    const error = new Error('ring');
    error.cause = error;
    const ring: Record<string, unknown> = { name: 'ring' };
    ring['self'] = ring;
    expect(logged((logger) => logger.error({ err: error, ring }, 'ring'))).toContain('"msg":"ring"');
  });

  it.each([
    ['+1 415 555 0123 called', '[number] called'],
    ['07700 900123', '[number]'],
    ['port 8080 after 12 ms', 'port 8080 after 12 ms'],
    ['Basic dXNlcjpwYXNz failed', 'Basic [redacted] failed'],
  ])('masks %j', (text, masked) => expect(mask(text)).toBe(masked));
});
