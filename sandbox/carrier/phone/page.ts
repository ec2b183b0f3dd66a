import { html } from '../../control/html.ts';
import type { Html } from '../../control/html.ts';
import type { SamplePhone } from '../accounts.ts';
import type { SamplePicture } from '../pictures.ts';

export interface CompanyNumber {
  readonly number: string;
  readonly label: string;
  readonly carrier: string;
  /** Whether pictures can be sent to it. */
  readonly pictures: boolean;
}

export interface PhonePageModel {
  readonly phone: string;
  readonly known: readonly SamplePhone[];
  readonly companies: readonly CompanyNumber[];
  readonly pictures: readonly SamplePicture[];
  readonly error: string | null;
  /** What was typed when it was no number; kept in the field. */
  readonly typed: string;
}

/** Those that fonts without colour emoji have, too. */
const EMOJI: readonly (readonly [string, string])[] = [
  ['😀', 'smile'],
  ['😉', 'wink'],
  ['😍', 'heart eyes'],
  ['😢', 'tear'],
  ['❤️', 'heart'],
];

/** A whole document around the body. */
export function shell(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="icon" href="/assets/phone/pictures/meter.png" />
        <link rel="stylesheet" href="/assets/slds/salesforce-lightning-design-system-offline.min.css" />
        <link rel="stylesheet" href="/assets/phone/phone.css" />
      </head>
      <body class="slds-scope">
        ${body}
      </body>
    </html>`;
}

/** The page on which a person is the customer. The list of texts is filled by phone.js. */
export function phonePage(model: PhonePageModel): Html {
  return shell(
    `${model.phone}: the customer's phone`,
    html`
      <header class="sb-header">
        <h1 class="slds-text-heading_medium">The customer's phone</h1>
        <p>You are the customer. What the company sends arrives here; what you write reaches the company through its carrier.</p>
        <nav aria-label="Carrier"><a href="/carrier">Carrier settings and special numbers</a></nav>
      </header>
      <main class="sb-main">
        <section class="sb-choose" aria-labelledby="choose-title">
          <h2 id="choose-title" class="slds-text-heading_small slds-m-bottom_x-small">Which phone?</h2>
          ${phoneForm(model)}
          <ul class="sb-phones">
            ${model.known.map(
              ({ number, label }) =>
                html`<li>
                  <a
                    class="sb-phone"
                    href="/?phone=${encodeURIComponent(number)}"
                    ${number === model.phone ? html`aria-current="page"` : ''}
                    ><strong>${number}</strong> <span>${label}</span></a
                  >
                </li>`,
            )}
          </ul>
        </section>
        <section class="sb-device" aria-labelledby="device-title" data-phone="${model.phone}">
          <div class="sb-device__bar">
            <h2 id="device-title" class="slds-text-heading_small">Phone ${model.phone}</h2>
            <div class="slds-form-element">
              <label class="slds-form-element__label" for="company">Conversation with</label>
              <div class="slds-form-element__control slds-select_container">
                <select class="slds-select" id="company">
                  ${model.companies.map(
                    (company) =>
                      html`<option value="${company.number}" data-pictures="${company.pictures ? 'yes' : 'no'}">
                        ${company.number} (${company.label}, ${company.carrier})
                      </option>`,
                  )}
                </select>
              </div>
            </div>
          </div>
          <div class="sb-texts" id="texts" role="log" aria-live="polite" aria-label="Texts" tabindex="0">
            <p class="sb-empty" id="empty">No texts yet. Write the first one, or wait for the company.</p>
            <ul class="slds-chat-list" id="list"></ul>
          </div>
          <p class="sb-problem" id="problem" role="alert" hidden></p>
          ${composer(model)}
        </section>
        <noscript><p class="sb-problem">This page needs JavaScript to show texts as they arrive.</p></noscript>
      </main>
      <script src="/assets/phone/phone.js" defer></script>
    `,
  );
}

function phoneForm(model: PhonePageModel): Html {
  return html`<form method="get" action="/" class="sb-pick">
    <div class="slds-form-element ${model.error ? 'slds-has-error' : ''}">
      <label class="slds-form-element__label" for="phone">Phone number with country code</label>
      <div class="slds-form-element__control sb-pick__row">
        <input
          class="slds-input"
          id="phone"
          name="phone"
          type="tel"
          autocomplete="off"
          required
          value="${model.error ? model.typed : model.phone}"
          ${model.error ? html`aria-invalid="true" aria-describedby="phone-error"` : ''}
        />
        <button class="slds-button slds-button_neutral" type="submit">Use</button>
      </div>
      ${model.error ? html`<div class="slds-form-element__help" id="phone-error">${model.error}</div>` : ''}
    </div>
  </form>`;
}

function composer(model: PhonePageModel): Html {
  return html`<form class="sb-composer" id="composer">
    <div class="sb-tools" role="group" aria-label="Insert">
      ${EMOJI.map(([emoji, name]) => html`<button class="sb-tool" type="button" data-insert="${emoji}" aria-label="Insert emoji: ${name}">${emoji}</button>`)}
      ${['STOP', 'START', 'HELP'].map((word) => html`<button class="sb-tool sb-tool_word" type="button" data-insert="${word}">${word}</button>`)}
    </div>
    <div class="slds-form-element">
      <label class="slds-form-element__label" for="body">Text</label>
      <div class="slds-form-element__control">
        <textarea class="slds-textarea" id="body" rows="2" maxlength="10000" aria-describedby="hint"></textarea>
      </div>
    </div>
    <fieldset class="sb-attach" id="attach">
      <legend class="slds-form-element__label">Picture</legend>
      <div class="sb-attach__row">
        <select class="slds-select" id="sample" aria-label="Sample picture">
          <option value="">No picture</option>
          ${model.pictures.map((picture) => html`<option value="${picture.id}">${picture.label}</option>`)}
        </select>
        <label class="slds-button slds-button_neutral sb-file">
          <input type="file" id="file" accept="image/*" class="slds-assistive-text" />
          <span>Choose a file</span>
        </label>
        <img id="preview" alt="" hidden />
        <button class="slds-button" type="button" id="drop" hidden>Remove picture</button>
      </div>
    </fieldset>
    <p class="sb-hint" id="no-pictures" hidden>This number takes no pictures (SMS only).</p>
    <div class="sb-send">
      <p class="sb-hint" id="hint">Enter sends, Shift+Enter starts a new line.</p>
      <button class="slds-button slds-button_brand" type="submit">Send</button>
    </div>
  </form>`;
}
