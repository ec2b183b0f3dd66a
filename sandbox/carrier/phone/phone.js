'use strict';

/* The customer's phone: shows the texts of one phone as they arrive and sends what a person writes. Plain DOM, no library. */
(() => {
  const device = document.querySelector('.sb-device');
  const phone = device.dataset.phone;
  const company = document.getElementById('company');
  const log = document.getElementById('texts');
  const list = document.getElementById('list');
  const empty = document.getElementById('empty');
  const problem = document.getElementById('problem');
  const composer = document.getElementById('composer');
  const body = document.getElementById('body');
  const attach = document.getElementById('attach');
  const sample = document.getElementById('sample');
  const file = document.getElementById('file');
  const preview = document.getElementById('preview');
  const drop = document.getElementById('drop');
  const noPictures = document.getElementById('no-pictures');
  const MAX_FILE_BYTES = 5 * 1024 * 1024;

  /** Every text of this phone by id, and how many of each number are unread. */
  const texts = new Map();
  const unread = new Map();
  const titles = new Map([...company.options].map((option) => [option.value, option.textContent.trim()]));
  const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

  function say(message) {
    problem.textContent = message ?? '';
    problem.hidden = !message;
  }

  function bubble(text) {
    const mine = text.direction === 'sent';
    const item = document.createElement('li');
    item.className = `slds-chat-listitem slds-chat-listitem_${mine ? 'outbound' : 'inbound'}`;
    item.dataset.id = text.id;
    const message = item.appendChild(make('div', 'slds-chat-message')).appendChild(make('div', 'slds-chat-message__body'));
    const words = message.appendChild(make('div', `slds-chat-message__text slds-chat-message__text_${mine ? 'outbound' : 'inbound'}`));
    words.appendChild(make('span', 'slds-assistive-text', mine ? 'You: ' : `${text.company}: `));
    for (const media of text.media) words.appendChild(picture(media));
    words.appendChild(make('span', 'sb-words', text.body));
    const parts = text.parts > 1 ? ` · ${text.parts} parts` : '';
    const status = text.status ? ` · ${text.status}` : '';
    message.appendChild(
      make('div', 'slds-chat-message__meta', `${mine ? 'You' : text.company} · ${clock.format(new Date(text.at))}${parts}${status}`),
    );
    return item;
  }

  function picture(media) {
    if (!media.contentType.startsWith('image/') || !media.url.startsWith('/')) {
      const link = make('a', '', media.fileName);
      link.href = /^(https?:|\/)/.test(media.url) ? media.url : '#';
      link.rel = 'noreferrer';
      return link;
    }
    const image = document.createElement('img');
    image.src = media.url;
    image.alt = `Picture: ${media.fileName}`;
    image.addEventListener('load', toEnd);
    return image;
  }

  function make(name, className, content) {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (content !== undefined) element.textContent = content;
    return element;
  }

  function toEnd() {
    log.scrollTop = log.scrollHeight;
  }

  function showCompany() {
    unread.delete(company.value);
    const shown = [...texts.values()].filter((text) => text.company === company.value);
    list.replaceChildren(...shown.map(bubble));
    empty.hidden = shown.length > 0;
    const pictures = company.selectedOptions[0]?.dataset.pictures === 'yes';
    attach.hidden = !pictures;
    noPictures.hidden = pictures;
    if (!pictures) clearPicture();
    nameCompanies();
    toEnd();
  }

  /** Numbers with unread texts say so in the list and in the title. */
  function nameCompanies() {
    for (const option of company.options) {
      const count = unread.get(option.value) ?? 0;
      option.textContent = titles.get(option.value) + (count > 0 ? `, ${count} new` : '');
    }
    const all = [...unread.values()].reduce((sum, count) => sum + count, 0);
    document.title = `${all > 0 ? `(${all}) ` : ''}${phone}: the customer's phone`;
  }

  function take(text) {
    const known = texts.has(text.id);
    texts.set(text.id, text);
    if (!titles.has(text.company)) {
      // A sender name or short code that is no number to answer to still gets its conversation.
      titles.set(text.company, text.company);
      company.appendChild(new Option(text.company, text.company));
    }
    if (text.company !== company.value) {
      if (!known && text.direction === 'received') unread.set(text.company, (unread.get(text.company) ?? 0) + 1);
      nameCompanies();
      return;
    }
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    const shown = list.querySelector(`[data-id="${CSS.escape(text.id)}"]`);
    if (shown) shown.replaceWith(bubble(text));
    else list.appendChild(bubble(text));
    empty.hidden = true;
    if (atEnd || text.direction === 'sent') toEnd();
  }

  async function load() {
    const answer = await fetch(`/phone/api/texts?phone=${encodeURIComponent(phone)}`);
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}`);
    const { messages } = await answer.json();
    texts.clear();
    for (const text of messages) texts.set(text.id, text);
    if (!company.dataset.chosen) {
      // The number that was heard of last is the conversation a person wants to see.
      const last = messages.at(-1);
      if (last && titles.has(last.company)) company.value = last.company;
      company.dataset.chosen = 'yes';
    }
    for (const text of messages) if (!titles.has(text.company)) take(text);
    unread.clear();
    showCompany();
  }

  function listen() {
    const events = new EventSource(`/phone/api/events?phone=${encodeURIComponent(phone)}`);
    events.addEventListener('open', () => {
      // What came while the line was down is in the list.
      load().then(
        () => say(''),
        (error) => say(`The texts could not be loaded: ${error.message}.`),
      );
    });
    events.addEventListener('message', (event) => take(JSON.parse(event.data)));
    events.addEventListener('error', () => say('The line to the sandbox is down; trying again.'));
  }

  function clearPicture() {
    sample.value = '';
    file.value = '';
    showPicture();
  }

  function showPicture() {
    const chosen = file.files[0];
    preview.hidden = drop.hidden = !chosen && !sample.value;
    if (preview.src.startsWith('blob:')) URL.revokeObjectURL(preview.src);
    if (chosen) preview.src = URL.createObjectURL(chosen);
    else if (sample.value) preview.src = `/assets/phone/pictures/${sample.value}.png`;
    else preview.removeAttribute('src');
    preview.alt = chosen ? `Attached: ${chosen.name}` : sample.value ? `Attached: ${sample.selectedOptions[0].textContent}` : '';
  }

  async function media() {
    const chosen = file.files[0];
    if (!chosen) return sample.value ? [sample.value] : [];
    if (chosen.size > MAX_FILE_BYTES) throw new Error('The picture is larger than 5 MB.');
    const url = await new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(new Error('The picture could not be read.'));
      reader.readAsDataURL(chosen);
    });
    return [{ contentType: chosen.type || 'application/octet-stream', fileName: chosen.name, data: url.slice(url.indexOf(',') + 1) }];
  }

  async function send() {
    const button = composer.querySelector('[type="submit"]');
    if (button.disabled) return;
    button.disabled = true;
    say('');
    try {
      const answer = await fetch('/phone/api/texts', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ from: phone, to: company.value, body: body.value, media: await media() }),
      });
      const result = await answer.json();
      if (!answer.ok) throw new Error(result.error ?? `The sandbox answered ${answer.status}.`);
      // Its next status may have arrived before this answer.
      if (!texts.has(result.id)) take(result);
      body.value = '';
      clearPicture();
    } catch (error) {
      // What was typed stays.
      say(error instanceof TypeError ? 'The sandbox cannot be reached. Your text is kept; try again.' : error.message);
    } finally {
      button.disabled = false;
      body.focus();
    }
  }

  composer.addEventListener('submit', (event) => {
    event.preventDefault();
    void send();
  });
  body.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send();
  });
  for (const tool of document.querySelectorAll('[data-insert]')) {
    tool.addEventListener('click', () => {
      body.setRangeText(tool.dataset.insert, body.selectionStart, body.selectionEnd, 'end');
      body.focus();
    });
  }
  company.addEventListener('change', showCompany);
  sample.addEventListener('change', () => {
    file.value = '';
    showPicture();
  });
  file.addEventListener('change', () => {
    sample.value = '';
    showPicture();
  });
  drop.addEventListener('click', () => {
    clearPicture();
    body.focus();
  });
  listen();
})();
