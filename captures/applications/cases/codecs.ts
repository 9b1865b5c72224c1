/** Ways of writing packets that are an application's own, by the name of each. */

import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';
import { TcpSocket } from '@nestjs/microservices';

/** `length#body`, the body in V8's binary format, its length in bytes. */
class BinarySocket extends TcpSocket {
  private rest = Buffer.alloc(0);

  protected handleSend(message: unknown, callback?: (error?: unknown) => void) {
    const body = serialize(message);
    const frame = Buffer.concat([Buffer.from(`${body.length}#`), body]);
    this.socket.write(frame, callback);
  }

  protected handleData(data: Buffer | string): void {
    this.rest = Buffer.concat([this.rest, Buffer.from(data as Buffer)]);
    for (;;) {
      const body = this.rest.indexOf('#') + 1;
      const end = body + Number(this.rest.subarray(0, body - 1).toString());
      if (body === 0 || this.rest.length < end) return;
      this.socket.emit('message', deserialize(this.rest.subarray(body, end)));
      this.rest = this.rest.subarray(end);
    }
  }
}

const gzip = {
  serialize: (packet: unknown): string =>
    gzipSync(JSON.stringify(packet)).toString('base64'),
};
const gunzip = {
  deserialize: (text: string) =>
    JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString()),
};

/** What both sides are given besides host and port. */
export const CODECS: Record<string, object> = {
  nest: {},
  gzip: { serializer: gzip, deserializer: gunzip },
  binary: { socketClass: BinarySocket },
};

/** Host, port, codec, TLS and limit, as the environment says. */
export const options = {
  host: process.env.HOST ?? '127.0.0.1',
  port: Number(process.env.PORT),
  ...(process.env.TLS && { tlsOptions: { rejectUnauthorized: false } }),
  ...(process.env.MAX_BUFFER && {
    maxBufferSize: Number(process.env.MAX_BUFFER),
  }),
  ...CODECS[process.env.CODEC ?? 'nest'],
};
