import { Tooltip } from '@mantine/core';
import { HardDrive, Plus, Settings, Stethoscope, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Cloud } from '../../main/contract/models';
import { Logo } from '../ui/Logo';
import { StateMark } from '../ui/StateMark';
import { cloudTone } from '../ui/tone';
import { useCore } from './backend';
import { usePreference } from './preferences';
import { RailHandle } from './RailHandle';
import { href, type Route } from './route';

/** The left rail: all clouds with their state, and the tools below. Below 720 px it shrinks to its icons. */
export function Rail({ route }: { route: Route }) {
  const { t } = useTranslation();
  const clouds = useCore((state) => state.clouds);
  const toSolve = useCore((state) => state.findings.filter((finding) => finding.state === 'problem').length);
  const width = usePreference('railWidth');
  return (
    <nav className="sb-rail" aria-label={t('app.rail')} style={{ width }}>
      <a className="sb-rail__brand" href={href({ page: 'home' })}>
        <Logo size={22} />
        <span>{t('common.appName')}</span>
      </a>
      <div className="sb-rail__clouds">
        <h2 className="sb-rail__label" id="sb-rail-clouds">
          {t('app.clouds')}
        </h2>
        {clouds.length === 0 && <p className="sb-rail__none">{t('app.noClouds')}</p>}
        <ul aria-labelledby="sb-rail-clouds">
          {clouds.map((cloud) => (
            <CloudLink key={cloud.id} cloud={cloud} current={route.page === 'cloud' && route.cloudId === cloud.id} />
          ))}
        </ul>
        <ToolLink page="create" route={route} icon={Plus} title={t('app.newCloud')} />
      </div>
      <ul className="sb-rail__tools" aria-label={t('app.tools')}>
        <li>
          <ToolLink page="images" route={route} icon={HardDrive} title={t('app.images')} />
        </li>
        <li>
          <ToolLink
            page="doctor"
            route={route}
            icon={Stethoscope}
            title={t('app.doctor')}
            {...(toSolve > 0 && { count: toSolve, countLabel: t('app.doctorCount', { count: toSolve }) })}
          />
        </li>
        <li>
          <ToolLink page="settings" route={route} icon={Settings} title={t('app.settings')} />
        </li>
      </ul>
      <RailHandle />
    </nav>
  );
}

function CloudLink({ cloud, current }: { cloud: Cloud; current: boolean }) {
  const { t } = useTranslation();
  return (
    <li>
      <Tooltip label={`${cloud.name}: ${cloud.status}`} position="right" openDelay={600}>
        <a
          className="sb-rail__cloud"
          href={href({ page: 'cloud', cloudId: cloud.id, tab: undefined })}
          aria-current={current ? 'page' : undefined}
        >
          <StateMark tone={cloudTone(cloud)} size={14} label={t(`cloud.state.${cloud.state}`)} />
          <span className="sb-rail__words">
            <span className="sb-rail__name">{cloud.name}</span>
            <span className="sb-rail__status">{cloud.status}</span>
          </span>
        </a>
      </Tooltip>
    </li>
  );
}

interface ToolLinkProps {
  readonly page: 'create' | 'images' | 'doctor' | 'settings';
  readonly route: Route;
  readonly icon: LucideIcon;
  readonly title: string;
  readonly count?: number;
  readonly countLabel?: string;
}

function ToolLink({ page, route, icon: Icon, title, count, countLabel }: ToolLinkProps) {
  return (
    <a
      className="sb-rail__tool"
      href={href({ page })}
      aria-current={route.page === page ? 'page' : undefined}
      title={title}
    >
      <Icon size={16} aria-hidden strokeWidth={1.8} />
      <span>{title}</span>
      {count !== undefined && (
        <span className="sb-rail__count" role="img" aria-label={countLabel}>
          {count}
        </span>
      )}
    </a>
  );
}
