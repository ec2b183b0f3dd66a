/* global document */
/*
 * FROZEN. The least that a page can do to show a sent text: a click handler that appends one element. Runs in the same page as what it is
 * compared with. `data-text` of the button is the text of the next element.
 */
(() => {
  const host = document.createElement('div');
  host.style.cssText = 'position:fixed;right:0;top:0;width:160px;height:60px;overflow:auto;background:#fff;z-index:99999';
  const button = document.createElement('button');
  button.id = 'bench-plain-append';
  button.textContent = 'Append';
  button.addEventListener('click', () => {
    const item = document.createElement('p');
    item.className = 'bench-plain-item';
    item.textContent = button.dataset.text;
    host.append(item);
  });
  host.append(button);
  document.body.append(host);
})();
