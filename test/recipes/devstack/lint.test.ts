import { array, assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintFile, lintLocalConf } from '../../../main/recipes/devstack/lint';
import type { Fix, LintRule } from '../../../main/recipes/devstack/lint-finding';

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

/** The text as the window makes it when a person presses the fix's button. */
function withFix(text: string, fix: Fix | undefined): string {
  const lines = text.split('\n');
  for (const { line, remove, add } of [...(fix?.changes ?? [])].sort((a, b) => b.line - a.line)) {
    lines.splice(line - 1, remove, ...add);
  }
  return lines.join('\n');
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
    ['a test that DevStack takes for a section', localrc('[[ -z "$A" || -z "$B" ]] && C=1'), 2, 'header', 'problem'],
    ['a quote that does not end', localrc('A="b'), 2, 'quote', 'warning'],
    ['a plugin without address', localrc('enable_plugin heat'), 2, 'plugin', 'problem'],
    ['a variable that nobody reads', localrc('USE_PYTHON3=True'), 2, 'obsolete', 'warning'],
    ['no network at the first install', localrc('OFFLINE=True'), 2, 'network', 'warning'],
    [
      'agents that OVN refuses',
      localrc('enable_service ovn-controller q-svc\nenable_service q-l3'),
      3,
      'service',
      'problem',
    ],
  ])('finds %s', (_, text, line, rule, severity) => {
    expect(found(text)).toEqual([`${line} ${rule} ${severity}`]);
  });

  it('knows that a plugin may bring any service', () => {
    expect(found(localrc('enable_plugin heat https://x/heat\nenable_service h-eng'))).toEqual([]);
  });

  it('passes over what follows a header, as DevStack does', () => {
    expect(found('[[local|localrc]] # mine\nHOST_IP = 1')).toEqual(['2 spaces problem']);
  });

  it.each<[text: string, fixed: string]>([
    [localrc('HOST_IP = 1.2.3.4 # x'), localrc('HOST_IP=1.2.3.4 # x')],
    [localrc('  export A = "b c"'), localrc('  export A="b c"')],
    [localrc('A = b c'), localrc('A="b c"')],
    [localrc('enable_service n-cpuu n-api'), localrc('enable_service n-cpu n-api')],
    [localrc('ENABLED_SERVICES=key,-tempst'), localrc('ENABLED_SERVICES=key,-tempest')],
    [localrc('A=1\nB=2\nA=3'), localrc('B=2\nA=3')],
    [localrc('A=1\nB='), localrc('A=1')],
    [localrc('RABBIT_PASSWORD=pa$$word!'), localrc('RABBIT_PASSWORD=$ADMIN_PASSWORD')],
    ['[[ local | localrc ]]\nA=1\n', '[[local|localrc]]\nA=1\n'],
    ['A=1\n', '[[local|localrc]]\nA=1\n'],
    [localrc('[[ -z "$A" || -z "$B" ]] && C=1'), localrc(' [[ -z "$A" || -z "$B" ]] && C=1')],
    [`${localrc('A=1\n')}[[post-conf|$X]]\n[a]\nb=1\n`, `${localrc('A=1\n')}[[post-config|$X]]\n[a]\nb=1\n`],
    [
      `${localrc('A=1\n')}[[post-config|$X]]\n[a]\nHOST_IP = 1.2.3.4\n`,
      '[[local|localrc]]\nA=1\nHOST_IP=1.2.3.4\n\n[[post-config|$X]]\n[a]\n',
    ],
    ['[[post-config|$X]]\ndebug = True\n', '[[post-config|$X]]\n[DEFAULT]\ndebug = True\n'],
  ])('mends %j, and is content then', (text, fixed) => {
    const finding = lintLocalConf(text).find(({ fix }) => fix);
    expect(withFix(text, finding?.fix)).toBe(fixed);
    expect(lintLocalConf(fixed)).toEqual([]);
  });

  it.each([
    ['commands in a value', localrc('A = $(reboot) x')],
    ['an earlier value that is used', localrc('A=1\nB=$A\nA=2')],
    ['an empty password', localrc('ADMIN_PASSWORD=')],
    ['a service that is like no other', localrc('enable_service frobnicator')],
  ])('leaves to the person: %s', (_, text) => {
    const findings = lintLocalConf(text);
    expect(findings).toHaveLength(1);
    expect(findings[0]).not.toHaveProperty('fix');
  });

  const generated = localrc('ADMIN_PASSWORD={{ADMIN_PASSWORD}}\nVERBOSE=True\nA=1');
  it.each<[text: string, message: string, fixed: string]>([
    [generated.replace('VERBOSE=True', 'VERBOSE=False'), 'VERBOSE is set by Stackbox itself.', generated],
    [generated.replace('{{ADMIN_PASSWORD}}', 'mine1234'), 'ADMIN_PASSWORD is set by Stackbox itself.', generated],
    [`${generated}VERBOSE=False\n`, 'VERBOSE is set by Stackbox itself.', generated],
    [`${generated}export LOGFILE+=x\n`, 'LOGFILE is set by Stackbox itself.', generated],
    [
      localrc('ADMIN_PASSWORD={{ADMIN_PASSWORD}}\nA=1'),
      'VERBOSE is missing: Stackbox needs it as it was.',
      localrc('VERBOSE=True\nADMIN_PASSWORD={{ADMIN_PASSWORD}}\nA=1'),
    ],
  ])('keeps what Stackbox needs: %j', (text, message, fixed) => {
    const findings = lintFile(text, generated);
    expect(findings.map((finding) => finding.message)).toEqual([message]);
    const mended = withFix(text, findings[0]?.fix);
    expect(lintFile(mended, generated)).toEqual([]);
    expect(mended).toBe(fixed);
  });

  it('says of a password of the person’s own that it would be in the plan', () => {
    const text = `${generated}HEAT_PASSWORD="mine1234" # x\n`;
    const [finding] = lintFile(text, generated);
    expect(finding).toMatchObject({ rule: 'password', severity: 'warning' });
    const mended = withFix(text, finding?.fix);
    expect(mended).toBe(`${generated}HEAT_PASSWORD=$ADMIN_PASSWORD\n`);
    expect(lintFile(mended, generated)).toEqual([]);
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
