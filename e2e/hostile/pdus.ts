/** PDUs by the grammar of SMPP 3.4 (section 4), each part of which may be other than it should be. */
import fc, { type Arbitrary } from 'fast-check';

export interface HostilePdu {
  /** In hexadecimal, so that it can be printed. */
  hex: string;
  command: number;
  sequence: number;
  /** The length is not that of the octets: where the next PDU begins nobody can know. */
  breaks: boolean;
}

const COMMANDS = {
  deliver: 0x05,
  submit: 0x04,
  data: 0x103,
  others: [0x02, 0x03, 0x06, 0x07, 0x08, 0x09, 0x01, 0x0b, 0x15, 0x21, 0x102, 0x111, 0x112, 0x113],
  answers: [0x80000000, 0x80000003, 0x80000004, 0x80000005, 0x80000006, 0x80000009, 0x80000015, 0x80000103],
  unknown: [0x00, 0x0c, 0x50, 0x200, 0x999, 0x7fffffff, 0x80000999, 0xffffffff],
};
/** Commands that close the session in the protocol's way, which is tried elsewhere. */
const UNBIND = 0x06;

const octets = (max: number) => fc.uint8Array({ maxLength: max }).map((bytes) => Buffer.from(bytes));
const octet = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 8, 0x20, 0x40, 0x44, 0xf0, 0xff) },
  { weight: 1, arbitrary: fc.nat(255) },
);

/** An address, mostly with its final NUL; sometimes too long, or with octets that are no digits. */
const cstring = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: fc.stringMatching(/^\d{0,20}$/).map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: octets(40) },
    ),
    fc.oneof({ weight: 9, arbitrary: fc.constant('00') }, { weight: 1, arbitrary: fc.constant('') }),
  )
  .map(([text, end]) => Buffer.concat([text, Buffer.from(end, 'hex')]));

/** Texts, receipts with odd ids, and headers of parts that say too much. */
const message = fc.oneof(
  octets(140),
  fc
    .constantFrom(
      'id:00000000000000000001 sub:001 dlvrd:001 stat:DELIVRD err:000 text:',
      'id:0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF stat:DELIVRD',
      'id: stat:',
      'id:\u0000 stat:DELIVRD',
      "id:';-- stat:UNDELIV err:999999999999",
      `id:${'9'.repeat(60)} stat:WHATEVER`,
      'stat:DELIVRD',
    )
    .map((text) => Buffer.from(text, 'latin1')),
  fc
    .tuple(fc.constantFrom('050003', '060804', '0500', '05', 'ff0003', '00', '0300ff', '05000307', '0b0003010201050400010002'), octets(20))
    .map(([head, rest]) => Buffer.concat([Buffer.from(head, 'hex'), rest])),
);

/** An optional parameter whose length may not be that of its value. */
const tlv = fc
  .record({
    tag: fc.oneof(fc.constantFrom(0x0424, 0x020c, 0x020e, 0x020f, 0x001e, 0x0427, 0x0423, 0x0204, 0x0005, 0x1400), fc.nat(0xffff)),
    value: octets(30),
    declared: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(0, 1, 0xff, 0xffff) }),
  })
  .map(({ tag, value, declared }) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(tag, 0);
    head.writeUInt16BE(declared ?? value.length, 2);
    return Buffer.concat([head, value]);
  });

/** service_type, two addresses, the flags, and the text with its length: the body of deliver_sm and submit_sm. */
const smBody = fc
  .record({
    service: cstring,
    source: fc.tuple(octet, octet, cstring),
    target: fc.tuple(octet, octet, cstring),
    flags: fc.tuple(octet, octet, octet),
    schedule: fc.constantFrom('00', '315200', '32363131323830303030303030302b00'),
    rest: fc.tuple(octet, octet, octet, octet),
    text: message,
    declared: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(0, 1, 254, 255) }),
    tlvs: fc.array(tlv, { maxLength: 4 }),
    cut: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) }),
  })
  .map(({ service, source, target, flags, schedule, rest, text, declared, tlvs, cut }) => {
    const body = Buffer.concat([
      service.subarray(-6),
      Buffer.from(source.slice(0, 2) as number[]),
      source[2],
      Buffer.from(target.slice(0, 2) as number[]),
      target[2],
      Buffer.from(flags),
      Buffer.from(schedule, 'hex'),
      Buffer.from([0]),
      Buffer.from(rest),
      Buffer.from([declared ?? text.length & 0xff]),
      text,
      ...tlvs,
    ]);
    return body.subarray(0, Math.floor(body.length * cut));
  });

const commands = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(COMMANDS.deliver, COMMANDS.submit, COMMANDS.data) },
  { weight: 2, arbitrary: fc.constantFrom(...COMMANDS.others.filter((command) => command !== UNBIND)) },
  { weight: 2, arbitrary: fc.constantFrom(...COMMANDS.answers) },
  { weight: 1, arbitrary: fc.constantFrom(...COMMANDS.unknown) },
);

/** `breaking`: how often out of a hundred the length is wrong. */
export function pduOf(breaking: number): Arbitrary<HostilePdu> {
  return fc
    .record({
      command: commands,
      status: fc.constantFrom(0, 0, 0, 8, 0x58, 0xffffffff),
      sequence: fc.oneof(fc.integer({ min: 1, max: 0x3fffffff }), fc.constantFrom(0, 1, 2, 3, 0x7fffffff, 0xffffffff)),
      body: fc.oneof({ weight: 4, arbitrary: smBody }, { weight: 1, arbitrary: octets(200) }),
      length: fc.oneof(
        { weight: 100 - breaking, arbitrary: fc.constant(undefined) },
        { weight: breaking, arbitrary: fc.constantFrom(0, 3, 4, 15, 0x11171, 0x7fffffff, 0xffffffff) },
      ),
    })
    .map(({ command, status, sequence, body, length }) => {
      const head = Buffer.alloc(16);
      head.writeUInt32BE(length ?? 16 + body.length, 0);
      head.writeUInt32BE(command, 4);
      head.writeUInt32BE(status, 8);
      head.writeUInt32BE(sequence, 12);
      return { hex: Buffer.concat([head, body]).toString('hex'), command, sequence, breaks: length !== undefined };
    });
}

/** A deliver_sm as a carrier sends it. */
export function goodText(sequence: number, from: string, to: string, text: string): Buffer {
  const body = Buffer.concat([
    Buffer.from(`\0\u0001\u0001${from.slice(1)}\0\u0001\u0001${to.slice(1)}\0\0\0\0\0\0\0\0\u0003\0`, 'latin1'),
    Buffer.from([text.length]),
    Buffer.from(text, 'latin1'),
  ]);
  return pdu(COMMANDS.deliver, sequence, body);
}

export function pdu(command: number, sequence: number, body: Buffer = Buffer.alloc(0), status = 0): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(16 + body.length, 0);
  head.writeUInt32BE(command, 4);
  head.writeUInt32BE(status, 8);
  head.writeUInt32BE(sequence, 12);
  return Buffer.concat([head, body]);
}
