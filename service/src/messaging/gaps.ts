import { joinParts } from '../gateways/smpp/index.ts';
import type { StoredPart } from './store/parts.ts';

/** The text of the parts that came, with a mark where others are missing. Neighbouring parts are joined before they are read: a character may lie across two. */
export function joinWithGaps(parts: StoredPart[], total: number): string {
  const pieces: StoredPart[][] = [];
  for (const part of parts) {
    const last = pieces.at(-1);
    if (last?.at(-1)?.part === part.part - 1) last.push(part);
    else pieces.push([part]);
  }
  const text = pieces.map((piece) => joinParts(piece)).join(' […] ');
  return `${parts[0]?.part === 1 ? '' : '[…] '}${text}${parts.at(-1)?.part === total ? '' : ' […]'}`;
}
