/** The HTML around the components. */
import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { html, trusted, type Html } from '../../control/html.ts';
import type { ShellContext } from '../context-types.ts';

const STYLES = '/assets/styles/salesforce-lightning-design-system.min.css';

/** JSON that may stand inside a script element. */
function scriptJson(value: unknown): Html {
  return trusted(
    JSON.stringify(value)
      .replace(/</g, '\\u003c')
      .replace(/\u2028/g, '\\u2028')
      .replace(/\u2029/g, '\\u2029'),
  );
}

/** As in Lightning Experience, components reach this server only; what they load from elsewhere must fail here too. */
function policy(nonce: string): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function send(reply: FastifyReply, nonce: string, status: number, document: Html): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': policy(nonce),
      'x-content-type-options': 'nosniff',
    })
    .send(document.markup);
}

/** The page: everything it shows comes from `context` and the components. */
export function sendPage(
  reply: FastifyReply,
  { context, imports }: { context: ShellContext; imports: Record<string, string> },
): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  return send(
    reply,
    nonce,
    200,
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${context.app.label}</title>
          <link rel="icon" href="data:," />
          <link rel="stylesheet" href="${STYLES}" />
          <style>
            html,
            body {
              min-height: 100%;
              background: #f3f3f3;
            }
            body {
              overflow-x: hidden;
            }
          </style>
          <script type="application/json" id="shell-context">
            ${scriptJson(context)}
          </script>
          <script type="importmap" nonce="${nonce}">
            ${scriptJson({ imports })}
          </script>
          <script type="module" nonce="${nonce}" src="/app/main.js"></script>
        </head>
        <body class="slds-scope">
          <div id="root"></div>
        </body>
      </html>`,
  );
}

/** Shown instead of the page when it cannot be: a build error before the first good build, or an org that does not answer. */
export function sendTrouble(reply: FastifyReply, title: string, detail: string): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  return send(
    reply,
    nonce,
    503,
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <title>${title}</title>
          <link rel="icon" href="data:," />
          <link rel="stylesheet" href="${STYLES}" />
        </head>
        <body class="slds-scope slds-p-around_large">
          <main>
            <h1 class="slds-text-heading_large slds-m-bottom_medium">${title}</h1>
            <pre class="slds-box slds-theme_default" style="white-space: pre-wrap">${detail}</pre>
            <p class="slds-m-top_medium">This page loads again by itself.</p>
          </main>
          <script nonce="${nonce}">
            setTimeout(() => location.reload(), 2000);
          </script>
        </body>
      </html>`,
  );
}
