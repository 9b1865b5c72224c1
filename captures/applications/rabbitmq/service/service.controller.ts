import { Controller } from '@nestjs/common';
import {
  Ctx,
  EventPattern,
  MessagePattern,
  Payload,
  RmqContext,
} from '@nestjs/microservices';
import { Handlers } from '../../brokers/handlers';

function keyOf(context: RmqContext): string {
  const { fields } = context.getMessage() as unknown as {
    fields: { routingKey: string };
  };
  return fields.routingKey;
}

@Controller()
export class ServiceController extends Handlers {
  @MessagePattern('headers')
  headers(@Ctx() context: RmqContext): string | undefined {
    const { properties } = context.getMessage() as unknown as {
      properties: { headers: Record<string, string> };
    };
    return properties.headers['x-version'];
  }

  @MessagePattern('w.*')
  one(@Ctx() context: RmqContext): string {
    return keyOf(context);
  }

  @MessagePattern('deep.#')
  deep(@Ctx() context: RmqContext): string {
    return keyOf(context);
  }

  @EventPattern('all.#')
  all(@Payload() _data: unknown): void {}

  @EventPattern('again')
  again(@Payload() _data: unknown): void {}

  @EventPattern('drop')
  drop(@Payload() _data: unknown): void {}

  @EventPattern('keep')
  keep(@Payload() _data: unknown): void {}
}
