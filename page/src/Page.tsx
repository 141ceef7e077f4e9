import { Alert, Result, Spin } from 'antd';
import { useEffect } from 'react';
import { useBases, usePeople } from './ground/structure';
import { useLive } from './live';
import { usePlace } from './place';
import { Shell } from './shell/Shell';
import { useWords, type Words } from './words';

const SILENT: Words = { zh: '沙盒没有回答，正在重试', en: 'The sandbox does not answer; trying again' };

export function Page() {
  const hearing = useLive();
  const { say, language, choose } = useWords();
  const { place } = usePlace();
  useEffect(() => {
    if (place.lang && place.lang !== language) choose(place.lang);
  }, [place.lang, language, choose]);
  useEffect(() => {
    document.title = say({ zh: '沙盒飞书', en: 'Sandbox Feishu' });
  }, [say]);
  if (hearing === 'not yet') return <Spin fullscreen />;
  return (
    <>
      {hearing === 'lost' && <Alert banner type="warning" title={say(SILENT)} className="silent" />}
      <Everything />
    </>
  );
}

/** What was read stays on the page while the sandbox is silent, with whatever somebody is typing. */
function Everything() {
  const { say } = useWords();
  const people = usePeople();
  const bases = useBases();
  if (people.data && bases.data) return <Shell people={people.data.people} bases={bases.data} />;
  if (people.isError || bases.isError) return <Result status="warning" title={say(SILENT)} />;
  return <Spin fullscreen />;
}
