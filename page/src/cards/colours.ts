// Feishu's named colours: of headers, of tags and of letters. Letters are dark enough to be read on white.
type Shade = { ink: string; tint: string };

const SHADES: Record<string, Shade> = {
  blue: { ink: '#245bdb', tint: '#e1eaff' },
  wathet: { ink: '#0b6a9e', tint: '#d9f3fd' },
  turquoise: { ink: '#047461', tint: '#d5f6f2' },
  green: { ink: '#1f7a1a', tint: '#d9f5d6' },
  lime: { ink: '#546100', tint: '#eef6c6' },
  yellow: { ink: '#7a5300', tint: '#faf1d1' },
  orange: { ink: '#9c4b00', tint: '#feead2' },
  red: { ink: '#c02a26', tint: '#fde2e2' },
  carmine: { ink: '#b31d66', tint: '#fee3f0' },
  violet: { ink: '#9a2aa6', tint: '#f8e2fb' },
  purple: { ink: '#6425d0', tint: '#ece2fe' },
  indigo: { ink: '#3d48c9', tint: '#e0e2fa' },
  grey: { ink: '#5b616b', tint: '#eff0f1' },
};
const SAME: Record<string, string> = { neutral: 'grey', gray: 'grey', default: 'grey', pink: 'carmine', cyan: 'turquoise' };

/** The shade of a colour name such as `red`, `red-500` or `neutral`; blue for an unknown one. */
export function shade(name: string, otherwise = 'blue'): Shade {
  const plain = name.toLowerCase().replace(/-\d+$/, '');
  return SHADES[SAME[plain] ?? plain] ?? (SHADES[otherwise] as Shade);
}
