import { expect, it } from 'vitest';
import { defaultDataFolder, defaultOpenstackFolder } from '../../main/host/paths';

it('keeps data where each system keeps it', () => {
  expect(defaultDataFolder({}, 'linux', '/home/ann')).toBe('/home/ann/.local/share/stackbox');
  expect(defaultDataFolder({ XDG_DATA_HOME: '/data' }, 'linux', '/home/ann')).toBe('/data/stackbox');
  expect(defaultDataFolder({}, 'darwin', '/Users/ann')).toBe('/Users/ann/Library/Application Support/Stackbox');
  expect(defaultDataFolder({}, 'win32', 'C:\\Users\\ann')).toBe('C:\\Users\\ann\\AppData\\Local\\Stackbox');
});

it('ignores a relative or empty place', () => {
  expect(defaultDataFolder({ XDG_DATA_HOME: 'data' }, 'linux', '/home/ann')).toBe('/home/ann/.local/share/stackbox');
  expect(defaultDataFolder({ STACKBOX_HOME: '' }, 'linux', '/home/ann')).toBe('/home/ann/.local/share/stackbox');
});

it('goes where STACKBOX_HOME says', () => {
  expect(defaultDataFolder({ STACKBOX_HOME: '/x/../y', XDG_DATA_HOME: '/data' }, 'linux', '/home/ann')).toBe('/y');
});

it('finds the clouds.yaml of clients where they look for it', () => {
  expect(defaultOpenstackFolder({}, 'linux', '/home/ann')).toBe('/home/ann/.config/openstack');
  expect(defaultOpenstackFolder({ XDG_CONFIG_HOME: '/c' }, 'linux', '/home/ann')).toBe('/c/openstack');
  expect(defaultOpenstackFolder({ XDG_CONFIG_HOME: 'c' }, 'linux', '/home/ann')).toBe('/home/ann/.config/openstack');
  expect(defaultOpenstackFolder({}, 'win32', 'C:\\Users\\ann')).toBe('C:\\Users\\ann\\.config\\openstack');
});
