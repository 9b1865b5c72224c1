import { TLSSocket } from 'node:tls';
import { ClientProxy, ClientProxyFactory } from '@nestjs/microservices';
import { catchError, lastValueFrom, of, toArray } from 'rxjs';
import { transportOf } from '../transport';

let ticket: Buffer | undefined;
const sockets = TLSSocket.prototype as any;
const { emit } = sockets;
sockets.emit = function (...given: any[]): boolean {
  if (given[0] === 'session') {
    ticket = given[1];
  }
  return emit.apply(this, given);
};

async function call(client: ClientProxy, pattern: string, data: unknown): Promise<unknown> {
  const replies = client.send(pattern, data).pipe(
    toArray(),
    catchError((error: unknown) => of(error)),
  );
  return lastValueFrom(replies);
}

async function converse(client: ClientProxy): Promise<void> {
  await client.connect();
  await call(client, 'sum', [1, 2, 3]);
  await lastValueFrom(client.emit('log', 'converses'));
  await call(client, 'count', 5);
  await call(client, 'echo', 'é'.repeat(9_000));
  await call(client, 'fail', {});
  await Promise.all([1, 2, 3, 4, 5, 6].map((each) => call(client, 'sum', [each])));
  await client.close();
}

async function bootstrap(): Promise<void> {
  for (let left = Number(process.env.CONNECTIONS ?? '1'); left > 0; left -= 1) {
    const client: any = ClientProxyFactory.create(transportOf('client', ticket));
    await converse(client);
  }
}

void bootstrap();
