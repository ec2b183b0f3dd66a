import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors, type ZodFastifySchemaValidationError } from 'fastify-type-provider-zod';
import {
  internalError,
  invalidRequest,
  notFound,
  payloadTooLarge,
  Problem,
  unavailable,
  unsupportedMediaType,
  type FieldError,
} from '../errors.ts';

/** When to try again what cannot be done now, where the failure does not know better. In seconds. */
const RETRY_AFTER_S = '5';

/** Writes a problem document; `problemBase` is where its codes are explained. */
function send(reply: FastifyReply, problem: Problem, problemBase: string) {
  if (problem.status === 503) reply.header('retry-after', RETRY_AFTER_S);
  if (problem.headers) reply.headers(problem.headers);
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(documentOf(problem, problemBase));
}

/** The problem document (RFC 9457) of a failure. */
export function documentOf(problem: Problem, problemBase: string) {
  return {
    type: `${problemBase}/${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.message,
    code: problem.code,
    ...(problem.errors && { errors: problem.errors }),
  };
}

/** Answers what fails before a route is found, such as an address that cannot be read. */
export function problemOfRequest(problemBase: string) {
  return (error: FastifyError, _request: unknown, reply: FastifyReply) => void send(reply, toProblem(error), problemBase);
}

/** Every failure of every route leaves as an RFC 9457 problem document; what nobody expected shows neither stack nor text. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function registerProblems(app: FastifyInstance<any, any, any, any, any>, problemBase: string): void {
  app.setNotFoundHandler((_request, reply) => send(reply as FastifyReply, nowhere(), problemBase));
  app.setErrorHandler((error: FastifyError | Problem, request: FastifyRequest, reply) => {
    const problem = wasCutOff(error, request) ? cutOff() : toProblem(error);
    if (problem.status >= 500 && !(error instanceof Problem)) {
      request.log.error({ err: error, route: request.routeOptions.url }, 'a request failed unexpectedly');
    }
    return send(reply as FastifyReply, problem, problemBase);
  });
}

/** The caller hung up in the middle of the body. Its code (ECONNRESET) is that of a database connection which broke, and says nothing about ours. */
function wasCutOff(error: Error, request: FastifyRequest): boolean {
  return error === request.raw.errored;
}

const cutOff = () => invalidRequest('The request ended before its body did. Nothing was stored.');
const nowhere = () => notFound('There is nothing at this address.');

function toProblem(error: FastifyError | Problem): Problem {
  if (error instanceof Problem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    // What is not an id is not found, the same as another org's id.
    if (error.validationContext === 'params') return nowhere();
    const errors = error.validation.flatMap(fieldErrors);
    return invalidRequest(
      `${errors.length === 1 ? 'One value is not as it must be' : `${errors.length} values are not as they must be`}. Nothing was stored.`,
      { errors },
    );
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return payloadTooLarge('The body is larger than this route takes. Nothing was stored.');
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return unsupportedMediaType('Send application/json (or a form, where the route takes one).');
  if (isDatabaseAway(error)) return databaseAway(error);
  if (error.code === 'FST_ERR_BAD_URL' || error.code === 'FST_ERR_MAX_PARAM_LENGTH') return nowhere();
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return invalidRequest(
      error.code === 'FST_ERR_CTP_EMPTY_JSON_BODY' ? 'The body is empty.' : 'The request cannot be read: is it valid JSON?',
    );
  }
  return internalError('The failure was logged. What was accepted before is kept; try again, and tell the operator if it stays.');
}

/** A fault at a place is one error; fields that nobody knows are one each, since the place alone would not say which. */
function fieldErrors({ instancePath, keyword, params, message }: ZodFastifySchemaValidationError): FieldError[] {
  const path = instancePath.slice(1).replaceAll('/', '.');
  const unknown = keyword === 'unrecognized_keys' ? (params['keys'] as string[]) : undefined;
  if (!unknown) return [{ field: path, message: message ?? 'is not valid' }];
  return unknown.map((key) => ({ field: path ? `${path}.${key}` : key, message: 'is not known here' }));
}

/** 503 with the time after which to try again. */
export function databaseAway(cause: unknown): Problem {
  return unavailable('The database cannot be reached or takes nothing at the moment. Nothing was stored; try again in some seconds.', {
    cause,
  });
}

/**
 * Connection refused or reset, too many clients, server shutting down or starting up (PostgreSQL error classes 08, 53 and 57P), or so busy that
 * a statement, a lock or a transaction ran out of its time (57014, 55P03, 25P03): the same request may go through later. A connection that broke
 * after it was taken from the pool and before its next statement is said by pg to be "not queryable".
 */
function isDatabaseAway(error: { code?: string; message: string }): boolean {
  return (
    /^(08\w{3}|25P03|53\w{3}|55P03|57014|57P0[1235]|ECONNREFUSED|ECONNRESET|EPIPE)$/.test(error.code ?? '') ||
    /timeout exceeded when trying to connect|Connection terminated|not queryable/.test(error.message)
  );
}
