import diagnostics from 'node:diagnostics_channel';
import type { SalesforcePeer } from '../../sandbox/salesforce/server.ts';
import { ourClock } from './probe.ts';

/** When a text passed each station between the carrier and the page; times of `ourClock`. */
export interface Stations {
  /** The carrier began to post its webhook. */
  postedAt: number;
  /** The service's answer arrived at the carrier. */
  answeredAt: number;
  /** The org published the first wake-up after the text's row was written. */
  eventAt: number;
}

export interface Journey {
  /** Throws when the text missed a station. */
  of(body: string): Stations;
  close(): void;
}

/** What undici publishes on its channels (docs/docs/api/DiagnosticsChannel.md there). */
interface Posted {
  request: { path: string; body: unknown };
}

const CREATED = 'undici:request:create';
const ANSWERED = 'undici:request:headers';

/**
 * Watches texts into one conversation. Carrier and org run in this process, so it hears the carrier's HTTP client and the org's event bus
 * themselves, and asks neither the service nor the page.
 */
export function watchJourney(salesforce: SalesforcePeer, conversationId: string): Journey {
  const { org } = salesforce;
  const stations = new Map<string, Partial<Stations>>();
  const at = (body: string): Partial<Stations> => {
    const known = stations.get(body) ?? {};
    stations.set(body, known);
    return known;
  };
  const posted = (message: unknown): void => note(message as Posted, 'postedAt');
  const answered = (message: unknown): void => note(message as Posted, 'answeredAt');
  function note({ request }: Posted, station: 'postedAt' | 'answeredAt'): void {
    const now = ourClock();
    if (!/^\/carriers\/twilio\/[^/]+\/inbound$/.test(request.path) || !Buffer.isBuffer(request.body)) return;
    at(new URLSearchParams(request.body.toString()).get('Body') ?? '')[station] ??= now;
  }
  diagnostics.subscribe(CREATED, posted);
  diagnostics.subscribe(ANSWERED, answered);

  const newest = `SELECT ${org.own('Body__c')} FROM ${org.own('Message__c')}
    WHERE ${org.own('Conversation__r')}.${org.own('ExternalId__c')} = '${conversationId}' ORDER BY ${org.own('Sequence__c')} DESC LIMIT 10`;
  const subscription = org.events.subscribe(`/event/${org.own('ConversationChanged__e')}`, ({ data }) => {
    const now = ourClock();
    if (!String(data.payload[org.own('ConversationIds__c')]).includes(conversationId)) return;
    for (const row of org.query(newest)) at(String(row[org.own('Body__c')])).eventAt ??= now;
  });

  return {
    of(body) {
      const { postedAt, answeredAt, eventAt } = stations.get(body) ?? {};
      if (postedAt === undefined || answeredAt === undefined || eventAt === undefined)
        throw new Error(`"${body}" was seen on the page without passing the carrier and the org`);
      return { postedAt, answeredAt, eventAt };
    },
    close() {
      diagnostics.unsubscribe(CREATED, posted);
      diagnostics.unsubscribe(ANSWERED, answered);
      subscription.close();
    },
  };
}
