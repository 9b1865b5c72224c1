import { setTimeout as pause } from 'node:timers/promises';
import { Controller, type OnModuleDestroy } from '@nestjs/common';
import {
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Payload,
  RpcException,
  Transport,
} from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { options } from '../codecs';

/** What would do harm in a terminal, a table or a spreadsheet. */
const HOSTILE = [
  'esc\u001b[31mRED\u001b]0;pwned\u0007',
  'c1\u009b31m\u0085\u2028\u202eRTL\u2066',
  'nul\u0000\u007f',
  '=1+1',
  '@SUM(A1)',
  '[bold red]markup[/]',
  '求和',
];

/** Another service of the same kind, which this one may ask. */
const next = ClientProxyFactory.create({
  transport: Transport.TCP,
  options: { ...options, port: Number(process.env.NEXT) },
});

@Controller()
export class CasesController implements OnModuleDestroy {
  onModuleDestroy(): void {
    void next.close();
  }

  @MessagePattern([{ cmd: 'register' }, { cmd: 'login' }])
  async relay(@Payload() call: { own: number; cmd: string }): Promise<unknown> {
    await pause(call.own);
    return lastValueFrom(next.send({ cmd: call.cmd }, {}));
  }

  @MessagePattern({ cmd: 'create_user' })
  create(): Promise<number> {
    return pause(180, 1);
  }

  @MessagePattern('sum')
  sum(@Payload() numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
  }

  @MessagePattern([
    { cmd: 'users.find' },
    { cmd: 'get_user' },
    { cmd: 'ping' },
    'login',
  ])
  find(): object {
    return { ok: true };
  }

  @MessagePattern([...HOSTILE, 'echo', 7, { controller: 'main', use: 'add' }])
  echo(@Payload() data: unknown): unknown {
    return data;
  }

  @MessagePattern('del')
  delete(): undefined {
    return undefined;
  }

  @MessagePattern({ cmd: 'check' })
  check(): never {
    throw new Error('nobody reads this');
  }

  @MessagePattern('refuse')
  refuse(@Payload() reason: string): never {
    throw new RpcException(reason);
  }

  @MessagePattern('sleep')
  async sleep(@Payload() milliseconds: number): Promise<number> {
    await pause(milliseconds + Number(process.env.SLOWER ?? 0));
    return milliseconds;
  }

  @MessagePattern('exit')
  exit(): never {
    process.exit(3);
  }

  @MessagePattern('big')
  big(): object {
    return { n: 10n };
  }

  @MessagePattern('circ')
  circular(): object {
    const value: Record<string, unknown> = {};
    value.self = value;
    return value;
  }

  @MessagePattern({ cmd: 'users.wait' })
  wait(): Promise<never> {
    return new Promise(() => {});
  }

  @EventPattern(['log', 'joined', 'left'])
  note(@Payload() _data: unknown): void {}
}
