import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, RedisContext } from '@nestjs/microservices';
import { Handlers } from '../../brokers/handlers';

@Controller()
export class ServiceController extends Handlers {
  @MessagePattern('channel')
  channel(@Ctx() context: RedisContext): string {
    return context.getChannel();
  }
}
