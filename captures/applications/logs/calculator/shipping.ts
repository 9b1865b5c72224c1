import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';

/** Takes lines to one place. */
export interface Shipper {
  ship(line: string): void;
  close(): Promise<void>;
}

class TcpShipper implements Shipper {
  private socket?: Socket;

  constructor(private readonly url: URL) {}

  ship(line: string): void {
    this.socket ??= connect(Number(this.url.port), this.url.hostname)
      .on('error', () => undefined)
      .on('close', () => (this.socket = undefined));
    this.socket.write(`${line}\n`);
  }

  close(): Promise<void> {
    return new Promise((resolve) =>
      this.socket ? this.socket.end(resolve) : resolve(),
    );
  }
}

class UdpShipper implements Shipper {
  private readonly socket: UdpSocket = createSocket('udp4');

  constructor(private readonly url: URL) {}

  ship(line: string): void {
    this.socket.send(line, Number(this.url.port), this.url.hostname);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.socket.close(() => resolve()));
  }
}

/** One request after the other, each with what has come since the last one. */
class HttpShipper implements Shipper {
  private lines: string[] = [];
  private sending?: Promise<void>;

  constructor(
    private readonly url: string,
    private readonly type: string,
    private readonly body: (lines: string[]) => string,
  ) {}

  ship(line: string): void {
    this.lines.push(line);
    this.sending ??= this.send().finally(() => (this.sending = undefined));
  }

  private async send(): Promise<void> {
    await Promise.resolve();
    while (this.lines.length > 0) {
      const body = this.body(this.lines.splice(0));
      const headers = { 'content-type': this.type };
      await fetch(this.url, { method: 'POST', headers, body }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.sending;
  }
}

function shipperTo(text: string): Shipper {
  const url = new URL(text);
  switch (url.protocol) {
    case 'tcp:':
      return new TcpShipper(url);
    case 'udp:':
      return new UdpShipper(url);
    case 'http:':
      return new HttpShipper(text, 'application/json', (lines) => `[${lines.join()}]`);
    case 'elasticsearch:':
      return new HttpShipper(
        `http://${url.host}${url.pathname}/_bulk`,
        'application/x-ndjson',
        (lines) => lines.map((line) => `{"create":{}}\n${line}\n`).join(''),
      );
    default:
      throw new Error(`${text} is not a URL of tcp, udp, http or elasticsearch`);
  }
}

export function shippersTo(urls: string): Shipper[] {
  return urls.split(',').filter(Boolean).map(shipperTo);
}
