import { labels } from './labels';

/** One refused field or row of a problem document. */
export interface ProblemItem {
  field?: string;
  message: string;
}

/** What went wrong, in words that can be shown. `code` is empty when the platform and not our service spoke. */
export interface Problem {
  code: string;
  title: string;
  detail: string;
  status?: number;
  errors: ProblemItem[];
}

type Dict = Record<string, unknown>;

const isDict = (value: unknown): value is Dict => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/**
 * Reads any error a component can meet (Apex, UI API, DML, fetch, script) into one shape.
 * Our Apex puts a JSON problem `{code,title,detail,status,errors}` into the message of its AuraHandledException.
 */
export function readProblem(error: unknown): Problem {
  const fromService = parseProblem(messageOf(error));
  if (fromService) return fromService;
  if (typeof navigator !== 'undefined' && navigator.onLine === false) {
    return { code: '', title: labels.offlineTitle, detail: labels.offline, errors: [] };
  }
  const messages = reduceErrors(error);
  const [detail = labels.unknown, ...others] = messages;
  return { code: '', title: labels.title, detail, errors: others.map((message) => ({ message })) };
}

/** All readable messages of one error or a list of errors, without doubles, in the order met. */
export function reduceErrors(errors: unknown): string[] {
  const list = Array.isArray(errors) ? errors : [errors];
  return [...new Set(list.flatMap(messagesOf).filter((message) => message !== ''))];
}

function messagesOf(error: unknown): string[] {
  if (typeof error === 'string') return [shown(error)];
  if (!isDict(error)) return [];
  const body = error['body'];
  if (Array.isArray(body)) return body.flatMap(messagesOf); // UI API reads
  if (isDict(body)) {
    const rows = rowMessages(body);
    return rows.length > 0 ? rows : [shown(text(body['message']))];
  }
  const own = text(error['message']) || text(error['statusText']);
  return [shown(own)];
}

/** Page and field errors of DML (`pageErrors`, `fieldErrors`) and of UI API writes (`output.errors`, `output.fieldErrors`). */
function rowMessages(body: Dict): string[] {
  const output = isDict(body['output']) ? body['output'] : {};
  const flat = [body['pageErrors'], output['errors']].flatMap((part) => (Array.isArray(part) ? part : []));
  const byField = [body['fieldErrors'], output['fieldErrors']].flatMap((part) => (isDict(part) ? Object.values(part).flat() : []));
  return [...flat, ...byField].flatMap(messagesOf);
}

function messageOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (!isDict(error)) return '';
  return (isDict(error['body']) && text(error['body']['message'])) || text(error['message']);
}

/** A JSON problem inside a list of messages is shown by its sentence, never as JSON. */
function shown(message: string): string {
  const problem = parseProblem(message);
  return problem ? problem.detail || problem.title : message;
}

function parseProblem(message: string): Problem | undefined {
  if (!message.trimStart().startsWith('{')) return undefined;
  try {
    const json: unknown = JSON.parse(message);
    if (!isDict(json) || !text(json['code'])) return undefined;
    const problem: Problem = {
      code: text(json['code']),
      title: text(json['title']) || labels.title,
      detail: text(json['detail']),
      errors: problemItems(json['errors']),
    };
    if (typeof json['status'] === 'number') problem.status = json['status'];
    return problem;
  } catch {
    return undefined;
  }
}

function problemItems(value: unknown): ProblemItem[] {
  if (Array.isArray(value)) return value.map(toItem).filter((item) => item.message !== '');
  if (isDict(value)) return Object.entries(value).map(([field, message]) => ({ field, message: [message].flat().join(' ') }));
  return [];
}

function toItem(value: unknown): ProblemItem {
  if (!isDict(value)) return { message: text(value) };
  const field = text(value['field']) || text(value['path']) || text(value['pointer']);
  const message = text(value['message']) || text(value['detail']);
  return field ? { field, message } : { message };
}
