import { expect, test } from 'vitest';
import { pageText, readForms } from './browserless.ts';
import { html } from './html.ts';

test('reads fields, selected options and buttons of forms, and skips what a browser would not send', () => {
  const [form] = readForms(
    `<form method="post" action="../go"><input type="hidden" name="csrf" value="a&amp;b"><input name='user'>
     <input type="checkbox" name="off" value="1"><input type="checkbox" name="on" value="1" checked>
     <select name="size"><option value="s">S</option><option value="m" selected>M</option></select>
     <button name="decision" value="allow"><span>Allow</span></button></form>`,
    'http://localhost:1/a/b/c',
  );
  expect(form).toEqual({
    action: 'http://localhost:1/a/go',
    method: 'POST',
    fields: { csrf: 'a&b', user: '', on: '1', size: 'm' },
    buttons: [{ text: 'Allow', name: 'decision', value: 'allow' }],
  });
});

test('page text leaves out markup, styles and scripts', () => {
  expect(pageText('<head><title>T</title></head><body><script>x()</script><h1>A &amp; B</h1>\n<p>c</p></body>')).toBe('A & B c');
});

test('the html tag escapes all but its own markup', () => {
  expect(html`<p title="${'"<'}">${['a<', html`<b>${'&'}</b>`, null, false, 3]}</p>`.markup).toBe(
    '<p title="&quot;&lt;">a&lt;<b>&amp;</b>3</p>',
  );
});
