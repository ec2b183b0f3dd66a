/** Reads `data:` lines of a server-sent-events answer (WHATWG HTML, section 9.2) as JSON until it ends. */
export async function readEvents(response: Response, onData: (data: unknown) => void): Promise<void> {
  if (!response.body) return;
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n');
      if (data !== '') onData(JSON.parse(data));
    }
  }
}
