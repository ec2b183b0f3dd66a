const { setup } = require('@sa11y/jest');

setup();

// jsdom does not know container queries and would print each style sheet that has one.
const { error } = console;
console.error = (...args) => (args[0]?.type === 'css parsing' ? undefined : error(...args));

// A component left in the document by one test would be found by the next.
afterEach(() => {
  document.body.replaceChildren();
  jest.clearAllMocks();
});
