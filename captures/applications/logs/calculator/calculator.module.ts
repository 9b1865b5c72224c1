import { Module } from '@nestjs/common';
import { CalculatorController } from '../../seed/calculator/calculator.controller';

@Module({ controllers: [CalculatorController] })
export class CalculatorModule {}
