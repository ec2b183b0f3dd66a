import { createServer } from 'node:net';

/** Where everything listens. */
export interface Ports {
  lightning: number;
  service: number;
  operator: number;
  salesforce: number;
  /** Salesforce's Pub/Sub API. */
  pubsub: number;
  carrier: number;
  smpp: number;
  smtp: number;
  mail: number;
}

/** The fixed ports of a laptop; scripts and docs count on them. */
export const STANDARD_PORTS: Ports = {
  lightning: 3000,
  service: 8080,
  operator: 9464,
  salesforce: 8081,
  pubsub: 7443,
  carrier: 8082,
  smpp: 2775,
  smtp: 1025,
  mail: 8085,
};

/** Ports that were free a moment ago, for tests that run side by side. */
export async function freePorts(): Promise<Ports> {
  const names = Object.keys(STANDARD_PORTS) as (keyof Ports)[];
  const servers = await Promise.all(names.map(() => holdPort()));
  const ports = Object.fromEntries(names.map((name, index) => [name, servers[index]?.port])) as unknown as Ports;
  await Promise.all(servers.map((server) => server.free()));
  return ports;
}

function holdPort(): Promise<{ port: number; free(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      resolve({ port, free: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
