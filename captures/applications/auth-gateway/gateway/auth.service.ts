import {
  HttpException,
  Inject,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { catchError, lastValueFrom } from 'rxjs';
import type { Credentials, Refusal, User } from '../contract';

function refuse({ statusCode = 502, message }: Partial<Refusal>): never {
  throw new HttpException(message ?? 'Bad Gateway', statusCode);
}

@Injectable()
export class AuthService {
  constructor(@Inject('AUTH') private readonly auth: ClientProxy) {}

  signUp(credentials: Credentials): Promise<User> {
    const created = this.auth.send<User>('create_user', credentials);
    return lastValueFrom(created.pipe(catchError(refuse)));
  }

  async logIn(credentials: Credentials): Promise<User> {
    const found = this.auth.send<User>('get_user', credentials);
    // A handler that returns undefined completes without a value, and without
    // a default lastValueFrom would reject.
    const user = await lastValueFrom(found.pipe(catchError(refuse)), {
      defaultValue: undefined,
    });
    if (!user) {
      throw new UnauthorizedException();
    }
    return user;
  }
}
