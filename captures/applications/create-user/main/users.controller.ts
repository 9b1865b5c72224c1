import { Body, Controller, HttpException, Inject, Post } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import {
  catchError,
  type Observable,
  retry,
  throwError,
  timeout,
  TimeoutError,
  timer,
} from 'rxjs';
import type { Newcomer, Refusal, User } from '../contract';

const ATTEMPT = 500;
const RETRIES = 2;
const PAUSE = 100;

/** Whether to send the message again: only if there was no reply. */
function again(error: unknown): Observable<unknown> {
  return error instanceof TimeoutError ? timer(PAUSE) : throwError(() => error);
}

function refuse(error: TimeoutError | Partial<Refusal>): never {
  if (error instanceof TimeoutError) {
    throw new HttpException({ statusCode: 504, message: 'Gateway Timeout' }, 504);
  }
  const { statusCode = 502, message = 'Bad Gateway' } =
    error instanceof Error ? {} : error;
  throw new HttpException({ statusCode, message }, statusCode);
}

@Controller()
export class UsersController {
  constructor(@Inject('USERS') private readonly users: ClientProxy) {}

  @Post('users')
  create(@Body() newcomer: Newcomer): Observable<User> {
    return this.users
      .send<User>('createUser', newcomer)
      .pipe(
        timeout(ATTEMPT),
        retry({ count: RETRIES, delay: again }),
        catchError(refuse),
      );
  }
}
