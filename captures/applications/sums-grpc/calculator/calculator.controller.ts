import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { from, map, type Observable, scan } from 'rxjs';
import type { Numbers, Total } from '../options';

@Controller()
export class CalculatorController {
  @GrpcMethod('Calculator', 'Sum')
  sum({ values = [] }: Numbers): Total {
    return { value: values.reduce((total, number) => total + number, 0) };
  }

  @GrpcMethod('Calculator', 'Totals')
  totals({ values = [] }: Numbers): Observable<Total> {
    return from(values).pipe(
      scan((total, number) => total + number, 0),
      map((value) => ({ value })),
    );
  }
}
