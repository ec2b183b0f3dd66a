/** CSV as the Bulk API writes it: every value in quotes, one line ending and one delimiter for a whole job. */
import { SalesforceError } from '../errors.ts';

/** Names of `columnDelimiter`. Source: Bulk API 2.0, create a job. */
const DELIMITERS: Readonly<Record<string, string>> = { BACKQUOTE: '`', CARET: '^', COMMA: ',', PIPE: '|', SEMICOLON: ';', TAB: '\t' };
const LINE_ENDINGS: Readonly<Record<string, string>> = { LF: '\n', CRLF: '\r\n' };

export interface CsvForm {
  /** A name such as `COMMA`. */
  delimiter: string;
  /** `LF` or `CRLF`. */
  lineEnding: string;
}

/** The form that a job asks for; INVALIDJOB where it is none of those that are known. */
export function csvForm(delimiter: unknown = 'COMMA', lineEnding: unknown = 'LF'): CsvForm {
  if (typeof delimiter !== 'string' || !Object.hasOwn(DELIMITERS, delimiter)) throw unknown('columnDelimiter', delimiter);
  if (typeof lineEnding !== 'string' || !Object.hasOwn(LINE_ENDINGS, lineEnding)) throw unknown('lineEnding', lineEnding);
  return { delimiter, lineEnding };
}

function unknown(name: string, value: unknown): SalesforceError {
  return new SalesforceError(400, 'INVALIDJOB', `InvalidJob : ${String(value).slice(0, 40)} is not a valid value for ${name}`);
}

export const delimiterOf = (form: CsvForm): string => DELIMITERS[form.delimiter] as string;
export const endingOf = (form: CsvForm): string => LINE_ENDINGS[form.lineEnding] as string;

/** One line with its ending. */
export function csvLine(form: CsvForm, values: readonly string[]): string {
  return values.map((value) => `"${value.replaceAll('"', '""')}"`).join(delimiterOf(form)) + endingOf(form);
}
