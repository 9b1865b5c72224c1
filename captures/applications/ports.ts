/** Where the programs listen, unless the environment says otherwise. */

function port(name: string, otherwise: number): number {
  return Number(process.env[`${name}_PORT`] ?? otherwise);
}

export const HTTP_PORT = port('HTTP', 3000);
export const USER_PORT = port('USER', 8888);
export const CALC_PORT = port('CALC', 8888);
export const CALC_HTTP_PORT = port('CALC_HTTP', 3001);
export const LOG_PORT = port('LOG', 9999);
export const AUTH_PORT = port('AUTH', 3001);
export const NATS_URL = `nats://127.0.0.1:${port('NATS', 4222)}`;
export const KAFKA_BROKER = `127.0.0.1:${port('KAFKA', 9092)}`;
export const GRPC_PORT = port('CALC', 5000);
export const MAILER_PORT = port('MAILER', 3001);
export const MQTT_URL = `mqtt://127.0.0.1:${port('MQTT', 1883)}`;
export const WAREHOUSE_PORT = port('WAREHOUSE', 3001);
export const COMPLAINTS_PORT = port('COMPLAINTS', 3002);
export const AMQP_URL = `amqp://127.0.0.1:${port('AMQP', 5672)}`;
export const CHAT_PORT = port('CHAT', 3000);
export const ROOMS_PORT = port('ROOMS', 3000);
export const EVENTS_PORT = port('EVENTS', 3000);
export const EVENTS_WS_PORT = port('EVENTS_WS', 3001);
export const MARKET_PORT = port('MARKET', 8888);
export const KEEPER_PORT = port('KEEPER', 8888);
export const NOTES_PORT = port('NOTES', 3000);
export const CONSUL_PORT = port('CONSUL', 8500);
