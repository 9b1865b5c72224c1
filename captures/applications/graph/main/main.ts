import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { HTTP_PORT } from '../../ports';
import { MarketClient } from '../../market/client';
import { PriceResolver } from './price.resolver';

@Module({
  imports: [
    MarketClient,
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      subscriptions: { 'graphql-ws': true },
      includeStacktraceInErrorResponses: false,
    }),
  ],
  providers: [PriceResolver],
})
class GraphModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(GraphModule, { forceCloseConnections: true });
  process.once('SIGTERM', () => app.close());
  await app.listen(HTTP_PORT, '127.0.0.1');
}

void bootstrap();
