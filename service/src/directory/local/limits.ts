/** Who brings an org up to date holds its lane for so long, and prolongs it with every step. */
export const LEASE_MS = 40_000;
/** The answer of one page and its storing end well within the lease. */
export const CALL_MS = 25_000;
