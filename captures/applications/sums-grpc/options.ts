/** The service, for both programs. */

import { join } from 'node:path';
import type { GrpcOptions } from '@nestjs/microservices';
import { GRPC_PORT } from '../ports';

export const options: GrpcOptions['options'] = {
  url: `127.0.0.1:${GRPC_PORT}`,
  package: 'sums',
  protoPath: process.env.PROTO ?? join('servers', 'demos', 'sums.proto'),
  loader: { defaults: true }, // a field that is 0 does not travel
  gracefulShutdown: true,
  channelOptions: { 'grpc.enable_http_proxy': 0 } as never,
};

export interface Numbers {
  values?: number[];
}

export interface Total {
  value: number;
}
