/** Which failure of RDO and of Kolla-Ansible is offered which cure. Lines as the programs print them, after their sources. */
import { describe, expect, it } from 'vitest';
import { kollaAnsible } from '../../main/recipes/kolla-ansible';
import { followOutput } from '../../main/recipes/progress';
import { rdo } from '../../main/recipes/rdo';
import type { Recipe } from '../../main/recipes/types';

const OFFERED: readonly (readonly [Recipe, readonly (readonly [line: string, cure: string])[]])[] = [
  [
    rdo,
    [
      ['This machine does not let its own administrator in by ssh', 'allow-root-ssh'],
      ['  - Curl error (6): Could not resolve hostname for https://x/repodata/repomd.xml', 'fix-resolver'],
      ['curl: (60) SSL certificate problem: certificate is not yet valid', 'set-clock'],
      ['Error: Unable to find a match: openstack-keystone', 'add-repositories'],
      ['ERROR : Failed to set RDO repo on host 192.168.130.10:', 'add-repositories'],
      ["Error: Failed to download metadata for repo 'crb': Cannot download repomd.xml", 'renew-package-lists'],
      ['Error: Failed to obtain the transaction lock (logged in as: root).', 'wait-for-dnf'],
      ['ERROR : Error: Could not find file /root/stackbox/answers.txt', 'write-answers'],
      ['[network] Error: Unable to find subnet for name public_subnet', 'leave-demo-out'],
      [
        '[controller] Error: /Stage[main]/X/Glance_image[cirros]/ensure: change from x to present failed: x',
        'leave-demo-out',
      ],
      ['[controller] Error: unable to connect to node rabbit@cloud-1: nodedown', 'fix-host-name'],
      ['[controller] Error: ovn-nbctl: unix:/run/ovn/ovnnb_db.sock: database connection failed', 'restart-ovn'],
      ['[controller] Error: Could not find class ::ovn::northd', 'add-repositories'],
      ['[  712.1] Out of memory: Killed process 812 (mysqld)', 'add-swap'],
      ['[controller] Error: Command exceeded timeout', 'raise-time-out'],
    ],
  ],
  [
    kollaAnsible,
    [
      ['    msg: Ansible version should be between 2.19 and 2.20.', 'install-kolla-ansible'],
      ['fatal: unable to access: Could not resolve host: opendev.org', 'fix-resolver'],
      ['tls: x509: certificate has expired or is not yet valid: current time 2020-01-01', 'set-clock'],
      ['    msg: timedatectl sees the system clock as unsynchronized.', 'set-clock'],
      ['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 712 (apt-get)', 'wait-for-apt'],
      ['E: Failed to fetch http://x/a.deb  404  Not Found [IP: 1.2.3.4 80]', 'renew-package-lists'],
      [
        'fatal: [x]: FAILED! => {"cmd": ["grep", "/etc/kolla/passwords.yml"], "failed_when_result": true}',
        'fill-passwords',
      ],
      ['    msg: Hostname has to resolve uniquely to the IP address of api_interface', 'fix-host-name'],
      ["ModuleNotFoundError: No module named 'docker'", 'install-docker'],
      ['docker.errors.DockerException: Error while fetching server API version: (x)', 'start-docker'],
      ['[  712.1] Out of memory: Killed process 812 (mariadbd)', 'add-swap'],
      ['    msg: MariaDB cluster is not synced. Please wait for WSREP sync before proceeding.', 'recover-database'],
      ['    msg: The following Nova compute services failed to register themselves: cloud-1', 'restart-containers'],
      ['    msg: The following nova containers are unhealthy: nova_compute', 'restart-containers'],
      ['    msg: Container timed out', 'restart-containers'],
      ['"stdout_lines": ["Some qemu processes were detected."]', 'switch-instances-off'],
    ],
  ],
];

describe.each(OFFERED.map(([recipe, offered]) => [recipe.data.title, recipe, offered] as const))(
  'the cures of %s',
  (_, { data, cures }, offered) => {
    it.each(offered)('"%s" is offered "%s"', (line, cure) => {
      const job = followOutput({ markers: [] }, data.errors);
      job.push(`${line}\nsomething that comes of it\n`);
      expect(job.knownError()?.apply).toBe(cure);
    });

    it('are all offered for something, and every failure that offers one is tried here', () => {
      const tried = new Set(offered.map(([, cure]) => cure));
      expect(cures.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([]);
      expect(data.errors.filter(({ apply }) => apply !== undefined)).toHaveLength(offered.length);
    });
  },
);
