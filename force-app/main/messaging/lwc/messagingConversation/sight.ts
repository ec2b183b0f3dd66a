/** Whether a person can see an element: it has room on the screen, and its page is in front. */
export interface Sight {
  isSeen(): boolean;
  stop(): void;
}

/**
 * Watches an element and calls `seen` whenever it comes into sight. Lightning keeps pages that were left alive and hidden, and narrow
 * layouts put panes in front of each other, so that an element on the page is not yet one that anybody looks at.
 */
export function watchSight(element: Element, seen: () => void): Sight {
  let inView = typeof IntersectionObserver === 'undefined';
  const isSeen = (): boolean => inView && !document.hidden;
  const tell = (): void => {
    if (isSeen()) seen();
  };
  const observer = inView
    ? undefined
    : new IntersectionObserver((entries) => {
        inView = entries.at(-1)?.isIntersecting ?? false;
        tell();
      });
  observer?.observe(element);
  document.addEventListener('visibilitychange', tell);
  return {
    isSeen,
    stop() {
      observer?.disconnect();
      document.removeEventListener('visibilitychange', tell);
    },
  };
}
