import { createElement } from 'lwc';
import CoreStencil from 'c/coreStencil';

function show(props: object) {
  const element = Object.assign(createElement('c-core-stencil', { is: CoreStencil }), props);
  document.body.append(element);
  return element;
}

describe('c-core-stencil', () => {
  it('hints at as many rows as asked for and says once that it loads', async () => {
    const element = show({ rows: '5', label: 'Loading people' });
    expect(element.shadowRoot!.querySelectorAll('.row')).toHaveLength(5);
    expect(element.shadowRoot!.querySelector('[role="status"]')!.textContent).toContain('Loading people');
    await expect(element).toBeAccessible();
  });

  it('never draws none or hundreds of rows', () => {
    expect(show({ rows: 0 }).shadowRoot!.querySelectorAll('.row')).toHaveLength(1);
    expect(show({ rows: 900 }).shadowRoot!.querySelectorAll('.row')).toHaveLength(20);
  });
});
