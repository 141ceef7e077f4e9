// Chooses who one is in the sandbox.
import { Select } from 'antd';
import type { Person } from '../feishu';
import { usePlace } from '../place';
import { nameIn, useWords } from '../words';

export function Who({ people, openId }: { people: Person[]; openId: string }) {
  const { go } = usePlace();
  const { say, language } = useWords();
  const label = say({ zh: '以谁的身份', en: 'Acting as' });
  return (
    <Select aria-label={label} value={openId || undefined} onChange={(who) => go({ who })} className="who" popupMatchSelectWidth={280}
      showSearch={{ optionFilterProp: 'label' }}
      options={people.map((person) => ({ value: person.open_id, label: nameIn(language, person), person }))}
      optionRender={({ data }) => <Named person={data.person} name={data.label} />} />
  );
}

function Named({ person, name }: { person: Person; name: string }) {
  const { say } = useWords();
  const state = person.is_resigned ? say({ zh: '已离职', en: 'left' }) : person.is_frozen ? say({ zh: '已冻结', en: 'frozen' }) : '';
  return (
    <div>
      <div>{name} {state && <small className="quiet">({state})</small>}</div>
      <small className="quiet">{[person.department, person.job_title].filter(Boolean).join(' · ')}</small>
    </div>
  );
}
