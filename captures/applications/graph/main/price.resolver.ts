import { Inject } from '@nestjs/common';
import { Args, Int, Query, Resolver, Subscription } from '@nestjs/graphql';
import { ClientProxy } from '@nestjs/microservices';
import { GraphQLError } from 'graphql';
import { firstValueFrom, map, type Observable } from 'rxjs';
import type { PriceOfMarket, Wanted } from '../../market/contract';
import { Price } from './price';

/** What an error of a microservice says to clients of GraphQL. */
function refused(reason: string | { message: string }): GraphQLError {
  return new GraphQLError(typeof reason === 'string' ? reason : reason.message);
}

@Resolver(() => Price)
export class PriceResolver {
  constructor(@Inject('MARKET') private readonly market: ClientProxy) {}

  @Query(() => Price)
  async price(@Args('name') name: string): Promise<Price> {
    const found = this.market.send<PriceOfMarket, Wanted>('price', { name });
    return firstValueFrom(found).catch((reason) => {
      throw refused(reason);
    });
  }

  @Subscription(() => Price)
  prices(
    @Args('name') name: string,
    @Args('count', { type: () => Int, defaultValue: 5 }) count: number,
  ): AsyncIterator<{ prices: Price }> {
    const wanted = { name, count };
    const found = this.market.send<PriceOfMarket, Wanted>('prices', wanted);
    return iterated(found.pipe(map((prices) => ({ prices }))));
  }
}

/** The values of an Observable, for as long as somebody asks for them. */
async function* iterated<T>(values: Observable<T>): AsyncGenerator<T> {
  const arrived: T[] = [];
  let wake = (): void => undefined;
  let over = false;
  let error: GraphQLError | undefined;
  const subscription = values.subscribe({
    next: (value) => (arrived.push(value), wake()),
    error: (reason) => ((error = refused(reason)), (over = true), wake()),
    complete: () => ((over = true), wake()),
  });
  try {
    while (true) {
      while (arrived.length > 0) {
        yield arrived.shift() as T;
      }
      if (error) {
        throw error;
      }
      if (over) {
        return;
      }
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    subscription.unsubscribe();
  }
}
