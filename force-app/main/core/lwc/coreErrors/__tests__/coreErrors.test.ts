import { readProblem, reduceErrors } from 'c/coreErrors';

const apexError = (message: string) => ({ body: { message, exceptionType: 'System.AuraHandledException' }, status: 500 });

describe('c/coreErrors', () => {
  afterEach(() => jest.restoreAllMocks());

  it('reads the problem document inside an AuraHandledException', () => {
    const problem = {
      code: 'validation_failed',
      title: 'Not valid.',
      detail: 'The number is too short.',
      status: 422,
      errors: [{ field: 'to', message: 'too short' }, { path: 'body', detail: 'is empty' }, 'plain', { unknown: true }],
    };
    expect(readProblem(apexError(JSON.stringify(problem)))).toEqual({
      ...problem,
      errors: [{ field: 'to', message: 'too short' }, { field: 'body', message: 'is empty' }, { message: 'plain' }],
    });
  });

  it('reads field errors given as an object', () => {
    const problem = { code: 'invalid', title: 'T', detail: 'D', errors: { to: ['a', 'b'] } };
    expect(readProblem(apexError(JSON.stringify(problem))).errors).toEqual([{ field: 'to', message: 'a b' }]);
  });

  it.each([
    ['an array body', { body: [{ message: 'one' }, { message: 'two' }] }, ['one', 'two']],
    ['page errors', { body: { pageErrors: [{ message: 'page' }], message: 'hidden' } }, ['page']],
    ['field errors', { body: { fieldErrors: { Name: [{ message: 'missing' }] } } }, ['missing']],
    ['UI API output', { body: { output: { errors: [{ message: 'no' }], fieldErrors: { A: [{ message: 'bad' }] } } } }, ['no', 'bad']],
    ['a body message', { body: { message: 'Apex said no' } }, ['Apex said no']],
    ['a script error', new Error('boom').message, ['boom']],
    ['a status text', { statusText: 'Server Error' }, ['Server Error']],
    ['a list with doubles', [{ message: 'same' }, { message: 'same' }, undefined], ['same']],
  ])('reduces %s', (_name, error, expected) => {
    expect(reduceErrors(error)).toEqual(expected);
  });

  it('never shows JSON, even in a list', () => {
    expect(reduceErrors([apexError('{"code":"x","title":"Title","detail":"In words"}')])).toEqual(['In words']);
  });

  it('takes the first message as detail and lists the others', () => {
    const problem = readProblem({ body: [{ message: 'one' }, { message: 'two' }] });
    expect(problem).toMatchObject({ code: '', title: 'c.Core_Error_Title', detail: 'one', errors: [{ message: 'two' }] });
  });

  it('says that no details were given instead of nothing', () => {
    expect(readProblem(undefined).detail).toBe('c.Core_Error_Unknown');
    expect(readProblem({ body: { message: '{not json' } }).detail).toBe('{not json');
  });

  it('names a missing network before the message that follows from it', () => {
    jest.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    expect(readProblem(new TypeError('Failed to fetch'))).toMatchObject({
      title: 'c.Core_Error_Offline_Title',
      detail: 'c.Core_Error_Offline',
    });
  });
});
