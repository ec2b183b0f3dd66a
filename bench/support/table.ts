import { isMet, limitOf, type Figure, type Report } from './result.ts';

const HEAD = ['bench', 'figure', 'value', 'lowest … highest', 'must', ''];

/** All reports as one table for a terminal, with what makes a run invalid and what to know below it. */
export function toTable(reports: readonly Report[]): string {
  const rows = [HEAD, ...reports.flatMap(rowsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [...rows.map(line), '', ...reports.flatMap(remarksOf)].join('\n');
}

function rowsOf(report: Report): string[][] {
  if ('skipped' in report) return [[report.name, 'skipped', '', '', '', '']];
  if ('failed' in report) return [[report.name, 'failed', '', '', '', '']];
  return report.figures.map((figure, index) => [
    index === 0 ? report.name : '',
    figure.name,
    `${round(figure.value)} ${figure.unit}`,
    figure.spread ? `${round(figure.spread[0])} … ${round(figure.spread[1])}` : '',
    limitOf(figure),
    verdict(report, figure),
  ]);
}

function verdict(report: Report, figure: Figure): string {
  const met = isMet(figure);
  if (met === undefined) return '';
  const isValid = 'invalid' in report && report.invalid.length === 0 && !report.tiny;
  return `${met ? 'met' : 'MISSED'}${isValid ? '' : ' (invalid run)'}`;
}

function remarksOf(report: Report): string[] {
  const { name } = report;
  if ('skipped' in report) return [`${name}: skipped, ${report.skipped}`];
  if ('failed' in report) return [`${name}: failed, ${report.failed}`];
  return [
    ...(report.tiny ? [`${name}: INVALID, a tiny run proves that the bench works and nothing else`] : []),
    ...report.invalid.map((reason) => `${name}: INVALID, ${reason}`),
    ...report.notes.map((note) => `${name}: ${note}`),
  ];
}

/** Three digits that mean something. */
function round(value: number): string {
  if (!Number.isFinite(value)) return 'not measured';
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
