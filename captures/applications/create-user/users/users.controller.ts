import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Logger } from '@nestjs/common';
import { MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import type { Newcomer, User } from '../contract';

/** Milliseconds that the first call for an address takes. */
const SLOW = 2000;

@Controller()
export class UsersController {
  private readonly logger = new Logger(UsersController.name);
  private readonly asked = new Set<string>();
  private readonly users = new Map<string, User>();

  @MessagePattern('createUser')
  async create(@Payload() { email }: Newcomer): Promise<User> {
    this.logger.log(`createUser ${email}`);
    if (!email.includes('@')) {
      throw new RpcException({ statusCode: 422, message: 'No address' });
    }
    if (!this.asked.has(email)) {
      this.asked.add(email);
      await pause(SLOW);
    }
    const user = this.users.get(email) ?? { id: this.users.size + 1, email };
    this.users.set(email, user);
    return user;
  }
}
