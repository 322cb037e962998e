import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { array, assert, constantFrom, nat, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { devstack } from '../../../main/recipes/devstack';
import { followOutput, type JobOutput, type JobProgress } from '../../../main/recipes/progress';

const step = devstack.data.steps.find(({ id }) => id === 'stack');
if (!step) throw new Error('The step that runs stack.sh is gone.');

/**
 * What stack.sh prints, though nothing was installed: DevStack's own logging, tracing, traps, async tasks, git call and
 * final words (stable/2026.1, da2f4d73) were run on 2026-11-21 over its own list of calls, whose bodies did nothing. Paths
 * were changed, the password masked, and lines of the empty bodies and of processes taken out.
 */
function replay(name: string): string {
  return readFileSync(join(import.meta.dirname, `../../fixtures/recipes/devstack-replay-${name}.txt`), 'utf8');
}

/** What stack.sh printed in earnest, shortened: see `devstack-real.md` beside the fixtures. */
function real(name: string): string {
  return readFileSync(join(import.meta.dirname, `../../fixtures/recipes/devstack-2026.1-${name}.txt`), 'utf8');
}

function follow(): JobOutput {
  return followOutput({ markers: [], ...step }, devstack.data.errors);
}

/** What the window showed, one entry for each change. */
function phases(text: string): JobProgress[] {
  const job = follow();
  return text.split('\n').map((line) => job.push(`${line}\n`));
}

/** What the window showed of a run that came to its end: it only ever went forward, and nothing looked like a failure. */
function wholeRun(text: string): JobProgress[] {
  const job = follow();
  const seen = text.split('\n').map((line) => job.push(`${line}\n`));
  const progress = seen.map((one) => one.progress ?? 0);
  expect(progress.toSorted((a, b) => a - b)).toEqual(progress);
  expect(progress.at(-1)).toBe(1);
  expect(job.knownError()).toBeUndefined();
  return seen;
}

function longestLeap(seen: readonly JobProgress[]): number {
  const progress = seen.map((one) => one.progress ?? 0);
  return Math.max(...progress.map((at, index) => at - (progress[index - 1] ?? 0)));
}

describe('a real run of stack.sh', () => {
  it.each([
    ['that comes after one that failed', 'identity', 'Stopping what an earlier run left behind'],
    ['over one that came to its end', 'identity-again', 'Begins its log'],
  ])('%s is followed to its last words, and looks like no failure', (_, name, first) => {
    const seen = wholeRun(real(name));
    const details = [...new Set(seen.map(({ detail }) => detail))].filter((detail) => detail !== undefined);
    expect(details[0]).toBe(first);
    for (const detail of [
      'Installing package prerequisites',
      'Making the virtual environment',
      'Starting RabbitMQ',
      'Installing the database',
      'Installing OpenStack from its sources',
      'Installing keystone',
      'Configuring and starting MySQL',
      'Starting Keystone',
      'Creating users, projects and roles',
      'ks-demo-member (in the background)',
      'Waiting for ks-demo-member',
    ]) {
      expect(details, detail).toContain(detail);
    }
    expect(details.at(-1)).toBe('Answers at 10.77.0.2');
  });

  it('with most of the usual services moves all the time, and leaves out what was not installed', () => {
    const seen = wholeRun(real('dashboard'));
    expect(longestLeap(seen)).toBeLessThan(0.15);
    const details = new Set(seen.map(({ detail }) => detail));
    for (const detail of [
      'Installing horizon',
      'create_cinder_accounts (in the background)',
      'Configuring Placement',
      'Waiting for create_flavors',
      'Starting Nova',
      'Starting Cinder',
      'Starting Glance',
      'Starting Horizon',
    ]) {
      expect(details, detail).toContain(detail);
    }
    expect(details).not.toContain('Starting OVN');
  });

  it('in a new, emulated machine shows what it is at from its first packages to its last words', () => {
    const details = wholeRun(real('guest')).map(({ detail }) => detail);
    const places = [
      'Begins its log',
      'Preparing',
      'Fetching plugins',
      'Cloning requirements',
      'Installing package prerequisites',
      'Setting up libksba8:amd64',
      'Installing pip',
      'Making the virtual environment',
      'Installing the database',
      'Installing keystone',
      'Starting Keystone',
      'Creating users, projects and roles',
      'Answers at 192.168.130.45',
    ].map((detail) => details.indexOf(detail));
    expect(places).not.toContain(-1);
    expect(places.toSorted((one, other) => one - other)).toEqual(places);
  });

  it('that gets half a project says that the server, and not the way to it, is at fault', () => {
    const job = follow();
    job.push(real('damaged-mirror'));
    expect(job.knownError()).toMatchObject({
      cause: expect.stringContaining("git server's own copy"),
      line: 'remote: aborting due to possible repository corruption on the remote side.',
    });
    expect(job.tail()).toContain('git clone --no-checkout git://10.77.0.1/openstack/keystone.git');
    expect(job.tail().split('\n').at(-1)).toMatch(/^\[ERROR\] .*functions-common:701 git call failed/);
  });

  it('that ends without a word of its own shows the command that failed, and not how stack.sh tidies up', () => {
    const log = real('read-only');
    expect(log).not.toContain('[ERROR]');
    const job = follow();
    job.push(log);
    expect(job.knownError()?.line).toBe('tee: /sys/kernel/mm/ksm/run: Read-only file system');
    expect(job.tail()).toContain('sudo tee /sys/kernel/mm/ksm/run');
    expect(job.tail()).not.toMatch(/exit_trap:\d|: +exit_trap$/m);
  });
});

describe('a run of stack.sh with every service', () => {
  it('is followed from its first milestone to its last words, and looks like no failure', () => {
    const seen = wholeRun(replay('success'));
    const details = new Set(seen.map(({ detail }) => detail));
    for (const detail of [
      'Installing package prerequisites',
      'Installing keystone',
      'Starting Keystone',
      'Configuring Placement',
      'init_glance (in the background)',
      'Waiting for create_flavors',
      'Starting Nova',
      'Answers at 192.168.130.10',
    ]) {
      expect(details, detail).toContain(detail);
    }
    // No leap over a large part of the run: whoever looks sees it move.
    expect(longestLeap(seen)).toBeLessThan(0.15);
  });

  it('needs no row: any of them may be missing', () => {
    const lines = replay('success').split('\n');
    const summaries = lines.filter((line) => line.includes('echo_summary'));
    expect(summaries.length).toBeGreaterThan(20);
    for (const left of summaries) {
      const progress = phases(lines.filter((line) => line !== left).join('\n')).map((one) => one.progress ?? 0);
      expect(progress.toSorted((a, b) => a - b)).toEqual(progress);
      expect(progress.at(-1)).toBe(1);
    }
    expect(phases(lines.filter((line) => !line.includes('echo_summary')).join('\n')).at(-1)?.progress).toBe(1);
  });

  it('shows the cause when sources cannot be had, and the commands before it', () => {
    const job = follow();
    job.push(replay('clone-failed'));
    expect(job.knownError()).toMatchObject({
      cause: expect.stringContaining('cannot resolve names'),
      line: expect.stringContaining('Could not resolve host: opendev.org'),
    });
    expect(job.tail()).toContain('git clone https://opendev.org/openstack/glance');
    expect(job.tail().split('\n').at(-1)).toContain('[ERROR] ');
    expect(job.tail()).not.toContain('World dumping');
  });

  it('shows the cause that a task in the background had, not that a task failed', () => {
    const job = follow();
    const { detail } = job.push(replay('async-failed'));
    expect(job.knownError()).toMatchObject({ line: expect.stringMatching(/^ERROR 1045/) });
    expect(detail).toContain('init_glance');
    expect(job.tail()).not.toMatch(/Wait failure dump|exit_trap/);
  });

  it('says at least what failed when nobody knows why', () => {
    const job = follow();
    job.push(replay('async-failed').replaceAll(/^ERROR 1045.*$/gm, 'something new'));
    expect(job.knownError()?.line).toMatch(/Async init_glance:\w*\]: FAILED with rc 1$/);
  });
});

/** Lines as the programs print them (fact sheet, section D, and DevStack's own calls of `die`), and a part of the cause. */
const MET: readonly (readonly [line: string, cause: string])[] = [
  ['WARNING: this script has not been tested on resolute', 'does not support the machine’s distribution'],
  ['[ERROR] ./stack.sh:237 If you wish to run this script anyway run with FORCE=yes', 'does not support'],
  [
    '[ERROR] ./stackrc:820 Could not determine host ip address.  See local.conf for suggestions',
    'no address of its own',
  ],
  ['Enter a password now:', 'password is missing'],
  ["fatal: unable to access 'https://x/': Could not resolve host: opendev.org", 'cannot resolve names'],
  [';; ->>HEADER<<- opcode: QUERY, status: SERVFAIL, id: 1', 'cannot resolve names'],
  ['remote: aborting due to possible repository corruption on the remote side.', 'copy of a project is damaged'],
  ['tee: /sys/kernel/mm/ksm/run: Read-only file system', 'may not write'],
  ['fatal: unable to access: GnuTLS recv error (-54): Error in the pull function.', 'broke off'],
  ['fatal: early EOF', 'broke off'],
  ['error: RPC failed; curl 56 GnuTLS recv error (-9)', 'broke off'],
  ['server certificate verification failed. CAfile: none CRLfile: none', 'does not trust'],
  ['curl: (60) SSL certificate problem: certificate is not yet valid', 'clock of the machine is wrong'],
  ['curl: (60) SSL certificate problem: self-signed certificate in certificate chain', 'does not trust'],
  ['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 712 (apt-get)', 'installing packages'],
  ["[ERROR] /opt/stack/devstack/functions-common:1174 Failed to update apt repos, we're dead now", 'five minutes'],
  ['E: Failed to fetch http://x/pool/a_1_amd64.deb  404  Not Found [IP: 1.2.3.4 80]', 'older than'],
  ['error: externally-managed-environment', 'pip refuses'],
  ['ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/', 'exclude each other'],
  ["[ERROR] /opt/stack/devstack/inc/python:245 Can't find package oslo.x in requirements", 'different branches'],
  ['[ERROR] tools/install_pip.sh:91 Download of get-pip.py failed', 'downloads by itself'],
  ['[ERROR] functions:77 https://x/etcd.tar.gz could not be downloaded', 'downloads by itself'],
  ['[ERROR] lib/rpc_backend:85 Failed to set rabbitmq password', 'RabbitMQ'],
  ['* TCP connection succeeded but Erlang distribution failed: {badrpc,nodedown}', 'RabbitMQ'],
  ["ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)", 'MySQL has an older'],
  ['[ERROR] lib/keystone:568 keystone did not start', 'did not answer in time'],
  ['[ERROR] lib/glance:660 g-api did not start', 'did not answer in time'],
  ['[ERROR] lib/cinder:630 c-api did not start', 'did not answer in time'],
  ['[ERROR] lib/nova:985 nova-api did not start', 'did not answer in time'],
  ['[ERROR] lib/placement:132 placement-api did not start', 'did not answer in time'],
  ['[ERROR] functions-common:2357 Neutron did not start', 'did not answer in time'],
  ['[ERROR] lib/neutron_plugins/ovn_agent:207 Socket /var/run/ovn/ovnnb_db.sock not found', 'database of OVN'],
  ['HttpException: 503: Server Error, No tenant network is available for allocation.', 'Neutron of an earlier run'],
  ["Didn't find service registered by hostname after 60 seconds", 'nova-compute did not register'],
  ['[  712.1] Out of memory: Killed process 812 (mysqld)', 'ran out of memory'],
  ['OSError: [Errno 12] Cannot allocate memory', 'ran out of memory'],
  ['Killed', 'ran out of memory'],
  ['cp: error writing: No space left on device', 'disk is full'],
  ['Job for devstack@etcd.service failed because the control process exited with error code.', 'etcd did not start'],
  ['There is no branch stable/2031.1 at https://opendev.org/openstack/devstack', 'no such branch'],
  ['E: Could not connect to mirror.example:80 (1.2.3.4), connection timed out', 'does not reach'],
  ['[ERROR] functions-common:701 git call failed: [git clone https://x/nova /opt/stack/nova]', 'git could not get'],
  ['stack.sh ended without its final words', 'without having installed everything'],
  ['[712 Async init_nova:815]: FAILED with rc 1', 'in the background failed'],
  ['[ERROR] ./stack.sh:999 something that nobody has met', 'gave up'],
  ['./stack.sh: line 530: generate-subunit: command not found', 'only a consequence'],
];

describe('the known errors of DevStack', () => {
  it.each(MET)('explain "%s"', (line, cause) => {
    const job = follow();
    job.push(`+ ./stack.sh:main:700    :   something fine\n${line}\n+ lib/x:f:1    :   more\n`);
    expect(job.knownError()?.cause).toContain(cause.replace('’', "'"));
  });

  it('were all met, and none hides behind another', () => {
    const explained = new Set(
      MET.map(([line]) => {
        const job = follow();
        job.push(`${line}\n`);
        return job.knownError()?.cause;
      }),
    );
    expect(devstack.data.errors.map(({ cause }) => cause).filter((cause) => !explained.has(cause))).toEqual([]);
  });

  it.each([
    // Arguments and warnings of good runs.
    "+ lib/neutron:wait:660       :   test_with_retry 'wget http://x' 'Neutron did not start' 60",
    "+ functions-common:test_with_retry:2351 :   local 'failmsg=Neutron did not start'",
    'WARNING: Switching to QEMU',
    'Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1 (apt)',
    '[WARNING] functions-common:705 timeout 1 for git call: [git clone x]',
    'Unpacking python3-no-space-left',
  ])('do not mistake "%s" for a failure', (line) => {
    const job = follow();
    job.push(`${line}\n`);
    expect(job.knownError()).toBeUndefined();
  });

  it('name the first of two', () => {
    const job = follow();
    job.push('Could not resolve host: x\n[ERROR] a:1 git call failed: [git clone]\nNo space left on device\n');
    expect(job.knownError()?.cause).toContain('resolve names');
  });
});

describe('any cutting of the output', () => {
  const log = real('identity');
  // Its second half has all kinds of lines.
  const whole = log.slice(log.indexOf("echo_summary 'Configuring and starting MySQL") - 60);

  it('into any pieces gives the same, and any beginning is a beginning of it', () => {
    const expected = phases(whole).at(-1);
    assert(
      property(array(nat(whole.length), { maxLength: 25 }), (cuts) => {
        const job = follow();
        let [from, before] = [0, 0];
        for (const cut of cuts.toSorted((a, b) => a - b)) {
          const { progress = 0 } = job.push(whole.slice(from, cut));
          expect(progress).toBeGreaterThanOrEqual(before);
          // What was shown so far is what a run that is only that far shows.
          expect(progress).toBe(follow().push(whole.slice(0, cut)).progress ?? 0);
          [from, before] = [cut, progress];
        }
        expect(job.push(`${whole.slice(from)}\n`)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('survives colours and broken bytes anywhere', () => {
    const plain = phases(whole).at(-1);
    const bytes = new TextEncoder().encode(whole);
    const junk = constantFrom<readonly number[]>(
      [0xff],
      [0xc3],
      [0xe2, 0x82],
      [0xf0, 0x9f],
      [0x1b, 0x5b, 0x33, 0x31, 0x6d],
    );
    assert(
      property(array(tuple(nat(bytes.length), junk), { maxLength: 20 }), (places) => {
        const job = follow();
        const decoder = new TextDecoder();
        let [from, before] = [0, 0];
        for (const [at, broken] of places.toSorted((a, b) => a[0] - b[0])) {
          for (const piece of [bytes.subarray(from, at), new Uint8Array(broken)]) {
            const { progress = 0, lastLine = '' } = job.push(decoder.decode(piece, { stream: true }));
            expect(progress).toBeGreaterThanOrEqual(before);
            expect(lastLine).not.toMatch(/\p{Cc}/u);
            before = progress;
          }
          from = at;
        }
        // At most one line for each break is lost to it; the last words are whole.
        const end = job.push(`${decoder.decode(bytes.subarray(from))}\n${whole}`);
        expect(end).toMatchObject({ progress: plain?.progress, detail: plain?.detail });
        expect(job.knownError()).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  it('keeps little of 200 MB, whether it comes in lines or without end', () => {
    const job = follow();
    const line = `+ ./stack.sh:main:1   :   ${'x'.repeat(16_000)}\n`;
    const block = line.repeat(64);
    const before = process.memoryUsage().heapUsed;
    let bytes = 0;
    for (let turn = 0; bytes < 200 * 1024 * 1024; turn++) {
      const piece = turn % 4 === 0 ? 'y'.repeat(4 * 1024 * 1024) : block;
      job.push(piece);
      bytes += piece.length;
    }
    const { lastLine } = job.push("\n+ ./stack.sh:main:2   :   echo_summary 'Starting Nova'\n");
    expect(lastLine).toContain('Starting Nova');
    expect(job.push('').detail).toBe('Starting Nova');
    expect(job.tail().length).toBeLessThanOrEqual(40 * 4097);
    // Far less than the log itself; what is not yet collected counts too.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(150 * 1024 * 1024);
  });
});
