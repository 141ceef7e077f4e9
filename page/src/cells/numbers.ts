// Numbers as the column's formatter shows them.
import type { Field } from '../feishu';
import { setting } from './types';

const SIGNS: Record<string, string> = { CNY: '¥', USD: '$', EUR: '€', GBP: '£', JPY: '¥', HKD: 'HK$', TWD: 'NT$' };

export function numberText(field: Field, value: number): string {
  const format = setting<string>(field, 'formatter', '');
  if (field.ui_type === 'Currency') {
    const code = setting<string>(field, 'currency_code', 'CNY');
    return `${SIGNS[code] ?? `${code} `}${fixed(value, decimals(format), true)}`;
  }
  if (format === '%') return `${fixed(value * 100, 0)}%`;
  if (format.endsWith('%')) return `${fixed(value * 100, decimals(format))}%`;
  if (format.startsWith('¥') || format.startsWith('$')) {
    return `${format[0]}${fixed(value, decimals(format), true)}`;
  }
  return format === '' ? String(value) : fixed(value, decimals(format), format.startsWith('1,'));
}

function decimals(format: string): number {
  return /\.(0+)/.exec(format)?.[1]?.length ?? 0;
}

function fixed(value: number, digits: number, grouped = false): string {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: grouped,
  });
}
