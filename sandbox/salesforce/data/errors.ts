/**
 * A fault as the platform's REST API reports it: HTTP status, error code of the WSDL enumerations and a text.
 * A plain call answers it as an array of one body, collections and composite parts wrap it.
 */
export class SalesforceError extends Error {
  readonly httpStatus: number;
  readonly errorCode: string;
  readonly fields: string[] | undefined;
  constructor(httpStatus: number, errorCode: string, message: string, fields?: string[]) {
    super(message);
    this.name = 'SalesforceError';
    this.httpStatus = httpStatus;
    this.errorCode = errorCode;
    this.fields = fields;
  }
}

/** One element of the array body of a plain REST error. */
export interface ErrorBody {
  message: string;
  errorCode: string;
  fields?: string[];
}

/** The array body of a plain REST error. */
export function errorBody(error: SalesforceError): ErrorBody[] {
  return [{ message: error.message, errorCode: error.errorCode, ...(error.fields ? { fields: error.fields } : {}) }];
}

/** One element of `errors` in a per-record result of a collection. */
export interface ResultError {
  statusCode: string;
  message: string;
  fields: string[];
}

/** The same fault inside a per-record result. */
export function resultError(error: SalesforceError): ResultError {
  return { statusCode: error.errorCode, message: error.message, fields: error.fields ?? [] };
}

/** 404 of a record or path that is not there (or may not be seen). */
export function notFound(message = 'The requested resource does not exist'): SalesforceError {
  return new SalesforceError(404, 'NOT_FOUND', message);
}

/** Any thrown value as a SalesforceError; what is not one becomes the platform's 500 without details. */
export function asSalesforceError(error: unknown): SalesforceError {
  if (error instanceof SalesforceError) return error;
  return new SalesforceError(500, 'UNKNOWN_EXCEPTION', 'An unexpected error occurred. Please include this ErrorId if you contact support');
}

/** Inside a collection or a bulk job an id that leads nowhere has another code than on the plain route. */
export function inCollection<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SalesforceError && error.errorCode === 'NOT_FOUND')
      throw new SalesforceError(404, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    throw error;
  }
}
