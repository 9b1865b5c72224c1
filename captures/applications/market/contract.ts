/** What is asked for: prices of a name, up to a number, after another. */
export interface Wanted {
  name: string;
  count?: number;
  after?: number;
}

/** A price; the first has the number 1. */
export interface PriceOfMarket {
  number: number;
  name: string;
  price: number;
}
