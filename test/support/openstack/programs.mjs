/**
 * Stand-ins for `openstack`, `ping`, `ssh`, `ssh-keygen` and `curl` in a guest: one cloud, kept in the file that is the first
 * argument. Commands, options, column names and the shape of the JSON are python-openstackclient's (master of August 2026;
 * cliff's `-f json` and `-c`). `behave` in the file makes it misbehave.
 *
 * A server, because a whole trial is a hundred programs and Node takes its time to start: it prints its port, takes the number
 * of words, whether the shell is signed in, the program and its words with a NUL after each, and answers with the exit code on
 * a line and then the output.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { openstack } from './openstack.mjs';
import { Ended, cloud, end, file, find, list, load, save } from './store.mjs';

/** The server at an address that has booted. */
function serverAt(address) {
  const floating = list('floating ip').find(({ name }) => name === address);
  return list('server').find(({ id, status }) => id === floating?.server && status === 'ACTIVE');
}

function ping(all) {
  const server = serverAt(all.at(-1));
  if (cloud.behave.ping !== undefined) end(cloud.behave.ping, 'ping: socket: Operation not permitted\n');
  if (!server || (server.pings = (server.pings ?? 0) + 1) < 2) end(1, '1 packets transmitted, 0 received\n');
  const { rules } = find('security group', server.group);
  const allowed = cloud.behave.firewall === 'open' || rules.some(({ protocol }) => protocol === 'icmp');
  end(allowed && cloud.behave.server !== 'silent' ? 0 : 1, '1 packets transmitted\n');
}

function ssh(all) {
  const [to] = all.slice(-2);
  const server = serverAt(to.replace(/^cirros@/, ''));
  if (!readFileSync(all[all.indexOf('-i') + 1], 'utf8').includes('PRIVATE KEY')) end(255, 'no key\n');
  if (!server || cloud.behave.ssh === 'refused') end(255, 'ssh: connect to host: Connection refused\n');
  const { rules } = find('security group', server.group);
  if (cloud.behave.server === 'dies' && !rules.some(({ protocol }) => protocol === 'icmp'))
    end(255, 'No route to host\n');
  end(0, `${server.name}\n`);
}

function sshKeygen(all) {
  const path = all[all.indexOf('-f') + 1];
  writeFileSync(path, '-----BEGIN OPENSSH PRIVATE KEY-----\nnot a key\n');
  writeFileSync(`${path}.pub`, 'ecdsa-sha2-nistp256 AAAA comment\n');
  end(0);
}

function curl() {
  statSync(file);
  end(0, cloud.behave.horizon ?? '<form><input name="csrfmiddlewaretoken"><input type="text" name="username"></form>');
}

const PROGRAMS = { openstack, ping, ssh, 'ssh-keygen': sshKeygen, curl };

/** Runs one program. @returns nothing for one that hangs */
function run(program, words) {
  load();
  const line = [program, ...words].join(' ');
  cloud.calls.push([program, ...words]);
  const how = Object.entries(cloud.behave.at ?? {}).find(([start]) => line.startsWith(start))?.[1];
  try {
    if (how?.hang) return undefined;
    if (how && !how.after) return { code: how.code ?? 0, text: Buffer.from(how.stdout ?? how.stderr ?? '', 'base64') };
    PROGRAMS[program](words);
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    // It was done, but nobody hears of it.
    return how?.after ? undefined : { code: error.code, text: error.text };
  } finally {
    save();
  }
}

const server = createServer((socket) => {
  let said = '';
  // Whoever asked may be stopped meanwhile.
  socket.on('error', () => undefined);
  socket.setEncoding('utf8').on('data', (text) => {
    said += text;
    const [count, token, program, ...words] = said.split('\0');
    if (words.length <= Number(count)) return;
    words.pop();
    cloud.signedIn = token !== '';
    const ended = run(program, words);
    if (!ended) return;
    socket.write(`${ended.code}\n`);
    socket.end(ended.text);
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
// With its test gone, so is the server.
process.stdin.on('end', () => process.exit()).resume();
