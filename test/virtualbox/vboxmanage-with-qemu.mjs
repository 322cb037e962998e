/**
 * A test program, not a part of Stackbox. It stands in for VBoxManage where VirtualBox's kernel module cannot be loaded,
 * as on build machines: every command goes to the real VBoxManage ($STACKBOX_REAL_VBOXMANAGE), except that machines are
 * started and controlled by running QEMU (emulated) on the disk, seed, forwards and serial port that VBoxManage reports.
 * `vboxmanage-with-qemu`, without an ending, is what tests run; it comes here only when QEMU has to do with a command.
 *
 * Where it differs from the real thing:
 * - QEMU cannot read a chain of differencing VDIs. At the first start the chain is flattened by VBoxManage itself
 *   (`clonemedium`) into a disk of the stand-in's own, which later starts go on with; VirtualBox's disk stays as it was.
 *   That one is a qcow2, because QEMU saves no state of a machine with a VDI.
 * - VirtualBox believes that machines are off, so that a snapshot of one that runs has no memory in it.
 * - The warning about the missing kernel module is taken out, and `list hostinfo` tells of hardware virtualisation.
 * - What a guest does by itself (it powers off) touches no file of VirtualBox.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const home = join(process.env.VBOX_USER_HOME ?? join(homedir(), '.config/VirtualBox'), 'with-qemu');
const args = process.argv.slice(2);
const [command = '', subject = ''] = args;

/** Commands that VirtualBox refuses while a machine runs. */
const NEEDS_LOCK = new Set(['modifyvm', 'storageattach', 'storagectl', 'unregistervm', 'movevm']);

const STATE_WORDS = { running: 'running', paused: 'paused', saved: 'saved' };

await main();

async function main() {
  if (command === 'startvm') return start(machine(subject));
  if (command === 'controlvm') return control(machine(subject), args.slice(2));
  if (command === 'discardstate') return drop(join(home, machine(subject).uuid, 'saved'));
  if (NEEDS_LOCK.has(command)) return change();
  const { status, stdout, stderr } = real(args);
  process.stderr.write(stderr);
  process.stdout.write(patch(stdout));
  process.exitCode = status ?? 1;
}

/** Runs the real VBoxManage. */
function real(argv) {
  const program = process.env.STACKBOX_REAL_VBOXMANAGE;
  if (!program) throw new Error('STACKBOX_REAL_VBOXMANAGE does not say where the real VBoxManage is.');
  const result = spawnSync(program, argv, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (result.error) throw result.error;
  return { ...result, stdout: result.stdout.replace(/^WARNING: [^\n]*\n(?:[ \t][^\n]*\n|[ \t]*\n)*/, '') };
}

/** The machine that a name or UUID means, as the real VBoxManage has it; ends the program with its answer if there is none. */
function machine(name) {
  const { status, stdout, stderr } = real(['showvminfo', name, '--machinereadable']);
  if (status !== 0) {
    process.stderr.write(stderr);
    process.exit(status ?? 1);
  }
  const info = new Map();
  for (const [, quotedKey, key, value, bare] of stdout.matchAll(
    /^(?:"([^"\n]+)"|([^="\s][^="\n]*))=(?:"((?:[^"\\]|\\[\s\S])*)"|([^"\n]*))$/gm,
  )) {
    info.set(quotedKey ?? key, (value ?? bare ?? '').replace(/\\(["\\])/g, '$1'));
  }
  return { uuid: info.get('UUID'), name: info.get('name'), info };
}

/** `running`, `paused`, `saved` or undefined for a machine that is off. */
function stateOf(uuid) {
  const folder = join(home, uuid);
  if (alive(folder)) return existsSync(join(folder, 'paused')) ? 'paused' : 'running';
  return existsSync(join(folder, 'saved')) ? 'saved' : undefined;
}

function alive(folder) {
  const pid = pidOf(folder);
  if (pid === undefined) return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // A program that has ended but was not waited for is no running machine.
    return !/\) Z /.test(stat) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
  } catch {
    return false; // no such process any more
  }
}

function pidOf(folder) {
  try {
    return Number(readFileSync(join(folder, 'pid'), 'utf8'));
  } catch (error) {
    // QEMU takes its file away as it ends, at any moment.
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes the answers of the real VBoxManage tell what QEMU does. */
function patch(output) {
  if (command === 'list' && args.includes('hostinfo')) {
    return output.replace(/^(Processor supports HW virtualization:) no$/m, '$1 yes');
  }
  const states = existsSync(home) ? readdirSync(home).map((uuid) => [uuid, stateOf(uuid)]) : [];
  const known = states.filter(([, state]) => state !== undefined);
  if (command === 'list' && args.includes('runningvms')) {
    const on = known.filter(([, state]) => state !== 'saved').map(([uuid]) => `"${machine(uuid).name}" {${uuid}}\n`);
    return output + on.join('');
  }
  let patched = output;
  for (const [uuid, state] of known) {
    patched = patched
      .replace(new RegExp(`(^UUID="${uuid}"$[\\s\\S]*?^VMState=)"\\w+"`, 'm'), `$1"${state}"`)
      .replace(new RegExp(`(^UUID: +${uuid}$[\\s\\S]*?^State: +)[a-z ]+`, 'm'), `$1${STATE_WORDS[state]} `);
  }
  return patched;
}

/** A change of a machine's settings, which VirtualBox refuses while it runs. */
function change() {
  const { uuid, name } = machine(subject);
  const state = stateOf(uuid);
  if (state === 'running' || state === 'paused') {
    fail(
      `The machine '${name}' is already locked for a session (or being unlocked)`,
      'Details: code VBOX_E_INVALID_OBJECT_STATE (0x80bb0007), component MachineWrap, interface IMachine',
    );
    return;
  }
  passOn(args);
  if (command === 'unregistervm' && process.exitCode === 0) drop(join(home, uuid));
}

function passOn(argv) {
  const { status, stdout, stderr } = real(argv);
  process.stderr.write(stderr);
  process.stdout.write(stdout);
  process.exitCode = status ?? 1;
}

function fail(...lines) {
  for (const line of lines) process.stderr.write(`VBoxManage: error: ${line}\n`);
  process.exitCode = 1;
}

function start({ uuid, name, info }) {
  const folder = join(home, uuid);
  const state = stateOf(uuid);
  if (state === 'running' || state === 'paused') {
    fail(`The machine '${name}' is already locked by a session (or being locked or unlocked)`);
    return;
  }
  process.stdout.write(`Waiting for VM "${uuid}" to power on...\n`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const logs = join(dirname(info.get('CfgFile')), 'Logs');
  mkdirSync(logs, { recursive: true });
  appendFileSync(join(logs, 'VBox.log'), 'This machine is run by the tests’ stand-in for VirtualBox.\n');

  const qemu = ['-name', `${uuid}`, '-machine', 'pc,accel=tcg', '-cpu', 'qemu64', '-smp', info.get('cpus') ?? '1'];
  qemu.push('-m', `${info.get('memory')}M`, '-display', 'none', '-no-user-config', '-daemonize');
  qemu.push('-pidfile', join(folder, 'pid'), '-qmp', `unix:${join(folder, 'qmp')},server=on,wait=off`);
  qemu.push(...disks(folder, info), ...network(info), ...serial(info));
  const saved = join(folder, 'saved');
  if (state === 'saved') qemu.push('-incoming', `exec:cat '${saved}'`);
  const result = spawnSync('qemu-system-x86_64', qemu, { encoding: 'utf8' });
  if (result.status !== 0) {
    fail(`QEMU, which stands in for VirtualBox, did not start: ${result.stderr.trim()}`);
    return;
  }
  if (state === 'saved') {
    // QEMU goes on by itself once the file is read; then it is not needed any more.
    waitUntil(() => spawnSync('fuser', ['-s', saved]).status !== 0);
    drop(saved);
  }
  process.stdout.write(`VM "${uuid}" has been successfully started.\n`);
}

/** Disk and DVD, on the kind of controller that VirtualBox reports: AHCI or virtio-scsi. */
function disks(folder, info) {
  const controller = info.get('storagecontrollername0');
  const scsi = /virtio/i.test(info.get('storagecontrollertype0'));
  const [bus, hd, cd] = scsi ? ['virtio-scsi-pci', 'scsi-hd', 'scsi-cd'] : ['ich9-ahci', 'ide-hd', 'ide-cd'];
  const at = (port) => (scsi ? `bus=ctl.0,scsi-id=${port}` : `bus=ctl.${port}`);
  const argv = ['-device', `${bus},id=ctl`];
  const disk = info.get(`${controller}-0-0`);
  if (disk && disk !== 'none') {
    const flat = flatten(folder, disk, info.get(`${controller}-ImageUUID-0-0`));
    argv.push('-drive', `if=none,id=disk,format=qcow2,discard=unmap,file=${escape(flat)}`);
    argv.push('-device', `${hd},drive=disk,${at(0)},bootindex=0`);
  }
  const seed = info.get(`${controller}-1-0`);
  if (seed && seed !== 'none') {
    argv.push('-drive', `if=none,id=seed,format=raw,media=cdrom,readonly=on,file=${escape(seed)}`);
    argv.push('-device', `${cd},drive=seed,${at(1)}`);
  }
  return argv;
}

/** A disk with all its parents as one file, made anew when the machine has another disk than at its last start. */
function flatten(folder, disk, diskUuid) {
  const flat = join(folder, `${diskUuid}.qcow2`);
  if (existsSync(flat)) return flat;
  const vdi = join(folder, `${diskUuid}.vdi`);
  for (const [argv, needed] of [
    [['clonemedium', 'disk', disk, vdi, '--format', 'VDI'], true],
    [['closemedium', 'disk', vdi], true],
  ]) {
    const { status, stderr } = real(argv);
    if (status === 0 || !needed) continue;
    process.stderr.write(stderr);
    process.exit(1);
  }
  const converted = spawnSync('qemu-img', ['convert', '-f', 'vdi', '-O', 'qcow2', vdi, flat], { encoding: 'utf8' });
  drop(vdi);
  if (converted.status !== 0) {
    fail(`qemu-img could not convert the disk: ${converted.stderr.trim()}`);
    process.exit(1);
  }
  return flat;
}

function network(info) {
  const forwards = [...info]
    .filter(([key]) => key.startsWith('Forwarding('))
    .map(([, rule]) => rule.split(','))
    .map(([, protocol, host, port, , guest]) => `,hostfwd=${protocol}:${host}:${port}-:${guest}`);
  const mac = info.get('macaddress1').replace(/(..)(?=.)/g, '$1:');
  return ['-netdev', `user,id=nat${forwards.join('')}`, '-device', `virtio-net-pci,netdev=nat,mac=${mac}`];
}

function serial(info) {
  const [kind, path] = /^(\w+),(.*)$/.exec(info.get('uartmode1') ?? '')?.slice(1) ?? [];
  if (kind !== 'file') return ['-serial', 'none'];
  return ['-chardev', `file,id=console,path=${escape(path)}`, '-serial', 'chardev:console'];
}

/** A comma within an option of QEMU is written twice. */
function escape(path) {
  return path.replaceAll(',', ',,');
}

async function control({ uuid, name, info }, [action = '', ...rest]) {
  const folder = join(home, uuid);
  if (!alive(folder)) {
    fail(`Machine '${name}' is not currently running.`);
    return;
  }
  const qmp = await connect(join(folder, 'qmp'));
  const paused = join(folder, 'paused');
  const actions = {
    acpipowerbutton: () => qmp.execute('system_powerdown'),
    poweroff: () => end(qmp, folder),
    reset: () => qmp.execute('system_reset'),
    async pause() {
      await qmp.execute('stop');
      writeFileSync(paused, '');
    },
    async resume() {
      await qmp.execute('cont');
      drop(paused);
    },
    async savestate() {
      await qmp.execute('stop');
      await qmp.execute('migrate', { uri: `exec:cat > '${join(folder, 'saved')}'` });
      while ((await qmp.execute('query-migrate')).status !== 'completed') await pause(100);
      await end(qmp, folder);
    },
    // QEMU begins a file anew, too, and a socket of its own says nothing to nobody: the real VirtualBox makes the guest wait.
    changeuartmode1: () => qmp.execute('chardev-change', { id: 'console', backend: backendOf(rest) }),
    async natpf1() {
      // The real VirtualBox keeps a rule that is added while the machine runs; so it is put into the settings too.
      passOn(['modifyvm', uuid, '--natpf1', ...rest]);
      if (process.exitCode !== 0) return;
      const [, protocol, host, port, , guest] = rest[0] === 'delete' ? ruleOf(info, rest[1]) : rest[0].split(',');
      const line =
        rest[0] === 'delete'
          ? `hostfwd_remove nat ${protocol}:${host}:${port}`
          : `hostfwd_add nat ${protocol}:${host}:${port}-:${guest}`;
      const said = await qmp.execute('human-monitor-command', { 'command-line': line });
      if (rest[0] !== 'delete' && said.trim() !== '') fail(said.trim());
    },
  };
  if (!(action in actions)) fail(`The stand-in cannot do "controlvm ${action}".`);
  else await actions[action]();
  qmp.close();
}

/** A mode of VirtualBox's serial port as a backend of QEMU's. */
function backendOf([mode, path]) {
  if (mode === 'file') return { type: 'file', data: { out: path } };
  return { type: 'socket', data: { addr: { type: 'unix', data: { path } }, server: true, wait: false } };
}

function ruleOf(info, name) {
  const rule = [...info].find(([key, value]) => key.startsWith('Forwarding(') && value.startsWith(`${name},`));
  return rule ? rule[1].split(',') : [];
}

async function end(qmp, folder) {
  const pid = pidOf(folder);
  await qmp.execute('quit');
  waitUntil(() => !alive(folder));
  drop(join(folder, 'paused'));
  // The real VirtualBox writes the machine's settings when it stops.
  const { info } = machine(subject);
  const now = new Date();
  utimesSync(info.get('CfgFile'), now, now);
  if (pid !== undefined) drop(join(folder, 'pid'));
}

/** QEMU's control socket: one command at a time. */
async function connect(path) {
  const socket = createConnection(path);
  const waiting = [];
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
      const message = JSON.parse(text.slice(0, at));
      text = text.slice(at + 1);
      if ('return' in message) waiting.shift()?.resolve(message.return);
      if ('error' in message) waiting.shift()?.reject(new Error(message.error.desc));
    }
  });
  socket.on('close', () => waiting.splice(0).forEach(({ resolve }) => resolve({})));
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const execute = (name, argumentsOf = {}) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      socket.write(`${JSON.stringify({ execute: name, arguments: argumentsOf })}\n`);
    });
  await execute('qmp_capabilities');
  return { execute, close: () => socket.end() };
}

function waitUntil(done) {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < 600 && !done(); tries++) Atomics.wait(cell, 0, 0, 50);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function drop(path) {
  rmSync(path, { recursive: true, force: true });
}
