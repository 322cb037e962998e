import { notifications } from '@mantine/notifications';
import { Group, Text } from '@mantine/core';
import type { ErrorRecord } from '../../main/contract/errors';
import { CopyButton } from '../ui/CopyButton';
import { errorText } from '../ui/error-text';
import { i18n } from '../text/i18n';

/** Says that something failed, why, and what to do; the whole error can be copied. It stays until it is closed. */
export function showError(error: ErrorRecord): void {
  notifications.show({
    color: 'red',
    role: 'alert',
    autoClose: false,
    title: error.message,
    message: (
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text size="sm">{error.hint ?? i18n.t(`errorHelp.${error.code}`)}</Text>
        <CopyButton value={errorText(error)} label={i18n.t('common.copyError')} />
      </Group>
    ),
  });
}

/** Says that something is done; goes away by itself. */
export function showDone(message: string): void {
  notifications.show({ color: 'teal', role: 'status', message, autoClose: 4000 });
}
