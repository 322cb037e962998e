/** What the doctor says about VirtualBox. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findingSchema } from '../../../main/contract/models';
import { kvmFinding, moduleFinding } from '../../../main/hypervisors/virtualbox/findings';
import { splitWarnings } from '../../../main/hypervisors/virtualbox/output';

it('a missing kernel module is a problem with its evidence and a command that cures it', () => {
  const text = readFileSync(join(import.meta.dirname, '../../fixtures/virtualbox/version.7.2.22.txt'), 'utf8');
  const finding = findingSchema.parse(moduleFinding('7.2.22', splitWarnings(text).warnings));
  expect(finding).toMatchObject({ state: 'problem', fix: { root: true } });
  expect(finding.evidence).toContain('WARNING: The character device /dev/vboxdrv does not exist.');
  expect(finding.fix?.argv).toContain('virtualbox-dkms');
  expect(moduleFinding('7.2.22', []).state).toBe('ok');
});

describe('KVM beside VirtualBox', () => {
  it.each([
    ['an old kernel leaves the processor free', '6.8.0-45-generic', '7.0.20', 'Y', 'ok'],
    ['a new kernel holds it', '6.12.3', '7.0.20', 'Y', 'problem'],
    ['the usual cure works', '6.12.3', '7.2.8', 'N', 'ok'],
    ['the usual cure breaks newer versions', '6.17.0-35-generic', '7.2.10', 'N', 'problem'],
    ['newer versions ask KVM', '7.1.0', '7.2.22', 'Y', 'ok'],
  ])('%s', (_name, kernel, version, option, state) => {
    expect(kvmFinding(kernel, version, option)?.state).toBe(state);
  });

  it('is no matter where KVM is not loaded', () => {
    expect(kvmFinding('6.12.3', '7.0.20', undefined)).toBeUndefined();
  });
});
