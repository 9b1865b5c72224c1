/**
 * A Nest client: `node client.mjs WORK COUNT PORT...`.
 *
 * steps     COUNT rounds of every kind of call, one after another
 * calls     COUNT calls, one at a time, as fast as it can; prints the microseconds of
 *           the median and of p99, port by port
 * load      COUNT calls, a hundred at a time
 * connects  COUNT calls, each on a connection of its own
 * waits     one call that is never answered, until it is told to end
 */
import { readFileSync } from 'node:fs';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { lastValueFrom, toArray } from 'rxjs';

const [work, count, ...ports] = process.argv.slice(2);
const { TLS_CA } = process.env;

function connect(port) {
  const tlsOptions = TLS_CA && { ca: readFileSync(TLS_CA) };
  const host = TLS_CA ? 'localhost' : '127.0.0.1';
  return ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host, port: Number(port), tlsOptions },
  });
}

const call = (client, pattern, data) =>
  lastValueFrom(client.send(pattern, data).pipe(toArray())).catch(() => null);

async function steps(client) {
  for (let n = 0; n < Number(count); n += 1) {
    await call(client, 'sum', [n, 1]);
    await lastValueFrom(client.emit('log', `line ${n}`), { defaultValue: null });
    await call(client, 'echo', { n });
    await call(client, 'fail', n);
    await call(client, 'nobody', n);
  }
}

async function calls(client) {
  const taken = [];
  for (let n = 0; n < Number(count); n += 1) {
    const begun = process.hrtime.bigint();
    await call(client, 'sum', [n, 1]);
    taken.push(Number(process.hrtime.bigint() - begun) / 1e3);
  }
  taken.sort((one, other) => one - other);
  const quantile = (part) => taken[Math.floor((taken.length - 1) * part)];
  return { p50: quantile(0.5), p99: quantile(0.99) };
}

async function load(client) {
  for (let n = 0; n < Number(count); n += 100) {
    const size = Math.min(100, Number(count) - n);
    await Promise.all(
      Array.from({ length: size }, (_, i) => call(client, 'sum', [n, i])),
    );
  }
}

async function connects(_, port) {
  for (let n = 0; n < Number(count); n += 1) {
    const client = connect(port);
    await call(client, 'sum', [n, 1]);
    client.close();
  }
}

async function waits(client) {
  client.send('never', {}).subscribe({ error: () => {} });
  await new Promise((done) => process.once('SIGTERM', done));
}

const works = { steps, calls, load, connects, waits };
for (const port of ports) {
  const client = connect(port);
  if (work !== 'connects') await client.connect();
  const told = await works[work](client, port);
  client.close();
  if (told) console.log(JSON.stringify(told));
}
