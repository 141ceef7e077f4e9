// The 55 colours of options: eleven hues in five strengths, as Feishu's palette runs.
const HUES = [216, 262, 330, 4, 24, 42, 78, 150, 176, 196, 220];
const LIGHT = [92, 86, 78, 88, 82];
const GREY = 10;

export function optionColors(color: number): { background: string; color: string } {
  const hue = HUES[color % HUES.length] ?? 216;
  const strength = Math.floor(color / HUES.length) % LIGHT.length;
  const saturation = color % HUES.length === GREY ? 12 : 75;
  return { background: `hsl(${hue} ${saturation}% ${LIGHT[strength]}%)`, color: `hsl(${hue} 60% 20%)` };
}
