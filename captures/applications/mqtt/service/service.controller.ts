import { Controller } from '@nestjs/common';
import {
  Ctx,
  EventPattern,
  MessagePattern,
  MqttContext,
  Payload,
} from '@nestjs/microservices';
import { Handlers } from '../../brokers/handlers';

@Controller()
export class ServiceController extends Handlers {
  @MessagePattern('headers')
  headers(@Ctx() context: MqttContext): string | undefined {
    return context.getPacket().properties?.userProperties?.['x-version'];
  }

  @MessagePattern('w/+')
  one(@Ctx() context: MqttContext): string {
    return context.getTopic();
  }

  @MessagePattern('deep/#')
  deep(@Ctx() context: MqttContext): string {
    return context.getTopic();
  }

  @EventPattern('all/#')
  all(@Payload() _data: unknown): void {}

  @MessagePattern('$share/workers/job/who')
  job(): string {
    return process.env.ROLE!;
  }

  @EventPattern('$share/workers/job/log')
  done(@Payload() _data: unknown): void {}
}
