/** The option "Git server" of recipes that install from sources. */
import { textOption } from '../options';

export const gitServerOption = textOption({
  label: 'Git server',
  help: 'Where the sources come from: OpenStack itself, https://github.com, or a mirror of your own.',
  default: 'https://opendev.org',
  rule: {
    match: /^(?:https?|git):\/\/[A-Za-z0-9._~:@[\]-]+(?:\/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-])?$/,
    message: 'must be an address like https://opendev.org, without a slash at its end',
  },
});
