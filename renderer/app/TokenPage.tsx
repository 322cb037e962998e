import { useTranslation } from 'react-i18next';
import { usePageTitle } from '../ui/Page';
import { Logo } from '../ui/Logo';
import { dropToken } from './token';
import { useEffect } from 'react';

/** Shown when the core does not let this page in: says why, and where the right address is. */
export function TokenPage({ hadToken }: { hadToken: boolean }) {
  const { t } = useTranslation();
  usePageTitle(t('app.token.title'));
  useEffect(dropToken, []);
  const port = location.port === '' ? '8080' : location.port;
  return (
    <main className="sb-token">
      <div className="sb-token__card">
        <Logo size={48} />
        <h1>{t('app.token.title')}</h1>
        <p>{hadToken ? t('app.token.refused') : t('app.token.missing')}</p>
        <h2>{t('app.token.where')}</h2>
        <ol>
          <li>
            <p>{t('app.token.terminal')}</p>
            <pre>{`http://127.0.0.1:${port}/#token=…`}</pre>
          </li>
          <li>
            <p>{t('app.token.tunnel')}</p>
            <pre>{`ssh -L ${port}:127.0.0.1:${port} lab-server`}</pre>
          </li>
        </ol>
        <p className="sb-dim">{t('app.token.again')}</p>
      </div>
    </main>
  );
}
