export interface Newcomer {
  email: string;
}

export interface User {
  id: number;
  email: string;
}

/** What the mailer has sent, and by which message. */
export interface Mail {
  to: string;
  topic: string;
  qos: number;
}
