/** A control request names something that the org does not have; answered with 404. */
export class UnknownTargetError extends Error {
  override readonly name = 'UnknownTargetError';
  readonly statusCode = 404;
}
