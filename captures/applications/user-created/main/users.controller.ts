import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ClientProxy, MqttRecordBuilder } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { Newcomer, User } from '../contract';

@Controller()
export class UsersController {
  private readonly users = new Map<string, User>();

  constructor(@Inject('EVENTS') private readonly events: ClientProxy) {}

  @Post('users')
  async create(@Body() { email }: Newcomer): Promise<User> {
    const user = this.users.get(email) ?? { id: this.users.size + 1, email };
    this.users.set(email, user);
    const record = new MqttRecordBuilder({ ...user }).setQoS(1).build();
    await lastValueFrom(this.events.emit('user/created', record), {
      defaultValue: undefined,
    });
    return user;
  }
}
