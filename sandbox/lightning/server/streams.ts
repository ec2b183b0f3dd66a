/** What open pages are told as it happens: platform events from the sandbox org, custom notifications, rebuilt components. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { OrgClient } from '../org/client.ts';
import { forward } from './forward.ts';

const BEAT_MS = 15_000;

const followBody = z.object({
  follower: z.int(),
  channel: z.string().regex(/^\/(event|topic|data)\//),
  replayId: z.int().min(-2),
  cursor: z.int().min(0).optional(),
});

type FollowBody = z.infer<typeof followBody>;

interface OpenPage {
  send(kind: string, data: unknown): void;
  drop(): void;
  followers: Map<number, AbortController>;
}

export interface Streams {
  /** To every open page. */
  broadcast(kind: 'reload' | 'build-error', data: unknown): void;
  /** Cuts every page's stream, as a lost network would; pages come back and catch up. */
  drop(): void;
  close(): void;
}

/** Registers `/__shell/stream` (one per page) and how a page asks it for a channel. */
export function registerStreams(
  app: FastifyInstance,
  { org, userOf }: { org: OrgClient; userOf: (cookies: Record<string, string | undefined>) => Promise<string> },
): Streams {
  const pages = new Map<string, OpenPage>();
  const logs = openLogs(org);

  app.get('/__shell/stream', async (request, reply) => {
    const username = await userOf(request.cookies);
    reply.hijack();
    const id = randomUUID();
    const page = openPage(reply.raw);
    const notifications = new AbortController();
    pages.set(id, page);
    page.send('hello', { id });
    void forward(
      org,
      () => `/__sandbox/notifications?username=${encodeURIComponent(username)}&stream=1`,
      notifications.signal,
      (data) => page.send('notification', data),
      () => undefined,
    );
    const beat = setInterval(() => reply.raw.write(': beat\n\n'), BEAT_MS);
    reply.raw.on('close', () => {
      clearInterval(beat);
      notifications.abort();
      for (const follower of page.followers.values()) follower.abort();
      pages.delete(id);
    });
    return reply;
  });

  app.post<{ Params: { id: string } }>('/__shell/stream/:id', async (request, reply) => {
    const page = pages.get(request.params.id);
    if (!page) return reply.code(404).send({ error: 'this stream is closed' });
    follow(org, logs, page, followBody.parse(request.body));
    return {};
  });

  app.delete<{ Params: { id: string; follower: string } }>('/__shell/stream/:id/:follower', async (request) => {
    const page = pages.get(request.params.id);
    page?.followers.get(Number(request.params.follower))?.abort();
    page?.followers.delete(Number(request.params.follower));
    return {};
  });

  return {
    broadcast: (kind, data) => pages.forEach((page) => page.send(kind, data)),
    drop: () => pages.forEach((page) => page.drop()),
    close() {
      logs.close();
      pages.forEach((page) => page.followers.forEach((follower) => follower.abort()));
    },
  };
}

function openPage(response: ServerResponse): OpenPage {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
  return {
    followers: new Map(),
    drop: () => void response.destroy(),
    send: (kind, data) => void response.write(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`),
  };
}

function follow(org: OrgClient, logs: Logs, page: OpenPage, { follower, channel, replayId, cursor }: FollowBody): void {
  page.followers.get(follower)?.abort();
  const stop = new AbortController();
  page.followers.set(follower, stop);
  let position = replayId;
  const send = (message: EventMessage): void => {
    position = message.data.event.replayId;
    page.send('event', { follower, message });
  };
  if (replayId === -1) {
    const log = logs.of(channel);
    if (cursor === undefined) page.send('followed', { follower, cursor: log.length });
    else log.slice(cursor).forEach(send);
  }
  void forward(
    org,
    () => `/__sandbox/events?channel=${encodeURIComponent(channel)}&replayId=${position}`,
    stop.signal,
    (message) => send(message as EventMessage),
    (error) => {
      page.send('refused', { follower, channel, error });
      position = -1; // ids of an org that was reset mean nothing any more; the page re-reads what it shows
    },
  );
}

interface EventMessage {
  data: { event: { replayId: number } };
}

interface Logs {
  /** Events of a channel since the first page asked for it. */
  of(channel: string): EventMessage[];
  close(): void;
}

// A page that wants new events only has no replay id to come back with until the first one arrives; its place in this list does instead.
function openLogs(org: OrgClient): Logs {
  const logs = new Map<string, EventMessage[]>();
  const stop = new AbortController();
  return {
    of(channel) {
      const known = logs.get(channel);
      if (known) return known;
      const log: EventMessage[] = [];
      logs.set(channel, log);
      const path = (): string =>
        `/__sandbox/events?channel=${encodeURIComponent(channel)}&replayId=${log.at(-1)?.data.event.replayId ?? -1}`;
      void forward(
        org,
        path,
        stop.signal,
        (message) => log.push(message as EventMessage),
        () => (log.length = 0),
      );
      return log;
    },
    close: () => stop.abort(),
  };
}
