// Every text of the page in both languages; the language is a choice of the reader.
import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { createContext, type ReactNode, useContext, useState } from 'react';

export type Language = 'zh' | 'en';
export type Words = { zh: string; en: string };

const Chosen = createContext<{ language: Language; choose: (to: Language) => void }>({
  language: 'zh',
  choose: () => {},
});

function first(): Language {
  const kept = localStorage.getItem('language');
  if (kept === 'zh' || kept === 'en') return kept;
  return navigator.language.startsWith('zh') ? 'zh' : 'en';
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(first);
  const choose = (to: Language) => {
    localStorage.setItem('language', to);
    document.documentElement.lang = to === 'zh' ? 'zh-CN' : 'en';
    setLanguage(to);
  };
  return (
    <Chosen.Provider value={{ language, choose }}>
      <ConfigProvider locale={language === 'zh' ? zhCN : enUS} theme={{ token: { colorPrimary: '#3370ff' } }}>
        {children}
      </ConfigProvider>
    </Chosen.Provider>
  );
}

/** `say({zh, en})` in the language chosen; `choose` changes it. */
export function useWords() {
  const { language, choose } = useContext(Chosen);
  return { language, choose, say: (words: Words) => words[language] };
}
