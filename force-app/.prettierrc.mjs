// Metadata values are taken literally by the org: the root config's "ignore" would break long label texts and
// credential formulas over several lines and so change them.
import root from '../.prettierrc.json' with { type: 'json' };

const overrides = root.overrides.map((entry) =>
  entry.files === '*.xml' ? { ...entry, options: { ...entry.options, xmlWhitespaceSensitivity: 'preserve' } } : entry,
);

export default { ...root, overrides };
