/** What the gateway and the auth service say to each other. */

export interface Credentials {
  username: string;
  password: string;
}

export interface User {
  id: number;
  username: string;
}

export interface Refusal {
  statusCode: number;
  message: string;
}
