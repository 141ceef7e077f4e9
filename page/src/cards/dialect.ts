// Feishu's Markdown as a plugin of remark: single line breaks count, and a few tags stand for more than HTML.

type Node = {
  type: string;
  value?: string;
  children?: Node[];
  url?: string;
  data?: { hName: string; hProperties: Record<string, string> };
};
type Tag = { name: string; attributes: Record<string, string>; closes: boolean; alone: boolean };

const TAG = /^<(\/?)([a-z_][\w-]*)((?:\s+[\w-]+(?:\s*=\s*(?:'[^']*'|"[^"]*"|[^\s'"=<>`]+))?)*)\s*(\/?)>$/i;
const ATTRIBUTE = /([\w-]+)\s*=\s*(?:'([^']*)'|"([^"]*)"|([^\s'"=<>`]+))/g;

export function tagOf(html: string): Tag | null {
  const found = TAG.exec(html.trim());
  if (!found) return null;
  const [, slash, name = '', rest = '', selfClosing] = found;
  const attributes: Record<string, string> = {};
  for (const [, key = '', single, double, bare] of rest.matchAll(ATTRIBUTE)) {
    attributes[key] = single ?? double ?? bare ?? '';
  }
  return { name: name.toLowerCase(), attributes, closes: slash === '/', alone: selfClosing === '/' };
}

/** The element that a tag with its content becomes; what is unknown leaves only its content. */
function element({ name, attributes }: Tag, children: Node[]): Node[] {
  const made = (hName: string, hProperties: Record<string, string>): Node[] => [
    { type: 'feishu', children, data: { hName, hProperties } },
  ];
  switch (name) {
    case 'at':
    case 'person':
      return made('mark', { 'data-person': attributes.id ?? attributes.user_id ?? attributes.email ?? '' });
    case 'font':
      return made('span', { 'data-colour': attributes.color ?? '' });
    case 'texttag':
    case 'numbertag':
      return made('span', { 'data-tag': attributes.color ?? attributes.background_color ?? 'neutral' });
    case 'a':
    case 'link':
      return [{ type: 'link', url: attributes.href ?? attributes.url ?? attributes.pc_url ?? '', children }];
    case 'br':
    case 'hr':
      return [{ type: 'break' }];
    default:
      return children;
  }
}

const VOID = new Set(['br', 'hr']);

/** Siblings with every `html` opening folded with all up to its closing. */
function folded(siblings: Node[]): Node[] {
  const done: Node[] = [];
  for (let place = 0; place < siblings.length; place += 1) {
    const node = siblings[place] as Node;
    const tag = node.type === 'html' ? tagOf(node.value ?? '') : null;
    if (node.type !== 'html') done.push(...broken(node));
    else if (tag && !tag.closes) {
      const end = tag.alone || VOID.has(tag.name) ? place : closing(siblings, place, tag.name);
      done.push(...element(tag, folded(siblings.slice(place + 1, Math.max(end, place + 1)))));
      place = end;
    } else if (!tag) done.push(...broken({ type: 'text', value: (node.value ?? '').replace(/<[^>]*>/g, '') }));
  }
  return done;
}

/** Where the tag that opens at `from` closes; where nothing closes it, it is empty. */
function closing(siblings: Node[], from: number, name: string): number {
  let depth = 0;
  for (let place = from; place < siblings.length; place += 1) {
    const node = siblings[place] as Node;
    const tag = node.type === 'html' ? tagOf(node.value ?? '') : null;
    if (tag?.name === name) depth += tag.closes ? -1 : 1;
    if (depth === 0) return place;
  }
  return from;
}

/** A text with its line breaks as breaks; of any other node its children are folded. */
function broken(node: Node): Node[] {
  if (node.type !== 'text') return [node.children ? { ...node, children: folded(node.children) } : node];
  return (node.value ?? '').split('\n').flatMap((value, place): Node[] => [
    ...(place ? [{ type: 'break' }] : []),
    ...(value ? [{ type: 'text', value }] : []),
  ]);
}

/** The source with tags named so that Markdown takes them for tags: no name of HTML has an underscore. */
export const readable = (source: string): string => source.replace(/<(\/?)(text|number)_tag\b/g, '<$1$2tag');

export function feishuDialect() {
  return (root: Node): void => {
    root.children = folded(root.children ?? []);
  };
}
