import { z } from 'zod';
import { notFound } from '../../platform/errors.ts';
import { answers, emptyAnswer, text } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { ADMIN, callerOf } from '../../tenancy/index.ts';
import type { Pins } from '../pin.ts';
import { ASKS } from './asking.ts';
import { answerView, pbxOf } from './questions.ts';

const tags = ['acd'];

/** PINs that callers type in. Only by POST: what is in an address is in the logs of those in between. */
export function registerPins(app: HttpServer, pins: Pins): void {
  const body = z.strictObject({
    pin: text(40).min(1).meta({ example: '4711' }),
    caller: text(200).default(''),
    called: text(200).default(''),
    case: text(40).default(''),
    account: text(40).default(''),
    lookup: text(80).min(1).optional(),
    pbx: text(40).min(1).optional(),
  });
  app.post(
    '/v1/acd/pin',
    {
      config: ASKS,
      schema: {
        tags,
        operationId: 'checkPin',
        summary: 'Whether the caller knows the record’s PIN',
        description: 'After five wrong ones the record is locked for half an hour. Nobody is let in while the org cannot be asked.',
        body,
        response: answers(200, z.object({ verified: z.boolean(), answer: answerView.optional() })),
      },
    },
    async (request) => {
      const { pin, caller, called, case: caseNumber, account: accountNumber, lookup, pbx } = request.body;
      const asked = { caller, called, caseNumber, accountNumber, lookup, pbx: pbxOf(request, pbx) };
      return pins.check(callerOf(request), asked, pin);
    },
  );
  app.delete(
    '/v1/acd/pin/:recordId/lock',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'unlockPin',
        summary: 'Let a record’s PIN be tried again',
        params: z.object({
          recordId: z
            .string()
            .regex(/^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/, 'is not the id of a record')
            .meta({ example: '003000000000001AAA' }),
        }),
        response: answers(200, emptyAnswer),
      },
    },
    async (request) => {
      if (!(await pins.unlock(callerOf(request).orgId, request.params.recordId))) throw notFound('No wrong PIN was given for this record.');
      return {};
    },
  );
}
