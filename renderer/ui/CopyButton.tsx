import { ActionIcon, CopyButton as MantineCopy, Tooltip } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import { useTranslation } from 'react-i18next';

/** Puts `value` on the clipboard with one click and says that it did. */
export function CopyButton({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation();
  return (
    <MantineCopy value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('common.copied') : label} openDelay={copied ? 0 : 300}>
          <ActionIcon aria-label={copied ? t('common.copied') : label} onClick={copy} size="sm">
            {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </MantineCopy>
  );
}
