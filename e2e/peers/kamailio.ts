/**
 * A phone system of Debian's packages: Kamailio asks the service where to send each call and answers the caller with a redirect; SIPp is the callers. Both
 * are child processes on free ports of 127.0.0.1, their files in a folder of their own.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { eventually } from '../../sandbox/carrier/test-helpers.ts';

/** They live in /usr/sbin, which is not on everybody's path. */
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
const runs = (program: string, argument: string) => spawnSync(program, [argument], { env, stdio: 'ignore' }).error === undefined;
export const hasPhoneSystem = runs('kamailio', '-v') && runs('sipp', '-v');

/** Where calls go that the service does not route. */
export const DEFAULT_QUEUE = 'queue-default';

export interface PhoneSystemOptions {
  /** Address of a look-up up to its query: `http://127.0.0.1:8080/api/ExtNo/<PBX id><Org Id>/`. */
  address: string;
  /** Key or token that it asks with. */
  secret: string;
  /** How the script writes the number into the address: `escape` leaves a plus as it is, so that it arrives as a space. */
  plus?: 'urlencode' | 'escape';
}

export interface PhoneSystem {
  /** Calls, each with where it is to end. Resolves with what did not end there; empty when all did. */
  call(calls: readonly { caller: string; expected: string }[], perSecond: number): Promise<string>;
  stop(): Promise<void>;
}

export async function startPhoneSystem(options: PhoneSystemOptions): Promise<PhoneSystem> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'phone-system-'));
  mkdirSync(path.join(folder, 'run'));
  const [pbxPort, callerPort] = [await freeUdpPort(), await freeUdpPort()];
  writeFileSync(path.join(folder, 'kamailio.cfg'), configuration(pbxPort, options));
  writeFileSync(path.join(folder, 'caller.xml'), SCENARIO);
  let log = '';
  const pbx = spawn('kamailio', ['-f', 'kamailio.cfg', '-Y', path.join(folder, 'run'), '-w', folder, '-DD', '-E'], { cwd: folder, env });
  for (const stream of [pbx.stdout, pbx.stderr]) stream.on('data', (data: Buffer) => (log += data.toString()));
  const stop = async () => {
    await ended(pbx);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually('Kamailio answers', () => {
      if (pbx.exitCode !== null) throw new Error(`Kamailio ended: ${log.slice(-2_000)}`);
      return answersSip(pbxPort);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async call(calls, perSecond) {
      const rows = calls.map(({ caller, expected }) => `${caller};${expected}`);
      writeFileSync(path.join(folder, 'callers.csv'), `SEQUENTIAL\n${rows.join('\n')}\n`);
      const count = ['-m', String(calls.length), '-r', String(perSecond), '-l', '1000'];
      const sipp = spawn(
        'sipp',
        [
          `127.0.0.1:${pbxPort}`,
          '-sf',
          'caller.xml',
          '-inf',
          'callers.csv',
          '-s',
          '+18005551212',
          '-i',
          '127.0.0.1',
          '-p',
          String(callerPort),
          ...count,
          '-nostdin',
          '-trace_err',
          '-trace_logs',
        ],
        { cwd: folder, env, stdio: 'ignore' },
      );
      const code = await new Promise<number | null>((resolve, reject) => sipp.once('error', reject).once('exit', resolve));
      const files = (end: string) => readdirSync(folder).filter((name) => name.endsWith(end));
      const told = files('_errors.log').map((name) => readFileSync(path.join(folder, name), 'utf8'));
      const ends = files('_logs.log').flatMap((name) => readFileSync(path.join(folder, name), 'utf8').split('\n'));
      for (const name of [...files('_errors.log'), ...files('_logs.log')]) rmSync(path.join(folder, name));
      if (code === 0) return '';
      const wrong = ends.filter((line) =>
        /got \[(.*)\] expected (.*)$/
          .exec(line)
          ?.slice(1)
          .some((each, _, [got]) => each !== got),
      );
      return `SIPp ended with ${code}\n${wrong.slice(0, 5).join('\n')}\n${told.join('\n').slice(0, 1_000)}\n${log.slice(-1_000)}`;
    },
    stop,
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await over;
  clearTimeout(late);
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** Whether anybody answers a SIP request there: this one with 405. */
async function answersSip(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const lines = [
    'OPTIONS sip:ping@127.0.0.1 SIP/2.0',
    'Via: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKping',
    'From: <sip:ping@127.0.0.1>;tag=1',
    'To: <sip:ping@127.0.0.1>',
    'Call-ID: ping',
    'CSeq: 1 OPTIONS',
    'Max-Forwards: 70',
    'Content-Length: 0',
  ];
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('message', () => resolve(true)).once('error', () => resolve(false));
      socket.send(`${lines.join('\r\n')}\r\n\r\n`, port, '127.0.0.1');
      setTimeout(() => resolve(false), 200);
    });
  } finally {
    socket.close();
  }
}

const configuration = (port: number, { address, secret, plus = 'urlencode' }: PhoneSystemOptions): string => `#!KAMAILIO
debug=1
log_stderror=yes
children=16
disable_tcp=yes
listen=udp:127.0.0.1:${port}

loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "xlog.so"
loadmodule "http_client.so"
modparam("http_client", "connection_timeout", 1)

request_route {
    if (is_method("ACK")) { t_check_trans(); exit; }
    if (is_method("BYE|CANCEL")) { exit; }
    if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }

    # A repeated INVITE of a running transaction ends here, before the look-up.
    if (t_lookup_request()) { exit; }
    if (!t_newtran()) { sl_send_reply("500", "No transaction"); exit; }

    $var(url) = "${address}?callerid=" + $(fU{s.${plus}.param}) + "&calledid=" + $(rU{s.urlencode.param});
    $var(rc) = http_client_query("$var(url)", "", "Authorization: Bearer ${secret}", "$var(ext)");
    if ($var(rc) == 200) {
        append_to_reply("Contact: <sip:$var(ext)@127.0.0.1:15070>\\r\\n");
        t_reply("302", "Routed by CRM");
        exit;
    }
    append_to_reply("Contact: <sip:${DEFAULT_QUEUE}@127.0.0.1:15070>\\r\\n");
    t_reply("302", "Default queue");
}
`;

/** One call: INVITE, the redirect to where it is to end, ACK with the INVITE's branch. */
const SCENARIO = `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="acd routing">
  <send retrans="500"><![CDATA[

    INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]-[call_number]
    To: <sip:[service]@[remote_ip]:[remote_port]>
    Call-ID: [call_id]
    CSeq: 1 INVITE
    Contact: <sip:[field0]@[local_ip]:[local_port]>
    Max-Forwards: 70
    Content-Length: 0

  ]]></send>
  <recv response="302">
    <action>
      <ereg regexp="sip:([^@]+)@" search_in="hdr" header="Contact:" check_it="true" assign_to="1,2"/>
      <assignstr assign_to="3" value="[field1]"/>
      <strcmp assign_to="4" variable="2" variable2="3"/>
      <test assign_to="5" variable="4" compare="equal" value="0"/>
      <log message="caller [field0] got [$2] expected [field1]"/>
    </action>
  </recv>
  <send><![CDATA[

    ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-2]
    From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]-[call_number]
    To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
    Call-ID: [call_id]
    CSeq: 1 ACK
    Max-Forwards: 70
    Content-Length: 0

  ]]></send>
  <nop condexec="5" condexec_inverse="true"><action><error message="wrong destination"/></action></nop>
  <Reference variables="1,5"/>
</scenario>
`;
