/* global document, performance, window, MutationObserver, MessageChannel, PerformanceObserver, requestAnimationFrame */
/*
 * Runs in an isolated world of the page: there the document is seen without the patches of synthetic shadow, and nothing that the page does
 * to its globals changes what is measured. Times are milliseconds since the document's time origin, the clock of events and resources.
 */
(() => {
  /** What is waited for: a text that comes into an element of a kind. */
  const waiting = new Set();
  const resources = [];
  let clickedAt;

  // The event's own time is when the browser got the input, before any script ran.
  window.addEventListener('click', (event) => (clickedAt = event.timeStamp), { capture: true });

  new PerformanceObserver((list) => {
    for (const { name, startTime, responseEnd } of list.getEntries()) resources.push({ name, startTime, responseEnd });
  }).observe({ type: 'resource', buffered: true });

  new MutationObserver((changes) => {
    if (waiting.size === 0) return;
    const now = performance.now();
    // Looking only at what was added keeps the probe out of the figures.
    const added = changes.flatMap(({ type, target, addedNodes }) => (type === 'characterData' ? [target] : [...addedNodes]));
    for (const wait of waiting) {
      if (!added.some(({ textContent }) => textContent.includes(wait.text)) || !isThere(wait)) continue;
      waiting.delete(wait);
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => wait.resolve({ clickedAt, inDomAt: now, paintedAt: performance.now() });
        port2.postMessage(undefined);
      });
    }
  }).observe(document, { childList: true, characterData: true, subtree: true });

  function isThere({ selector, text }) {
    return [...document.querySelectorAll(selector)].some(({ textContent }) => textContent.includes(text));
  }

  const seen = new Map();
  window.bench = {
    expect(selector, text) {
      clickedAt = undefined;
      seen.set(text, new Promise((resolve) => waiting.add({ selector, text, resolve })));
    },
    seen: (text) => seen.get(text),
    resources: (part) => resources.filter(({ name }) => name.includes(part)),
    now: () => performance.timeOrigin + performance.now(),
    timeOrigin: () => performance.timeOrigin,
    count: (selector) => document.querySelectorAll(selector).length,
  };
})();
