import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  EventPattern,
  MessagePattern,
  MicroserviceOptions,
  Payload,
  RpcException,
} from '@nestjs/microservices';
import { from, Observable } from 'rxjs';
import { transportOf } from '../transport';

@Controller()
class Calculator {
  @MessagePattern('sum')
  sum(@Payload() numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
  }

  @MessagePattern('count')
  count(@Payload() most: number): Observable<number> {
    return from(Array.from({ length: most }, (_, index) => index + 1));
  }

  @MessagePattern('echo')
  echo(@Payload() data: unknown): unknown {
    return data;
  }

  @MessagePattern('fail')
  fail(@Payload() _data: unknown): never {
    throw new RpcException('no such user');
  }

  @EventPattern('log')
  log(@Payload() _text: string): void {}
}

@Module({ controllers: [Calculator] })
class CalculatorModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    CalculatorModule,
    { ...transportOf('server'), logger: false },
  );
  process.once('SIGTERM', () => app.close());
  await app.listen();
  console.log('listening');
}

void bootstrap();
