import { tryBind } from '../../gateways/smpp/index.ts';
import { DEFAULT_BASE } from '../../gateways/twilio/index.ts';
import { AddressRefusedError, type AddressGuard } from '../../platform/net.ts';
import { carrierRefused, hostNotAllowed } from '../errors.ts';
import type { CarrierAccount, CarrierKind } from '../types.ts';
import { smppOptions } from './smpp.ts';
import { twilioClient } from './twilio.ts';

type Trial = Pick<CarrierAccount, 'kind' | 'settings' | 'ratePerSecond' | 'windowSize'>;

/** Asks the carrier whether it would take us. Throws carrier_refused or host_not_allowed with the cause in words. */
export function createTryOut(guard: AddressGuard): (account: Trial, secret: string) => Promise<void> {
  return async function tryOut(account: Trial, secret: string): Promise<void> {
    try {
      const problem = account.kind === 'twilio' ? await tryTwilio(account, secret) : await trySmpp(account, secret);
      if (problem) throw carrierRefused(problem, { errors: [{ field: 'secret', message: problem }] });
    } catch (error) {
      if (error instanceof AddressRefusedError)
        throw hostNotAllowed('The address leads into a private network. Ask the operator to allow it (ALLOWED_HOSTS) if that is right.');
      throw error;
    }
  };

  async function tryTwilio(account: Pick<CarrierAccount, 'settings'>, secret: string): Promise<string | undefined> {
    checkBaseUrl(account.settings['baseUrl']);
    const client = twilioClient(account, secret, guard.dispatcher);
    try {
      const result = await client.checkAccount();
      return result.ok ? undefined : result.problem.text;
    } finally {
      await client.close();
    }
  }

  /** The auth token travels with every call: in clear only to where the operator allowed it. */
  function checkBaseUrl(baseUrl: unknown): void {
    if (typeof baseUrl !== 'string') return;
    const { protocol, hostname, port } = new URL(baseUrl);
    const [host, number] = [hostname.replace(/^\[|\]$/g, ''), Number(port || (protocol === 'https:' ? 443 : 80))];
    guard.checkLiteral(host, number);
    if (protocol !== 'https:' && !guard.isAllowed(host, number))
      throw hostNotAllowed('The address must begin with https://, since the auth token travels with every call.');
  }

  async function trySmpp(
    account: Pick<CarrierAccount, 'settings' | 'ratePerSecond' | 'windowSize'>,
    secret: string,
  ): Promise<string | undefined> {
    const result = await tryBind(smppOptions(account, secret, guard));
    return result.ok ? undefined : result.text;
  }
}

/** Where a stored secret is shown, and as whose: whoever may change settings must not have it sent to a place of their choice. */
export function peerOf(kind: CarrierKind, settings: Record<string, unknown>): string {
  const { accountSid, baseUrl = DEFAULT_BASE, host, port, tls = false, systemId } = settings;
  return JSON.stringify(kind === 'twilio' ? [accountSid, String(baseUrl).replace(/\/+$/, '')] : [host, port, tls, systemId]);
}
