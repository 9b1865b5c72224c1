export interface Newcomer {
  email: string;
}

export interface User {
  id: number;
  email: string;
}

/** What an error of the service contains. */
export interface Refusal {
  statusCode: number;
  message: string;
}
