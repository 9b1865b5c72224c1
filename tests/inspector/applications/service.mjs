/**
 * A Nest microservice on a free port, which it prints; SIGTERM closes it.
 *
 * The decorators are called by hand, so that nothing has to be compiled.
 */
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, MessagePattern, Transport } from '@nestjs/microservices';
import { from } from 'rxjs';

class Calculator {
  sum(numbers) {
    return numbers.reduce((total, number) => total + number, 0);
  }
  echo(value) {
    return value;
  }
  count(most) {
    return from(Array.from({ length: most }, (_, index) => index));
  }
  fail() {
    throw new Error('failed on purpose');
  }
  late(milliseconds) {
    return new Promise((done) => setTimeout(done, milliseconds, 'late'));
  }
  never() {
    return new Promise(() => {});
  }
  log() {}
}

function handle(decorator, name) {
  const method = Object.getOwnPropertyDescriptor(Calculator.prototype, name);
  decorator(Calculator.prototype, name, method);
}

for (const name of ['sum', 'echo', 'count', 'fail', 'late', 'never']) {
  handle(MessagePattern(name), name);
}
handle(EventPattern('log'), 'log');
Controller()(Calculator);
class Application {}
Module({ controllers: [Calculator] })(Application);

const { TLS_CERT, TLS_KEY, PORT = '0' } = process.env;
const tlsOptions = TLS_CERT && {
  cert: readFileSync(TLS_CERT),
  key: readFileSync(TLS_KEY),
};
const app = await NestFactory.createMicroservice(Application, {
  transport: Transport.TCP,
  options: { host: '127.0.0.1', port: Number(PORT), tlsOptions },
  logger: false,
});
process.once('SIGTERM', () => app.close());
await app.listen();
console.log(app.unwrap().address().port);
