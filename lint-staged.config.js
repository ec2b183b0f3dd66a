import path from 'node:path';

/** The tests beside a file: of its folder, or at the top of the sources only its own. */
function testsBeside(file) {
  const relative = path.relative(import.meta.dirname, file).replaceAll(path.sep, '/');
  const folder = path.posix.dirname(relative);
  return folder.split('/').length > 2 ? `${folder}/` : relative.replace(/(\.test)?\.ts$/, '.');
}

/** What a commit must pass, on its files only. Nothing here changes a file. */
export default {
  '*': 'prettier --check --ignore-unknown --log-level warn',
  '*.{ts,js,cjs}': 'eslint --no-warn-ignored',
  '{service,sandbox,tools,bench}/**/*.ts': (files) => `vitest run --passWithNoTests ${[...new Set(files.map(testsBeside))].join(' ')}`,
  'force-app/**/lwc/**/*.{ts,html}': 'jest --config jest.config.cjs --findRelatedTests --passWithNoTests',
};
