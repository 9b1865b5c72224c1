import { Injectable } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import type { Credentials, Refusal, User } from '../contract';
import { Password } from './password';

function refusal(statusCode: number, message: string): RpcException {
  return new RpcException({ statusCode, message } satisfies Refusal);
}

@Injectable()
export class UsersService {
  private readonly users = new Map<
    string,
    { user: User; password: Password }
  >();

  create({ username, password }: Credentials): User {
    if (this.users.has(username)) {
      throw refusal(409, 'This user name is taken');
    }
    const user = { id: this.users.size + 1, username };
    this.users.set(username, { user, password: new Password(password) });
    return user;
  }

  get({ username, password }: Credentials): User | undefined {
    const account = this.users.get(username);
    if (account && !account.password.matches(password)) {
      throw refusal(401, 'Wrong password');
    }
    return account?.user;
  }
}
