/** The API's methods, each one call into the core. Every transport serves this very router. */
import { ORPCError, implement, type Router } from '@orpc/server';
import { contract, type Contract } from '../contract/api';
import { StackboxError } from '../contract/errors';
import type { CoreServices } from './services';

/** The contract, implemented, without any context to hand in. */
export type ApiRouter = Router<Contract, Record<string, unknown>>;

/** @returns a router that needs no context */
export function createRouter(core: CoreServices): ApiRouter {
  const { clouds, images, doctor, plans, terminals, logs, recipes, subscribe, cloudServices, clients } = core;
  /** Every failure crosses the wire as the one declared error, with its facts. */
  const os = implement(contract).use(async ({ next }) => {
    try {
      return await next();
    } catch (thrown) {
      if (!(thrown instanceof StackboxError)) throw thrown;
      throw new ORPCError('STACKBOX', { status: 422, message: thrown.message, data: thrown.toRecord(), cause: thrown });
    }
  });

  return os.router({
    events: os.events.handler(({ signal }) => subscribe(signal)),
    host: os.host.handler(() => doctor.host()),
    doctor: os.doctor.handler(() => doctor.findings()),
    recipes: os.recipes.handler(() => recipes()),

    plans: {
      draft: os.plans.draft.handler(({ input }) => plans.draft(input.recipe)),
      check: os.plans.check.handler(({ input }) => plans.check(input.plan)),
      preview: os.plans.preview.handler(({ input }) => plans.preview(input.plan)),
      configuration: os.plans.configuration.handler(({ input }) =>
        plans.configuration(input, input.option, input.text),
      ),
      branches: os.plans.branches.handler(({ input, signal }) =>
        plans.branches(input, input.option, input.again, signal),
      ),
    },

    clouds: {
      list: os.clouds.list.handler(() => clouds.list()),
      get: os.clouds.get.handler(({ input }) => clouds.get(input.cloudId)),
      create: os.clouds.create.handler(({ input }) => clouds.create(input.plan)),
      start: os.clouds.start.handler(({ input }) => clouds.start(input.cloudId)),
      stop: os.clouds.stop.handler(({ input }) => clouds.stop(input.cloudId, input.force)),
      delete: os.clouds.delete.handler(({ input }) => clouds.delete(input.cloudId)),
      act: os.clouds.act.handler(({ input }) => clouds.act(input.cloudId, input.actionId)),
      try: os.clouds.try.handler(({ input }) => clouds.tryOut(input.cloudId)),
      report: os.clouds.report.handler(({ input }) => clouds.report(input.cloudId, input.format)),
      cancel: os.clouds.cancel.handler(({ input }) => clouds.cancel(input.cloudId)),
      retry: os.clouds.retry.handler(({ input }) => clouds.retry(input.cloudId, input.cure)),
      save: os.clouds.save.handler(({ input }) => clouds.save(input.cloudId)),
      snapshots: {
        list: os.clouds.snapshots.list.handler(({ input }) => clouds.snapshots(input.cloudId)),
        take: os.clouds.snapshots.take.handler(({ input }) => clouds.takeSnapshot(input.cloudId, input.name)),
        restore: os.clouds.snapshots.restore.handler(({ input }) =>
          clouds.changeSnapshot(input.cloudId, 'restore-snapshot', input.snapshotId),
        ),
        delete: os.clouds.snapshots.delete.handler(({ input }) =>
          clouds.changeSnapshot(input.cloudId, 'delete-snapshot', input.snapshotId),
        ),
      },
      commands: os.clouds.commands.handler(({ input }) => [...clouds.find(input.cloudId).commands.list()]),
      reveal: os.clouds.reveal.handler(({ input }) => ({
        password: clouds.reveal(input.cloudId, input.credentialId),
      })),
      exec: os.clouds.exec.handler(async ({ input, signal }) => {
        const guest = await clouds.guest(input.cloudId);
        return guest.exec(input.argv, {
          ...(signal && { signal }),
          ...(input.input !== undefined && { input: Buffer.from(input.input, 'base64') }),
        });
      }),
    },

    images: {
      list: os.images.list.handler(() => images.list()),
      download: os.images.download.handler(({ input }) => images.startDownload(input.imageId)),
      cancel: os.images.cancel.handler(({ input }) => images.cancel(input.imageId)),
      import: os.images.import.handler(({ input }) => images.importFile(input)),
      delete: os.images.delete.handler(({ input }) => core.deleteImage(input.imageId)),
    },

    logs: {
      read: os.logs.read.handler(({ input, signal }) => logs.read(input, signal)),
    },

    services: {
      list: os.services.list.handler(({ input, signal }) => cloudServices.list(input.cloudId, signal)),
      act: os.services.act.handler(({ input }) => cloudServices.act(input.cloudId, input.unit, input.action)),
      levels: os.services.levels.handler(({ input, signal }) => cloudServices.levels(input.cloudId, signal)),
      setLevel: os.services.setLevel.handler(({ input }) =>
        cloudServices.setLevel(input.cloudId, input.unit, input.debug),
      ),
      journal: os.services.journal.handler(({ input, signal }) => cloudServices.journal(input, signal)),
    },

    clients: {
      show: os.clients.show.handler(({ input }) => clients.show(input.cloudId, input.secrets)),
      add: os.clients.add.handler(({ input }) => clients.add(input.cloudId)),
      remove: os.clients.remove.handler(({ input }) => clients.remove(input.cloudId)),
    },

    terminals: {
      open: os.terminals.open.handler(({ input }) => terminals.open(input)),
      list: os.terminals.list.handler(({ input }) => terminals.list(input.cloudId)),
      output: os.terminals.output.handler(({ input, signal }) =>
        terminals.output(input.terminalId, input.from, signal),
      ),
      ack: os.terminals.ack.handler(({ input }) => terminals.ack(input.terminalId, input.next)),
      input: os.terminals.input.handler(({ input }) => terminals.input(input.terminalId, input.text)),
      resize: os.terminals.resize.handler(({ input }) => terminals.resize(input.terminalId, input.cols, input.rows)),
      reconnect: os.terminals.reconnect.handler(({ input }) => terminals.reconnect(input.terminalId)),
      close: os.terminals.close.handler(({ input }) => terminals.close(input.terminalId)),
    },
  });
}
