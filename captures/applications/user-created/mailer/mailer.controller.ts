import { Controller, Get } from '@nestjs/common';
import { Ctx, EventPattern, MqttContext, Payload } from '@nestjs/microservices';
import type { Mail, User } from '../contract';

@Controller()
export class MailerController {
  private readonly sent: Mail[] = [];

  @EventPattern('user/created')
  welcome(@Payload() { email }: User, @Ctx() context: unknown): void {
    const mqtt = context as MqttContext;
    const { qos } = mqtt.getPacket() as unknown as { qos: number };
    this.sent.push({ to: email, topic: mqtt.getTopic(), qos });
  }

  @Get('mails')
  mails(): Mail[] {
    return this.sent;
  }
}
