/** What keeps a cloud of Sunbeam's alive: repairs after a boot, actions and cures. */
import { describe, expect, it } from 'vitest';
import { followOutput } from '../../main/recipes/progress';
import { sunbeam } from '../../main/recipes/sunbeam';
import type { RecipeContext } from '../../main/recipes/types';
import { recipeMachine, type RecipeMachine } from '../support/recipe-scripts';

/** Three turns instead of all. */
const seq = '/usr/bin/seq 3';
const PATHS = ['/etc/stackbox'];
const ADDRESS = '10.20.30.40';
const RULE =
  '-A POSTROUTING -s 172.16.2.0/24 -m comment --comment "openstack-hypervisor external network rule" -j MASQUERADE';

/** What is set stands in files of `$STATE`, one line each. Output as that of Ubuntu 24.04's iproute2 and iptables. */
const PROGRAMS: Readonly<Record<string, string>> = {
  ip: `case "$*" in
  "-o addr show dev br-ex"*) while read -r a; do echo "9: br-ex    inet $a scope global br-ex"; done <"$STATE/addresses" ;;
  "-o link show up dev br-ex") grep br-ex "$STATE/up" || true ;;
  "link show dev br-ex") ;;
  "link set br-ex up") echo br-ex >"$STATE/up" ;;
  "addr replace "*) echo "$3" >>"$STATE/addresses" ;;
  *) echo "ip $*?" >&2; exit 2 ;;
esac`,
  'iptables-legacy': `[ "$1" != -w ] || shift
case "$3" in
  -S) echo "-P POSTROUTING ACCEPT"; cat "$STATE/nat" ;;
  -C) grep -qF -e "-s $6 " "$STATE/nat" ;;
  -A) echo "-A POSTROUTING -s $6 -m comment --comment \\"\${10}\\" -j MASQUERADE" >>"$STATE/nat" ;;
esac`,
  sysctl: `case $1 in -n) cat "$STATE/forward" ;; -q) echo "\${3#*=}" >"$STATE/forward" ;; esac`,
  systemctl: `case $1 in
  list-units) sed 's/$/ loaded active running x/' "$STATE/active" ;;
  is-enabled | reset-failed) ;;
  is-active) grep -qxF "$2" "$STATE/active" && echo active || { echo failed; exit 3; } ;;
  restart) echo "$2" >>"$STATE/active" ;;
esac`,
  sleep: ':',
};

async function installed(addresses: readonly string[] = ['172.16.2.1/24']): Promise<RecipeMachine> {
  const guest = await recipeMachine(sunbeam, PATHS, PROGRAMS);
  await guest.set('addresses', ...addresses);
  await guest.set('up', 'br-ex');
  await guest.set('nat', '-A POSTROUTING -s 10.1.0.0/16 -j CILIUM_POST_nat', RULE);
  await guest.set('forward', '1');
  await guest.set('active', 'snap.k8s.kubelet.service', 'snap.openstack-hypervisor.nova-compute.service');
  const { code, output } = guest.run('boot-record.sh', { ADDRESS });
  expect(code, output).toBe(0);
  return guest;
}

describe('what a boot takes away from Sunbeam', () => {
  it('is found, brought back, and not missed any more', async () => {
    const guest = await installed();
    const repairs = ['boot-services', 'boot-network'] as const;
    for (const repair of repairs) expect(guest.run(`${repair}-check.sh`), repair).toMatchObject({ code: 0 });
    for (const file of ['addresses', 'up', 'nat']) await guest.set(file);
    await guest.set('forward', '0');
    await guest.set('active', 'snap.k8s.kubelet.service');
    const lost = {
      'boot-services': ['snap.openstack-hypervisor.nova-compute.service is failed'],
      'boot-network': ['NAT rule of 172.16.2.0/24', 'br-ex is down', '172.16.2.1/24 on br-ex', 'net.ipv4.ip_forward=1'],
    };
    for (const repair of repairs) {
      const check = guest.run(`${repair}-check.sh`);
      expect(check.code, check.output).toBe(1);
      for (const what of lost[repair]) expect(check.output).toContain(`Gone: ${what}`);
      const done = guest.run(`${repair}.sh`);
      expect(done.code, done.output).toBe(0);
      expect(guest.run(`${repair}-check.sh`), repair).toMatchObject({ code: 0 });
    }
    expect(await guest.get('nat')).toEqual([RULE]);
  });

  it('is not touched where br-ex has the address by which we reach the machine', async () => {
    const guest = await installed([`${ADDRESS}/24`]);
    expect(await guest.read('etc/stackbox/sunbeam-boot')).not.toMatch(/br-ex|masquerade/);
    await guest.set('addresses');
    expect(guest.run('boot-network-check.sh')).toMatchObject({ code: 0 });
  });

  it('is not looked for where nothing was written down, as in a cloud of an older Stackbox', async () => {
    const guest = await recipeMachine(sunbeam, PATHS, PROGRAMS);
    for (const repair of ['boot-services', 'boot-network']) {
      expect(guest.run(`${repair}-check.sh`), repair).toMatchObject({ code: 0 });
    }
  });
});

describe('pods', () => {
  /** Each question to Kubernetes gets the next answer; the last one stays. */
  const cluster = async (...answers: readonly string[]): Promise<RecipeMachine> => {
    const guest = await recipeMachine(sunbeam, PATHS, {
      k8s: `n=$(($(cat "$STATE/asked") + 1)); echo $n >"$STATE/asked"
[ "$n" -le ${String(answers.length)} ] || n=${String(answers.length)}
answer=$(cat "$STATE/answer$n"); [ "$answer" != down ] || { echo "connection refused" >&2; exit 1; }
echo "$answer"`,
      sleep: ':',
      seq: '/usr/bin/seq 9',
    });
    await guest.set('asked', '0');
    for (const [index, answer] of answers.entries())
      await guest.set(`answer${String(index + 1)}`, ...answer.split('|'));
    return guest;
  };
  const READY =
    'openstack   keystone-0   2/2   Running   1 (5m ago)   3d|openstack   once-x   0/1   Completed   0   3d';
  const COMING = 'openstack   keystone-0   1/2   Running   1   3d|kube-system   coredns-x   1/1   Running   1   3d';
  const OTHERS = 'mine   broken-0   0/1   CrashLoopBackOff   9   3d';

  it.each([
    [READY, 0, 'All pods are ready'],
    [`${READY}|${OTHERS}`, 0, 'All pods are ready'],
    [COMING, 1, 'Not ready: keystone-0'],
    ['down', 1, 'Not ready: Kubernetes'],
  ])('are looked at quickly, and only those of the cloud: %j', async (answer, code, words) => {
    const guest = await cluster(answer);
    expect(guest.run('pods-check.sh')).toMatchObject({ code, output: expect.stringContaining(words) });
    expect(await guest.get('asked')).toEqual(['1']);
  });

  it('are waited for until they are all ready, and said once as long as nothing changes', async () => {
    const guest = await cluster('down', COMING, COMING, READY);
    const { code, output } = guest.run('pods.sh');
    expect(code, output).toBe(0);
    expect(output.match(/^Waiting for 1 pods: keystone-0/gm)).toHaveLength(1);
  });

  it('that never come are a failure with their names', async () => {
    const guest = await cluster(COMING);
    const { code, output } = guest.run('pods.sh');
    expect(code).toBe(1);
    expect(output).toContain('Still not ready after 40 minutes: keystone-0');
  });
});

describe('actions', () => {
  const context = {
    attachment: { address: ADDRESS },
    options: sunbeam.options.parse({}),
  } as unknown as RecipeContext;
  const node = (answer: string): Promise<RecipeMachine> =>
    recipeMachine(sunbeam, PATHS, {
      getent: 'echo "ubuntu:x:1000:1000::$ROOT/user:/bin/bash"',
      runuser: 'exec bash -c "$4"',
      sunbeam: `echo "$*" >>"$STATE/said"; ${answer}`,
      sleep: 'exec /bin/sleep 0.1',
      k8s: 'echo "openstack   keystone-0   2/2   Running   1   3d"',
    });

  it.each([
    ['resize', 'cluster resize', 'Resize complete.'],
    ['enable-orchestration', 'enable orchestration', 'OpenStack orchestration application enabled.'],
    ['disable-orchestration', 'disable orchestration', 'OpenStack orchestration application disabled.'],
    ['juju-login', 'utils juju-login', 'Juju re-login complete.'],
  ])('%s is done when Sunbeam said so', async (step, command, last) => {
    const env = await sunbeam.env(context, step);
    const guest = await node(`echo "${last}"`);
    const { code, output } = guest.run('command.sh', env);
    expect(code, output).toBe(0);
    expect(await guest.get('said')).toEqual([command]);
    expect((await node('echo fine')).run('command.sh', env).output).toContain('ended without its final words');
  });

  it('"Check the cluster" shows both, and fails when Sunbeam does', async () => {
    const fine = (await node('echo "openstack-machines table"')).run('cluster-status.sh');
    expect(fine).toMatchObject({ code: 0, output: 'openstack-machines table\nAll pods are ready\n' });
    expect((await node('echo "Error: x"; exit 1')).run('cluster-status.sh')).toMatchObject({
      code: 1,
      output: expect.stringContaining('sunbeam ended with exit code 1'),
    });
  });
});

describe('cures', () => {
  const OFFERED: readonly (readonly [line: string, cure: string])[] = [
    ['Error: Host FQDN and Hypervisor hostname perceived by libvirt are different, check', 'set-host-name'],
    ['Error: Insufficient permissions to run sunbeam commands', 'prepare-again'],
    ['Error: Missing Juju controller on LXD', 'prepare-again'],
    ['Error: Clusterd service is not active', 'restart-clusterd'],
    ['Error: Terraform state is locked (ID: 5c1e). This usually resolves automatically.', 'unlock-plans'],
    ['Error: Timeout exceeded.', 'wait-for-pods'],
    ['error: snap "openstack" has "auto-refresh" change in progress', 'wait-for-snapd'],
    ['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 712 (apt-get)', 'wait-for-apt'],
    ['curl: (6) Could not resolve host: api.charmhub.io', 'fix-resolver'],
    ['Error: x509: certificate has expired or is not yet valid: current time 2031', 'set-clock'],
    ['Error: Timed out after 3600 seconds while waiting for status', 'wait-for-pods'],
    ['Error: Unable to retrieve openrc from Keystone service', 'wait-for-pods'],
    ['Sunbeam gave no credentials', 'wait-for-pods'],
  ];

  it.each(OFFERED)('"%s" is cured by "%s"', (line, cure) => {
    const job = followOutput({ markers: [] }, sunbeam.data.errors);
    job.push(`${line}\nsunbeam ended with exit code 1\n`);
    expect(job.knownError()?.apply).toBe(cure);
  });

  it('are all offered for something, and every failure that offers one is tried here', () => {
    const tried = new Set(OFFERED.map(([, cure]) => cure));
    expect(sunbeam.cures.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([]);
    expect(sunbeam.data.errors.filter(({ apply }) => apply !== undefined)).toHaveLength(OFFERED.length);
  });

  const plans = (busy: boolean): Promise<RecipeMachine> =>
    recipeMachine(sunbeam, PATHS, {
      getent: 'echo "ubuntu:x:1000:1000::$ROOT/user:/bin/bash"',
      runuser: 'exec bash -c "$4"',
      pgrep: busy ? 'echo 812' : 'exit 1',
      sunbeam: `echo "$*" >>"$STATE/said"; [ "$2" != list ] || printf 'demo-setup: unlocked\\nopenstack-plan: locked\\n\\n'`,
    });

  it('unlock the plans that are locked, and no other', async () => {
    const guest = await plans(false);
    expect(guest.run('cure-plans.sh')).toMatchObject({ code: 0 });
    expect(await guest.get('said')).toEqual(['plans list --format yaml', 'plans unlock --force openstack-plan']);
  });

  it('leave a Sunbeam that is at work its lock', async () => {
    expect((await plans(true)).run('cure-plans.sh')).toMatchObject({
      code: 1,
      output: expect.stringContaining('still at work'),
    });
  });

  it.each([
    ['ID   Status  Spawn   Ready   Summary\n12   Done    today   today   Refresh', 0, 'snapd is free'],
    ['ID   Status  Spawn   Ready   Summary\n13   Doing   today   -       Auto-refresh', 1, 'busy for 15 minutes'],
  ])('wait for snapd as long as it is at work (%#)', async (changes, code, words) => {
    const guest = await recipeMachine(sunbeam, PATHS, { snap: `cat "$STATE/changes"`, sleep: ':', seq });
    await guest.set('changes', changes);
    expect(guest.run('cure-snapd.sh')).toMatchObject({ code, output: expect.stringContaining(words) });
  });

  it.each([
    [true, 0, 'clusterd is up again'],
    [false, 1, 'clusterd does not come up'],
  ])('restart clusterd and see whether it listens (%s)', async (listens, code, words) => {
    const guest = await recipeMachine(sunbeam, [...PATHS, '/var/snap/'], {
      snap: listens
        ? `[ "$1" != restart ] || { mkdir -p "$ROOT/var/snap/openstack/common/state"; cd "$ROOT/var/snap/openstack/common/state"; python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('control.socket')"; }`
        : 'echo "$*"',
      sleep: ':',
      seq,
    });
    expect(guest.run('cure-clusterd.sh')).toMatchObject({ code, output: expect.stringContaining(words) });
  });
});
