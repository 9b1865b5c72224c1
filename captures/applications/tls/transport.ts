import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { Transport } from '@nestjs/microservices';

/** What protects a connection: what the environment says, or nothing. */
export function tlsOptions(side: 'server' | 'client'): ConnectionOptions | undefined {
  const { TLS_VERSION, TLS_FOLDER } = process.env;
  if (!TLS_VERSION) {
    return undefined;
  }
  const version = TLS_VERSION as ConnectionOptions['minVersion'];
  const read = (name: string): string => readFileSync(`${TLS_FOLDER}/${name}`, 'utf8');
  const both = { minVersion: version, maxVersion: version };
  return side === 'server'
    ? { ...both, key: read('key.pem'), cert: read('cert.pem') }
    : { ...both, ca: read('ca.pem'), servername: 'localhost' };
}

/** The transport that the environment names, as Nest is told it. */
export function transportOf(
  side: 'server' | 'client',
  session?: Buffer,
): any {
  const { TRANSPORT = 'tcp', PORT = '42420' } = process.env;
  const tls = tlsOptions(TRANSPORT === 'tcp' ? side : 'client');
  const port = Number(PORT);
  if (TRANSPORT === 'nats') {
    return {
      transport: Transport.NATS,
      options: { servers: [`tls://127.0.0.1:${port}`], tls: tls && { ca: tls.ca } },
    };
  }
  return {
    transport: Transport.TCP,
    options: {
      host: '127.0.0.1',
      port,
      ...(tls && { tlsOptions: session ? { ...tls, session } : tls }),
    },
  };
}
