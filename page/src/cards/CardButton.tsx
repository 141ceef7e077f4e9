// A button: opens an address, calls the app back, sends or empties its form; asks first where the card says so.
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useWords } from '../words';
import { addressOf, callsBack, resets, submits } from './acting';
import { useCard, useForm } from './CardContext';
import type { ElementProps } from './Element';
import { type Json, object, text, textOf } from './json';
import { openUrl, useOpening } from './opening';

type Look = { type: 'primary' | 'default' | 'text' | 'link'; danger: boolean };

function lookOf(name: string): Look {
  const danger = name.startsWith('danger');
  if (name === 'primary' || name.endsWith('_filled')) return { type: 'primary', danger };
  if (name.endsWith('text')) return { type: 'text', danger };
  return { type: name === 'laser' ? 'primary' : 'default', danger };
}

const SIZES: Record<string, 'small' | 'medium' | 'large'> = { tiny: 'small', small: 'small', large: 'large' };

export function CardButton({ element }: ElementProps) {
  const { language, press, pressed } = useCard();
  const { say } = useWords();
  const form = useForm();
  const open = useOpening();
  const [asking, setAsking] = useState(false);
  const act = () => {
    setAsking(false);
    openUrl(open, addressOf(element));
    if (resets(element)) form?.reset();
    else if (submits(element) && form) form.submit(element);
    else if (callsBack(element)) press?.(element, {});
  };
  const asks = element.confirm !== undefined;
  const busy = pressed === element;
  const off = element.disabled === true || (!press && callsBack(element)) || (pressed !== null && !busy);
  return (
    <>
      <Button
        {...lookOf(text(element.type))}
        size={SIZES[text(element.size)] ?? 'medium'}
        block={text(element.width) === 'fill'}
        autoInsertSpace={false}
        disabled={off}
        loading={busy}
        title={hint(element, off, language)}
        onClick={asks ? () => setAsking(true) : act}
      >
        {textOf(element.text, language) || say({ zh: '按钮', en: 'Button' })}
      </Button>
      {asks && <Question confirm={object(element.confirm)} open={asking} yes={act} no={() => setAsking(false)} />}
    </>
  );
}

function hint(element: Json, off: boolean, language: 'zh' | 'en'): string | undefined {
  return textOf(off ? element.disabled_tips : element.hover_tips, language) || undefined;
}

type Asked = { confirm: Json; open: boolean; yes: () => void; no: () => void };

function Question({ confirm, open, yes, no }: Asked) {
  const { language } = useCard();
  return (
    <Modal open={open} onOk={yes} onCancel={no} title={textOf(confirm.title, language)} width={420}>
      {textOf(confirm.text, language)}
    </Modal>
  );
}
