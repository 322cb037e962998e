import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorRecord } from '../../../main/contract/errors';
import type { Image } from '../../../main/contract/models';
import { useApi } from '../../app/backend';
import { toRecord } from '../../app/errors';
import { showDone } from '../../app/toasts';
import { ErrorPanel } from '../../ui/ErrorPanel';

const SYSTEMS = ['debian', 'ubuntu', 'centos', 'rocky', 'other'] as const satisfies readonly Image['os'][];
const USER_RULE = /^[a-z_][a-z0-9_-]{0,31}$/;

interface Wish {
  path: string;
  title: string;
  os: Image['os'];
  user: string;
}

/** Asks for a file and what is in it. The dialog may be closed while the core copies; the copy goes on. */
export function ImportForm({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorRecord | undefined>();
  const form = useForm<Wish>({
    initialValues: { path: '', title: '', os: 'debian', user: 'debian' },
    validate: {
      path: (value) => (value.trim() === '' ? t('images.required') : null),
      title: (value) => (value.trim() === '' ? t('images.required') : null),
      user: (value) => (USER_RULE.test(value) ? null : t('images.userRule')),
    },
  });

  async function submit(wish: Wish): Promise<void> {
    setBusy(true);
    setFailure(undefined);
    try {
      const image = await api.images.import({ ...wish, path: wish.path.trim(), title: wish.title.trim() });
      showDone(t('images.importedDone', { title: image.title }));
      form.reset();
      onClose();
    } catch (thrown) {
      setFailure(toRecord(thrown));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('images.importTitle')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={form.onSubmit((wish) => void submit(wish))} noValidate>
        <Stack>
          <p className="sb-dim">{t('images.importText')}</p>
          <TextInput
            label={t('images.path')}
            description={t('images.pathHint')}
            data-autofocus
            required
            maxLength={4096}
            {...form.getInputProps('path')}
          />
          <TextInput
            label={t('images.titleField')}
            description={t('images.titleHint')}
            required
            maxLength={80}
            {...form.getInputProps('title')}
          />
          <Group grow align="flex-start">
            <Select
              label={t('images.os')}
              description={t('images.osHint')}
              allowDeselect={false}
              data={SYSTEMS.map((value) => ({ value, label: SYSTEM_NAMES[value] ?? t('images.other') }))}
              {...form.getInputProps('os')}
            />
            <TextInput
              label={t('images.user')}
              description={t('images.userHint')}
              required
              {...form.getInputProps('user')}
            />
          </Group>
          {failure !== undefined && <ErrorPanel error={failure} />}
          {busy && (
            <p className="sb-dim" role="status">
              {t('images.importing')}
            </p>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t(busy ? 'common.close' : 'common.cancel')}
            </Button>
            <Button type="submit" loading={busy}>
              {t('images.importButton')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Proper names, the same in every language. */
const SYSTEM_NAMES: Partial<Record<Image['os'], string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  centos: 'CentOS Stream',
  rocky: 'Rocky Linux',
};
