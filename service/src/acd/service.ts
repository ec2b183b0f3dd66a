import type { DiallingRules, LocalDirectory } from '../directory/index.ts';
import type { Clock } from '../platform/clock.ts';
import { unavailable } from '../platform/errors.ts';
import type { Answer } from './answer.ts';
import { chooseLookup } from './choose.ts';
import { BUILT_IN, type Lookup } from './definition.ts';
import { pbxNotFound } from './errors.ts';
import { maskLong, maskNumber, type LookupLog } from './log.ts';
import type { Lookups, Question } from './lookup.ts';
import type { Settings, SettingsOfOrgs } from './settings.ts';
import type { Pbx } from './store.ts';

/** Work that is done behind the call may wait for the org. */
const PATIENT_MS = 10_000;

export interface AcdOptions {
  clock: Clock;
  local: Pick<LocalDirectory, 'countryOf' | 'timeZone'>;
  lookups: Lookups;
  log: LookupLog;
  settings: SettingsOfOrgs;
}

export interface Asked {
  caller: string;
  called: string;
  caseNumber?: string | undefined;
  accountNumber?: string | undefined;
  /** Id or name; the default without. */
  lookup: string | undefined;
  /** Our id of the phone system whose key asks, or its own id. Its only one, or the org's country, without. */
  pbx: string | undefined;
}

export type Acd = ReturnType<typeof createAcd>;

/** The answers that phone systems ask for. */
export function createAcd({ clock, local, lookups, log, settings: settingsOfOrgs }: AcdOptions) {
  const pbxFor = (settings: Settings | undefined, wanted: string | undefined) => settings && pbxOf(settings, wanted);
  const rulesOf = (orgId: string, pbx: Pbx | undefined): DiallingRules => pbx?.rules ?? { country: local.countryOf(orgId) };

  function questionOf(orgId: string, asked: Asked, settings: Settings | undefined, began = performance.now()) {
    const pbx = pbxFor(settings, asked.pbx);
    const rules = rulesOf(orgId, pbx);
    const question: Question = {
      orgId,
      orgUrl: settings?.orgUrl ?? '',
      caller: asked.caller,
      caseNumber: asked.caseNumber ?? '',
      accountNumber: asked.accountNumber ?? '',
      rules,
      lookup: settings ? chooseLookup(settings.lookups, asked, rules) : BUILT_IN,
      isOn: settings?.isOn ?? true,
      began,
      at: clock.now(),
    };
    return { pbx, question };
  }

  const pbxOf = ({ pbxs }: Settings, wanted: string | undefined): Pbx | undefined =>
    wanted ? pbxs.find(({ id, pbxId }) => id === wanted || pbxId === wanted) : pbxs.length === 1 ? pbxs[0] : undefined;

  return {
    /** A phone system by its id. Throws pbx_not_found, and unavailable where it cannot be told for now. */
    async findPbx(orgId: string, wanted: string): Promise<Pbx> {
      const settings = await settingsOfOrgs.newest(orgId);
      if (!settings)
        throw unavailable('Its phone systems cannot be told for the moment. Ask again in a second.', { headers: { 'retry-after': '1' } });
      const found = pbxOf(settings, wanted);
      if (!found) throw pbxNotFound('The org has no phone system with this PBX id.');
      return found;
    },

    /** How a phone system (our id or its own) writes numbers. */
    rulesFor: async (orgId: string, pbx: string | undefined): Promise<DiallingRules> =>
      rulesOf(orgId, pbxFor(await settingsOfOrgs.newest(orgId), pbx)),

    /** The look-up that would answer. Throws lookup_not_found, and unavailable where it cannot be told for now. */
    async lookupFor(orgId: string, asked: Asked): Promise<Lookup> {
      const settings = await settingsOfOrgs.newest(orgId);
      if (!settings)
        throw unavailable('Its look-ups cannot be told for the moment. Ask again in a second.', { headers: { 'retry-after': '1' } });
      return questionOf(orgId, asked, settings).question.lookup;
    },

    /** Whom a record is about. Waits longer than a caller would, is not logged, and asks the default look-up in place of one that was removed. */
    async findFor(orgId: string, asked: Asked): Promise<Answer> {
      const settings = await settingsOfOrgs.newest(orgId);
      const named = settings?.lookups.some(({ id, name }) => id === asked.lookup || name === asked.lookup);
      const { question } = questionOf(orgId, named ? asked : { ...asked, lookup: undefined }, settings);
      const { lookup } = question;
      // What was reported is written to the org all the same while look-ups are switched off.
      return lookups.ask({ ...question, isOn: true, lookup: { ...lookup, definition: { ...lookup.definition, deadlineMs: PATIENT_MS } } });
    },

    /** Throws lookup_not_found; every other trouble is an answer with the default route. */
    async ask(orgId: string, asked: Asked): Promise<Answer & { tookMs: number }> {
      const began = performance.now();
      const { pbx, question } = questionOf(orgId, asked, settingsOfOrgs.current(orgId) ?? (await settingsOfOrgs.newest(orgId)), began);
      const { lookup, at } = question;
      const answer = await lookups.ask(question);
      const tookMs = performance.now() - began;
      log.add({
        orgId,
        at,
        pbx: pbx?.name ?? '',
        lookup: lookup.name,
        caller: maskNumber(asked.caller),
        called: maskNumber(asked.called),
        source: answer.source,
        matched: answer.matched,
        stale: answer.stale,
        records: answer.records.length,
        recordId: answer.records[0]?.id ?? null,
        extension: answer.extension === undefined ? null : maskLong(answer.extension),
        tookMs,
        why: answer.why,
      });
      return { ...answer, tookMs };
    },

    /** The org's time zone (IANA). */
    timeZone: (orgId: string): Promise<string> => local.timeZone(orgId),
  };
}
