import { SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlanProblem } from '../../../main/contract/models';
import type { Plan } from '../../../main/contract/plan';
import { problemAt } from './usePlanCheck';

type Value = Plan['surroundings'];

interface SurroundingsProps {
  readonly value: Value;
  readonly problems: readonly PlanProblem[];
  readonly onChange: (value: Value) => void;
}

/** Proxy, mirror and certificates: what a company's network or a lab asks for. */
export function Surroundings({ value, problems, onChange }: SurroundingsProps) {
  const { t } = useTranslation();
  const [noProxy, setNoProxy] = useState(value.noProxy.join(', '));
  const at = (field: string): string | undefined => problemAt(problems, `surroundings.${field}`)?.message;
  const { packageMirror: _before, ...withoutMirror } = value;
  return (
    <>
      <OwnOr
        title={t('create.proxy')}
        labels={[t('create.proxyHost'), t('create.proxyNone'), t('create.proxyOwn')]}
        value={value.proxy}
        start="http://"
        onChange={(proxy) => onChange({ ...value, proxy })}
      >
        <TextInput
          aria-label={t('create.proxyAddress')}
          placeholder="http://proxy.example.com:3128"
          value={value.proxy}
          error={at('proxy')}
          onChange={(event) => onChange({ ...value, proxy: event.currentTarget.value })}
        />
      </OwnOr>
      {value.proxy !== 'none' && (
        <TextInput
          label={t('create.noProxy')}
          description={t('create.noProxyHint')}
          placeholder="localhost, .example.com, 10.0.0.0/8"
          value={noProxy}
          error={at('noProxy')}
          onChange={(event) => {
            setNoProxy(event.currentTarget.value);
            const parts = event.currentTarget.value.split(/[\s,]+/).filter((part) => part !== '');
            onChange({ ...value, noProxy: parts });
          }}
        />
      )}
      <TextInput
        label={t('create.mirror')}
        description={t('create.mirrorHint')}
        placeholder="http://mirror.example.com/debian"
        value={value.packageMirror ?? ''}
        error={at('packageMirror')}
        onChange={(event) => {
          const packageMirror = event.currentTarget.value.trim();
          onChange(packageMirror === '' ? withoutMirror : { ...value, packageMirror });
        }}
      />
      <OwnOr
        title={t('create.certificates')}
        labels={[t('create.certificatesHost'), t('create.certificatesNone'), t('create.certificatesOwn')]}
        value={value.extraCertificates}
        start={'-----BEGIN CERTIFICATE-----\n'}
        onChange={(extraCertificates) => onChange({ ...value, extraCertificates })}
      >
        <Textarea
          aria-label={t('create.pem')}
          classNames={{ input: 'sb-mono' }}
          autosize
          minRows={4}
          maxRows={12}
          value={value.extraCertificates}
          error={at('extraCertificates')}
          onChange={(event) => onChange({ ...value, extraCertificates: event.currentTarget.value })}
        />
      </OwnOr>
    </>
  );
}

interface OwnOrProps {
  readonly title: string;
  /** Names of: like the host, none, own. */
  readonly labels: readonly [string, string, string];
  /** `host`, `none`, or a value of one's own. */
  readonly value: string;
  /** What an own value starts with. */
  readonly start: string;
  readonly onChange: (value: string) => void;
  /** The field for the own value. */
  readonly children: ReactNode;
}

function OwnOr({ title, labels, value, start, onChange, children }: OwnOrProps) {
  const id = useId();
  const kind = value === 'host' || value === 'none' ? value : 'own';
  const [host, none, own] = labels;
  return (
    <div className="sb-advanced__field">
      <span className="sb-label" id={id}>
        {title}
      </span>
      <SegmentedControl
        aria-labelledby={id}
        transitionDuration={120}
        value={kind}
        onChange={(next) => onChange(next === 'own' ? start : next)}
        data={[
          { value: 'host', label: host },
          { value: 'none', label: none },
          { value: 'own', label: own },
        ]}
      />
      {kind === 'own' && children}
    </div>
  );
}
