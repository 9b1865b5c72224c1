import { Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { USER_PORT } from '../../ports';
import { UsersController } from './users.controller';

@Module({
  imports: [
    ClientsModule.register([
      {
        name: 'USERS',
        transport: Transport.TCP,
        options: { host: '127.0.0.1', port: USER_PORT },
      },
    ]),
  ],
  controllers: [UsersController],
})
export class MainModule {}
