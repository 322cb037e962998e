/** Whether there is a subnet for machines that no VPN or network of this computer uses. */
import { chooseSubnet } from '../../network/subnets';
import { StackboxError } from '../../contract/errors';
import { usable, type Check } from '../check';

export const network: Check = {
  id: 'network',
  title: 'Network',
  // Session machines are behind user networking and VirtualBox's behind its own NAT: neither needs a subnet of ours.
  applies: (context) => usable(context, 'libvirt-system'),
  async check({ takenSubnets }) {
    const taken = await takenSubnets();
    const evidence = taken.filter((subnet) => /^\d/.test(subnet) && !subnet.startsWith('127.'));
    try {
      chooseSubnet(taken);
      return { state: 'ok', summary: 'There are private subnets that nothing else here uses.', evidence };
    } catch (error) {
      const { message, facts } = StackboxError.from(error);
      return { state: 'warning', summary: [message, facts.hint].filter(Boolean).join(' '), evidence };
    }
  },
};
