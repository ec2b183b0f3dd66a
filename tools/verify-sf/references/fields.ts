/** Limits of fields, objects and labels that the metadata types do not know. */
import type { Finding } from '../check.ts';
import type { OwnField } from '../sobjects.ts';
import { childText, descendants } from '../xml.ts';
import type { Metadata, Names } from './names.ts';

const MAX_NAME = 40;
const MAX_LABEL = 40;
const MAX_LABEL_VALUE = 1000;
const MAX_HELP = 510;
const MAX_DESCRIPTION = 1000;

export function fieldLimits(names: Names): Finding[] {
  return [
    ...names.schema.ownFields.flatMap((field) =>
      checkField(field, names).map((message) => ({ file: field.file, line: field.element.line, message })),
    ),
    ...names.metadata('object').flatMap(checkObject),
    ...labelLimits(names),
  ];
}

function checkField({ name, object, element }: OwnField, names: Names): string[] {
  const value = (child: string): string | undefined => childText(element, child);
  const complaints: string[] = [];
  if (value('fullName') !== name) complaints.push(`fullName ${value('fullName') ?? ''} differs from the file name`);
  if (name.replace(/__c$/, '').length > MAX_NAME) complaints.push(`API name is longer than ${MAX_NAME}`);
  if ((value('label') ?? '').length > MAX_LABEL) complaints.push(`label is longer than ${MAX_LABEL}`);
  if ((value('inlineHelpText') ?? '').length > MAX_HELP) complaints.push(`help text is longer than ${MAX_HELP}`);
  if ((value('description') ?? '').length > MAX_DESCRIPTION) complaints.push(`description is longer than ${MAX_DESCRIPTION}`);
  if (!value('description')) complaints.push('has no description');
  if (!value('inlineHelpText') && !object.endsWith('__e')) complaints.push('has no help text');
  return [...complaints, ...checkType(value, names)];
}

function checkType(value: (child: string) => string | undefined, names: Names): string[] {
  const length = Number(value('length') ?? 0);
  switch (value('type')) {
    case 'Text':
      return length >= 1 && length <= 255 ? [] : ['length of a Text must be 1 to 255'];
    case 'LongTextArea':
      return [
        ...(length >= 256 && length <= 131_072 ? [] : ['length of a LongTextArea must be 256 to 131072']),
        ...(value('visibleLines') ? [] : ['LongTextArea needs visibleLines']),
      ];
    case 'Checkbox':
      return value('defaultValue') ? [] : ['Checkbox needs a defaultValue'];
    case 'Number':
      return Number(value('precision') ?? 0) > 18 ? ['a Number holds at most 18 digits'] : [];
    case 'Lookup':
    case 'MasterDetail':
      return names.schema.object(value('referenceTo') ?? '') ? [] : [`no object ${value('referenceTo') ?? ''}`];
    default:
      return [];
  }
}

function checkObject({ file, root, name }: Metadata): Finding[] {
  const isComplete = childText(root, 'description') !== undefined;
  return isComplete ? [] : [{ file, line: root.line, message: `${name} has no description` }];
}

/** Label names are unique in an org, however many files hold them. */
function labelLimits(names: Names): Finding[] {
  const seen = new Map<string, string>();
  return names.metadata('labels').flatMap(({ file, root }) =>
    descendants(root, 'labels').flatMap((label) => {
      const name = childText(label, 'fullName') ?? '';
      const complaints: string[] = [];
      const first = seen.get(name.toLowerCase());
      if (first) complaints.push(`label ${name} exists already in ${first}`);
      seen.set(name.toLowerCase(), file);
      if ((childText(label, 'value') ?? '').length > MAX_LABEL_VALUE) complaints.push(`label ${name} is longer than ${MAX_LABEL_VALUE}`);
      if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name) || name.includes('__') || name.endsWith('_') || name.length > 80)
        complaints.push(`label name ${name} is not allowed`);
      return complaints.map((message) => ({ file, line: label.line, message }));
    }),
  );
}
