import { createInstance } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'window';
    resources: { window: typeof en };
    returnNull: false;
  }
}

/** The window's texts. Another language is one more file of the same shape, and one more line below. */
export const i18n = createInstance();

void i18n.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  defaultNS: 'window',
  resources: { en: { window: en } },
  initAsync: false,
  // React escapes what it draws.
  interpolation: { escapeValue: false },
});
