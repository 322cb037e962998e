/** What a domain's definition says about the guest's processor. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { domainXml } from '../../../main/hypervisors/libvirt/domain-xml';
import { readXml } from '../../../main/hypervisors/libvirt/xml';

const schema = z.object({
  domain: z.array(
    z.object({
      cpu: z.object({
        '@mode': z.string(),
        model: z.object({ '@vendor_id': z.string(), '#text': z.string() }).optional(),
      }),
    }),
  ),
});

function processor(type: 'kvm' | 'qemu', processorLevel?: 1 | 2 | 3): unknown {
  const xml = domainXml(
    {
      id: 'm-0123456789ab',
      cloudId: 'c',
      domain: 'd',
      title: 't',
      cpus: 2,
      memoryMiB: 512,
      diskBytes: 1,
      image: {
        id: 'i',
        path: '/i',
        format: 'qcow2',
        virtualBytes: 1,
        ...(processorLevel !== undefined && { processorLevel }),
      },
      folder: '/f',
    },
    { type, diskPath: '/d', seedPath: '/s', networkInterface: { '@type': 'user' } },
  );
  const { '@mode': mode, model } = readXml(xml, schema).domain[0]?.cpu ?? {};
  return { mode, model: model?.['#text'], vendor: model?.['@vendor_id'] };
}

describe('the processor of a machine', () => {
  it("is this computer's own with KVM", () => {
    expect(processor('kvm', 3)).toEqual({ mode: 'host-passthrough' });
  });

  it.each([
    [1, 'qemu64'],
    [2, 'Nehalem'],
    [3, 'Haswell-noTSX'],
    [undefined, 'Nehalem'],
  ] as const)('is emulated at the level %s of its image, without what Meltdown costs', (level, model) => {
    expect(processor('qemu', level)).toEqual({ mode: 'custom', model, vendor: 'AuthenticAMD' });
  });
});
