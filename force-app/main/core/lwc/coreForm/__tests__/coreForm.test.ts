import { checkFields, fieldsOf, showFieldErrors, takeBack } from 'c/coreForm';

function field(name: string, valid = true) {
  return Object.assign(document.createElement('input'), {
    setCustomValidity: jest.fn(),
    reportValidity: jest.fn(() => valid),
    focus: jest.fn(),
    name,
  });
}
function form(...fields: ReturnType<typeof field>[]) {
  const root = document.createElement('div');
  for (const input of fields) {
    input.dataset['field'] = input.name;
    root.append(input);
  }
  return root;
}
const problem = (errors: object[]) => ({ body: { message: JSON.stringify({ code: 'invalid_request', title: 'T', detail: 'D', errors }) } });

describe('c/coreForm', () => {
  it('lets every field speak and focuses the first wrong one', () => {
    const [right, wrong, alsoWrong] = [field('a'), field('b', false), field('c', false)];
    expect(checkFields(form(right, wrong, alsoWrong))).toBe(false);
    expect(wrong.focus).toHaveBeenCalledTimes(1);
    expect(alsoWrong.reportValidity).toHaveBeenCalledTimes(1);
    expect(alsoWrong.focus).not.toHaveBeenCalled();
  });

  it('forgets what the service said before', () => {
    const input = field('a');
    expect(checkFields(form(input))).toBe(true);
    expect(input.setCustomValidity).toHaveBeenCalledWith('');
  });

  it('takes back what was said about a field that changes, and lets its own rules speak', () => {
    const input = field('a', false);
    input.addEventListener('change', takeBack);
    input.dispatchEvent(new CustomEvent('change'));
    expect(input.setCustomValidity).toHaveBeenCalledWith('');
    const [cleared, reported] = [input.setCustomValidity, input.reportValidity].map(({ mock }) => mock.invocationCallOrder[0]!);
    expect(cleared).toBeLessThan(reported!);
  });

  it('puts each error at its field', () => {
    const [host, port] = [field('settings.host'), field('settings.port')];
    expect(showFieldErrors(form(host, port), problem([{ field: 'settings.port', message: 'Too large' }]))).toBe(true);
    expect(port.setCustomValidity).toHaveBeenCalledWith('Too large.');
    expect(port.focus).toHaveBeenCalledTimes(1);
    expect(host.setCustomValidity).not.toHaveBeenCalled();
  });

  it('asks the parts of a form for their fields, in the order of the page', () => {
    const [own, inside] = [field('name'), field('filters.0.field', false)];
    const part = Object.assign(document.createElement('div'), { formFields: () => fieldsOf(form(inside)) });
    part.dataset['fields'] = 'filters';
    const root = form(own);
    root.prepend(part);
    expect(fieldsOf(root)).toEqual([inside, own]);
    expect(checkFields(root)).toBe(false);
    expect(inside.focus).toHaveBeenCalledTimes(1);
    expect(showFieldErrors(root, problem([{ field: 'filters.0.field', message: 'is unknown' }]))).toBe(true);
    expect(inside.setCustomValidity).toHaveBeenLastCalledWith('Is unknown.');
  });

  it('leaves a problem to be shown as a whole where an error has no field here', () => {
    const host = field('settings.host');
    expect(
      showFieldErrors(
        form(host),
        problem([
          { field: 'settings.host', message: 'a' },
          { field: 'kind', message: 'b' },
        ]),
      ),
    ).toBe(false);
    expect(showFieldErrors(form(host), new Error('down'))).toBe(false);
  });
});
