const { setup } = require('@sa11y/jest');

setup();

// A component left in the document by one test would be found by the next.
afterEach(() => {
  document.body.replaceChildren();
  jest.clearAllMocks();
});
