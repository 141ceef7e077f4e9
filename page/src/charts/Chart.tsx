// One chart of VChart; the library is large, so it is loaded when the first chart is shown.
import { Alert } from 'antd';
import { type CSSProperties, useEffect, useRef, useState } from 'react';
import { useWords } from '../words';

type Spec = Record<string, unknown>;
type Props = { spec: Spec; label: string; style: CSSProperties };

export function Chart({ spec, label, style }: Props) {
  const { say } = useWords();
  const place = useRef<HTMLDivElement>(null);
  const [fault, setFault] = useState('');
  const written = JSON.stringify(spec);
  useEffect(() => {
    setFault('');
    return drawn(place.current, written, setFault);
  }, [written]);
  return (
    <>
      {fault && <Alert type="warning" showIcon title={say({ zh: '图表无法绘制', en: 'The chart cannot be drawn' })} description={fault} />}
      <div ref={place} className="chart" role="img" aria-label={label} style={{ width: '100%', ...style }} />
    </>
  );
}

/** Draws into the element and says what went wrong; the result takes the drawing away. */
function drawn(element: HTMLElement | null, written: string, tell: (fault: string) => void): () => void {
  let gone = false;
  let release = () => {};
  void import('@visactor/vchart').then(({ VChart }) => {
    if (gone || !element) return;
    try {
      const chart = new VChart(JSON.parse(written), { dom: element, animation: false, onError: (...said) => tell(String(said[0])) });
      release = () => chart.release();
      chart.renderSync();
      element.dataset.drawn = 'yes';
    } catch (error) {
      tell(String(error));
    }
  });
  return () => {
    gone = true;
    release();
  };
}
