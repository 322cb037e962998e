import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { array, assert, constantFrom, nat, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRecipe } from '../../main/recipes';
import { followOutput, type JobOutput, type JobProgress } from '../../main/recipes/progress';

interface Replay {
  readonly recipe: string;
  readonly step: string;
  readonly file: string;
  /** How far it gets; the recipe's own script says the very last word of some. */
  readonly end: number;
  /** Details that a person has to have seen. */
  readonly details: readonly string[];
  /** A part of the cause, when it is the output of a failure. */
  readonly cause?: string;
}

/** See test/fixtures/recipes/README.md: recordings and replays. */
const REPLAYS: readonly Replay[] = [
  {
    recipe: 'keystone-packages',
    step: 'install',
    file: 'keystone-packages-debian-12-install-resumed',
    end: 0.7,
    details: ['Compiling Python modules'],
  },
  {
    recipe: 'keystone-packages',
    step: 'keystone',
    file: 'keystone-packages-debian-12-keystone',
    end: 0.8,
    details: ['Filling the database'],
  },
  {
    recipe: 'rdo',
    step: 'packstack',
    file: 'rdo-replay-success',
    end: 0.99,
    details: [
      'Preparing Keystone entries',
      'Setting up the controller',
      'Setting up Mysql::Server::Install',
      'The controller is set up',
      'Setting up the network',
      'Setting up Nova::Compute::Libvirt',
      'Finding the hypervisor',
      'Finalizing',
      'Installed; a newer kernel waits for a restart',
    ],
  },
  {
    recipe: 'rdo',
    step: 'packstack',
    file: 'rdo-replay-failed',
    end: 0.1,
    details: ['Setting up Mysql::Server::Service'],
    cause: 'not in the repositories',
  },
  { recipe: 'rdo', step: 'packstack', file: 'rdo-replay-keys-failed', end: 0.01, details: [], cause: 'gave up' },
  {
    recipe: 'kolla-ansible',
    step: 'install',
    file: 'kolla-ansible-2026.1-no-collections',
    end: 0.4,
    details: ['Getting Kolla-Ansible stable/2026.1', 'Getting the collections of Ansible'],
    cause: 'collections could not be downloaded',
  },
  {
    recipe: 'kolla-ansible',
    step: 'bootstrap-servers',
    file: 'kolla-ansible-2026.1-bootstrap-servers',
    end: 1,
    details: ['Install packages', 'Write docker config', 'Get Docker API version'],
  },
  {
    recipe: 'kolla-ansible',
    step: 'bootstrap-servers',
    file: 'kolla-ansible-2026.1-no-gpg',
    end: 0.8,
    details: ['Enable osbpo apt repository'],
    cause: 'lacks gpg',
  },
  {
    recipe: 'kolla-ansible',
    step: 'prechecks',
    file: 'kolla-ansible-2026.1-prechecks',
    end: 1,
    details: ['Checking docker SDK version', 'Checking free port for MariaDB'],
  },
  {
    recipe: 'kolla-ansible',
    step: 'prechecks',
    file: 'kolla-ansible-2026.1-no-docker-module',
    end: 0.14,
    details: ['Checking docker SDK version'],
    cause: 'lacks what Ansible speaks to Docker',
  },
  {
    recipe: 'kolla-ansible',
    step: 'pull',
    file: 'kolla-ansible-2026.1-no-registry',
    end: 0.05,
    details: ['Fetching the containers of kolla_toolbox'],
    cause: 'cannot resolve names',
  },
  {
    recipe: 'kolla-ansible',
    step: 'pull',
    file: 'kolla-ansible-replay-pull',
    end: 0.7,
    details: ['Fetching the containers of nova'],
  },
  {
    recipe: 'kolla-ansible',
    step: 'deploy',
    file: 'kolla-ansible-replay-deploy',
    end: 0.98,
    details: ['Setting up MariaDB', 'Setting up Keystone', 'Setting up Nova', 'Setting up Horizon'],
  },
  {
    recipe: 'kolla-ansible',
    step: 'deploy',
    file: 'kolla-ansible-replay-deploy-failed',
    end: 0.12,
    details: ['mariadb : Wait for first MariaDB service port liveness'],
    cause: 'MariaDB did not start',
  },
  {
    recipe: 'kolla-ansible',
    step: 'prechecks',
    file: 'kolla-ansible-replay-prechecks-failed',
    end: 0.05,
    details: ['Checking timedatectl status'],
    cause: 'clock',
  },
  {
    recipe: 'openstack-ansible',
    step: 'bootstrap-ansible',
    file: 'openstack-ansible-2026.1-no-collections',
    end: 0.42,
    details: ['Installing packages', 'Getting collections', 'Install collection requirements with ansible galaxy'],
    cause: 'cannot resolve names',
  },
  {
    recipe: 'openstack-ansible',
    step: 'bootstrap-aio',
    file: 'openstack-ansible-2026.1-bootstrap-aio',
    end: 1,
    details: ['Install packages', 'Format the file if needed', 'Deploy user_secrets file'],
  },
  {
    recipe: 'openstack-ansible',
    step: 'setup-hosts',
    file: 'openstack-ansible-2026.1-no-roles',
    end: 0,
    details: [],
    cause: 'not installed completely',
  },
  {
    recipe: 'openstack-ansible',
    step: 'bootstrap-aio',
    file: 'openstack-ansible-replay-bootstrap-aio',
    end: 0.2,
    details: ['Deploy user_secrets file'],
  },
  {
    recipe: 'openstack-ansible',
    step: 'setup-hosts',
    file: 'openstack-ansible-replay-setup-hosts',
    end: 1,
    details: ['Create CA certificates', 'Basic host setup', 'Hardening the host'],
  },
  {
    recipe: 'openstack-ansible',
    step: 'setup-infrastructure',
    file: 'openstack-ansible-replay-setup-infrastructure',
    end: 1,
    details: ['Setting up HAProxy', 'Setting up MariaDB', 'Setting up RabbitMQ', "Setting up Ceph's disks"],
  },
  {
    recipe: 'openstack-ansible',
    step: 'setup-infrastructure',
    file: 'openstack-ansible-replay-setup-infrastructure-failed',
    end: 0.25,
    details: ['galera_server : Check that WSREP is ready'],
    cause: 'MariaDB did not start',
  },
  {
    recipe: 'openstack-ansible',
    step: 'setup-openstack',
    file: 'openstack-ansible-replay-setup-openstack',
    end: 1,
    details: ['Setting up Keystone', 'Setting up the hypervisor', 'Setting up Neutron', 'Setting up Horizon'],
  },
  {
    recipe: 'sunbeam',
    step: 'bootstrap',
    file: 'sunbeam-replay-bootstrap',
    end: 1,
    details: ['Starting Kubernetes', "Starting OpenStack's services", 'Setting up the hypervisor'],
  },
  {
    recipe: 'sunbeam',
    step: 'bootstrap',
    file: 'sunbeam-replay-bootstrap-failed',
    end: 0.4,
    details: ["Starting OpenStack's services"],
    cause: 'did not become ready in time',
  },
  {
    recipe: 'sunbeam',
    step: 'configure',
    file: 'sunbeam-replay-configure',
    end: 1,
    details: ['Making the demo project'],
  },
];

const CASES = REPLAYS.map((replay) => [replay.file, replay] as const);

function textOf({ file }: Replay): string {
  return readFileSync(join(import.meta.dirname, `../fixtures/recipes/${file}.txt`), 'utf8');
}

function follow({ recipe: id, step: stepId }: Replay): JobOutput {
  const recipe = findRecipe(id);
  const step = recipe?.data.steps.find((one) => one.id === stepId);
  if (!recipe || !step) throw new Error(`There is no step ${stepId} of ${id}.`);
  return followOutput(step, recipe.data.errors);
}

/** What the window showed after each line. */
function phases(replay: Replay, text: string): JobProgress[] {
  const job = follow(replay);
  return text.split('\n').map((line) => job.push(`${line}\n`));
}

/** Lines that installers print at any time and that mean nothing here. */
const NOISE = ['ok: [localhost]', 'WARNING: nothing of interest', '\u001B[33mchanged\u001B[0m', '...', '\uFFFD', '💥'];

describe('the output of every installer', () => {
  it.each(CASES)('%s: shows where it is, never goes back, and says why it failed, if it did', (_, replay) => {
    const text = textOf(replay);
    const seen = phases(replay, text);
    const progress = seen.map((one) => one.progress ?? 0);
    expect(progress.toSorted((a, b) => a - b)).toEqual(progress);
    const end = progress.at(-1) ?? 0;
    expect(end).toBeGreaterThanOrEqual(replay.end);
    expect(end).toBeLessThanOrEqual(replay.cause === undefined ? 1 : replay.end + 0.05);
    const details = new Set(seen.map(({ detail }) => detail));
    for (const detail of replay.details) expect(details, detail).toContain(detail);
    const job = follow(replay);
    job.push(text);
    const { cause = 'none' } = job.knownError() ?? {};
    expect(cause).toContain(replay.cause ?? 'none');
  });

  it.each(CASES)('%s: is the same however it is cut', (_, replay) => {
    const text = textOf(replay);
    const whole = follow(replay);
    const expected = whole.push(text);
    assert(
      property(array(nat(text.length), { maxLength: 40 }), (cuts) => {
        const job = follow(replay);
        let from = 0;
        for (const cut of cuts.toSorted((a, b) => a - b)) {
          job.push(text.slice(from, cut));
          from = cut;
        }
        expect(job.push(text.slice(from))).toEqual(expected);
        expect(job.knownError()).toEqual(whole.knownError());
        expect(job.tail()).toBe(whole.tail());
      }),
      { numRuns: 40 },
    );
  });

  it.each(CASES)('%s: is the same with other lines in between', (_, replay) => {
    const lines = textOf(replay).split('\n');
    const expected = phases(replay, lines.join('\n')).at(-1);
    assert(
      property(array(tuple(nat(lines.length), constantFrom(...NOISE)), { maxLength: 60 }), (noise) => {
        const mixed = [...lines];
        for (const [place, line] of noise) mixed.splice(place, 0, line);
        const end = phases(replay, mixed.join('\n')).at(-1);
        expect(end).toMatchObject({ progress: expected?.progress, detail: expected?.detail });
      }),
      { numRuns: 40 },
    );
  });

  it.each(CASES.filter(([, { cause }]) => cause === undefined))(
    '%s: any beginning of it is no failure',
    (_, replay) => {
      const text = textOf(replay);
      assert(
        property(nat(text.length), (length) => {
          const job = follow(replay);
          job.push(text.slice(0, length));
          expect(job.knownError()).toBeUndefined();
        }),
        { numRuns: 40 },
      );
    },
  );
});
