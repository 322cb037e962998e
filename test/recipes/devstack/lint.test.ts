import { array, assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintLocalConf, lintOwnLines, type LintRule } from '../../../main/recipes/devstack/lint';

const GOOD = `# a comment above is fine
[[local|localrc]]
ADMIN_PASSWORD=secret123
DATABASE_PASSWORD=$ADMIN_PASSWORD
RABBIT_PASSWORD="quoted1"
export HOST_IP=192.168.1.2 # its address
ENABLED_SERVICES=key,mysql,-tempest,$EXTRA
enable_service n-cpu, n-api c-bak # a comment
disable_service tempest
if [[ "$HOST_IP" = x ]]; then
  IMAGE_URLS+=,http://x/y.img
fi
[[ -e /x ]] && true

[[post-config|$NOVA_CONF]]
[DEFAULT]
debug = True
verbose=True
[libvirt]
debug = True
[[test-config|/$Q_PLUGIN_CONF_FILE]]
[x]
y = 1
`;

function found(text: string): string[] {
  return lintLocalConf(text).map(({ line, rule, severity }) => `${line} ${rule} ${severity}`);
}

describe('the linter of local.conf', () => {
  it('is content with a good file', () => {
    expect(lintLocalConf(GOOD)).toEqual([]);
    expect(lintLocalConf(GOOD.replaceAll('\n', '\r\n'))).toEqual([]);
    expect(lintLocalConf('')).toEqual([]);
  });

  const localrc = (line: string): string => `[[local|localrc]]\n${line}\n`;
  it.each<[what: string, text: string, line: number, rule: LintRule, severity: string]>([
    ['spaces round =', localrc('HOST_IP = 1.2.3.4'), 2, 'spaces', 'problem'],
    ['a space before =', localrc('HOST_IP =1.2.3.4'), 2, 'spaces', 'problem'],
    ['a space after =', localrc('HOST_IP= 1.2.3.4'), 2, 'spaces', 'problem'],
    ['an unknown service', localrc('enable_service n-cpuu'), 2, 'service', 'warning'],
    ['an unknown service in a list', localrc('ENABLED_SERVICES=key,horizn'), 2, 'service', 'warning'],
    ['a duplicate', localrc('VERBOSE=True\nVERBOSE=False'), 3, 'duplicate', 'warning'],
    ['an empty value', localrc('HOST_IP='), 2, 'empty', 'warning'],
    ['an empty password', localrc('ADMIN_PASSWORD=""'), 2, 'empty', 'problem'],
    ['a password with a symbol', localrc('RABBIT_PASSWORD=pa$$word!'), 2, 'password', 'problem'],
    ['a quoted password with a symbol', localrc("ADMIN_PASSWORD='a@b'"), 2, 'password', 'problem'],
    ['a password that is too long', localrc(`ADMIN_PASSWORD=${'a'.repeat(21)}`), 2, 'password', 'problem'],
    ['an ini section in localrc', localrc('[DEFAULT]'), 2, 'section', 'problem'],
    ['a variable of stack.sh in a file', '[[post-config|$X]]\n[DEFAULT]\nHOST_IP = 1', 3, 'section', 'problem'],
    ['enable_service in a file', '[[post-config|$X]]\nenable_service key', 2, 'section', 'problem'],
    ['a key without its section', '[[post-config|$X]]\ndebug = True', 2, 'section', 'problem'],
    ['a duplicate key', '[[extra|$X]]\n[a]\nb = 1\nb = 2', 4, 'duplicate', 'warning'],
    ['an empty key', '[[extra|$X]]\n[a]\nb =', 3, 'empty', 'warning'],
    ['a phase that does not exist', '[[post-conf|$X]]\n[a]\nb = 1', 1, 'section', 'problem'],
    ['a local file that is not read', '[[local|local.sh]]\nA=1', 1, 'section', 'problem'],
    ['a header with spaces', '[[ local | localrc ]]', 1, 'header', 'problem'],
    ['a header without a file', '[[local|localrc]]\n[[post-config]]', 2, 'header', 'problem'],
    ['lines before the first section', '\nHOST_IP=1\n[[local|localrc]]', 2, 'unread', 'problem'],
    ['the only interface as bridge', localrc('PUBLIC_INTERFACE=eth0'), 2, 'network', 'warning'],
    ['a real router as gateway', localrc('PUBLIC_NETWORK_GATEWAY=192.168.1.1'), 2, 'network', 'warning'],
  ])('finds %s', (_, text, line, rule, severity) => {
    expect(found(text)).toEqual([`${line} ${rule} ${severity}`]);
  });

  it('knows that a plugin may bring any service', () => {
    expect(found(localrc('enable_plugin heat https://x/heat\nenable_service h-eng'))).toEqual([]);
  });

  it('takes a person’s own lines for lines of localrc, and counts from the first', () => {
    expect(lintOwnLines('VERBOSE = True').map(({ line, rule }) => [line, rule])).toEqual([[1, 'spaces']]);
    expect(lintOwnLines('')).toEqual([]);
    expect(lintOwnLines('A=1\n[[post-config|$X]]\nb=2').map(({ line, rule }) => [line, rule])).toEqual([
      [3, 'section'],
    ]);
  });

  it('takes any text, and names only lines that there are', () => {
    const parts = constantFrom(
      '[[local|localrc]]',
      '[[',
      ']]',
      '|',
      '=',
      ' ',
      '\n',
      '\r\n',
      'A',
      '_PASSWORD',
      '[x]',
      '#',
      '$',
    );
    assert(
      property(array(parts), string(), (pieces, rest) => {
        const text = pieces.join('') + rest;
        const lines = text.split(/\r?\n/).length;
        for (const finding of lintLocalConf(text)) {
          expect(finding.line).toBeGreaterThanOrEqual(1);
          expect(finding.line).toBeLessThanOrEqual(lines);
        }
      }),
    );
  });
});
