import { z } from 'zod';
import { problemDocument } from './schemas.ts';
import type { HttpServer } from './instance.ts';

const noQuery = z.strictObject({});
/** What routes take that need no body: none, or an empty object. It does not show in the OpenAPI document. */
export const noBody = z.strictObject({}).nullish();

/**
 * A route of the API that names no query or no body takes no fields there, instead of passing over what a caller believed to matter. What it
 * answers, and the problem document for all else, stand in the OpenAPI document.
 */
export function refuseUnknownFields(app: HttpServer): void {
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/v1/')) return;
    const takesBody = [route.method].flat().some((method) => method !== 'GET' && method !== 'HEAD');
    const response = route.schema?.response as object | undefined;
    route.schema = {
      querystring: noQuery,
      ...(takesBody && { body: noBody }),
      ...route.schema,
      ...(response && { response: { default: problemDocument, ...response } }),
    };
  });
}
