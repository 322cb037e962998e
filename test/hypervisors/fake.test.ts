import { createFakeDriver } from '../fakes/fake-driver';
import { driverContract, type DriverBench } from './contract';
import { makeBenchFolder } from './bench';

/** The fake is held to the same contract, or tests of the layers above would prove nothing. */
driverContract('the fake', openFake, { start: true, files: false });

async function openFake(): Promise<DriverBench> {
  const { folder, image, removeFolder } = await makeBenchFolder();
  const driver = createFakeDriver();
  return {
    driver,
    folder,
    image,
    async makeForeign(name) {
      const foreign = { machineId: '', cloudId: '', ours: false, state: 'stopped' } as const;
      driver.domains.set(name, { ...foreign });
      return {
        unchanged: async () => JSON.stringify(driver.domains.get(name)) === JSON.stringify(foreign),
        remove: async () => void driver.domains.delete(name),
      };
    },
    inventory: async () => [...driver.domains.keys(), ...driver.things].toSorted(),
    close: removeFolder,
  };
}
