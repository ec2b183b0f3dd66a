/** Turns the TypeScript of a component into the JavaScript that the org takes. */
import ts from 'typescript';

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  // Imports stay as they are written, decorators stay for the org's own compiler, fields keep their order.
  verbatimModuleSyntax: true,
  experimentalDecorators: false,
  useDefineForClassFields: true,
  removeComments: false,
  newLine: ts.NewLineKind.LineFeed,
};

/** A source that is not valid TypeScript. The message names line and column. */
export class StripError extends Error {
  override readonly name = 'StripError';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/**
 * Removes the types of one file; comments stay. Types are not checked here.
 * @throws {StripError} on a syntax error
 */
export function stripTypes(source: string, fileName: string): string {
  const { outputText, diagnostics } = ts.transpileModule(source, { fileName, compilerOptions: OPTIONS, reportDiagnostics: true });
  const [first] = diagnostics ?? [];
  if (first) {
    const line = first.file && first.start !== undefined ? first.file.getLineAndCharacterOfPosition(first.start).line + 1 : 1;
    throw new StripError(line, ts.flattenDiagnosticMessageText(first.messageText, ' '));
  }
  return outputText;
}
