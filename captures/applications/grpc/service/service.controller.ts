import { Controller } from '@nestjs/common';
import { GrpcMethod, GrpcStreamMethod, RpcException } from '@nestjs/microservices';
import { concatMap, delay, map, Observable, of, range, reduce, tap } from 'rxjs';
import { handled, kept, now } from '../ledger';

interface Numbers {
  values?: number[];
}
interface Total {
  value: number;
}
interface Text {
  text: string;
}

const NOT_FOUND = 5;

const note = (method: string, data: unknown): void => {
  handled.push({ method, data: kept(data), at: now() });
};
const sum = ({ values }: Numbers): number =>
  (values ?? []).reduce((total, each) => total + each, 0);

@Controller()
export class ServiceController {
  @GrpcMethod('Calculator')
  sum(data: Numbers): Total {
    note('Sum', data);
    return { value: sum(data) };
  }

  @GrpcMethod('Calculator')
  echo(data: Text): Text {
    note('Echo', data);
    return data;
  }

  @GrpcMethod('Calculator')
  describe(data: object): object {
    note('Describe', data);
    return data;
  }

  @GrpcMethod('Calculator')
  fail(data: { kind: string; message: string }): never {
    note('Fail', data);
    if (data.kind === 'rpc') {
      throw new RpcException({ code: NOT_FOUND, message: data.message });
    }
    if (data.kind === 'text') {
      throw new RpcException(data.message);
    }
    throw new Error(data.message);
  }

  @GrpcMethod('Calculator')
  sleep(data: { milliseconds: number }): Observable<Total> {
    note('Sleep', data);
    return of({ value: data.milliseconds }).pipe(delay(data.milliseconds));
  }

  @GrpcMethod('Calculator')
  count(data: {
    last?: number;
    failsAt?: number;
    pauseMs?: number;
  }): Observable<Total> {
    note('Count', data);
    return range(1, data.last ?? 0).pipe(
      concatMap((value) => of({ value }).pipe(delay(data.pauseMs ?? 0))),
      map((each) => {
        if (each.value === data.failsAt) {
          throw new RpcException({ code: NOT_FOUND, message: 'no such number' });
        }
        return each;
      }),
    );
  }

  @GrpcStreamMethod('Calculator')
  add(messages: Observable<Numbers>): Observable<Total> {
    return messages.pipe(
      tap((each) => note('Add', each)),
      reduce((total, each) => total + sum(each), 0),
      map((value) => ({ value })),
    );
  }

  @GrpcStreamMethod('Calculator')
  chat(messages: Observable<Text>): Observable<Text> {
    return messages.pipe(
      tap((each) => note('Chat', each)),
      map((each) => ({ text: `you said ${each.text}` })),
    );
  }
}
