import { z } from 'zod';

/** An extension, a queue, or whatever else a phone system's dial plan takes: it ends up in a SIP address. */
export const destination = z
  .string()
  .max(64)
  .regex(/^[\w.+*#-]+$/, 'may hold letters, digits and . + * # - _')
  .meta({ example: '500' });
