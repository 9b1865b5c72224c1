import { setTimeout as pause } from 'node:timers/promises';
import { Controller } from '@nestjs/common';
import {
  Ctx,
  EventPattern,
  KafkaContext,
  MessagePattern,
  Payload,
} from '@nestjs/microservices';
import { Handlers } from '../../brokers/handlers';

@Controller()
export class ServiceController extends Handlers {
  /** What was a number is text. */
  @MessagePattern('sleep')
  override async sleep(@Payload() milliseconds: unknown): Promise<number> {
    return super.sleep(Number(milliseconds));
  }

  /** Without a pattern: an object as one is no name of a topic. */
  override price(order: { item: string }): object {
    return super.price(order);
  }

  @MessagePattern('headers')
  headers(@Ctx() context: KafkaContext): string | undefined {
    return context.getMessage().headers?.['x-version'] as string | undefined;
  }

  @MessagePattern('shop.price')
  shop(@Payload() order: { item: string }): object {
    return { item: order.item, price: 7 };
  }

  @EventPattern('slow')
  async slow(@Payload() milliseconds: string): Promise<void> {
    await pause(Number(milliseconds));
  }
}
