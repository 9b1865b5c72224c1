/** Which broker a program talks to, and as whom, as the environment says. */

export const broker = {
  servers: process.env.BROKER,
  name: process.env.ROLE,
  ...(process.env.BROKER_USER && {
    user: process.env.BROKER_USER,
    pass: process.env.BROKER_PASSWORD,
  }),
  ...(process.env.BROKER_TOKEN && { token: process.env.BROKER_TOKEN }),
  reconnectTimeWait: 200,
  // A broker that is restarted is looked for until it is there again.
  maxReconnectAttempts: -1,
};

export const queue = process.env.QUEUE || undefined;
