// Every text of the page in both languages; the language is a choice of the reader.
import { App, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { placeOf } from './place';

export type Language = 'zh' | 'en';
export type Words = { zh: string; en: string };

const Chosen = createContext<{ language: Language; choose: (to: Language) => void }>({
  language: 'zh',
  choose: () => {},
});

function first(): Language {
  const kept = placeOf(location.hash).lang ?? localStorage.getItem('language');
  if (kept === 'zh' || kept === 'en') return kept;
  return navigator.language.startsWith('zh') ? 'zh' : 'en';
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(first);
  // Not a style sheet: a pop-up whose animation it cut short was never put in its place.
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const choose = useCallback((to: Language) => {
    localStorage.setItem('language', to);
    setLanguage(to);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    dayjs.locale(language === 'zh' ? 'zh-cn' : 'en');
  }, [language]);
  return (
    <Chosen.Provider value={{ language, choose }}>
      <ConfigProvider locale={language === 'zh' ? zhCN : enUS} theme={{ token: { colorPrimary: '#3370ff', motion: !calm } }}
        button={{ autoInsertSpace: false }}>
        <App>{children}</App>
      </ConfigProvider>
    </Chosen.Provider>
  );
}

type Named = { name?: string; en_name?: string };

/** A person's name as a reader of this language calls them; empty for nobody. */
export function nameIn(language: Language, person: Named | undefined): string {
  return (language === 'en' && person?.en_name) || (person?.name ?? '');
}

/** `say({zh, en})` in the language chosen; `choose` changes it. */
export function useWords() {
  const { language, choose } = useContext(Chosen);
  const say = useCallback((words: Words) => words[language], [language]);
  return { language, choose, say };
}
