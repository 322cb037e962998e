import type { TFunction } from 'i18next';
import type { Finding } from '../../../main/contract/models';
import type { Tone } from '../../ui/tone';

/** All findings in one sentence: the worst kind decides. */
export function summarise(findings: readonly Finding[], t: TFunction): string {
  const problems = countOf(findings, 'problem');
  const warnings = countOf(findings, 'warning');
  if (problems > 0) return t('home.problems', { count: problems });
  if (warnings > 0) return t('home.warnings', { count: warnings });
  return t('home.allGood');
}

export function summaryTone(findings: readonly Finding[]): Tone {
  if (countOf(findings, 'problem') > 0) return 'failed';
  if (countOf(findings, 'warning') > 0) return 'attention';
  return 'good';
}

function countOf(findings: readonly Finding[], state: Finding['state']): number {
  return findings.filter((finding) => finding.state === state).length;
}
