/** The parts of npm `smpp` 0.5.1 that the gateway and the sandbox carrier use; the package has no types of its own. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer, Socket, TcpNetConnectOpts } from 'node:net';
  import type { ConnectionOptions } from 'node:tls';

  /** What `short_message` and `message_payload` hold after the package has decoded them. */
  export interface DecodedMessage {
    udh?: Buffer[];
    message: string | Buffer;
  }

  export interface PduFields {
    command_status?: number;
    sequence_number?: number;
    [field: string]: unknown;
  }

  export class PDU {
    constructor(command: string | Buffer, fields?: PduFields);
    static maxLength: number;
    command: string;
    command_id: number;
    command_status: number;
    sequence_number: number;
    system_id?: string;
    password?: string;
    message_id?: string;
    source_addr?: string;
    source_addr_ton?: number;
    source_addr_npi?: number;
    destination_addr?: string;
    dest_addr_ton?: number;
    dest_addr_npi?: number;
    esm_class?: number;
    data_coding?: number;
    registered_delivery?: number;
    short_message?: DecodedMessage | Buffer | string;
    message_payload?: DecodedMessage | Buffer;
    receipted_message_id?: string;
    message_state?: number;
    network_error_code?: Buffer;
    sar_msg_ref_num?: number;
    sar_total_segments?: number;
    sar_segment_seqnum?: number;
    isResponse(): boolean;
    response(fields?: PduFields): PDU;
    toBuffer(): Buffer;
    /** Internal: turns raw parameters into decoded ones and back. */
    _filter(direction: 'encode' | 'decode'): void;
  }

  export interface Session extends EventEmitter {
    readonly socket: Socket;
    /** False when the socket can no longer be written; then the callback is never called. */
    send(pdu: PDU, responseCallback?: (pdu: PDU) => void): boolean;
    close(callback?: () => void): void;
    destroy(callback?: () => void): void;
    pause(): void;
    resume(): void;
    on(event: 'connect' | 'secureConnect' | 'close', listener: () => void): this;
    on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): this;
    on(event: 'pdu', listener: (pdu: PDU) => void): this;
  }

  export interface Server extends NetServer {
    readonly sessions: Session[];
  }

  export type ConnectOptions = TcpNetConnectOpts & { tls?: boolean } & Omit<ConnectionOptions, 'host' | 'port' | 'path' | 'socket'>;

  /** How a parameter lies on the wire. */
  export interface WireType {
    read(buffer: Buffer, offset: number): unknown;
    size(value: unknown): number;
    readonly default: unknown;
  }

  const smpp: {
    commands: Readonly<Record<string, unknown>>;
    commandsById: Readonly<Record<number, { params?: Readonly<Record<string, { type: WireType }>> } | undefined>>;
    tlvsById: Readonly<Record<number, { type: WireType } | undefined>>;
    connect(options: ConnectOptions): Session;
    createServer(options: { key?: string | Buffer; cert?: string | Buffer }, listener: (session: Session) => void): Server;
    PDU: typeof PDU;
    /** `ESME_R…` names and their numbers. */
    errors: Readonly<Record<string, number>>;
  };
  export default smpp;
}
