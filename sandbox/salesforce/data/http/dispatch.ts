/** Finds the handler of a data API call. One call is one SQLite transaction. */
import { SalesforceError, asSalesforceError, errorBody, notFound } from '../errors.ts';
import { wrongMethod } from './call.ts';
import type { ApiAnswer, ApiCall } from './call.ts';
import { batch, composite } from './composite.ts';
import { collections } from './collections.ts';
import { jobs } from './jobs.ts';
import { recordCount } from './record-count.ts';
import { versionRoot } from './resources.ts';
import { query } from './query.ts';
import { recent } from './recent.ts';
import { parameterizedSearch, search } from './search.ts';
import { sobjects } from './sobjects.ts';
import { tree } from './tree.ts';

/** Runs a call in its transaction. Throws SalesforceError; a failed call leaves nothing behind. */
export function runCall(call: ApiCall): ApiAnswer {
  return call.engine.store.tx(() => dispatch(call));
}

/**
 * A call whose errors are an answer (parts of composite and batch); a failed part is rolled back alone. A collection looks after each of its
 * records itself.
 */
export function answerPart(call: ApiCall): ApiAnswer {
  const [first, second] = call.segments;
  try {
    return first === 'composite' && second === 'sobjects' ? dispatch(call) : runCall(call);
  } catch (error) {
    const known = asSalesforceError(error);
    return { status: known.httpStatus, body: errorBody(known) };
  }
}

function dispatch(original: ApiCall): ApiAnswer {
  const override = original.query.get('_HttpMethod');
  const call = override && original.method === 'POST' ? { ...original, method: override.toUpperCase() } : original;
  const [first, ...rest] = call.segments;
  const inner = { ...call, segments: rest };
  switch (first) {
    case undefined:
      return only(call, 'GET', () => versionRoot(call));
    case 'sobjects':
      return sobjects(inner);
    case 'query':
    case 'queryAll':
      return only(call, 'GET', () => query(inner, first === 'queryAll'));
    case 'search':
      return only(call, 'GET', () => search(inner));
    case 'parameterizedSearch':
      return parameterizedSearch(inner);
    case 'recent':
      return only(call, 'GET', () => recent(inner));
    case 'jobs':
      return jobs(inner);
    case 'limits':
      if (rest[0] === 'recordCount' && rest.length === 1) return only(call, 'GET', () => recordCount(inner));
      if (call.limits) return { status: 200, body: call.limits() };
      throw notFound();
    case 'composite':
      return compositeFamily(inner);
    default:
      throw notFound();
  }
}

function compositeFamily(call: ApiCall): ApiAnswer {
  const [kind, ...rest] = call.segments;
  const inner = { ...call, segments: rest };
  if (kind === undefined) {
    if (call.method !== 'POST') throw wrongMethod(call, 'POST');
    return composite(inner, answerPart);
  }
  if (kind === 'batch') {
    if (call.method !== 'POST') throw wrongMethod(call, 'POST');
    return batch(inner, answerPart);
  }
  if (kind === 'tree') return tree(inner);
  if (kind === 'sobjects') return collections(inner);
  throw notFound();
}

function only(call: ApiCall, method: string, work: () => ApiAnswer): ApiAnswer {
  if (call.method !== method && !(method === 'GET' && call.method === 'HEAD')) {
    throw new SalesforceError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${call.method}' not allowed. Allowed are ${method}`);
  }
  return work();
}
