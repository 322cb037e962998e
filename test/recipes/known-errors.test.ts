import { describe, expect, it } from 'vitest';
import { kollaAnsible } from '../../main/recipes/kolla-ansible';
import { openstackAnsible } from '../../main/recipes/openstack-ansible';
import { followOutput } from '../../main/recipes/progress';
import { rdo } from '../../main/recipes/rdo';
import { sunbeam } from '../../main/recipes/sunbeam';
import type { Recipe } from '../../main/recipes/types';

type Met = readonly (readonly [line: string, cause: string])[];

/** Of every machine, whatever is installed in it. */
const FULL: Met = [
  ['[  712.1] Out of memory: Killed process 812 (mysqld)', 'ran out of memory'],
  ['OSError: [Errno 12] Cannot allocate memory', 'ran out of memory'],
  ['Killed', 'ran out of memory'],
  ['cp: error writing: No space left on device', 'disk is full'],
];

/** Lines as the programs print them, after their sources, and a part of the cause. */
const MET: readonly (readonly [Recipe, Met])[] = [
  [
    rdo,
    [
      ...FULL,
      ["RDO's last packages are for CentOS Stream 9, and this is rocky 9.6", 'not CentOS Stream 9'],
      ['The machine does not have its address 192.168.130.10 any more', 'another address'],
      ['This machine does not let its own administrator in by ssh', 'ssh server forbids'],
      ['  - Curl error (6): Could not resolve hostname for https://x/repodata/repomd.xml', 'cannot resolve names'],
      ['  - Curl error (60): SSL peer certificate was not OK for https://x/', 'does not trust'],
      ['curl: (60) SSL certificate problem: certificate is not yet valid', 'from the future'],
      ['stderr: root@192.168.130.10: Permission denied (publickey,gssapi-keyex).', 'ssh server forbids'],
      ['ERROR : Unknown hostname cloud-9.', 'cannot resolve names'],
      ['No match for argument: centos-release-openstack-epoxy', 'no longer have'],
      ['Error: Unable to find a match: openstack-packstack', 'no longer have'],
      ['Error: Unable to find a match: openstack-keystone', 'not in the repositories'],
      ['Package openstack-nova has not been found in enabled Yum repos.', 'not in the repositories'],
      ['ERROR : Failed to set CentOS Cloud SIG repo on host 192.168.130.10:', 'could not switch'],
      ['ERROR : Failed to set RDO repo on host 192.168.130.10:', 'could not switch'],
      ["Error: Failed to download metadata for repo 'centos-openstack-epoxy': Cannot download repomd.xml", 'reach'],
      ['Error: GPG check FAILED', 'did not sign'],
      ['Error: Failed to obtain the transaction lock (logged in as: root).', 'installing packages'],
      ['ERROR : Failed handling answer file: Given file does not exist: /root/.ssh/id_rsa.pub', 'take an answer'],
      [
        'Parameter CONFIG_CONTROLLER_HOST failed validation: Given host does not listen on port 22: x',
        'take an answer',
      ],
      ['ERROR : Error: Could not find file /root/stackbox/answers.txt', 'is gone'],
      ['ERROR : Failed handling answer file: File contains no section headers.', 'is gone'],
      ['ERROR : Invalid Cinder volumes VG size.', "Cinder's volumes does not fit"],
      ['ERROR : "Couldn\'t detect ipaddress of interface eth7 on node 192.168.130.10"', 'interface for tunnels'],
      [
        'ERROR : Local IP address discovery failed. Please set a default gateway for your system.',
        'no way to the outside',
      ],
      [
        "[network] Error: Could not set 'present' on ensure: Unable to find subnet for name public_subnet",
        'br-ex has no address',
      ],
      [
        "[controller] Error: /Stage[main]/Packstack::Provision::Glance/Glance_image[cirros]/ensure: change from 'absent' to 'present' failed: Failed to open TCP connection to download.cirros-cloud.net:443",
        'small image',
      ],
      ['[controller] Error: unable to connect to node rabbit@cloud-1: nodedown', 'RabbitMQ'],
      ['[controller] Error: Systemd start for rabbitmq-server failed!', 'RabbitMQ'],
      ['ERROR : Cannot change value of net.ipv4.ip_forward in /etc/sysctl.conf', 'not one that Puppet understands'],
      [
        '[controller] Error: Could not autoload puppet/provider/vs_bridge/ovs: cannot load such file',
        'do not fit together',
      ],
      ['These services did not start: openstack-nova-compute.service', 'did not start again'],
      ["[controller] Error: ERROR 1045 (28000): Access denied for user 'root'@'localhost'", 'another password'],
      [
        '[controller] Error: /Stage[main]/X/Keystone_user[admin]: Could not evaluate: Failed to discover available identity versions',
        'Keystone does not answer',
      ],
      ['[controller] Error: ovn-nbctl: unix:/run/ovn/ovnnb_db.sock: database connection failed', 'OVN'],
      ['packstack ended without its final words', 'without having installed everything'],
      ['[controller] Error: Command exceeded timeout', 'more time than it may'],
      ['[controller] Error: Systemd start for mariadb failed!', 'service did not start'],
      ['ERROR : Error appeared during Puppet run: 192.168.130.10_compute.pp', 'Puppet failed'],
      ['Finalizing                                      [ ERROR ]', 'gave up'],
      ['ERROR : something that nobody has met', 'gave up'],
    ],
  ],
  [
    kollaAnsible,
    [
      ...FULL,
      ['The machine does not have its address 192.168.130.10 any more', 'another address'],
      ['    msg: Please check the api_interface property - interface eth7 not found', 'another address'],
      ['    msg: Host OS distribution Fedora is not supported. Supported', 'does not support'],
      ['    msg: Debian release bullseye version 11 is not supported.', 'does not support'],
      ['    msg: Ansible version should be between 2.19 and 2.20.', 'another version'],
      [
        '    msg: Kolla images from quay.io/openstack.kolla namespace are meant only for testing purposes, if',
        'this is no production',
      ],
      ['    msg: Unknown error message: toomanyrequests: You have reached your pull rate limit.', 'so many downloads'],
      [
        '    msg: The requested image does not exist: quay.io/openstack.kolla/nova-api:x',
        'no containers of this branch',
      ],
      ['manifest for quay.io/openstack.kolla/nova-api:x not found: manifest unknown', 'no containers of this branch'],
      ['fatal: unable to access: Could not resolve host: opendev.org', 'cannot resolve names'],
      ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'does not trust'],
      ['tls: x509: certificate has expired or is not yet valid: current time 2020-01-01', 'clock of the machine'],
      ['    msg: timedatectl sees the system clock as unsynchronized.', 'clock'],
      ['    msg: No host NTP daemon is running.', 'clock'],
      ['"msg": "Either apt-key or gpg binary is required, but neither could be found.The apt-key CLI', 'lacks gpg'],
      [
        "Could not detect a supported package manager from the following list: ['apk', 'apt'], or the required Python library is not installed. Check warnings",
        'lacks gpg or python3-apt',
      ],
      ['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 712 (apt-get)', 'installing packages'],
      ['E: Failed to fetch http://x/pool/a_1_amd64.deb  404  Not Found [IP: 1.2.3.4 80]', 'older than'],
      ['    msg: Timeout when waiting for 192.168.130.10:3306 to stop.', 'port'],
      [
        'fatal: [localhost]: FAILED! => {"changed": false, "failed_when_result": true, "msg": "x", "stat": {"exists": true, "path": "/var/run/libvirt/libvirt-sock"}}',
        'own is in the way',
      ],
      [
        'fatal: [localhost]: FAILED! => {"changed": true, "cmd": ["grep", "^[^#].*:\\\\s*$", "/etc/kolla/passwords.yml"], "failed_when_result": true, "msg": ""}',
        'Passwords are missing',
      ],
      [
        '    msg: Ansible inventory does not contain the expected group nova-ssh for service nova-ssh in nova.',
        'another branch of Kolla-Ansible',
      ],
      ['    msg: "Service nscd is running. This is known to cause issues', 'nscd'],
      ['    msg: Hostname has to resolve uniquely to the IP address of api_interface', 'machine’s name'],
      [
        'Failed to install Ansible collections from requirements.yml using Ansible Galaxy (error: x) after 5 retries',
        'collections',
      ],
      ["fatal: couldn't find remote ref stable/2031.1", 'no such branch'],
      ["ModuleNotFoundError: No module named 'docker'", 'Python lacks'],
      ['docker.errors.DockerException: Error while fetching server API version: (x)', 'Docker does not run'],
      ["User root can't seem to run DOCKER commands. Verify product documentation", 'Docker does not run'],
      ["pymysql.err.OperationalError: (1045, \"Access denied for user 'root'@'localhost'\")", 'other passwords'],
      [
        'fatal: [localhost]: FAILED! => {"attempts": 10, "changed": false, "elapsed": 60, "msg": "Timeout when waiting for search string MariaDB in 192.168.130.10:3306"}',
        'MariaDB did not start',
      ],
      [
        '    msg: MariaDB cluster is not synced. Please wait for WSREP sync before proceeding.',
        'MariaDB did not start',
      ],
      ['    msg: MariaDB cluster was not found. Is your inventory correct?', 'no MariaDB whose data'],
      ['    msg: The following Nova compute services failed to register themselves: cloud-1', 'did not report'],
      ['[ERROR]: Task failed: Action failed: The following nova containers are missing or not running:', 'names them'],
      ['[ERROR]: Task failed: Action failed: The following nova containers are unhealthy: nova_compute', 'names them'],
      ['    msg: Container timed out', 'did not start in time'],
      ['"stdout_lines": ["Using container engine: docker", "Some qemu processes were detected."]', 'still runs'],
      ['dial tcp 1.2.3.4:443: i/o timeout', 'does not reach'],
      ['Ansible did not account for a good end', 'stopped in the middle'],
      ['fatal: [localhost]: FAILED! => {"msg": "something new"}', 'task of Kolla-Ansible failed'],
      ['[ERROR]: Task failed: Module failed: non-zero return code', 'task of Kolla-Ansible failed'],
      ['Ansible ended with exit code 2', 'did not get through'],
    ],
  ],
  [
    openstackAnsible,
    [
      ...FULL,
      ['There is no version 99.0.0 at https://x/openstack/openstack-ansible', 'no such version'],
      ['The machine does not have its address 192.168.130.10 any more', 'another address'],
      ['    msg: Not enough space available in /.', 'too small'],
      [
        "[ERROR]: Task failed: Action failed: The scenario key words 'lxc' and 'metal' are mutually exclusive.",
        'contradicts itself',
      ],
      ['    msg: This operating system is not supported', 'does not support'],
      ['configure: error: cannot run C compiled programs.', '/tmp'],
      ['wget: unable to resolve host address ‘opendev.org’', 'cannot resolve names'],
      ["ERROR: cannot verify opendev.org's certificate, issued by ‘x’:", 'does not trust'],
      ['error: RPC failed; curl 56 GnuTLS recv error (-9)', 'broke off'],
      ['E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend)', 'installing packages'],
      ['E: Failed to fetch http://x/pool/a_1_amd64.deb  404  Not Found [IP: 1.2.3.4 80]', 'older than'],
      ['ERROR: No matching distribution found for oslo.x==99', 'cannot be had in the version'],
      ['ERROR 1047 (08S01) at line 1: WSREP has not yet prepared node for application use', 'MariaDB did not start'],
      ['health: HEALTH_ERR too many PGs per OSD (320 > max 300)', 'Ceph'],
      [
        '      The only supported platforms for this release are Debian 12 (bookworm), Debian 13 (trixie), Ubuntu 24.04',
        'does not support',
      ],
      [
        'Cannot retrieve requested amount of IP addresses. Increase the container range in your openstack_user_config.yml.',
        'inventory cannot be made',
      ],
      [
        "osa_toolkit.filesystem.MissingDataSource: Could not read data sources: '(('/etc/openstack_deploy',),)'.",
        'inventory',
      ],
      [
        'losetup: /openstack/cinder.img: failed to set up loop device: Device or resource busy',
        'number of a loop device',
      ],
      ['SSL: certificate verify failed: certificate is not yet valid (_ssl.c:1016)', 'clock is wrong'],
      ['E: Release file for http://x/InRelease is not valid yet (invalid for another 2h 3min 8s).', 'clock is wrong'],
      ['  × No solution found when resolving dependencies:', 'cannot be had in the version'],
      ["[ERROR]: the role 'galera_server' was not found in /etc/ansible/roles:/opt", 'not installed completely'],
      [
        "[ERROR]: couldn't resolve module/action 'community.mysql.mysql_user'. This often indicates a misspelling",
        'not installed',
      ],
      [
        '/usr/local/bin/openstack-ansible: line 41: /opt/ansible-runtime/bin/activate: No such file or directory',
        'not installed completely',
      ],
      [
        '    msg: The cluster may be broken, the cluster state is not known to be good. Fix the',
        'MariaDB did not start',
      ],
      ['Cluster bootstrap failed.', 'MariaDB did not start'],
      ['Cluster failed to return an "OPERATIONAL" state', 'MariaDB did not start'],
      ['galera_new_cluster ended with exit code 99', 'MariaDB did not start'],
      ['[ERROR] WSREP: It may not be safe to bootstrap the cluster from this node.', 'MariaDB did not start'],
      [
        "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/run/mysqld/mysqld.sock' (2)",
        'MariaDB does not',
      ],
      ["ERROR 2002 (HY000): Can't connect to server on '172.29.236.101' (115)", 'MariaDB does not answer'],
      ["Error: unable to perform an operation on node 'rabbit@aio1'. Please see diagnostics information", 'RabbitMQ'],
      ['No server is available to handle this request.', 'HAProxy has no working service'],
      [
        '[ALERT]    (812) : Binding [/etc/haproxy/haproxy.cfg:71] for proxy horizon: cannot bind socket (Address already in use)',
        'listens on a port',
      ],
      ['RuntimeError: Unable to create a new OSD id', 'OSD from its loop device'],
      ['  Volume group "vg-ceph1" not found', 'OSD from its loop device'],
      ['2 packets transmitted, 0 received, 100% packet loss, time 1021ms', 'lets no ping through'],
      [
        'fatal: [aio1]: UNREACHABLE! => {"msg": "Failed to connect to the host via ssh: root@172.29.236.100: Permission denied"}',
        'could not log in to this very machine',
      ],
      ['There is no user_secrets.yml: the all-in-one was not laid out', 'lay-out'],
      ['bootstrap-ansible.sh ended without its final words', 'without having installed everything'],
      ['curl: (28) Failed to connect to opendev.org port 443: Connection timed out', 'does not reach'],
      ['Ansible did not say "EXIT NOTICE [Playbook execution success]"', 'stopped in the middle'],
      ['fatal: [aio1]: UNREACHABLE! => {"changed": false}', 'task of OpenStack-Ansible failed'],
      ['EXIT NOTICE [Playbook execution failure] **************', 'did not get through'],
    ],
  ],
  [
    sunbeam,
    [
      ...FULL,
      ['WARNING: Minimum system requirements (4 core CPU, 16 GB RAM) not met.', 'smaller than'],
      ['ERROR: No external connectivity. Set HTTP_PROXY, HTTPS_PROXY, NO_PROXY', 'Canonical’s servers'],
      ['Sunbeam requires the LXD bridge to be called anything except lxdbr0', 'LXD was set up'],
      ['Sunbeam requires Juju version 3.6 or higher.', 'older Juju'],
      ['Error: Host FQDN and Hypervisor hostname perceived by libvirt are different, check', 'own full name'],
      ['ubuntu is not in the group snap_daemon', 'member of the groups'],
      ['Error: Insufficient permissions to run sunbeam commands', 'member of the groups'],
      ["Error: 'ubuntu' not part of lxd groupInsufficient permissions to run sunbeam commands", 'member of the groups'],
      ['Error: A FQDN must have at least one label and a trailing dot,', 'own full name'],
      ['Error: Cannot resolve local management ip', 'no address in the network'],
      ['Error: No local CIDR found for IP address 10.0.2.15', 'no address in the network'],
      ['Error: Juju not detected: please install snap', 'not prepared completely'],
      ['Error: ssh-keys interface not detected', 'not prepared completely'],
      ['Error: /home/ubuntu/.local/share directory not detected', 'not prepared completely'],
      ['Error: Missing Juju controller on LXD', 'not prepared completely'],
      ['Error: Clusterd service is not active', 'clusterd'],
      ['Error: clusterd service not detected', 'clusterd'],
      ['Error: Cluster service is not yet bootstrapped.', 'clusterd'],
      [
        "Error: Terraform state is locked (ID: 5c1e). This usually resolves automatically. If it persists, use 'sunbeam",
        'left its plan locked',
      ],
      ['Error: Timeout exceeded.', 'Juju’s controller does not answer'],
      ['Error: Failed to login to Juju Controller', 'Juju’s controller does not answer'],
      ["Error: Controller 'sunbeam-controller' is not reachable, ", 'Juju’s controller does not answer'],
      ['Error: Please run `sunbeam cluster bootstrap` first', 'not up completely'],
      ['Error: Deployment not bootstrapped or bootstrap process has not completed succesfully.', 'not up completely'],
      ['Error: Failed to open terminal for input', 'asked a question'],
      ['error: snap "openstack" has "auto-refresh" change in progress', 'snapd is at work'],
      ['error: too early for operation, device not yet seeded or device model not acknowledged', 'snapd is at work'],
      ['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 712 (apt-get)', 'installing packages'],
      ['Error: Unable to retrieve openrc from Keystone service', 'pod does not answer'],
      ['Error: Unable to get keystone leader', 'pod does not answer'],
      ['Error: TIMED OUT to add machine', 'in time'],
      ['Error: wait timed out after 3600.0s', 'in time'],
      ['Not ready: keystone-0 nova-0', 'Pods of OpenStack are not ready'],
      ['error: unable to contact snap store', 'does not reach the snap store'],
      ['error: requested a non-existing branch on latest/stable for snap "openstack": x', 'no such channel'],
      ['curl: (6) Could not resolve host: api.charmhub.io', 'cannot resolve names'],
      ['Error: tls: failed to verify certificate: x509: certificate signed by unknown authority', 'does not trust'],
      ['Error: x509: certificate has expired or is not yet valid: current time 2031', 'clock is wrong'],
      ['Error: 429 Too Many Requests', 'so many downloads'],
      ["Error: Timed out while waiting for model 'openstack' to be ready", 'in time'],
      ['Sunbeam wrote no script to prepare the node', 'its command does not work'],
      ['Sunbeam gave no credentials', 'Keystone does not answer'],
      ['sunbeam ended without its final words', 'without having done everything'],
      ['Error: something that nobody has met', 'gave up'],
      ['sunbeam ended with exit code 1', 'did not get through'],
    ],
  ],
];

describe.each(MET.map(([recipe, met]) => [recipe.data.title, recipe, met] as const))(
  'the known errors of %s',
  (_, { data: { errors } }, met) => {
    const causeOf = (text: string): string | undefined => {
      const job = followOutput({ markers: [] }, errors);
      job.push(`${text}\n`);
      return job.knownError()?.cause;
    };

    it.each(met)('explain "%s"', (line, cause) => {
      expect(causeOf(`something fine\n${line}\nmore of it`)).toContain(cause.replace('’', "'"));
    });

    it('have all been met, and none hides behind another', () => {
      const explained = new Set(met.map(([line]) => causeOf(line)));
      expect(errors.map(({ cause }) => cause).filter((cause) => !explained.has(cause))).toEqual([]);
    });
  },
);
