import { z } from 'zod';

/** An extension, a queue, or whatever else a phone system's dial plan takes: it ends up in a SIP address. */
const LONGEST = 64;
const FORM = /^[\w.+*#-]+$/;

export const destination = z.string().max(LONGEST).regex(FORM, 'may hold letters, digits and . + * # - _').meta({ example: '500' });

/** What `destination` takes, quicker. */
export const isDestination = (value: unknown): value is string => typeof value === 'string' && value.length <= LONGEST && FORM.test(value);
