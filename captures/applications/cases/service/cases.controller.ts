import { Controller } from '@nestjs/common';
import {
  EventPattern,
  MessagePattern,
  Payload,
  RpcException,
} from '@nestjs/microservices';

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

@Controller()
export class CasesController {
  @MessagePattern('sum')
  sum(@Payload() numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
  }

  @MessagePattern([{ cmd: 'users.find' }, 'login'])
  find(): object {
    return { ok: true };
  }

  @MessagePattern([...HOSTILE, 7, { controller: 'main', use: 'add' }])
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
