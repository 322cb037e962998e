/** Which units are which OpenStack service: the table's rules, and those of the recipes. */
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { recipes } from '../../main/recipes';
import { defineRecipe } from '../../main/recipes/load';
import { findService, unitsOf, type ServiceTable } from '../../main/recipes/services';

const tables = recipes.flatMap(({ data, services }) =>
  services && 'groups' in services ? [[data.id, services] as const] : [],
);

function tableOf(id: string): ServiceTable {
  const table = tables.find(([name]) => name === id)?.[1];
  if (!table) throw new Error(`${id} has no table.`);
  return table;
}

describe('a unit is named', () => {
  test.each([
    ['devstack', 'devstack@n-api.service', 'Nova API'],
    ['devstack', 'devstack@n-api-meta.service', 'Nova metadata API'],
    ['devstack', 'devstack@n-cond-cell1.service', 'Nova conductor (cell1)'],
    ['devstack', 'devstack@n-super-cond.service', 'Nova super conductor'],
    ['devstack', 'devstack@s-account.service', 'Swift account'],
    ['devstack', 'devstack@magnum-api.service', 'magnum-api'],
    ['devstack', 'mariadb.service', 'Database'],
    ['keystone-packages', 'keystone.service', 'Keystone'],
    ['rdo', 'openstack-nova-compute.service', 'Nova compute'],
    ['rdo', 'openstack-heat-engine.service', 'Heat engine'],
    ['openstack-ansible', 'neutron-server.service', 'Neutron server'],
  ])('by %s: %s', (recipe, unit, name) => {
    expect(findService(tableOf(recipe), unit)?.name).toBe(name);
  });

  test.each([
    'ssh.service',
    'devstack@.target',
    'devstack@a/b.service',
    'devstack@a b.service',
    'xdevstack@a.service',
    '',
  ])('by nobody: %j', (unit) => {
    expect(findService(tableOf('devstack'), unit)).toBeUndefined();
  });
});

describe('the configuration of a unit', () => {
  test.each([
    ['devstack', 'devstack@n-api.service', ['/etc/nova/nova.conf']],
    ['devstack', 'devstack@n-cond-cell2.service', ['/etc/nova/nova_cell2.conf']],
    ['devstack', 'devstack@n-novnc-cell1.service', ['/etc/nova/nova_cell1.conf']],
    ['devstack', 'devstack@n-cpu.service', ['/etc/nova/nova-cpu.conf']],
    ['devstack', 'devstack@q-dhcp.service', ['/etc/neutron/neutron.conf', '/etc/neutron/dhcp_agent.ini']],
    ['devstack', 'devstack@magnum-api.service', []],
    ['devstack', 'mariadb.service', []],
    ['rdo', 'httpd.service', ['/etc/keystone/keystone.conf']],
    ['openstack-ansible', 'cinder-volume.service', ['/etc/cinder/cinder.conf']],
    [
      'keystone-packages',
      'keystone.service',
      ['/etc/keystone/keystone.conf', '/etc/keystone/keystone.conf.d/stackbox.conf'],
    ],
  ])('of %s: %s', (recipe, unit, config) => {
    expect(findService(tableOf(recipe), unit)?.config).toEqual(config);
  });
});

it('every entry of every recipe can be reached: none is hidden by one before it', () => {
  for (const [id, table] of tables) {
    const places = unitsOf(table).map((unit) => [unit, findService(table, unit.replace('*', 'x'))?.place]);
    const reached = new Set(places.map(([, place]) => place));
    const count = table.groups.flatMap(({ services }) => services).length;
    expect([id, reached.size]).toEqual([id, count]);
  }
});

it('a recipe with services of OpenStack says where they are', () => {
  for (const { data, services } of recipes)
    expect([data.id, services !== undefined]).toEqual([data.id, data.id !== 'plain-machine']);
});

const yaml = `
id: x
title: X
summary: X
services: []
images: [debian-12]
minutes: 1
least: { cpus: 1, memoryMiB: 512, diskGiB: 2 }
presets: [{ id: small, title: Small, size: { cpus: 1, memoryMiB: 512, diskGiB: 2 } }]
steps: []
endpoints: [{ id: keystone, title: Keystone, port: 5000, path: /v3 }]
credentials: [{ id: admin, title: Administrator, username: admin }]
`;
const define = (parts: { services?: string; client?: string }) => () =>
  defineRecipe({
    folder: 'x',
    yaml: yaml + (parts.client === undefined ? '' : `client: ${parts.client}\n`),
    ...(parts.services !== undefined && { services: parts.services }),
    scripts: {},
    options: z.strictObject({}),
    env: () => ({}),
    proof: [],
  });
const table = (units: string): string => `groups: [{ title: A, services: [{ name: A, units: ${units} }] }]`;

describe('a defect is told with its file', () => {
  test.each([
    ['an option', table('[--now.service]')],
    ['a path', table('[../x.service]')],
    ['a target', table('[multi-user.target]')],
    ['a shell word', table('["$(reboot).service"]')],
    ['no units', table('[]')],
    ...['nova.conf', '/root/nova.conf', '/etc/../root/x.conf', '/etc/x/..', '/etc/', '/etc/a b', '/etc/$(reboot)'].map(
      (path) => [
        `the configuration ${path}`,
        `groups: [{ title: A, services: [{ name: A, units: [a.service], config: ['${path}'] }] }]`,
      ],
    ),
    ['no configuration', 'groups: [{ title: A, services: [{ name: A, units: [a.service], config: [] }] }]'],
    ['neither', '{}'],
    ['both', `${table('[a.service]')}\nelsewhere: { text: a, command: b }`],
    ['no YAML', 'groups: ['],
  ])('%s', (_what, services) => {
    expect(define({ services })).toThrow(/main\/recipes\/x is defective: services\.yaml/);
  });

  test('a client without its endpoint or its credential', () => {
    expect(define({ client: '{ endpoint: nova, credential: admin }' })).toThrow(
      /recipe\.yaml: client: "nova" is not in endpoints/,
    );
    expect(define({ client: '{ endpoint: keystone, credential: me }' })).toThrow(/"me" is not in credentials/);
    expect(
      define({ client: '{ endpoint: keystone, credential: admin }', services: table('[a.service]') }),
    ).not.toThrow();
  });
});
