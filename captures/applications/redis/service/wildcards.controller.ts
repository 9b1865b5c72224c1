import { Controller } from '@nestjs/common';
import {
  Ctx,
  EventPattern,
  MessagePattern,
  Payload,
  RedisContext,
} from '@nestjs/microservices';

/** Handlers whose wildcards cover no reply channel. */
@Controller()
export class WildcardsController {
  @MessagePattern('w.*.get')
  get(@Ctx() context: RedisContext): string {
    return context.getChannel();
  }

  @EventPattern('logs.?')
  log(@Payload() _data: unknown): void {}
}

/** A handler whose wildcard covers the reply channels of others, too. */
@Controller()
export class EverythingController {
  @EventPattern('sum*')
  all(@Payload() _data: unknown): void {}
}
