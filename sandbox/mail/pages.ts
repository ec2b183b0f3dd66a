import type { FastifyInstance } from 'fastify';
import { html } from '../control/html.ts';
import type { Html } from '../control/html.ts';
import { field, registerPageAssets, sendPage } from '../control/pages.ts';
import { LINK } from './mailbox.ts';
import type { Mailbox, StoredMail } from './mailbox.ts';

const PRODUCT = 'Sandbox mailbox';

/** One line with its web addresses as links. */
function linkedLine(line: string): Html {
  const parts: (string | Html)[] = [];
  let end = 0;
  for (const match of line.matchAll(LINK)) {
    parts.push(line.slice(end, match.index), html`<a href="${match[0]}" style="text-decoration: underline">${match[0]}</a>`);
    end = match.index + match[0].length;
  }
  return html`${[...parts, line.slice(end)]}<br />`;
}

function when(mail: StoredMail): Html {
  return html`<time datetime="${mail.at}">${mail.at.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

function listBody(mails: readonly StoredMail[], to: string): Html {
  const rows = mails.map(
    (mail) =>
      html`<tr>
        <th scope="row"><a href="/mails/${mail.id}">${mail.subject === '' ? '(no subject)' : mail.subject}</a></th>
        <td>${mail.to.join(', ')}</td>
        <td>${mail.from}</td>
        <td>${when(mail)}</td>
      </tr>`,
  );
  return html`<h1 class="slds-text-heading_large slds-m-bottom_medium">Mailbox</h1>
    <form class="slds-m-bottom_medium" method="get" action="/" style="max-width: 26rem">
      ${field({ id: 'to', label: 'Only mail to', value: to, type: 'email', required: false })}
      <button class="slds-button slds-button_neutral" type="submit">Show</button>
    </form>
    ${
      mails.length === 0
        ? html`<p role="status">
            No mail${to === '' ? '' : html` to ${to}`} yet. <a href="" style="text-decoration: underline">Look again</a>
          </p>`
        : html`<div class="slds-scrollable_x">
            <table class="slds-table slds-table_cell-buffer slds-table_bordered">
              <caption class="slds-assistive-text">
                Mail, newest first
              </caption>
              <thead>
                <tr>
                  <th scope="col">Subject</th>
                  <th scope="col">To</th>
                  <th scope="col">From</th>
                  <th scope="col">Arrived</th>
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>
          </div>`
    }`;
}

function mailBody(mail: StoredMail): Html {
  return html`<p class="slds-m-bottom_small"><a href="/">Back to the mailbox</a></p>
    <h1 class="slds-text-heading_large slds-m-bottom_small">${mail.subject === '' ? '(no subject)' : mail.subject}</h1>
    <dl class="slds-dl_inline slds-m-bottom_medium">
      <dt class="slds-dl_inline__label">From</dt>
      <dd class="slds-dl_inline__detail">${mail.from}</dd>
      <dt class="slds-dl_inline__label">To</dt>
      <dd class="slds-dl_inline__detail">${mail.to.join(', ')}</dd>
      <dt class="slds-dl_inline__label">Arrived</dt>
      <dd class="slds-dl_inline__detail">${when(mail)}</dd>
    </dl>
    <article class="slds-box slds-theme_default" aria-label="Message" style="overflow-wrap: anywhere">
      ${mail.text.split(/\r?\n/).map(linkedLine)}
    </article>
    ${
      mail.html === null
        ? ''
        : html`<h2 class="slds-text-heading_small slds-m-vertical_small">As HTML</h2>
            <iframe
              class="slds-box slds-box_x-small"
              title="Message as HTML"
              sandbox="allow-top-navigation-by-user-activation allow-popups"
              srcdoc="${`<base target="_top">${mail.html}`}"
              style="width: 100%; height: 24rem; background: white"
            ></iframe>`
    }
    ${
      mail.attachments.length === 0
        ? ''
        : html`<h2 class="slds-text-heading_small slds-m-vertical_small">Attachments</h2>
            <ul class="slds-list_dotted">
              ${mail.attachments.map((part) => html`<li>${part.fileName} (${part.contentType}, ${part.bytes} bytes)</li>`)}
            </ul>`
    }`;
}

/** The mailbox in a browser: list, filter by recipient, read. Works without JavaScript. */
export function registerMailPages(app: FastifyInstance, mailbox: Mailbox): void {
  registerPageAssets(app);
  app.get<{ Querystring: { to?: string } }>('/', async (request, reply) => {
    const to = typeof request.query.to === 'string' ? request.query.to : '';
    return sendPage(reply, { title: 'Mailbox', product: PRODUCT, body: listBody(mailbox.list(to), to) });
  });
  app.get<{ Params: { id: string } }>('/mails/:id', async (request, reply) => {
    const mail = mailbox.find(Number(request.params.id));
    if (!mail) {
      const body = html`<h1 class="slds-text-heading_large">No such mail</h1>
        <p><a href="/">Back to the mailbox</a></p>`;
      return sendPage(reply, { title: 'No such mail', product: PRODUCT, body }, 404);
    }
    return sendPage(reply, { title: mail.subject, product: PRODUCT, body: mailBody(mail) });
  });
}
