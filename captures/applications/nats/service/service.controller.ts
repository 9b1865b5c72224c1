import { Controller } from '@nestjs/common';
import {
  Ctx,
  EventPattern,
  MessagePattern,
  NatsContext,
  Payload,
} from '@nestjs/microservices';
import { Handlers } from '../../brokers/handlers';

@Controller()
export class ServiceController extends Handlers {
  @MessagePattern('headers')
  headers(@Ctx() context: NatsContext): string | undefined {
    return context.getHeaders()?.get('x-version');
  }

  @MessagePattern('w.*')
  one(@Ctx() context: NatsContext): string {
    return context.getSubject();
  }

  @MessagePattern('deep.>')
  deep(@Ctx() context: NatsContext): string {
    return context.getSubject();
  }

  @EventPattern('all.>')
  all(@Payload() _data: unknown): void {}
}
