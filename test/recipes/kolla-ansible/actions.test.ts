import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kollaAnsible } from '../../../main/recipes/kolla-ansible';
import { followOutput } from '../../../main/recipes/progress';
import type { RecipeContext } from '../../../main/recipes/types';
import { scriptMachine, type ScriptMachine } from '../../support/script-machine';
import { jobsOf, wholeRecipe } from '../../support/whole-recipe';

const ADDRESS = '192.168.130.10';
const context = {
  attachment: { address: ADDRESS },
  options: kollaAnsible.options.parse({}),
  passwords: { admin: 'Admin123', database: 'Data123' },
} as unknown as RecipeContext;

function replay(name: string): string {
  return readFileSync(join(import.meta.dirname, `../../fixtures/recipes/kolla-ansible-replay-${name}.txt`), 'utf8');
}

/** A machine whose Kolla-Ansible comes to a good end; its help is that of 2026.1. */
function machine(): Promise<ScriptMachine> {
  return scriptMachine(wholeRecipe(kollaAnsible), {
    'kolla-ansible': `case "$*" in
  "prechecks --help") cat "$ROOT/help" 2>/dev/null || echo "  --use-test-images" ;;
  *) echo "PLAY RECAP *****"; echo "localhost : ok=1 changed=0 unreachable=0 failed=0" ;;
esac`,
    sleep: '',
  });
}

async function run(guest: ScriptMachine, step: string): Promise<{ code: number; output: string; told: string[] }> {
  const env = await kollaAnsible.env(context, step);
  const result = guest.run(step, env);
  const told = guest.calls('kolla-ansible').map((call) => call.replaceAll(guest.root, ''));
  return { ...result, told };
}

describe('what can be done with what Kolla-Ansible deployed', () => {
  it.each([
    ['check', 'check -i /etc/kolla/all-in-one'],
    ['reconfigure', 'reconfigure -i /etc/kolla/all-in-one'],
    ['deploy-containers', 'deploy-containers -i /etc/kolla/all-in-one'],
    // Without that word both refuse (kolla_ansible/cli/commands.py).
    ['stop', 'stop -i /etc/kolla/all-in-one --yes-i-really-really-mean-it --ignore-missing'],
    ['destroy', 'destroy -i /etc/kolla/all-in-one --yes-i-really-really-mean-it'],
    ['recover-database', 'mariadb-recovery -i /etc/kolla/all-in-one'],
    ['repair-database', 'mariadb-recovery -i /etc/kolla/all-in-one'],
  ])('"%s" runs "kolla-ansible %s"', async (step, words) => {
    const { code, output, told } = await run(await machine(), step);
    expect(code, output).toBe(0);
    expect(told).toEqual([words]);
  });

  it("is found in its environment, but runs its tasks with the system's Python", async () => {
    const guest = await scriptMachine(kollaAnsible, {});
    const bin = 'opt/kolla-ansible/bin';
    await guest.write(`${bin}/python3`, '#!/bin/sh\n', 0o755);
    const tell = 'echo "python: $(command -v python3)"; echo "PLAY RECAP *****"; echo "localhost : ok=1 failed=0"';
    await guest.write(`${bin}/kolla-ansible`, `#!/bin/sh\n${tell}\n`, 0o755);
    const { output } = guest.run('deploy', await kollaAnsible.env(context, 'deploy'));
    expect(output).toMatch(/^python: \S+python3$/m);
    expect(output).not.toContain(`python: ${guest.root}`);
  });

  it('says that test containers are fine where prechecks want to hear it, and only there', async () => {
    const current = await machine();
    expect((await run(current, 'prechecks')).told.at(-1)).toMatch(/^prechecks -i \S+ --use-test-images$/);
    const older = await machine();
    await older.write('help', 'usage: kolla-ansible prechecks [-h] [--become]\n');
    expect((await run(older, 'prechecks')).told.at(-1)).toMatch(/^prechecks -i \S+all-in-one$/);
  });

  it('asks before something is lost, and says how to come back', () => {
    const { actions } = kollaAnsible;
    expect(actions.filter(({ confirm }) => confirm !== undefined).map(({ id }) => id)).toEqual(['stop', 'destroy']);
    for (const { down } of actions.filter((action) => action.down !== undefined)) {
      const [, title] = /"([^"]+)"/.exec(down ?? '') ?? [];
      expect(actions.some((action) => action.title === title && action.proof)).toBe(true);
    }
  });

  it('hands no password to any of them', async () => {
    for (const { id } of jobsOf(kollaAnsible)) {
      const env = JSON.stringify(await kollaAnsible.env(context, id));
      expect(env.includes('123'), id).toBe(id === 'configure' || id === 'openrc');
    }
  });

  it.each([
    ['check', 'check-failed', 'names them', 'restart-containers'],
    ['destroy', 'destroy-failed', 'still runs', 'switch-instances-off'],
    ['stop', 'stop', 'none', 'none'],
  ])('follows "%s" and explains how it failed (%s)', (id, name, cause, cure) => {
    const step = jobsOf(kollaAnsible).find((job) => job.id === id);
    if (!step) throw new Error(`no step ${id}`);
    const job = followOutput(step, kollaAnsible.data.errors);
    expect(job.push(replay(name)).detail).toBeTruthy();
    const known = { cause: 'none', apply: 'none', ...job.knownError() };
    expect(known.cause).toContain(cause);
    expect(known.apply).toBe(cure);
  });
});

describe('shutting instances down', () => {
  /** Instances that are in `instances`, and listen to a shutdown when `listen` is there. */
  const libvirt = (): Promise<ScriptMachine> =>
    scriptMachine(wholeRecipe(kollaAnsible), {
      sleep: 'exec /bin/sleep 0.1',
      docker: `case "$*" in
  inspect*) echo true ;;
  "exec nova_libvirt virsh list --name") cat "$ROOT/instances"; echo ;;
  "exec nova_libvirt virsh shutdown "*) [ ! -e "$ROOT/listen" ] || : >"$ROOT/instances" ;;
  "exec nova_libvirt virsh destroy "*) sed -i "/^$5$/d" "$ROOT/instances" ;;
esac`,
    });

  it('gives them time, and switches nothing off that listens', async () => {
    const guest = await libvirt();
    await guest.write('instances', 'instance-00000001\ninstance-00000002\n');
    await guest.write('listen', '');
    const { code, output } = guest.run('stop-instances', { GRACE: '5' });
    expect(code, output).toBe(0);
    expect(output).toBe('Shutting instance-00000001 down\nShutting instance-00000002 down\nNo instance runs\n');
  });

  it.each(['0', '1'])('switches off what does not listen within %s seconds', async (GRACE) => {
    const guest = await libvirt();
    await guest.write('instances', 'instance-00000001\n');
    const { code, output } = guest.run('destroy-instances', { GRACE });
    expect(code, output).toBe(0);
    expect(output).toContain('Switching instance-00000001 off\nNo instance runs\n');
    expect(guest.read('instances')).toBe('');
  });

  it('has nothing to do without libvirt, and takes no answer for no instance', async () => {
    const guest = await libvirt();
    await guest.shim('docker', 'exit 1');
    expect(guest.run('destroy-instances', { GRACE: '0' })).toMatchObject({ code: 0, output: 'No instance runs\n' });
    await guest.shim('docker', '[ "$1" = inspect ] && echo true || { echo "libvirt is away" >&2; exit 1; }');
    expect(guest.run('destroy-instances', { GRACE: '0' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('libvirt is away'),
    });
  });
});
