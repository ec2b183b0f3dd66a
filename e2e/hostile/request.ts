/** One request before the world's ids and keys are filled in; small enough to be printed and read. */
export interface HostileRequest {
  method: string;
  /** What stands between method and version in the request line. */
  target: string;
  headers: [string, string][];
  body?: string;
  /** How the body travels. `short`: less comes than was announced; `raw`: `body` is all the bytes of the request. */
  framing: 'length' | 'chunked' | 'short' | 'raw';
}
