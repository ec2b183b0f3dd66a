/**
 * What a proof does for the service after the faults were taken back, because only an administrator, a supervisor of processes or hours of time
 * would do it. Each help is noted: what was done, why, when and to how many rows. Pauses that are short enough are waited for.
 */
import type { Help, Parked } from './facts.ts';
import { moment } from './moment.ts';
import type { World } from './world.ts';

/** Whatever would end by itself within this time is left alone. */
const SHORT_WAIT = '3 seconds';

export interface Helps {
  /** In the order in which they were given. */
  list: Help[];
  /** Every row that was found parked, once each time that it was parked. */
  parked: Parked[];
  /** Starts what has ended and thaws what is frozen. */
  startAgain(why: string): Promise<void>;
  /** Gives each help that is needed now, but for `startAgain`. */
  give(): Promise<void>;
}

export function createHelps(world: World): Helps {
  const list: Help[] = [];
  const parked: Parked[] = [];
  const note = (what: Help['what'], why: string, rows: number) => {
    if (rows > 0) list.push({ at: moment(), what, why, rows });
  };

  /** One help for each reason that the rows tell. */
  async function turn(rows: Promise<{ why: string }[]>): Promise<void> {
    for (const [why, some] of Map.groupBy(await rows, (row) => row.why)) note('clock turned forward', why, some.length);
  }

  async function turnClocksForward(): Promise<void> {
    const { rows } = world;
    await turn(
      rows(`update lane set held_until = now() where held_until > now() + interval '${SHORT_WAIT}'
        returning purpose || ' lane held: ' || coalesce(hold_code, 'no code') as why`),
    );
    await turn(
      rows(`update outbox set due_at = now() where state = 'waiting' and due_at > now() + interval '${SHORT_WAIT}'
        returning 'row of the ' || purpose || ' lane due later: ' || coalesce(code, 'no code') as why`),
    );
    await turn(
      rows(`update org_link set hold_until = now() where hold_until > now() + interval '${SHORT_WAIT}'
        returning 'org held: ' || coalesce(hold_code, 'no code') as why`),
    );
    await turn(
      rows(`update connected_user set cool_until = null where cool_until > now() + interval '${SHORT_WAIT}'
        returning 'user left alone for a while: ' || coalesce(cause, 'no cause') as why`),
    );
    await turn(
      rows(`update connected_user set probe_at = now() where probe_at > now() + interval '${SHORT_WAIT}'
          and (status = 'disconnected' or in_doubt) and refresh_token is not null and not token_dead
        returning 'next look at a user who was down or in doubt: ' || coalesce(cause, 'no cause') as why`),
    );
  }

  async function retryParked(): Promise<void> {
    const found = await world.rows<Parked>(
      `select id::int as row, subject_kind as kind, coalesce(code, '') as code, coalesce(reason, '') as reason, parked_at::text as since
        from outbox where state = 'parked' order by id`,
    );
    const fresh = found.filter((one) => !parked.some(({ row, since }) => row === one.row && since === one.since));
    parked.push(...fresh);
    if (found.length === 0) return;
    const answer = await fetch(`${world.service}/v1/parked/retry`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.key()}` },
    }).catch(() => undefined);
    if (!answer?.ok) return; // the process that answers may be starting
    for (const [code, some] of Map.groupBy(found, (row) => row.code)) note('parked row retried by the admin’s button', code, some.length);
  }

  return {
    list,
    parked,
    async startAgain(why) {
      note('process started or thawed again', why, await world.processes.mend());
    },
    async give() {
      note('lease of a process that is gone or frozen ended', 'nobody works under it', await world.endLeases());
      const signedIn = await world.signInAgain('known').catch(() => 0);
      note('user signed in again', 'the org had ended the grant', signedIn);
      await turnClocksForward();
      await retryParked();
    },
  };
}
