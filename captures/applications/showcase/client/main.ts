import { setTimeout as pause } from 'node:timers/promises';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import {
  catchError,
  lastValueFrom,
  merge,
  of,
  toArray,
  type Observable,
} from 'rxjs';

const client = ClientProxyFactory.create({
  transport: Transport.TCP,
  options: { host: '127.0.0.1', port: 8900 },
});

/** 100,000 characters of three bytes: 300 KB on the wire. */
const longText = '求'.repeat(100_000);

const steps: Array<() => Observable<unknown>> = [
  () => client.send({ cmd: 'sum' }, [1, 2, 3]),
  () => client.send(7, 6),
  () => client.send('count', {}),
  () => client.send('tick', {}),
  () => client.send('refuse', {}),
  () => client.send('fail', {}),
  () => client.send('unknown', {}),
  () => client.emit('unknown', {}),
  () => client.send('nothing', {}),
  () => client.send('nobody', {}),
  () => client.send('echo', longText),
  () =>
    merge(...Array.from({ length: 200 }, (_, n) => client.send('square', n))),
];

async function run(): Promise<void> {
  for (const step of steps) {
    const values = step().pipe(
      toArray(),
      catchError((error) => of(error)),
    );
    console.log(await lastValueFrom(values));
    await pause(100);
  }
  client.close();
}

void run();
