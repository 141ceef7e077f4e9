// What one message says, by its kind: a card, a text, a post, a picture.
import { Fragment } from 'react';
import type { Press } from '../cards/acting';
import { Card } from '../cards/Card';
import { list, object, objects, text } from '../cards/json';
import { Link, Mention, pictureAt } from '../cards/Markdown';
import type { Person } from '../feishu';
import { useWords } from '../words';
import { type Line, postOf } from './chat';

type Props = { line: Line; people: Person[]; press: Press | undefined };

export function Said({ line, people, press }: Props) {
  const { say } = useWords();
  const body = object(line.content);
  switch (line.kind) {
    case 'interactive':
      return <Card content={line.content} people={people} onPress={press} />;
    case 'text':
      return <div className="bubble"><Plain people={people}>{text(body.text) || text(line.content)}</Plain></div>;
    case 'post':
      return <Post content={line.content} people={people} />;
    case 'image':
      return <img className="bubble-picture" src={pictureAt(text(body.image_key))} alt={say({ zh: '图片', en: 'Picture' })} />;
    default:
      return <div className="bubble bubble-quiet">{say({ zh: `本页面无法显示 ${line.kind}`, en: `This page cannot show ${line.kind}` })}</div>;
  }
}

const SPECIAL = /(<at user_id="[^"]*">[^<]*<\/at>|https?:\/\/[^\s<>"）】，。；]+)/;

/** A text with its mentions and addresses. */
function Plain({ children, people }: { children: string; people: Person[] }) {
  return children.split(SPECIAL).map((part, place) => {
    const at = /^<at user_id="([^"]*)">/.exec(part);
    if (at) return <Mention key={place} id={at[1] ?? ''} people={people} />;
    return /^https?:\/\//.test(part) ? <Link key={place} url={part}>{part}</Link> : <Fragment key={place}>{part}</Fragment>;
  });
}

function Post({ content, people }: { content: unknown; people: Person[] }) {
  const { language } = useWords();
  const post = postOf(content, language);
  return (
    <div className="bubble">
      {text(post.title) && <strong>{text(post.title)}</strong>}
      {list(post.content).map((row, place) => (
        <div key={place}>{objects(row).map((part, at) => <Part key={at} part={part} people={people} />)}</div>
      ))}
    </div>
  );
}

function Part({ part, people }: { part: Record<string, unknown>; people: Person[] }) {
  switch (part.tag) {
    case 'a':
      return <Link url={text(part.href)}>{text(part.text)}</Link>;
    case 'at':
      return <Mention id={text(part.user_id)} people={people} />;
    case 'img':
      return <img className="bubble-picture" src={pictureAt(text(part.image_key))} alt="" />;
    case 'hr':
      return <hr className="card-rule" />;
    default:
      return <>{text(part.text)}</>;
  }
}
