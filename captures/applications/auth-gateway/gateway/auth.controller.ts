import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import type { Credentials, User } from '../contract';
import { AuthService } from './auth.service';

@Controller('auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('signup')
  signUp(@Body() credentials: Credentials): Promise<User> {
    return this.auth.signUp(credentials);
  }

  @Post('login')
  @HttpCode(200)
  logIn(@Body() credentials: Credentials): Promise<User> {
    return this.auth.logIn(credentials);
  }
}
