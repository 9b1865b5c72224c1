import { Controller } from '@nestjs/common';
import { MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { interval, of, take, type Observable } from 'rxjs';

@Controller()
export class ShowcaseController {
  @MessagePattern({ cmd: 'sum' })
  sum(@Payload() numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
  }

  @MessagePattern(7)
  seven(@Payload() times: number): number {
    return 7 * times;
  }

  @MessagePattern('count')
  count(): Observable<number> {
    return of(1, 2, 3, 4, 5);
  }

  @MessagePattern('tick')
  tick(): Observable<number> {
    return interval(10).pipe(take(5));
  }

  @MessagePattern('refuse')
  refuse(): never {
    throw new RpcException('refused on purpose');
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
  echo(@Payload() text: string): string {
    return text;
  }

  @MessagePattern('square')
  square(@Payload() number: number): number {
    return number * number;
  }
}
