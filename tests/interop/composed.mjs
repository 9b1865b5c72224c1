// What guards, exception filters and inheritance give a caller, as Nest's client sees it.
//
//     node composed.mjs FOLDER PATTERNS         of a Nest application in this process
//     node composed.mjs FOLDER PATTERNS PORT    of whatever listens at the port
//
// FOLDER holds node_modules with a Nest; PATTERNS is a list as JSON. Told is a list of
// what each call gave: ["value", v] …, then ["end"] or ["error", e].

import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.resolve(process.argv[2], 'index.js'));
require('reflect-metadata');
const { Catch, Controller, Logger, Module, UseFilters, UseGuards, UseInterceptors } =
  require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { ClientProxyFactory, MessagePattern, RpcException, Transport } =
  require('@nestjs/microservices');
const { concat, EMPTY, lastValueFrom, of, throwError, toArray } = require('rxjs');
const { catchError, map } = require('rxjs/operators');

Logger.overrideLogger(false);

class Application {}

function decorate(prototype, name, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  decorators.forEach((decorator) => decorator(prototype, name, descriptor));
}

function message(pattern, method, ...decorators) {
  Application.prototype[pattern] = () => method(); // a function of its own
  decorate(Application.prototype, pattern, ...decorators, MessagePattern(pattern));
}

// Guards.

const guard = (canActivate) => UseGuards({ canActivate });
message('guard true', () => 1, guard(() => true));
message('guard false', () => 1, guard(() => false));
message('guard later', () => 1, guard(async () => false));
message('guard undefined', () => 1, guard(() => undefined));
message('guard zero', () => 1, guard(() => 0));
message('guard raises', () => 1, guard(() => {
  throw new RpcException({ code: 401 });
}));
message('guard fails', () => 1, guard(() => {
  throw new Error('secret');
}));
message('guard of a stream', () => of(1, 2), guard(() => false));

// Exception filters.

class Odd extends Error {}
class VeryOdd extends Odd {}

function filter(type, method) {
  class Filter {
    catch(error) {
      return method(error);
    }
  }
  Catch(type)(Filter);
  return new Filter();
}

const gives = (value) => () => of(value);
const fail = () => {
  throw new VeryOdd('secret');
};
const failing = () => concat(of(1, 2), throwError(() => new VeryOdd('secret')));
const odd = filter(Odd, gives('odd'));
const veryOdd = filter(VeryOdd, gives('very odd'));
message('filter', fail, UseFilters(odd));
message('filter raises', fail, UseFilters(
  filter(Odd, () => throwError(() => ({ code: 404 }))),
));
message('filter of another', fail, UseFilters(filter(RangeError, gives('range'))));
message('filter of a stream', failing, UseFilters(odd));
message('filter ends a stream', failing, UseFilters(filter(Odd, () => EMPTY)));
message('filter of a guard', () => 1, guard(() => false),
  UseFilters(filter(RpcException, gives('refused'))));
message('base before derived', fail, UseFilters(odd, veryOdd));
message('derived before base', fail, UseFilters(veryOdd, odd));
message('two for one type', fail, UseFilters(odd, filter(Odd, gives('second'))));

// What runs first.

const order = [];
message('order', () => [...order.splice(0), 'handler'], guard(() => order.push('guard')),
  UseInterceptors({
    intercept(_, next) {
      order.push('interceptor');
      return next.handle();
    },
  }));
Controller()(Application);

// Inheritance.

class Base {
  kept() {
    return 'base';
  }
  overridden() {
    return 'base';
  }
}
decorate(Base.prototype, 'kept', MessagePattern('kept'));
decorate(Base.prototype, 'overridden', MessagePattern('overridden'));
class Derived extends Base {
  overridden() {
    return 'derived';
  }
}
Controller()(Derived);

class Root {}
Module({ controllers: [Application, Derived] })(Root);

async function listen() {
  const app = await NestFactory.createMicroservice(Root, {
    transport: Transport.TCP,
    // Nest 10 takes a port of 0, but not of '0', for one that is not given.
    options: { host: '127.0.0.1', port: '0' },
  });
  await app.listen();
  return (app.serverInstance ?? app.server).server.address().port;
}

const port = Number(process.argv[4]) || (await listen());
const client = ClientProxyFactory.create({
  transport: Transport.TCP,
  options: { host: '127.0.0.1', port },
});
const told = [];
for (const pattern of JSON.parse(process.argv[3])) {
  const values = client.send(pattern, {}).pipe(map((value) => ['value', value]));
  const observed = concat(values, of(['end'])).pipe(
    catchError((error) => of(['error', error])),
    toArray(),
  );
  told.push(await lastValueFrom(observed));
}
console.log(JSON.stringify(told));
process.exit(0);
