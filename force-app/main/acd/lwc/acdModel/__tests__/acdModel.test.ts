import { filled, fromLines, toLines } from 'c/acdModel';

describe('c-acd-model', () => {
  it('reads lists one value per line', () => {
    expect(fromLines(' a \n\nb\n')).toEqual(['a', 'b']);
    expect(toLines(['a', 'b'])).toBe('a\nb');
  });

  it('leaves out what was not filled in', () => {
    expect(filled({ a: '', b: undefined, c: null, d: 0, e: false, f: 'x' })).toEqual({ d: 0, e: false, f: 'x' });
  });
});
