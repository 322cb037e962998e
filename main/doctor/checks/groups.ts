/** What an ordinary user may do. Never a problem: without any group the session connection works. */
import { usable, type Check } from '../check';

export const groups: Check = {
  id: 'groups',
  title: 'Privileges',
  applies: ({ facts, connections }) =>
    facts.platform === 'linux' && !facts.isRoot && connections.some(({ version }) => version !== undefined),
  async check(context) {
    const { facts } = context;
    const evidence = [`Groups of ${facts.user}: ${facts.groups.join(', ') || 'none'}`];
    if (usable(context, 'libvirt-system')) {
      return { state: 'ok', summary: 'You may use libvirt’s system connection.', evidence };
    }
    const member = facts.groups.includes('libvirt');
    return {
      state: 'ok',
      summary: member
        ? 'You are in the group "libvirt".'
        : 'Without the group "libvirt" machines use your own session and forwarded ports, which needs no privileges.',
      evidence,
      ...(!member && {
        fix: {
          title: 'Join the group "libvirt", then log in again',
          argv: ['usermod', '-aG', 'libvirt', facts.user],
          root: true,
        },
      }),
    };
  },
};
