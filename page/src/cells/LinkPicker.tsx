// Chooses records of another table by their title.
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import { as, type Row } from '../feishu';
import { recordsPath, useGround } from '../ground/Ground';
import { useFields } from '../ground/structure';
import { useWords } from '../words';
import type { EditorProps } from './Editor';
import { titleOf, useTitles } from './titles';
import { setting, T } from './types';

const OFFERED = 50;

export function LinkPicker({ field, value, onChange, onDone, autoFocus, label, id }: EditorProps) {
  const { say } = useWords();
  const ids = (value ?? []) as string[];
  const several = setting(field, 'multiple', true);
  const [words, setWords] = useState('');
  const chosen = useTitles(field, ids);
  const offered = useOffered(String(field.property?.table_id ?? ''), words);
  const titles = new Map([...chosen, ...offered]);
  const change = (next: string | string[] | undefined) => {
    const listed = next === undefined ? [] : [next].flat();
    onChange(listed.length > 0 ? listed : null);
    if (!several) onDone?.();
  };
  return (
    <Select<string | string[]> id={id} aria-label={label} autoFocus={autoFocus} defaultOpen={autoFocus} allowClear
      showSearch={{ filterOption: false, onSearch: setWords }} mode={several ? 'multiple' : undefined} value={several ? ids : ids[0]} onChange={change}
      placeholder={say({ zh: '输入标题查找', en: 'Type to find by title' })} style={{ width: '100%' }}
      classNames={{ popup: { root: 'ag-custom-component-popup' } }} popupMatchSelectWidth={false}
      options={[...titles].map(([recordId, title]) => ({ value: recordId, label: title }))} />
  );
}

/** The first records whose primary column or first text column holds the words. */
function useOffered(tableId: string, words: string): Map<string, string> {
  const ground = useGround();
  const { data: fields } = useFields(ground.openId, ground.base, tableId || undefined);
  const texts = (fields ?? []).filter((field) => field.type === T.text).slice(0, 2);
  const { data } = useQuery({
    queryKey: ['records', ground.base.app_token, tableId, 'offered', ground.openId, words],
    queryFn: async () => {
      const conditions = texts.map((field) => ({ field_name: field.field_name, operator: 'contains', value: [words] }));
      const body = words ? { filter: { conjunction: 'or', conditions } } : {};
      const path = `${recordsPath(ground, tableId)}/search?page_size=${OFFERED}`;
      const { items } = await as<{ items: Row[] }>(ground.openId, 'POST', path, body);
      return new Map(items.map((row) => [row.record_id, titleOf(fields!, row, ground)]));
    },
    enabled: Boolean(fields),
  });
  return data ?? new Map();
}
