// What a person writes by hand around a generated contract: handlers, and a caller.
// Run as: program serve, which prints its port, or program call PORT.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  RpcException,
  Transport,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { createServer, type AddressInfo } from 'node:net';
import { firstValueFrom, lastValueFrom, of, toArray, type Observable } from 'rxjs';
import {
  ContractClient,
  ContractController,
  HANDLERS,
  type Handlers,
  type SumData,
  type SumReply,
} from './contract';

class Own implements Handlers {
  pattern7 = (times: number): number => 7 * times;
  count = (): Observable<number> => of(1, 2, 3);
  echo = (text: string): string => text;
  fail = (): never => {
    throw new Error('failed');
  };
  log = (): void => undefined;
  nobody = (): null => null;
  nothing = (): undefined => undefined;
  refuse = (): never => {
    throw new RpcException('refused');
  };
  square = (number: number): number => number * number;
  sum = async (numbers: SumData): Promise<SumReply> =>
    numbers.reduce((total, number) => total + number, 0);
  tick = (): Observable<number> => of(0, 1);
  cmdSum = this.sum;
  unknown_ = (): void => undefined;
}

@Module({
  controllers: [ContractController],
  providers: [{ provide: HANDLERS, useClass: Own }],
})
class Root {}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function serve(): Promise<void> {
  const port = await freePort();
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(Root, {
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
    logger: false,
  });
  await app.listen();
  console.log(port);
}

async function call(port: number): Promise<void> {
  const options = { host: '127.0.0.1', port };
  const proxy = ClientProxyFactory.create({ transport: Transport.TCP, options });
  const client = new ContractClient(proxy);
  const refused = firstValueFrom(client.refuse({})).catch((error: unknown) => error);
  const found = {
    sum: await firstValueFrom(client.sum([1, 2, 3])),
    cmdSum: await firstValueFrom(client.cmdSum([4])),
    count: await lastValueFrom(client.count({}).pipe(toArray())),
    echo: await firstValueFrom(client.echo('求和')),
    refused: await refused,
  };
  await lastValueFrom(client.log('done'), { defaultValue: undefined });
  console.log(JSON.stringify(found));
  await proxy.close();
}

const [mode, port] = process.argv.slice(2);
void (mode === 'serve' ? serve() : call(Number(port)));
