import { fill } from 'c/coreText';

describe('c/coreText', () => {
  it('fills numbered places in any order and as often as they stand', () => {
    expect(fill('{1} of {0}, {1}', 10, 'three')).toBe('three of 10, three');
  });

  it('leaves a place without a value as it is', () => {
    expect(fill('{0} and {1}', 'one')).toBe('one and {1}');
  });

  it('does not read places inside a value', () => {
    expect(fill('{0} {1}', '{1}', 'x')).toBe('{1} x');
  });
});
