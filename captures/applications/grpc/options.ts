/** Where the service is, and what it offers, as the environment says. */

import type { GrpcOptions } from '@nestjs/microservices';

export const options: GrpcOptions['options'] = {
  url: `127.0.0.1:${process.env.PORT}`,
  package: 'calc',
  protoPath: process.env.PROTO!,
  gracefulShutdown: true,
  channelOptions: {
    'grpc.enable_http_proxy': 0,
    ...(process.env.GZIP && { 'grpc.default_compression_algorithm': 2 }),
  } as never,
};
