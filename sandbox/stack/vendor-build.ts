/** Compiles the Lightning base components in a process of its own, so that the first start uses both cores. Prints its progress in per cent. */
import { join } from 'node:path';
import { buildVendor } from '../../tools/lwc/vendor.ts';

let shown = -1;
await buildVendor(join(import.meta.dirname, '../..'), (_text, fraction) => {
  const percent = Math.round(fraction * 10) * 10;
  if (percent > shown) console.log((shown = percent));
});
