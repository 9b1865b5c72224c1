import { Controller, Headers, Inject, MessageEvent, Query, Sse } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { catchError, map, type Observable, of } from 'rxjs';
import type { PriceOfMarket } from '../../market/contract';

@Controller()
export class FeedController {
  constructor(@Inject('MARKET') private readonly market: ClientProxy) {}

  @Sse('feed')
  feed(
    @Query('name') name: string,
    @Query('count') count = '5',
    @Headers('last-event-id') last = '0',
  ): Observable<MessageEvent> {
    const wanted = { name, count: Number(count), after: Number(last) };
    return this.market.send<PriceOfMarket>('prices', wanted).pipe(
      map((price): MessageEvent => ({ id: String(price.number), data: price })),
      catchError((reason: string | { message: string }) => {
        const data = typeof reason === 'string' ? reason : reason.message;
        return of({ type: 'error', data: JSON.stringify(data) });
      }),
    );
  }
}
