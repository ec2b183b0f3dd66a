import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from '../answer.ts';
import { noExtension } from '../errors.ts';

/** Phone systems ask; admins try it. */
export const ASKS = { scopes: ['acd', 'admin'] } as const;

/**
 * What a phone system can read. `text`: the first line is all that a dial plan takes. `flat`: a JSON object of texts, as Amazon Connect's
 * STRING_MAP wants it.
 */
export type Format = 'json' | 'flat' | 'text' | 'xml';

/** By `Accept`: `text/plain`, `application/xml` or `text/xml`, `application/json;profile=flat`; JSON for all else. */
export function formatOf(request: FastifyRequest): Format {
  const accept = (request.headers.accept ?? '').toLowerCase();
  if (/\bjson\b/.test(accept)) return /;\s*profile="?flat"?/.test(accept) ? 'flat' : 'json';
  if (/\btext\/plain\b/.test(accept)) return 'text';
  return /\b(application|text)\/xml\b/.test(accept) && !/\btext\/html\b/.test(accept) ? 'xml' : 'json';
}

/** Sends an answer in another format than JSON. Throws no_extension where plain text would be empty. */
export function sendAs(format: Exclude<Format, 'json'>, reply: FastifyReply, answer: Answer): never {
  if (format === 'text') return sendExtension(reply, answer);
  if (format === 'xml') return reply.type('application/xml; charset=utf-8').send(toXml(answer.variables)) as never;
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer.variables)) as never;
}

/** The extension alone; 404 where nobody is to be rung, so that a dial plan goes on by itself. */
export function sendExtension(reply: FastifyReply, answer: Answer): never {
  if (answer.extension === undefined) throw noExtension(answer.why);
  return reply.type('text/plain; charset=utf-8').send(answer.extension) as never;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** The flat map as elements. Their names are letters, digits and _; characters that XML 1.0 cannot hold are left out. */
function toXml(variables: Record<string, string>): string {
  const plain = (value: string) =>
    value.replace(/[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g, '').replace(/[&<>"']/g, (one) => ENTITIES[one] as string);
  const elements = Object.entries(variables).map(([name, value]) => `  <${name}>${plain(value)}</${name}>`);
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<lookup>', ...elements, '</lookup>', ''].join('\n');
}
