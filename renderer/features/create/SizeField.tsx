import { NumberInput, Slider } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { LIMITS } from '../../../main/contract/limits';
import type { Host, PlanProblem, RecipeSummary } from '../../../main/contract/models';
import type { MachineSize } from '../../../main/contract/plan';
import { ChoiceCard } from '../../ui/ChoiceCard';
import { formatGiB, formatMiB } from '../../ui/format';
import { problemAt } from './usePlanCheck';

const MIB_PER_GIB = 1024;
/** Beyond this the slider would jump by many GiB a pixel; the field beside it takes more. */
const DISK_SLIDER_GIB = 256;

interface SizeFieldProps {
  readonly recipe: RecipeSummary | undefined;
  readonly host: Host;
  readonly value: MachineSize;
  readonly problems: readonly PlanProblem[];
  readonly onChange: (size: MachineSize) => void;
}

/** Presets first; the sliders below set anything between the recipe's least and what the host has left. */
export function SizeField({ recipe, host, value, problems, onChange }: SizeFieldProps) {
  const { t } = useTranslation();
  const least = recipe?.least;
  const leastDisk = least?.diskGiB ?? LIMITS.diskGiB.min;
  const leastMemory = (least?.memoryMiB ?? LIMITS.memoryMiB.min) / MIB_PER_GIB;
  return (
    <fieldset className="sb-field">
      <legend>{t('create.size')}</legend>
      <p className="sb-dim sb-num">
        {t('create.sizeHint', { memory: formatMiB(host.freeMemoryMiB), disk: formatGiB(host.freeDiskGiB) })}
      </p>
      <div className="sb-choices sb-choices--small">
        {recipe?.presets.map((preset) => (
          <ChoiceCard
            key={preset.id}
            group="preset"
            value={preset.id}
            checked={sameSize(preset.size, value)}
            disabled={!preset.fits}
            onChoose={() => onChange(preset.size)}
            title={preset.title}
          >
            <span className="sb-num">
              {t('create.presetLine', {
                cpus: preset.size.cpus,
                memory: formatMiB(preset.size.memoryMiB),
                disk: formatGiB(preset.size.diskGiB),
              })}
            </span>
            {!preset.fits && <span className="sb-choice__why">{preset.reason ?? t('create.noFit')}</span>}
          </ChoiceCard>
        ))}
      </div>
      <div className="sb-sizes">
        <SizeRow
          title={t('create.cpus')}
          value={value.cpus}
          min={least?.cpus ?? LIMITS.cpus.min}
          max={host.cpus}
          hardMin={LIMITS.cpus.min}
          hardMax={LIMITS.cpus.max}
          step={1}
          free={t('create.ofHost', { total: host.cpus })}
          problem={problemAt(problems, 'size.cpus')}
          onChange={(cpus) => onChange({ ...value, cpus })}
        />
        <SizeRow
          title={t('create.memory')}
          unit={t('create.unit.gib')}
          value={value.memoryMiB / MIB_PER_GIB}
          min={leastMemory}
          max={host.freeMemoryMiB / MIB_PER_GIB}
          hardMin={LIMITS.memoryMiB.min / MIB_PER_GIB}
          hardMax={LIMITS.memoryMiB.max / MIB_PER_GIB}
          step={0.5}
          free={t('create.ofHost', { total: formatMiB(host.freeMemoryMiB) })}
          problem={problemAt(problems, 'size.memoryMiB')}
          onChange={(gib) => onChange({ ...value, memoryMiB: Math.round(gib * MIB_PER_GIB) })}
        />
        <SizeRow
          title={t('create.disk')}
          unit={t('create.unit.gib')}
          value={value.diskGiB}
          min={leastDisk}
          max={Math.min(host.freeDiskGiB, DISK_SLIDER_GIB)}
          hardMin={LIMITS.diskGiB.min}
          hardMax={LIMITS.diskGiB.max}
          step={1}
          free={t('create.ofHost', { total: formatGiB(host.freeDiskGiB) })}
          problem={problemAt(problems, 'size.diskGiB')}
          onChange={(diskGiB) => onChange({ ...value, diskGiB })}
        />
      </div>
    </fieldset>
  );
}

interface SizeRowProps {
  readonly title: string;
  readonly unit?: string;
  readonly value: number;
  /** Ends of the slider: what makes sense for this recipe on this host. */
  readonly min: number;
  readonly max: number;
  /** Ends of the field: what a plan may say at all. */
  readonly hardMin: number;
  readonly hardMax: number;
  readonly step: number;
  readonly free: string;
  readonly problem: PlanProblem | undefined;
  readonly onChange: (value: number) => void;
}

function SizeRow({ title, unit, value, min, max, hardMin, hardMax, step, free, problem, onChange }: SizeRowProps) {
  const id = useId();
  const top = Math.max(min + step, Math.floor(max / step) * step);
  return (
    <div className="sb-sizes__row">
      <label htmlFor={id}>{title}</label>
      <Slider
        className="sb-sizes__slider"
        value={Math.min(top, Math.max(min, value))}
        min={min}
        max={top}
        step={step}
        label={null}
        thumbLabel={title}
        size={4}
        thumbSize={16}
        onChange={onChange}
      />
      <NumberInput
        id={id}
        value={value}
        min={hardMin}
        max={hardMax}
        step={step}
        decimalScale={step < 1 ? 2 : 0}
        allowNegative={false}
        clampBehavior="blur"
        {...(unit !== undefined && { suffix: ` ${unit}` })}
        error={problem !== undefined && problem.severity === 'problem'}
        onChange={(next) => {
          if (typeof next === 'number') onChange(next);
        }}
      />
      <span className="sb-dim sb-num sb-sizes__free">{free}</span>
      {problem !== undefined && (
        <p className={problem.severity === 'problem' ? 'sb-sizes__problem' : 'sb-dim sb-sizes__problem'}>
          {problem.message} {problem.hint}
        </p>
      )}
    </div>
  );
}

function sameSize(a: MachineSize, b: MachineSize): boolean {
  return a.cpus === b.cpus && a.memoryMiB === b.memoryMiB && a.diskGiB === b.diskGiB;
}
