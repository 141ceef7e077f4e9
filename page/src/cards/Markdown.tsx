// Text of a card: Feishu's Markdown dialect with mentions, colours and tags.
import type { ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import type { Person } from '../feishu';
import { nameIn, useWords } from '../words';
import { shade } from './colours';
import { feishuDialect, readable } from './dialect';
import { useOpening } from './opening';

const PLUGINS = [remarkGfm, feishuDialect];

type Props = { children: string; people: Person[]; align?: string | undefined; small?: boolean };

export function Markdown({ children, people, align, small = false }: Props) {
  const className = small ? 'card-text card-small' : 'card-text';
  return (
    <div className={className} style={align ? { textAlign: align as 'left' } : {}}>
      <ReactMarkdown remarkPlugins={PLUGINS} components={components(people)}>{readable(children)}</ReactMarkdown>
    </div>
  );
}

function components(people: Person[]): Components {
  return {
    a: ({ href, children }) => <Link url={href ?? ''}>{children}</Link>,
    mark: ({ node }) => <Mention id={String(node?.properties['data-person'] ?? '')} people={people} />,
    span: ({ node, children }) => <Coloured {...node?.properties}>{children}</Coloured>,
    table: ({ children }) => <div className="card-scroll" tabIndex={0} role="region"><table>{children}</table></div>,
    img: ({ src, alt }) => <img src={pictureAt(String(src ?? ''))} alt={alt ?? ''} />,
  };
}

/** Where the sandbox serves a picture that has been uploaded; an address stays itself. */
export function pictureAt(key: string): string {
  return key.startsWith('img_') ? `/_sandbox/images/${encodeURIComponent(key)}` : key;
}

export function Link({ url, children }: { url: string; children: ReactNode }) {
  const open = useOpening();
  return (
    <a href={url} target="_blank" rel="noreferrer" onClick={(event) => { if (open(url)) event.preventDefault(); }}>
      {children}
    </a>
  );
}

export function Mention({ id, people }: { id: string; people: Person[] }) {
  const { say, language } = useWords();
  const named = nameIn(language, people.find((one) => one.open_id === id));
  return <span className="card-mention">@{id === 'all' ? say({ zh: '所有人', en: 'everyone' }) : (named || id)}</span>;
}

function Coloured(given: Record<string, unknown> & { children?: ReactNode }) {
  const { 'data-tag': tag, 'data-colour': colour, children } = given;
  if (typeof tag === 'string') return <Tag colour={tag}>{children}</Tag>;
  if (typeof colour !== 'string') return <span>{children}</span>;
  return <span style={{ color: shade(colour, 'grey').ink }}>{children}</span>;
}

export function Tag({ colour, children }: { colour: string; children: ReactNode }) {
  const { ink, tint } = shade(colour);
  return <span className="card-tag" style={{ color: ink, background: tint }}>{children}</span>;
}
