/** The English catalogue: every word of the window, by feature. Whatever the core says arrives as a finished sentence. */
import { app } from './en/app';
import { clients } from './en/clients';
import { cloud } from './en/cloud';
import { common, error, errorHelp } from './en/common';
import { configuration } from './en/configuration';
import { create } from './en/create';
import { doctor } from './en/doctor';
import { home } from './en/home';
import { images } from './en/images';
import { logs } from './en/logs';
import { overview } from './en/overview';
import { progress } from './en/progress';
import { services } from './en/services';
import { settings } from './en/settings';
import { snapshots } from './en/snapshots';
import { terminal } from './en/terminal';
import { trial } from './en/trial';

export const en = {
  app,
  clients,
  cloud,
  common,
  configuration,
  create,
  doctor,
  error,
  errorHelp,
  home,
  images,
  logs,
  overview,
  progress,
  services,
  settings,
  snapshots,
  terminal,
  trial,
} as const;
