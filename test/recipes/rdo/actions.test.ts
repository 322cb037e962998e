import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { followOutput } from '../../../main/recipes/progress';
import { rdo } from '../../../main/recipes/rdo';
import type { RecipeContext } from '../../../main/recipes/types';
import { scriptMachine, type ScriptMachine } from '../../support/script-machine';
import { jobsOf, wholeRecipe } from '../../support/whole-recipe';

const ADDRESS = '192.168.130.10';

function context(options: Readonly<Record<string, unknown>> = {}): RecipeContext {
  return {
    attachment: { address: ADDRESS },
    options: rdo.options.parse(options),
    passwords: { admin: 'Admin123', demo: 'Demo123', database: 'Data123', service: 'Serv123' },
    size: { cpus: 4, memoryMiB: 16_384, diskGiB: 60 },
  } as unknown as RecipeContext;
}

function machine(shims: Readonly<Record<string, string>>): Promise<ScriptMachine> {
  return scriptMachine(wholeRecipe(rdo), { sleep: 'exec /bin/sleep 0.01', ...shims });
}

describe('what can be done with what packstack installed', () => {
  it('runs packstack again with the file that is in the machine, which may have been changed there', () => {
    const again = rdo.actions.find(({ id }) => id === 'again');
    expect(again?.steps.map(({ id }) => id)).toEqual(['packstack', 'boot-record', 'openrc']);
    expect(again).toMatchObject({ proof: true, confirm: expect.stringContaining('Instances, volumes') });
  });

  it('hands passwords to the two steps that need them', async () => {
    for (const { id } of jobsOf(rdo)) {
      const env = JSON.stringify(await rdo.env(context(), id));
      expect(env.includes('Admin123'), id).toBe(id === 'answers' || id === 'openrc');
    }
  });

  const UNITS = ['openstack-nova-compute', 'neutron-server', 'openstack-losetup', 'neutron-ovs-cleanup', 'a@'];
  const services = (restart = ''): Promise<ScriptMachine> =>
    machine({
      systemctl: `case $1 in
  list-unit-files) for unit in ${UNITS.join(' ')}; do echo "$unit.service enabled disabled"; done ;;
  restart) ${restart === '' ? ':' : restart} ;;
esac`,
    });

  it('restarts the services of OpenStack, Keystone first, and not the disk beneath the volumes', async () => {
    const guest = await services();
    const { code, output } = guest.run('restart');
    expect(code, output).toBe(0);
    expect(guest.calls('systemctl').filter((call) => call.startsWith('restart'))).toEqual([
      'restart httpd.service',
      'restart openstack-nova-compute.service',
      'restart neutron-server.service',
    ]);
    const step = jobsOf(rdo).find(({ id }) => id === 'restart');
    const job = step && followOutput(step, rdo.data.errors);
    expect(job?.push(output)).toMatchObject({ progress: 1, detail: 'Restarting neutron-server' });
    expect(job?.knownError()).toBeUndefined();
  });

  it('goes on past one that does not start, and names it in the end', async () => {
    const guest = await services('[ "$2" != openstack-nova-compute.service ]');
    const { code, output } = guest.run('restart');
    expect(code).toBe(1);
    expect(output).toContain('Restarting neutron-server.service');
    expect(output).toContain('These services did not start: openstack-nova-compute.service');
  });
});

describe('the cures', () => {
  it('that change the plan reach the machine', async () => {
    const setBy = (id: string): Record<string, unknown> => ({ ...rdo.cures.find((cure) => cure.id === id)?.set });
    expect(await rdo.env(context(setBy('raise-time-out')), 'packstack')).toMatchObject({ EXEC_TIMEOUT: '1800' });
    expect(await rdo.env(context(), 'packstack')).toMatchObject({ EXEC_TIMEOUT: '300' });
    const { ANSWERS } = await rdo.env(context(setBy('leave-demo-out')), 'answers');
    expect(ANSWERS).toContain('CONFIG_PROVISION_DEMO=n\n');
  });

  const FILE = 'etc/ssh/sshd_config.d/00-stackbox-packstack.conf';

  it('let the administrator in from this machine alone, for its owner to read', async () => {
    const guest = await machine({ sshd: '', ssh: '', systemctl: '' });
    for (let turn = 0; turn < 2; turn++) {
      const { code, output } = guest.run('allow-root-ssh', { ADDRESS });
      expect(code, output).toBe(0);
    }
    expect(guest.read(FILE)).toContain(`\nMatch User root Address 127.0.0.1,::1,${ADDRESS}\n`);
    expect(statSync(join(guest.root, FILE)).mode & 0o777).toBe(0o600);
    expect(guest.calls('systemctl')).toContain('reload sshd');
  });

  it('take back what sshd does not like, and say when it did not help', async () => {
    const guest = await machine({ sshd: 'exit 255', ssh: 'exit 255', systemctl: '' });
    expect(guest.run('allow-root-ssh', { ADDRESS }).code).toBe(1);
    expect(() => guest.read(FILE)).toThrow('ENOENT');
    expect(guest.calls('systemctl')).toEqual([]);
    await guest.shim('sshd');
    expect(guest.run('allow-root-ssh', { ADDRESS }).output).toContain('still does not let its own administrator in');
  });

  it('restart OVN, and leave a switch alone that carries instances', async () => {
    const guest = await machine({ systemctl: '', 'ovn-nbctl': '' });
    expect(guest.run('restart-ovn')).toMatchObject({ code: 0, output: 'OVN answers\n' });
    const restarted = guest.calls('systemctl').filter((call) => call.startsWith('restart'));
    expect(restarted).toEqual(['restart ovn-northd.service', 'restart ovn-controller.service']);
    await guest.shim('ovn-nbctl', 'exit 1');
    expect(guest.run('restart-ovn').code).toBe(1);
  });

  it('make the name known and start RabbitMQ, where there is one', async () => {
    const guest = await machine({
      hostname: 'if [ "${1:-}" = -s ]; then echo cloud-1; else echo cloud-1.stackbox.test; fi',
      hostnamectl: '',
      getent: 'awk -v name="$2" \'{ for (i = 2; i <= NF; i++) if ($i == name) print $1 }\' "$ROOT/etc/hosts"',
      systemctl: '',
    });
    await guest.write('etc/hosts', '127.0.0.1 localhost\n');
    const { code, output } = guest.run('fix-host-name', { ADDRESS });
    expect(code, output).toBe(0);
    expect(output).toContain('RabbitMQ runs');
    expect(guest.read('etc/hosts')).toContain(`${ADDRESS} cloud-1.stackbox.test`);
    await guest.shim('systemctl', '[ "$1" != cat ]');
    expect(guest.run('fix-host-name', { ADDRESS }).output).not.toContain('RabbitMQ runs');
  });

  it('wait for whoever installs packages, and fail when that takes for ever', async () => {
    const guest = await machine({ timeout: 'cat >/dev/null', dnf: '' });
    expect(guest.run('wait-for-dnf')).toMatchObject({ code: 0, output: 'Nobody else installs packages\n' });
    await guest.shim('timeout', 'cat >/dev/null; exit 124');
    expect(guest.run('wait-for-dnf').code).toBe(124);
    expect(guest.run('renew-package-lists').code).toBe(0);
    expect(guest.calls('dnf')).toEqual(['clean metadata', '--setopt=retries=5 makecache']);
  });
});
