import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import type { Credentials, User } from '../contract';
import { UsersService } from './users.service';

@Controller()
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @MessagePattern('create_user')
  create(@Payload() credentials: Credentials): User {
    return this.users.create(credentials);
  }

  @MessagePattern('get_user')
  get(@Payload() credentials: Credentials): User | undefined {
    return this.users.get(credentials);
  }
}
