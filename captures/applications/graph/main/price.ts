import { Field, Float, Int, ObjectType } from '@nestjs/graphql';

/** A price; the first has the number 1. */
@ObjectType()
export class Price {
  @Field(() => Int)
  number!: number;

  @Field()
  name!: string;

  @Field(() => Float)
  price!: number;
}
