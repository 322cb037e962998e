/** The options of the commands that make or look at a plan. */
import type { Command } from 'commander';
import { diskSize, memorySize, positive, recipeOption } from './options';

/** Adds what `planFrom` reads. */
export function planFlags(command: Command): Command {
  return command
    .option('--plan <file>', 'plan as YAML or JSON; - reads standard input')
    .option('--name <name>', 'name of the cloud, and its host name')
    .option('--recipe <id>', 'what to install')
    .option('--image <id>', 'cloud image to start from')
    .option('--connection <id>', 'libvirt-system, libvirt-session or virtualbox')
    .option('--cpus <number>', 'processors', positive)
    .option('--memory <size>', 'memory, like 4GiB', memorySize)
    .option('--disk <size>', 'disk, like 20GiB', diskSize)
    .option(
      '--option <key=value>',
      'option of the recipe, see "stackbox recipes"; key=@file reads a file; may be repeated',
      recipeOption,
    )
    .option(
      '--config <key=file>',
      'a configuration file as it shall be, see "stackbox config"; may be repeated',
      recipeOption,
    );
}
