import { ClientsModule, Transport } from '@nestjs/microservices';
import { MARKET_PORT } from '../ports';

/** The client of the service with prices, as MARKET. */
export const MarketClient = ClientsModule.register([
  {
    name: 'MARKET',
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port: MARKET_PORT },
  },
]);
