/**
 * Does the same work once for everybody who asks for it at the same time: whoever comes while it runs waits for its result, or its error.
 * Nothing is kept afterwards.
 */
export function createSingleFlight<T>(): (key: string, work: () => Promise<T>) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  return (key, work) => {
    const known = running.get(key);
    if (known) return known;
    const begun = work().finally(() => running.delete(key));
    running.set(key, begun);
    return begun;
  };
}
