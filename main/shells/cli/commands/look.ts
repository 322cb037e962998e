/** list, show, recipes, doctor: what there is. */
import type { Command } from 'commander';
import type { Cloud } from '../../../contract/models';
import type { RecipeOption } from '../../../contract/recipe-options';
import { command, withBackend, type Common } from '../command';
import { EXIT } from '../exit-codes';
import { findCloud } from '../find-cloud';
import { json, line, say, table, type Context, type Io } from '../io';

export function addLook(program: Command, context: Context): void {
  command(program, 'list', 'list the clouds').action(({ json: asJson }: Common) =>
    withBackend(context, async ({ api, io }) => {
      const clouds = await api.clouds.list();
      if (asJson) json(io, clouds);
      else if (clouds.length === 0) say(io, 'There are no clouds yet. Make one with `stackbox create`.');
      else
        table(
          io,
          ['NAME', 'STATE', 'RECIPE', 'STATUS'],
          clouds.map(({ name, state, recipeTitle, status }) => [name, state, recipeTitle, status]),
        );
    }),
  );

  command(program, 'show <cloud>', 'show one cloud: state, addresses, users')
    .option('--passwords', 'show the passwords too')
    .action((wanted: string, { json: asJson, passwords }: Common & { passwords?: boolean }) =>
      withBackend(context, async ({ api, io }) => {
        const cloud = await findCloud(api, wanted);
        const revealed = await Promise.all(
          cloud.credentials.map(async (credential) => {
            if (!passwords || !credential.hasPassword) return credential;
            const { password } = await api.clouds.reveal({ cloudId: cloud.id, credentialId: credential.id });
            return { ...credential, password };
          }),
        );
        if (asJson) json(io, { ...cloud, credentials: revealed });
        else showCloud(io, cloud, revealed);
      }),
    );

  command(program, 'recipes', 'list what can be installed, with the options of each').action(
    ({ json: asJson }: Common) =>
      withBackend(context, async ({ api, io }) => {
        const recipes = await api.recipes();
        if (asJson) json(io, recipes);
        for (const { id, title, summary, options } of asJson ? [] : recipes) {
          line(io, `${id}: ${title}. ${summary}`);
          for (const option of options) line(io, `  --option ${option.id}=${rangeOf(option)}  ${option.label}`);
        }
      }),
  );

  command(program, 'doctor', 'check this computer; ends with 1 when there is a problem').action(
    ({ json: asJson }: Common) =>
      withBackend(context, async ({ api, io }) => {
        const findings = await api.doctor();
        if (asJson) json(io, findings);
        for (const { title, state, summary, fix } of asJson ? [] : findings) {
          line(io, `${state.padEnd(7)}  ${title}: ${summary}`);
          if (fix) line(io, `         ${fix.title}${fix.root ? ' (as root)' : ''}: ${fix.argv.join(' ')}`);
        }
        if (findings.some(({ state }) => state === 'problem')) context.setExitCode(EXIT.failed);
      }),
  );
}

/** What an option takes, its default first. */
function rangeOf(option: RecipeOption): string {
  switch (option.type) {
    case 'text':
      return option.default === '' ? 'TEXT' : option.default;
    case 'number':
      return `${option.default} (${option.min}-${option.max})`;
    case 'switch':
      return option.default ? 'true|false' : 'false|true';
    case 'choice':
      return [option.default, ...valuesOf(option).filter((value) => value !== option.default)].join('|');
    case 'branch':
      return `${option.default}|BRANCH`;
    case 'choices':
      return valuesOf(option).join(',');
    case 'file':
      return '@FILE';
    case 'secret':
      return '@FILE';
  }
}

function valuesOf({ choices }: Extract<RecipeOption, { choices: unknown }>): string[] {
  return choices.map(({ value }) => value);
}

type Revealed = Cloud['credentials'][number] & { readonly password?: string };

function showCloud(io: Io, cloud: Cloud, credentials: readonly Revealed[]): void {
  line(io, `${cloud.name}: ${cloud.status}`);
  line(io, `  id       ${cloud.id}`);
  line(io, `  recipe   ${cloud.recipeTitle}`);
  line(io, `  image    ${cloud.imageTitle}`);
  for (const { domain, state, size, ssh } of cloud.machines) {
    line(io, `  machine  ${domain}: ${state}, ${size.cpus} CPUs, ${size.memoryMiB} MiB, ${size.diskGiB} GiB disk`);
    if (ssh) line(io, `  ssh      ${ssh.user}@${ssh.host} port ${ssh.port}`);
  }
  for (const { title, url } of cloud.endpoints) line(io, `  ${title}: ${url}`);
  for (const { title, username, password } of credentials) {
    line(io, `  ${title}: ${username}${password === undefined ? '' : ` / ${password}`}`);
  }
  if (cloud.run?.error) line(io, `  failed: ${cloud.run.error.message}`);
  const cure = cloud.run?.remedy?.action;
  if (cure) line(io, `  ${cure.title}: stackbox retry ${cloud.name} --cure ${cure.id}`);
}
