import { useTranslation } from 'react-i18next';
import { preferences, RAIL_WIDTH, usePreference } from './preferences';

const KEY_STEP = 16;

/** The edge of the rail: drag it, or use the arrow keys; a double click brings the usual width back. */
export function RailHandle() {
  const { t } = useTranslation();
  const width = usePreference('railWidth');
  const set = (wanted: number): void => {
    preferences.setState({ railWidth: Math.min(RAIL_WIDTH.max, Math.max(RAIL_WIDTH.min, Math.round(wanted))) });
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a focusable separator is a widget (WAI-ARIA window splitter)
    <div
      className="sb-rail__handle"
      role="separator"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- same reason
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('app.resizeRail')}
      aria-valuenow={width}
      aria-valuemin={RAIL_WIDTH.min}
      aria-valuemax={RAIL_WIDTH.max}
      onDoubleClick={() => set(RAIL_WIDTH.usual)}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') set(width - KEY_STEP);
        else if (event.key === 'ArrowRight') set(width + KEY_STEP);
      }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) set(event.clientX);
      }}
    />
  );
}
