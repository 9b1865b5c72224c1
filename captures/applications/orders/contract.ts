/** The queue of the warehouse, and that of what it rejects. */
export const QUEUE = 'orders';
export const DEAD = 'orders-dead';

export interface Order {
  item: string;
  address?: string;
}

/** An order that has a number. */
export interface Parcel {
  id: number;
  item: string;
}
