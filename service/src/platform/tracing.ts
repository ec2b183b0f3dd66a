/** The text of a failed span's status is the error's. */
const withoutText = <T extends { status: { code: number } }>(span: T): T =>
  Object.create(span, { status: { value: { code: span.status.code } } }) as T;

/**
 * OpenTelemetry traces of the HTTP requests that come in, only when an endpoint is configured; the libraries are loaded only then, since they cost
 * memory. Call it before a server is made. A trace names the route, never the address: addresses hold invitations, sign-in codes and numbers.
 * Texts of errors stay in the log, where they are redacted.
 */
export async function startTracing(endpoint: string | undefined): Promise<() => Promise<void>> {
  if (!endpoint) return () => Promise.resolve();
  const [{ NodeSDK }, { OTLPTraceExporter }, { FastifyOtelInstrumentation }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@fastify/otel'),
  ]);
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const sdk = new NodeSDK({
    serviceName: 'switchboard',
    traceExporter: {
      export: (spans, done) => exporter.export(spans.map(withoutText), done),
      shutdown: () => exporter.shutdown(),
    },
    instrumentations: [
      new FastifyOtelInstrumentation({
        registerOnInitialization: true,
        recordExceptions: false,
        requestHook: (span, request) => void span.setAttribute('url.path', request.routeOptions.url ?? ''),
      }),
    ],
  });
  sdk.start();
  return () => sdk.shutdown();
}
