import { Controller } from '@nestjs/common';
import { MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { concatMap, delay, type Observable, of, range } from 'rxjs';
import type { PriceOfMarket, Wanted } from '../contract';

const PAUSE = 20;

@Controller()
export class MarketController {
  @MessagePattern('price')
  price(@Payload() { name }: Wanted): PriceOfMarket {
    return priceOf(name, 1);
  }

  @MessagePattern('prices')
  prices(@Payload() { name, count = 5, after = 0 }: Wanted): Observable<PriceOfMarket> {
    return range(after + 1, Math.max(count - after, 0)).pipe(
      concatMap((number) => of(priceOf(name, number)).pipe(delay(PAUSE))),
    );
  }
}

function priceOf(name: string, number: number): PriceOfMarket {
  if (!name) {
    throw new RpcException('No name');
  }
  return { number, name, price: name.length * 100 + number / 4 };
}
