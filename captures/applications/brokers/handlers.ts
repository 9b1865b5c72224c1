import { setTimeout as pause } from 'node:timers/promises';
import {
  EventPattern,
  MessagePattern,
  Payload,
  RpcException,
} from '@nestjs/microservices';
import { interval, of, take, type Observable } from 'rxjs';

/** Every kind of handler that does not depend on what carries a message. */
export class Handlers {
  @MessagePattern('sum')
  sum(@Payload() numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
  }

  @MessagePattern({ service: 'shop', cmd: 'price' })
  price(@Payload() order: { item: string }): object {
    return { item: order.item, price: 7 };
  }

  @MessagePattern('count')
  count(): Observable<number> {
    return of(1, 2, 3);
  }

  @MessagePattern('tick')
  tick(): Observable<number> {
    return interval(40).pipe(take(3));
  }

  @MessagePattern('holes')
  holes(): Observable<number | null | undefined> {
    return of(1, undefined, null, 4);
  }

  @MessagePattern('refuse')
  refuse(): never {
    throw new RpcException({ code: 42, message: '不行' });
  }

  @MessagePattern('fail')
  fail(): never {
    throw new Error('failed on purpose');
  }

  @MessagePattern('nothing')
  nothing(): undefined {
    return undefined;
  }

  @MessagePattern('nobody')
  nobody(): null {
    return null;
  }

  @MessagePattern('echo')
  echo(@Payload() data: unknown): unknown {
    return data;
  }

  @MessagePattern('sleep')
  async sleep(@Payload() milliseconds: number): Promise<number> {
    await pause(milliseconds);
    return milliseconds;
  }

  @MessagePattern('who')
  who(): string {
    return process.env.ROLE!;
  }

  @EventPattern('log')
  log(@Payload() _text: string): void {}

  @EventPattern('twice')
  first(@Payload() _data: unknown): void {}

  @EventPattern('twice')
  second(@Payload() _data: unknown): void {}
}
