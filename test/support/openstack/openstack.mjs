/** The command line, as far as a trial uses it. */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cloud, end, fail, find, list, make, remove } from './store.mjs';

const VALUES = new Set(
  `-c -f --project --disk-format --container-format --file --ram --disk --vcpus --network --subnet-range --protocol
  --dst-port --image --flavor --nic --security-group --key-name --description --public-key --size --name --lines --router`.split(
    /\s+/,
  ),
);
const FLAGS = new Set(['--external', '--ingress', '--long', '--recursive']);

/** Words and options of a command, as argparse takes them apart. */
function parse(all) {
  const options = {};
  const rest = [];
  const columns = [];
  for (let at = 0; at < all.length; at++) {
    const word = all[at];
    if (!word.startsWith('-') || word === '-') rest.push(word);
    else if (word === '-c') columns.push(all[++at]);
    else if (VALUES.has(word) || (word === '--external-gateway' && all.includes('set'))) options[word] = all[++at];
    else if (FLAGS.has(word) || word === '--external-gateway') options[word] = true;
    else end(2, `openstack: error: unrecognized arguments: ${word}\n`);
  }
  return { options, rest, columns };
}

/** cliff leaves out the columns that were not asked for. */
function pick(row, columns) {
  if (columns.length === 0) return row;
  const entries = Object.entries(row).filter(([name]) => columns.includes(name));
  if (entries.length === 0) fail(`No recognized column names in ${columns.join(', ')}.`);
  return Object.fromEntries(entries);
}

/** Every kind of thing needs its service, or the client says what it says for a catalogue without it. */
const SERVICE = {
  image: 'image',
  server: 'compute',
  flavor: 'compute',
  keypair: 'compute',
  console: 'compute',
  network: 'network',
  subnet: 'network',
  router: 'network',
  port: 'network',
  floating: 'network',
  security: 'network',
  volume: 'block-storage',
  container: 'object-store',
  object: 'object-store',
};

export function openstack(all) {
  const { options, rest, columns } = parse(all);
  const asJson = options['-f'] === 'json';
  if (!cloud.signedIn) {
    fail('Missing value auth-url required for auth plugin password');
  }
  const service = SERVICE[rest[0]];
  if (service && !cloud.services.includes(service)) {
    fail(`public endpoint for ${service} service in RegionOne region not found`);
  }
  const show = (row) => end(0, asJson ? JSON.stringify(pick(row, columns), null, 2) : `${JSON.stringify(row)}\n`);
  const lines = (rows) =>
    end(
      0,
      JSON.stringify(
        rows.map((row) => pick(row, columns)),
        null,
        2,
      ),
    );
  const idName = (kind) => lines(list(kind).map(({ id, name }) => ({ ID: id, Name: name })));

  switch (verbOf(rest)) {
    case 'token issue':
      return show({ expires: '2026-11-21T19:00:00+0000', id: 'gAAAAA-a-token', project_id: 'p', user_id: 'u' });
    case 'catalog list':
      return lines(cloud.services.map((Type) => ({ Name: `${Type}-name`, Type, Endpoints: [] })));
    case 'project create':
    case 'user create': {
      const [kind, , name] = rest;
      if (list(kind).some((one) => one.name === name)) fail('Conflict occurred attempting to store (HTTP 409)');
      if (kind === 'user') find('project', options['--project']);
      return show({ ...make(kind, { name }), name, enabled: true, domain_id: 'default' });
    }
    case 'image list':
      return lines(list('image').map(({ id, name, status }) => ({ ID: id, Name: name, Status: status })));
    case 'image create': {
      const bytes = readFileSync(options['--file']);
      if (options['--disk-format'] !== 'raw' || options['--container-format'] !== 'bare') fail('HTTP 400');
      const checksum = cloud.behave.image === 'damaged' ? 'd41d8cd98f00b204e9800998ecf8427e' : md5(bytes);
      const image = make('image', { name: rest[2], status: 'saving', size: bytes.length, checksum });
      return show({ ...image });
    }
    case 'image show': {
      const image = find('image', rest[2]);
      image.status = 'active';
      return show({ ...image });
    }
    case 'flavor create':
      return show({ ...make('flavor', { name: rest[2] }), ram: Number(options['--ram']), vcpus: 1 });
    case 'flavor list':
      return lines(list('flavor').map(({ id, name }) => ({ ID: id, Name: name, RAM: 256, Disk: 1, VCPUs: 1 })));
    case 'keypair create':
      if (!readFileSync(options['--public-key'], 'utf8').startsWith('ecdsa-')) fail('Keypair data is invalid');
      make('keypair', { id: rest[2], name: rest[2] });
      return show({ name: rest[2], fingerprint: 'aa:bb', type: 'ssh', user_id: 'u' });
    case 'keypair list':
      return lines(list('keypair').map(({ name }) => ({ Name: name, Fingerprint: 'aa:bb', Type: 'ssh' })));
    case 'network create':
      return show({ ...make('network', { name: rest[2], subnets: [] }), status: 'ACTIVE' });
    case 'network list':
      return lines(
        list('network')
          .filter(({ external = false }) => options['--external'] !== true || external)
          .map(({ id, name, subnets }) => ({ ID: id, Name: name, Subnets: subnets })),
      );
    case 'network delete': {
      const { id } = find('network', rest[2]);
      const used = list('port').some(({ network }) => network === id);
      if (used) fail('ConflictException: 409: One or more ports have an IP allocation from this network');
      remove('network', id);
      return end(0);
    }
    case 'subnet create': {
      const network = find('network', options['--network']);
      const subnet = { id: randomUUID(), name: rest[2] };
      network.subnets.push(subnet.id);
      return show({ ...subnet, cidr: options['--subnet-range'] });
    }
    case 'router create':
      return show({ ...make('router', { name: rest[2] }), status: 'ACTIVE' });
    case 'router list':
      return lines(list('router').map(({ id, name }) => ({ ID: id, Name: name, Status: 'ACTIVE', State: true })));
    case 'router set':
      find('router', rest[2]).gateway = find('network', options['--external-gateway']).id;
      return end(0);
    case 'router unset':
      delete find('router', rest[2]).gateway;
      return end(0);
    case 'router add subnet': {
      const network = list('network').find(({ subnets }) => subnets.includes(rest[4]));
      make('port', { router: find('router', rest[3]).id, network: network.id });
      return end(0);
    }
    case 'port list': {
      const ports = list('port').filter(({ router }) => router === options['--router']);
      return lines(ports.map(({ id }) => ({ ID: id, Name: '', Status: 'ACTIVE' })));
    }
    case 'router remove port':
      remove('port', rest[4]);
      return end(0);
    case 'router delete': {
      const { id, gateway } = find('router', rest[2]);
      if (gateway || list('port').some(({ router }) => router === id)) fail('ConflictException: 409: still has ports');
      remove('router', id);
      return end(0);
    }
    case 'security group create':
      return show({ ...make('security group', { name: rest[3], rules: [] }), rules: [] });
    case 'security group list':
      return lines(list('security group').map(({ id, name }) => ({ ID: id, Name: name, Description: name })));
    case 'security group delete': {
      const { id } = find('security group', rest[3]);
      if (list('server').some(({ group }) => group === id)) fail('ConflictException: 409: in use');
      remove('security group', id);
      return end(0);
    }
    case 'security group rule create': {
      const rule = { id: randomUUID(), protocol: options['--protocol'] };
      find('security group', rest[4]).rules.push(rule);
      return show(rule);
    }
    case 'security group rule list':
      return lines(
        find('security group', rest[4]).rules.map(({ id, protocol }) => ({ ID: id, 'IP Protocol': protocol })),
      );
    case 'security group rule delete':
      for (const group of list('security group')) group.rules = group.rules.filter(({ id }) => id !== rest[4]);
      return end(0);
    case 'server create': {
      find('flavor', options['--flavor']);
      const { name: image } = find('image', options['--image']);
      if (options['--nic'] !== 'none') find('network', options['--network']);
      const group = options['--security-group'] && find('security group', options['--security-group']).id;
      const server = make('server', { name: rest[2], status: 'BUILD', looks: 0, group, image });
      if (options['--network']) make('port', { server: server.id, network: options['--network'] });
      return show({ id: server.id, name: server.name, status: 'BUILD', adminPass: 'MadeByNova1', image });
    }
    case 'server list':
      for (const server of list('server').filter(({ deleted }) => deleted)) {
        remove('server', server.id);
        cloud.things.port = list('port').filter((port) => port.server !== server.id);
        for (const one of list('volume')) if (one.server === server.id) release(one);
      }
      return lines(
        list('server').map(({ id, name, status }) => ({ ID: id, Name: name, Status: status, Networks: {} })),
      );
    case 'server show': {
      const server = find('server', rest[2]);
      server.looks += 1;
      if (cloud.behave.server === 'ERROR' && server.looks > 1) server.status = 'ERROR';
      else if (cloud.behave.server !== 'stuck' && server.looks > 1) server.status = 'ACTIVE';
      const { id, name, status } = server;
      const fault = {
        code: 500,
        created: '2026-11-21T17:00:00Z',
        message: 'No valid host was found. There are not enough hosts available.',
      };
      const building = status === 'BUILD' ? 'spawning' : null;
      return show({ id, name, status, 'OS-EXT-STS:task_state': building, ...(status === 'ERROR' && { fault }) });
    }
    case 'server delete':
      // A second look finds it gone.
      find('server', rest[2]).deleted = true;
      return end(0);
    case 'server add floating ip': {
      find('server', rest[4]);
      find('floating ip', rest[5]).server = rest[4];
      return end(0);
    }
    case 'server add volume': {
      const one = find('volume', rest[4]);
      Object.assign(one, { next: 'in-use', status: 'attaching', server: find('server', rest[3]).id });
      return show({ 'Server ID': one.server, 'Volume ID': one.id, Device: '/dev/vdb' });
    }
    case 'server remove volume':
      release(find('volume', rest[4]), 'detaching');
      return end(0);
    case 'console log show':
      return end(0, `[    0.000000] Linux version 5.15\n\u001b[32mcirros login:\u001b[0m ${'x'.repeat(20)}\n`);
    case 'floating ip create': {
      find('network', rest[3]);
      const address = `172.24.4.${10 + list('floating ip').length}`;
      const one = make('floating ip', { name: address, description: options['--description'] });
      return show({ id: one.id, floating_ip_address: address, status: 'DOWN', description: one.description });
    }
    case 'floating ip list':
      return lines(
        list('floating ip').map(({ id, name, description }) => ({
          ID: id,
          'Floating IP Address': name,
          Description: description ?? '',
        })),
      );
    case 'volume create': {
      const made = make('volume', { name: rest[2], status: 'creating', next: cloud.behave.volume ?? 'available' });
      return show({ id: made.id, name: made.name, status: made.status, size: Number(options['--size']) });
    }
    case 'volume show':
    case 'volume list': {
      for (const one of list('volume')) step(one);
      if (rest[1] === 'show') return show({ ...find('volume', rest[2]) });
      const row = ({ id, name, status, server }) => ({
        ID: id,
        Name: name,
        Status: status,
        Size: 1,
        'Attached to': server === undefined ? [] : [{ id, server_id: server, device: '/dev/vdb' }],
      });
      return lines(list('volume').map(row));
    }
    case 'volume delete': {
      const { id, status } = find('volume', rest[2]);
      if (!status.startsWith('error') && status !== 'available')
        fail('Invalid volume: status must be available or error');
      remove('volume', id);
      return end(0);
    }
    case 'container create':
      make('container', { id: rest[2], name: rest[2], objects: {} });
      return lines([{ account: 'AUTH_p', container: rest[2], 'x-trans-id': 'tx1' }]);
    case 'container list':
      return lines(list('container').map(({ name }) => ({ Name: name })));
    case 'container delete':
      if (Object.keys(find('container', rest[2]).objects).length > 0 && !options['--recursive'])
        fail('Conflict (HTTP 409)');
      remove('container', rest[2]);
      return end(0);
    case 'object create': {
      const text = readFileSync(rest[3], 'utf8');
      find('container', rest[2]).objects[options['--name']] = text;
      return lines([{ object: options['--name'], container: rest[2], etag: md5(text) }]);
    }
    case 'object save':
      if (options['--file'] !== '-') fail('Only standard output here');
      return end(0, cloud.behave.object ?? find('container', rest[2]).objects[rest[3]]);
    default: {
      const [kind, verb, id] = kindOf(rest);
      if (verb === 'list') return idName(kind);
      if (verb !== 'delete') return end(2, `openstack: '${rest.join(' ')}' is not an openstack command.\n`);
      remove(kind, id);
      return end(0);
    }
  }
}

/** The words of a command without what it is about. */
function verbOf(rest) {
  const four = [
    'security group rule create',
    'security group rule list',
    'security group rule delete',
    'server add floating ip',
  ];
  const count = four.find((verb) => rest.join(' ').startsWith(verb))
    ? 4
    : /^(security group|floating ip|console log|router (add|remove)|server (add|remove)) /.test(rest.join(' '))
      ? 3
      : 2;
  return rest.slice(0, count).join(' ');
}

function kindOf(rest) {
  return rest[0] === 'floating' ? ['floating ip', rest[2], rest[3]] : rest;
}

function md5(data) {
  return createHash('md5').update(data).digest('hex');
}

function step(one) {
  if (!one.next) return;
  one.status = one.next;
  delete one.next;
  if (one.status === 'available') delete one.server;
}

function release(one, status = 'detaching') {
  Object.assign(one, { status, next: 'available' });
}
