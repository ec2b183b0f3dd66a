import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { html } from './html.ts';
import type { Html } from './html.ts';

const STYLES = join(dirname(createRequire(import.meta.url).resolve('@salesforce-ux/design-system/package.json')), 'assets', 'styles');

export interface PageOptions {
  readonly title: string;
  readonly body: Html;
  /** Name of the peer, shown in the header of the page. */
  readonly product?: string;
  /** `narrow` is a centred card for forms; `wide` is a whole page. */
  readonly width?: 'narrow' | 'wide';
}

/** Serves the SLDS style sheet below `/assets/slds` from the installed package; pages need nothing from the Internet. */
export function registerPageAssets(app: FastifyInstance): void {
  app.register(fastifyStatic, { root: STYLES, prefix: '/assets/slds/', decorateReply: false, maxAge: 86_400_000 });
}

/** A whole HTML document with the SLDS look. Works without JavaScript. */
function page(options: PageOptions): Html {
  const { title, body, product = 'Switchboard sandbox', width = 'wide' } = options;
  const column = width === 'narrow' ? 'max-width: 26rem' : 'max-width: 64rem';
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} | ${product}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/slds/salesforce-lightning-design-system-offline.min.css" />
      </head>
      <body class="slds-scope">
        <header class="slds-page-header slds-m-bottom_medium" style="border-radius: 0">
          <p class="slds-text-heading_small">${product}</p>
        </header>
        <main class="slds-container_center slds-p-horizontal_medium slds-p-bottom_large" style="${column}">${body}</main>
      </body>
    </html>`;
}

const CSP =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Sends a page with headers that keep it out of frames, caches and referrers. */
export function sendPage(reply: FastifyReply, options: PageOptions, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': CSP,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .send(page(options).markup);
}

/** A red box with an error in words; screen readers announce it. */
export function errorBox(text: string): Html {
  return html`<div class="slds-notify slds-notify_alert slds-alert_error slds-m-bottom_medium" role="alert"><h2>${text}</h2></div>`;
}

/** One labelled input in SLDS form markup. */
export function field(options: {
  id: string;
  label: string;
  type?: string;
  value?: string;
  autocomplete?: string;
  hint?: string;
  required?: boolean;
}): Html {
  const { id, label, type = 'text', value = '', autocomplete = 'off', hint, required = true } = options;
  return html`<div class="slds-form-element slds-m-bottom_small">
    <label class="slds-form-element__label" for="${id}">${label}</label>
    <div class="slds-form-element__control">
      <input
        class="slds-input"
        id="${id}"
        name="${id}"
        type="${type}"
        value="${value}"
        autocomplete="${autocomplete}"
        ${required ? html`required` : ''}
        ${hint ? html`aria-describedby="${id}-hint"` : ''}
      />
    </div>
    ${hint ? html`<div class="slds-form-element__help" id="${id}-hint">${hint}</div>` : ''}
  </div>`;
}
