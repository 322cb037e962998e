// Styles first: ours come after Mantine's, so that they win at equal weight.
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './ui/tokens.css';
import './ui/base.css';
import './ui/ui.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { connect } from './app/connection';
import { createCoreStore } from './app/core-store';
import { loadTerminal } from './features/cloud/load-terminal';
import { takeToken } from './app/token';
import { chooseDial } from './app/transport';
import './text/i18n';

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no #root.');

const token = takeToken();
const store = createCoreStore();
const connection = connect(chooseDial(token), store);

createRoot(root).render(
  <StrictMode>
    <App backend={{ connection, store }} hadToken={token !== undefined} />
  </StrictMode>,
);

// Fetched while nobody waits for it. If that fails it is tried again when it is needed, where a failure is shown.
requestIdleCallback(() => void loadTerminal().catch(() => undefined), { timeout: 3000 });
