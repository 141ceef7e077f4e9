import { Result, Spin } from 'antd';
import { useEffect } from 'react';
import { useBases, usePeople } from './ground/structure';
import { useLive } from './live';
import { usePlace } from './place';
import { Shell } from './shell/Shell';
import { useWords } from './words';

export function Page() {
  useLive();
  const { say, language, choose } = useWords();
  const { place } = usePlace();
  const people = usePeople();
  const bases = useBases();
  useEffect(() => {
    if (place.lang && place.lang !== language) choose(place.lang);
  }, [place.lang, language, choose]);
  useEffect(() => {
    document.title = say({ zh: '沙盒飞书', en: 'Sandbox Feishu' });
  }, [say]);
  if (people.isError || bases.isError) {
    return <Result status="warning" title={say({ zh: '沙盒没有回答，正在重试', en: 'The sandbox does not answer; trying again' })} />;
  }
  if (!people.data || !bases.data) return <Spin fullscreen />;
  return <Shell people={people.data.people} bases={bases.data} />;
}
