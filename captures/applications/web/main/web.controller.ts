import {
  Body,
  Controller,
  Get,
  Head,
  HttpCode,
  Inject,
  MessageEvent,
  Param,
  Post,
  Query,
  Res,
  Sse,
} from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { concatMap, firstValueFrom, from, map, type Observable } from 'rxjs';

/** What of a response is used: Express's types are not installed. */
interface Writable {
  write(text: string): void;
  end(text: string): void;
}

/** A request of GraphQL over HTTP; its only fields are sum and divide. */
interface Operation {
  query: string;
  variables: { numbers: number[] };
}

@Controller()
export class WebController {
  constructor(
    @Inject('CALCULATOR') private readonly calculator: ClientProxy,
  ) {}

  @Get('sum')
  sum(@Query('num') num: string): Observable<number> {
    return this.calculator.send<number>('sum', num.split(',').map(Number));
  }

  @Get('orders/:number')
  async order(@Param('number') number: string): Promise<object> {
    const prices = [Number(number), 7];
    const net = await firstValueFrom(this.calculator.send('sum', prices));
    const gross = await firstValueFrom(this.calculator.send('sum', [net, 1]));
    return { number, net, gross };
  }

  @Post('sum')
  @HttpCode(200)
  posted(@Body() body: { numbers: number[] }): Observable<object> {
    const sums = this.calculator.send<number>('sum', body.numbers);
    return sums.pipe(map((total) => ({ total })));
  }

  @Get('divide')
  divide(): Observable<number> {
    return this.calculator.send<number>('divide', [1, 0]);
  }

  @Head('health')
  health(): void {}

  @Get('rows')
  rows(@Res() response: Writable): void {
    response.write('[{"row":1},');
    response.write('{"row":2},');
    response.end('{"row":3}]');
  }

  @Sse('totals')
  totals(): Observable<MessageEvent> {
    const rows = from([[1], [1, 2], [1, 2, 3]]);
    return rows.pipe(
      concatMap((row) => this.calculator.send<number>('sum', row)),
      map((total) => ({ data: { total } })),
    );
  }

  @Post('graphql')
  @HttpCode(200)
  async graphql(@Body() body: Operation): Promise<object> {
    const field = body.query.includes('divide') ? 'divide' : 'sum';
    try {
      const numbers = body.variables.numbers;
      const value = await firstValueFrom(this.calculator.send(field, numbers));
      return { data: { [field]: value } };
    } catch (error) {
      const { message } = error as Error;
      return { errors: [{ message, path: [field] }], data: null };
    }
  }
}
