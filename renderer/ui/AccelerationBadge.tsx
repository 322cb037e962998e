import { Badge, Tooltip } from '@mantine/core';
import { Turtle, Zap } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Acceleration } from '../../main/contract/models';

/** How fast the machine's processor really is, with the evidence as its tooltip. */
export function AccelerationBadge({ acceleration }: { acceleration: Acceleration }) {
  const { t } = useTranslation();
  const slow = acceleration.kind === 'emulated' || acceleration.kind === 'unknown';
  return (
    <Tooltip label={acceleration.reason} multiline maw={360}>
      <Badge
        variant="light"
        color={slow ? 'yellow' : 'teal'}
        className={slow ? 'sb-tone-attention' : 'sb-tone-good'}
        size="sm"
        tt="none"
        leftSection={slow ? <Turtle size={12} aria-hidden /> : <Zap size={12} aria-hidden />}
      >
        {t(`overview.acceleration.${acceleration.kind}`)}
      </Badge>
    </Tooltip>
  );
}
